#include <QTest>

#include <algorithm>
#include <fstream>
#include <numeric>
#include <string>
#include <vector>

#include "classic_runs.h"
#include "engine/base/files.h"
#include "engine/exchange/probe_data.h"

using namespace ty;
using namespace ty::engine;

class TestClassicModels : public QObject {
    Q_OBJECT

    ClassicRuns m_runs;

private slots:
    void aModelWithoutOnnxAnswersTheSameWhenLoaded_data()
    {
        QTest::addColumn<std::string>("learner");
        for (const char* learner : {"neighbours", "k-means", "mixture", "dbscan", "hierarchical"}) {
            QTest::addRow("%s", learner) << std::string(learner);
        }
    }

    void aModelWithoutOnnxAnswersTheSameWhenLoaded()
    {
        QFETCH(std::string, learner);
        for (const bool areClasses : {true, false}) {
            const std::string file = m_runs.path("rows.csv");
            areClasses ? writeTwoClouds(file, 200, 1) : writeLine(file, 200, 1);
            const auto result = m_runs.train(learner, file, {});
            QVERIFY2(result, result ? "" : result.error().message.c_str());
            QVERIFY(result.value()["metrics"]["validation"][areClasses ? "accuracy" : "r2"].get<double>() > (areClasses ? 0.45 : -0.2));
            const auto model = loadModel(m_runs.modelFolder, "cpu");
            QVERIFY2(model, model ? "" : model.error().message.c_str());
            const auto probe = makeProbeDataset(model.value()->encoder(), 100, 11);
            std::vector<std::uint32_t> samples(100);
            std::iota(samples.begin(), samples.end(), 0U);
            const auto given = model.value()->predict(*probe, samples);
            QVERIFY(model.value()->save(m_runs.path("again")));
            const auto second = loadModel(m_runs.path("again"), "cpu").value()->predict(*probe, samples);
            QVERIFY(second.value().probabilities == given.value().probabilities && second.value().values == given.value().values);
            QVERIFY(!model.value()->exportTo("onnx", m_runs.path("none.onnx")));
            const std::string weights = m_runs.modelFolder + "/weights.safetensors";
            const auto whole = readFile(weights).value();
            for (std::size_t at = 0; at < whole.size(); at += std::max<std::size_t>(1, whole.size() / 20)) {
                std::ofstream(weights) << whole.substr(0, at);
                QVERIFY(!loadModel(m_runs.modelFolder, "cpu"));
            }
            std::string flipped = whole;
            flipped.back() = static_cast<char>(flipped.back() ^ 1);
            std::ofstream(weights) << flipped;
            const auto damaged = loadModel(m_runs.modelFolder, "cpu");
            QVERIFY(!damaged);
            QVERIFY2(damaged.error().message.find("checksum") != std::string::npos, damaged.error().message.c_str());
        }
    }

    void boostingEndsWhenNothingIsLearned()
    {
        const auto result = m_runs.train(
            "boost", writeTwoClouds(m_runs.path("clouds.csv"), 300, 2), {}, {{"rounds", 2000}, {"patience", 10}, {"rate", 0.3}, {"leafSize", 1}, {"penalty", 0}});
        QCOMPARE(result.value()["outcome"].get<std::string>(), std::string("early-stop"));
        QVERIFY(m_runs.epochs.back()["epoch"].get<int>() < 400);
    }

    void kMeansCountsItsBeginnings()
    {
        const auto result = m_runs.train("k-means", writeClouds(m_runs.path("clouds.csv"), 200, 3), {}, {{"restarts", 4}});
        QVERIFY(result);
        QCOMPARE(result.value()["epochs"].get<int>(), 4);
        QCOMPARE(m_runs.epochs.back()["epoch"].get<int>(), 4);
    }

    void theSameSeedGivesTheSameModel_data()
    {
        QTest::addColumn<std::string>("learner");
        for (const char* learner : {"forest", "boost", "k-means", "mixture"}) {
            QTest::addRow("%s", learner) << std::string(learner);
        }
    }

    void theSameSeedGivesTheSameModel()
    {
        QFETCH(std::string, learner);
        const auto data = writeClouds(m_runs.path("clouds.csv"), 200, 3);
        std::vector<std::string> weights;
        for (int i = 0; i < 2; ++i) {
            QVERIFY(m_runs.train(learner, data, {}));
            weights.push_back(readFile(m_runs.modelFolder + "/weights.safetensors").value());
        }
        QVERIFY(weights[0] == weights[1]);
    }
};

QTEST_GUILESS_MAIN(TestClassicModels)
#include "tst_classic_models.moc"
