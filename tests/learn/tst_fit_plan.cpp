#include <QTest>

#include "engine/learn/fit_plan.h"
#include "engine/learn/network_table.h"

using namespace ty::engine;

class TestFitPlan : public QObject {
    Q_OBJECT

    static FitPlan planOf(const ty::Json& settings, const FitFacts& facts)
    {
        const auto complete = makeNetworkTable().complete(settings);
        const auto plan = planFit(complete.value(), facts);
        return plan.value();
    }
    static FitFacts tableOf(std::uint64_t samples)
    {
        FitFacts facts;
        facts.trainingSamples = samples;
        facts.hasValidation = true;
        facts.threads = 2;
        return facts;
    }

private slots:
    void tinyTablesGetEnoughUpdates()
    {
        for (const std::uint64_t samples : {std::uint64_t{1}, std::uint64_t{5}, std::uint64_t{96}, std::uint64_t{1000}}) {
            const auto plan = planOf(ty::Json::object(), tableOf(samples));
            QVERIFY(plan.options.batchSize <= samples);
            const auto stepsPerPass = (samples + plan.options.batchSize - 1) / plan.options.batchSize;
            QVERIFY(stepsPerPass * plan.options.repeats >= 50);
        }
    }

    void largeTablesPassOnceAnEpoch()
    {
        const auto plan = planOf(ty::Json::object(), tableOf(1'000'000));
        QCOMPARE(plan.options.repeats, std::size_t{1});
        QVERIFY(plan.options.batchSize >= 256);
    }

    void largePicturesGetSmallBatches()
    {
        FitFacts facts = tableOf(100'000);
        facts.kind = DataKind::Image;
        facts.activationBytes = std::uint64_t{100} << 20;
        const auto plan = planOf(ty::Json::object(), facts);
        QVERIFY(plan.options.batchSize <= 10);
        QVERIFY(plan.options.evaluationBatch <= 10);
    }

    void chosenValuesAreShownAndGivenOnesKept()
    {
        const auto plan = planOf({{"learningRate", 0.25}, {"batchSize", 7}}, tableOf(500));
        QCOMPARE(plan.settings["learningRate"].get<double>(), 0.25);
        QCOMPARE(plan.options.schedule.peak, 0.25);
        QCOMPARE(plan.settings["batchSize"].get<int>(), 7);
        QVERIFY(plan.settings["repeats"].is_number());
        QVERIFY(plan.settings["workers"].is_number());
    }

    void patienceNeedsValidationAndTheSwitch()
    {
        QCOMPARE(planOf(ty::Json::object(), tableOf(100)).options.patience, 5);
        QCOMPARE(planOf({{"earlyStop", false}}, tableOf(100)).options.patience, 0);
        FitFacts facts = tableOf(100);
        facts.hasValidation = false;
        QCOMPARE(planOf(ty::Json::object(), facts).options.patience, 0);
    }

    void balancedWeightsMakeClassesEqual()
    {
        FitFacts facts = tableOf(100);
        facts.classSamples = {90, 10, 0};
        const auto plan = planOf({{"classWeights", "balanced"}}, facts);
        QCOMPARE(plan.setup.classWeights.size(), std::size_t{3});
        QCOMPARE(plan.setup.classWeights[0] * 90, plan.setup.classWeights[1] * 10);
        QCOMPARE(plan.setup.classWeights[2], 0.0F);
        QVERIFY(planOf(ty::Json::object(), facts).setup.classWeights.empty());
    }
};

QTEST_GUILESS_MAIN(TestFitPlan)
#include "tst_fit_plan.moc"
