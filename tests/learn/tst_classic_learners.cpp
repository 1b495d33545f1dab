#include <QJsonObject>
#include <QTest>

#include <cmath>
#include <fstream>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "engine/base/files.h"
#include "engine/exchange/onnx_check.h"
#include "engine/exchange/probe_data.h"
#include "classic_runs.h"
#include "tests/exchange/onnxruntime_judge.h"

using namespace ty;
using namespace ty::engine;

class TestClassicLearners : public QObject {
    Q_OBJECT

    ClassicRuns m_runs;
    std::vector<std::string> m_cases; ///< of onnxruntime

private slots:
    void progressIsToldOfTrees()
    {
        QVERIFY(m_runs.train("forest", writeClouds(m_runs.path("clouds.csv"), 300, 2), {}, {{"trees", 60}}));
        QVERIFY(m_runs.epochs.size() >= 10);
        QCOMPARE(m_runs.epochs.back()["epoch"].get<int>(), 60);
        QVERIFY(m_runs.epochs.back()["training"]["accuracy"].get<double>() > 0.8); // out of bag
        QVERIFY(m_runs.epochs.back()["validation"]["loss"].is_number());
    }

    void aSavedModelAnswersTheSameAndItsOnnxIsReadBack_data()
    {
        QTest::addColumn<std::string>("learner");
        QTest::addColumn<std::string>("data");
        for (const char* learner : {"forest", "extra-trees", "silas-like", "tree", "svm", "logistic", "ridge", "lasso", "bernoulli-bayes",
              "gaussian-bayes", "boost", "pca", "isolation-forest"}) {
            for (const char* data : {"three clouds", "two clouds", "line"}) {
                const std::string name = learner;
                const bool isLine = std::string(data) == "line";
                const bool areClasses = name == "logistic" || name.ends_with("bayes");
                const bool areValues = name == "ridge" || name == "lasso";
                const bool isUnusual = name == "isolation-forest" && std::string(data) != "two clouds";
                if (!isUnusual && !(areClasses && isLine) && !(areValues && !isLine)) {
                    QTest::addRow("%s, %s", learner, data) << std::string(learner) << std::string(data);
                }
            }
        }
    }

    void aSavedModelAnswersTheSameAndItsOnnxIsReadBack()
    {
        QFETCH(std::string, learner);
        QFETCH(std::string, data);
        const std::string file = m_runs.path("data.csv");
        data == "line" ? writeLine(file, 200, 1) : data == "two clouds" ? writeTwoClouds(file, 200, 1) : writeClouds(file, 300, 1);
        const auto result = m_runs.train(learner, file, {});
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        const auto model = loadModel(m_runs.modelFolder, "cpu");
        QVERIFY2(model, model ? "" : model.error().message.c_str());

        constexpr std::size_t kSamples = 1000;
        const Encoder& encoder = model.value()->encoder();
        const auto probe = makeProbeDataset(encoder, kSamples, 11);
        std::vector<std::uint32_t> samples(kSamples);
        std::iota(samples.begin(), samples.end(), 0U);
        const auto given = model.value()->predict(*probe, samples);
        QVERIFY(given);
        QVERIFY(model.value()->save(m_runs.path("again")));
        const auto again = loadModel(m_runs.path("again"), "cpu");
        QVERIFY(again);
        const auto second = again.value()->predict(*probe, samples);
        QVERIFY(second.value().probabilities == given.value().probabilities && second.value().values == given.value().values);

        const std::string onnx = m_runs.path(learner + " of " + data + ".onnx");
        const auto exported = model.value()->exportTo("onnx", onnx);
        QVERIFY2(exported, exported ? "" : exported.error().message.c_str());
        QVERIFY(exported.value()["maxDifference"].get<double>() < 1e-5);

        Json test{{"model", onnx}, {"unit", encoder.task() == Task::Regression ? encoder.targetDeviation() : 1.0}};
        const auto inputs = onnxInputs(encoder, *probe, samples);
        QVERIFY(inputs);
        for (const auto& [name, value] : inputs.value()) {
            test["inputs"][name] = ty::testing::valueJson(value);
        }
        if (encoder.task() == Task::Regression) {
            OnnxValue values{{static_cast<std::int64_t>(kSamples), 1}, {}, {}};
            for (const double value : given.value().values) {
                values.numbers.push_back(static_cast<float>(value));
            }
            test["outputs"]["value"] = ty::testing::valueJson(values);
        } else {
            const auto classes = encoder.classes().size();
            test["outputs"]["probabilities"] = ty::testing::valueJson(
                {{static_cast<std::int64_t>(kSamples), static_cast<std::int64_t>(classes)}, given.value().probabilities, {}});
        }
        m_cases.push_back(m_runs.path(learner + " of " + data + ".json"));
        QVERIFY(writeJsonFile(m_cases.back(), test));
    }

    void onnxruntimeAgrees()
    {
        const auto judged = ty::testing::askOnnxruntime(m_cases);
        if (!judged.problem.isEmpty()) {
            QSKIP(qPrintable(judged.problem));
        }
        QVERIFY2(judged.failure.isEmpty(), qPrintable(judged.failure));
        const QString difference = ty::testing::firstDisagreement(judged, m_cases, 1e-5);
        QVERIFY2(difference.isEmpty(), qPrintable(difference));
    }

    void aDamagedModelIsAnErrorWithItsName()
    {
        QVERIFY(m_runs.train("tree", writeClouds(m_runs.path("clouds.csv"), 200, 3), {}));
        const std::string file = m_runs.modelFolder + "/weights.safetensors";
        const auto whole = readFile(file).value();
        for (std::size_t at = 0; at < whole.size(); at += std::max<std::size_t>(1, whole.size() / 60)) {
            std::ofstream(file) << whole.substr(0, at);
            const auto model = loadModel(m_runs.modelFolder, "cpu");
            QVERIFY(!model);
            QVERIFY(model.error().message.find("weights.safetensors") != std::string::npos);
        }
    }

    void aWrongFeatureProportionIsExplained()
    {
        const auto result = m_runs.train("forest", writeClouds(m_runs.path("clouds.csv"), 60, 3), {}, {{"featureProportion", "half"}});
        QVERIFY(!result);
        QVERIFY(result.error().message.find("featureProportion") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestClassicLearners)
#include "tst_classic_learners.moc"
