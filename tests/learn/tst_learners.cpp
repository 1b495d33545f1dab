#include <QTest>

#include <memory>

#include "engine/learn/learner.h"

using namespace ty::engine;

class TestLearners : public QObject {
    Q_OBJECT
private slots:
    void theNetworkIsOfferedFirst()
    {
        const auto learners = makeLearners();
        QCOMPARE(learners.front()->name(), std::string("network"));
        QCOMPARE(learners.back()->name(), std::string("baseline"));
    }

    void everyTableSurvivesItsOwnJson()
    {
        for (const auto& learner : makeLearners()) {
            const auto back = ty::ParameterTable::fromJson(learner->parameters().toJson());
            QVERIFY2(back, learner->name().c_str());
            QVERIFY(back.value().toJson() == learner->parameters().toJson());
            QVERIFY(!learner->label().empty() && !learner->help().empty());
        }
    }

    void everyRowHasHelpAGroupAndAFittingDefault()
    {
        for (const auto& learner : makeLearners()) {
            for (const auto& row : learner->parameters().rows()) {
                QVERIFY2(!row.help.empty() && !row.group.empty() && !row.label.empty(), row.name.c_str());
                QVERIFY2(learner->parameters().checkValue(row, row.defaultValue), row.name.c_str());
            }
        }
    }

    void theFormsDefaultsAreThePromisedOnes()
    {
        const auto learners = makeLearners();
        const ty::Json defaults = learners[0]->parameters().defaults();
        QCOMPARE(defaults["epochs"].get<int>(), 20);
        QVERIFY(defaults["batchSize"].is_null() && defaults["learningRate"].is_null() && defaults["workers"].is_null());
        QCOMPARE(defaults["earlyStop"].get<bool>(), true);
        QCOMPARE(defaults["patience"].get<int>(), 5);
        QCOMPARE(defaults["optimizer"].get<std::string>(), std::string("adamw"));
        QVERIFY(defaults["weightDecay"].is_null());
        QCOMPARE(defaults["schedule"].get<std::string>(), std::string("cosine"));
        QCOMPARE(defaults["warmUp"].get<double>(), 0.05);
        QCOMPARE(defaults["precision"].get<std::string>(), std::string("auto"));
        QCOMPARE(defaults["gradientClip"].get<double>(), 1.0);
    }

    void everyPresetFitsItsTable()
    {
        DatasetInfo info;
        for (const std::uint64_t samples : {std::uint64_t{1}, std::uint64_t{150}, std::uint64_t{60'000}, std::uint64_t{50'000'000}}) {
            for (const DataKind kind : {DataKind::Table, DataKind::Image}) {
                info.samples = samples;
                info.kind = kind;
                for (const auto& learner : makeLearners()) {
                    for (const char* preset : {"fast", "balanced", "best"}) {
                        const auto complete = learner->parameters().complete(learner->presetSettings(preset, info));
                        QVERIFY2(complete, complete ? "" : complete.error().message.c_str());
                    }
                }
            }
        }
    }

    void aMistypedSettingNamesTheNearestOne()
    {
        const auto learners = makeLearners();
        const auto complete = learners[0]->parameters().complete({{"learnRate", 0.1}});
        QVERIFY(!complete);
        QVERIFY(complete.error().message.find("learningRate") != std::string::npos
                || complete.error().advice.find("learningRate") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestLearners)
#include "tst_learners.moc"
