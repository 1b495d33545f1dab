#include <QFile>
#include <QTest>

#include <string>

#include "classic_runs.h"
#include "engine/learn/baseline_scores.h"
#include "engine/learn/decision_threshold.h"

using namespace ty;
using namespace ty::engine;

/// A chosen threshold goes with its model; a baseline stands beside every score.
class TestDecisionThreshold : public QObject {
    Q_OBJECT

    ClassicRuns m_runs;

    static int countOf(const std::string& file, const char* answer)
    {
        QFile csv(QString::fromStdString(file));
        return csv.open(QIODevice::ReadOnly) ? static_cast<int>(csv.readAll().count(answer)) : -1;
    }

private slots:
    void aKeptThresholdDecidesWhatIsPredicted()
    {
        const std::string data = writeTwoClouds(m_runs.path("clouds.csv"), 200, 1);
        QVERIFY(m_runs.train("logistic", data, {}));
        const auto predicted = [&](const std::string& asked) {
            const auto model = loadModel(m_runs.modelFolder, "cpu");
            const DatasetInfo like = model.value()->encoder().expectedData();
            OpenOptions options;
            options.like = &like;
            const auto dataset = openDataset(data, options);
            std::optional<DecisionThreshold> threshold;
            if (!asked.empty()) {
                threshold = parseThreshold(asked, model.value()->encoder()).value();
            }
            const std::string file = m_runs.path("answers.csv");
            return predictToCsv(*model.value(), *dataset.value(), file, threshold) ? countOf(file, ",right,") : -1;
        };
        const int usual = predicted({});
        QVERIFY(usual > 80 && usual < 120);
        const auto model = loadModel(m_runs.modelFolder, "cpu");
        const Encoder& encoder = model.value()->encoder();
        QVERIFY(keepThreshold(m_runs.modelFolder, parseThreshold("right=0.99", encoder).value(), encoder));
        const int careful = predicted({});
        QVERIFY(careful > 0 && careful < usual);
        QCOMPARE(predicted("right=0"), 200);     // what is asked for goes first
        QCOMPARE(predicted("left=0.5"), usual); // of two classes one side or the other is the same
        QVERIFY(keepThreshold(m_runs.modelFolder, {}, encoder));
        QCOMPARE(predicted({}), usual);
    }

    void ofManyClassesTheLikeliestOtherIsTheAnswer()
    {
        const std::vector<float> probabilities{0.5F, 0.2F, 0.3F};
        QCOMPARE(decide(probabilities, {}), std::size_t{0});
        QCOMPARE(decide(probabilities, DecisionThreshold{1, 0.2}), std::size_t{1});
        QCOMPARE(decide(probabilities, DecisionThreshold{0, 0.6}), std::size_t{2});
    }

    void wrongThresholdsAreExplained()
    {
        const std::string data = writeClouds(m_runs.path("three.csv"), 90, 2);
        QVERIFY(m_runs.train("tree", data, {}));
        const auto model = loadModel(m_runs.modelFolder, "cpu");
        const Encoder& encoder = model.value()->encoder();
        for (const auto& [text, why] :
             {std::pair{"0.5", "3 classes"}, {"grape=0.5", "no class \"grape\""}, {"pear=1.5", "not between 0 and 1"}, {"pear=half", "not a number"}}) {
            const auto threshold = parseThreshold(text, encoder);
            QVERIFY2(!threshold && threshold.error().message.find(why) != std::string::npos, text);
        }
    }

    void aBaselineStandsBesideEveryScore()
    {
        const std::string data = writeClouds(m_runs.path("baseline.csv"), 150, 3);
        const auto result = m_runs.train("forest", data, {});
        QVERIFY(result);
        const auto constant = m_runs.train("baseline", data, {});
        QVERIFY(constant);
        const Json told = result.value()["baseline"]["validation"];
        const Json trained = constant.value()["metrics"]["validation"];
        for (const char* metric : {"accuracy", "balanced_accuracy", "macro_f1", "log_loss", "roc_auc"}) {
            QVERIFY2(std::abs(told[metric].get<double>() - trained[metric].get<double>()) < 1e-5, metric);
        }
    }

    void theMeanStandsBesideValues()
    {
        const std::string data = writeLine(m_runs.path("line.csv"), 120, 4);
        const auto result = m_runs.train("ridge", data, {});
        const auto constant = m_runs.train("baseline", data, {});
        QVERIFY(result && constant);
        for (const char* metric : {"mae", "rmse", "r2"}) {
            const double told = result.value()["baseline"]["validation"][metric].get<double>();
            const double trained = constant.value()["metrics"]["validation"][metric].get<double>();
            QVERIFY2(std::abs(told - trained) < 1e-3 * std::max(1.0, std::abs(trained)), metric);
        }
        // The model knows it later too.
        const auto card = readJsonFile(m_runs.modelFolder + "/model.json");
        QVERIFY(card.value()["baseline"]["mean"].is_number());
    }
};

QTEST_GUILESS_MAIN(TestDecisionThreshold)
#include "tst_decision_threshold.moc"
