#include <QDir>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "engine/base/files.h"
#include "engine/exchange/onnx_check.h"
#include "engine/exchange/probe_data.h"
#include "run_fixture.h"
#include "tests/exchange/onnxruntime_judge.h"

using namespace ty;
using namespace ty::engine;

namespace {

const std::string kData = std::string(TRAINYARD_SOURCE_DIR) + "/tests/data/learners/";

Json valueJson(const OnnxValue& value)
{
    Json json{{"dims", value.shape}};
    if (!value.texts.empty()) {
        json["texts"] = value.texts;
        return json;
    }
    Json numbers = Json::array();
    for (const float number : value.numbers) {
        numbers.push_back(std::isnan(number) ? Json() : Json(number));
    }
    json["numbers"] = numbers;
    return json;
}

} // namespace

class TestClassicLearners : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    std::string path(const std::string& name) const { return m_folder.path().toStdString() + "/" + name; }

    Result<Json> train(const std::string& learner, const std::string& data, const std::string& test, const Json& settings = Json::object())
    {
        RunRequest request;
        request.spec.name = learner;
        request.spec.learner = learner;
        request.spec.data.training = data;
        request.spec.data.test = test;
        request.spec.data.split.validation = test.empty() ? 0.2 : 0.0;
        if (data.find("seattle") != std::string::npos) {
            request.spec.data.columns["date"].role = "ignored";
        }
        request.spec.settings = settings;
        request.folder.root = path(learner + std::to_string(m_runs++));
        m_last = request.folder.modelFolder();
        CollectingSink sink;
        StoppableControl control;
        auto result = executeRun(request, sink, control);
        m_epochs = sink.of("epoch");
        return result;
    }

    int m_runs = 0;
    std::string m_last; ///< model folder
    std::vector<Json> m_epochs;

private slots:
    // scikit-learn 1.2.1 on the same rows (tests/data/learners: row i is for testing when i % 5 == 4), its classes of the same
    // name with their defaults; the mean of three seeds. An error more or less among few rows is no difference: three
    // standard errors of the accuracy are allowed.
    void scoresAreThoseOfScikitLearn_data()
    {
        QTest::addColumn<std::string>("learner");
        QTest::addColumn<std::string>("data");
        QTest::addColumn<std::string>("metric");
        QTest::addColumn<double>("expected");
        QTest::addColumn<double>("tolerance");
        const std::string iris = "iris";
        QTest::newRow("forest, iris") << std::string("forest") << iris << std::string("accuracy") << 0.900 << 0.07;
        QTest::newRow("extra trees, iris") << std::string("extra-trees") << iris << std::string("accuracy") << 0.933 << 0.07;
        QTest::newRow("tree, iris") << std::string("tree") << iris << std::string("accuracy") << 0.933 << 0.07;
        QTest::newRow("svm, iris") << std::string("svm") << iris << std::string("accuracy") << 0.967 << 0.07;
        const std::string cancer = "breast-cancer";
        QTest::newRow("forest, breast-cancer") << std::string("forest") << cancer << std::string("accuracy") << 0.976 << 0.03;
        QTest::newRow("extra trees, breast-cancer") << std::string("extra-trees") << cancer << std::string("accuracy") << 0.974 << 0.03;
        QTest::newRow("tree, breast-cancer") << std::string("tree") << cancer << std::string("accuracy") << 0.938 << 0.05;
        QTest::newRow("svm, breast-cancer") << std::string("svm") << cancer << std::string("accuracy") << 0.982 << 0.03;
        const std::string weather = "seattle-weather";
        QTest::newRow("forest, seattle-weather") << std::string("forest") << weather << std::string("accuracy") << 0.851 << 0.05;
        QTest::newRow("extra trees, seattle-weather") << std::string("extra-trees") << weather << std::string("accuracy") << 0.841 << 0.05;
        QTest::newRow("tree, seattle-weather") << std::string("tree") << weather << std::string("accuracy") << 0.849 << 0.05;
        QTest::newRow("svm, seattle-weather") << std::string("svm") << weather << std::string("accuracy") << 0.795 << 0.05;
        const std::string diabetes = "diabetes";
        QTest::newRow("forest, diabetes") << std::string("forest") << diabetes << std::string("r2") << 0.376 << 0.05;
        QTest::newRow("logistic, iris") << std::string("logistic") << iris << std::string("accuracy") << 0.933 << 0.001;
        QTest::newRow("logistic, breast-cancer") << std::string("logistic") << cancer << std::string("accuracy") << 1.0 << 0.001;
        QTest::newRow("logistic, seattle-weather") << std::string("logistic") << weather << std::string("accuracy") << 0.808 << 0.004;
        QTest::newRow("least squares, diabetes") << std::string("least-squares") << diabetes << std::string("r2") << 0.447 << 0.001;
        QTest::newRow("gaussian bayes, iris") << std::string("gaussian-bayes") << iris << std::string("accuracy") << 0.9333 << 0.001;
        // The seed's experiment on three of its tables: README of the tables, scikit-learn 1.2.1 with the seed's settings.
        const std::string m08 = "M08_InvolvedSequences2";
        const std::string m15 = "M15_Mikrowelle";
        const std::string m16 = "M16_CSM";
        QTest::newRow("bernoulli bayes, M08") << std::string("bernoulli-bayes") << m08 << std::string("roc_auc") << 0.617 << 0.001;
        QTest::newRow("bernoulli bayes, M15") << std::string("bernoulli-bayes") << m15 << std::string("roc_auc") << 0.829 << 0.001;
        QTest::newRow("bernoulli bayes, M16") << std::string("bernoulli-bayes") << m16 << std::string("roc_auc") << 0.614 << 0.001;
        QTest::newRow("logistic, M08") << std::string("logistic") << m08 << std::string("roc_auc") << 0.638 << 0.002;
        QTest::newRow("logistic, M15") << std::string("logistic") << m15 << std::string("roc_auc") << 0.884 << 0.002;
        QTest::newRow("logistic, M16") << std::string("logistic") << m16 << std::string("roc_auc") << 0.615 << 0.002;
        QTest::newRow("forest, M08") << std::string("forest") << m08 << std::string("roc_auc") << 0.998 << 0.006;
        QTest::newRow("svm, M08") << std::string("svm") << m08 << std::string("roc_auc") << 0.957 << 0.002;
        QTest::newRow("forest, M15") << std::string("forest") << m15 << std::string("roc_auc") << 0.992 << 0.008;
        QTest::newRow("svm, M15") << std::string("svm") << m15 << std::string("roc_auc") << 0.895 << 0.002;
        QTest::newRow("silas-like, M15") << std::string("silas-like") << m15 << std::string("roc_auc") << 0.988 << 0.018;
        QTest::newRow("forest, M16") << std::string("forest") << m16 << std::string("roc_auc") << 0.999 << 0.006;
        QTest::newRow("svm, M16") << std::string("svm") << m16 << std::string("roc_auc") << 0.823 << 0.002;
    }

    void scoresAreThoseOfScikitLearn()
    {
        QFETCH(std::string, learner);
        QFETCH(std::string, data);
        QFETCH(std::string, metric);
        QFETCH(double, expected);
        QFETCH(double, tolerance);
        const std::string suffix = data == "iris" ? ".csv" : ".csv.gz";
        const auto result = train(learner, kData + data + "_train" + suffix, kData + data + "_test" + suffix);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        const double score = result.value()["metrics"]["test"][metric].get<double>();
        QVERIFY2(std::abs(score - expected) <= tolerance, qPrintable(QString::number(score)));
    }

    void progressIsToldOfTrees()
    {
        QVERIFY(train("forest", writeClouds(path("clouds.csv"), 300, 2), {}, {{"trees", 60}}));
        QVERIFY(m_epochs.size() >= 10);
        QCOMPARE(m_epochs.back()["epoch"].get<int>(), 60);
        QVERIFY(m_epochs.back()["training"]["accuracy"].get<double>() > 0.8); // out of bag
        QVERIFY(m_epochs.back()["validation"]["loss"].is_number());
    }

    void aSavedModelAnswersTheSameAndAgreesWithOnnxruntime_data()
    {
        QTest::addColumn<std::string>("learner");
        QTest::addColumn<std::string>("data");
        for (const char* learner : {"forest", "extra-trees", "silas-like", "tree", "svm", "logistic", "ridge", "lasso", "bernoulli-bayes",
              "gaussian-bayes"}) {
            for (const char* data : {"three clouds", "two clouds", "line"}) {
                const std::string name = learner;
                const bool isLine = std::string(data) == "line";
                const bool areClasses = name == "logistic" || name.ends_with("bayes");
                const bool areValues = name == "ridge" || name == "lasso";
                // Support vectors of three classes have no ONNX form.
                const bool isWithout = name == "svm" && std::string(data) == "three clouds";
                if (!isWithout && !(areClasses && isLine) && !(areValues && !isLine)) {
                    QTest::addRow("%s, %s", learner, data) << std::string(learner) << std::string(data);
                }
            }
        }
    }

    void aSavedModelAnswersTheSameAndAgreesWithOnnxruntime()
    {
        QFETCH(std::string, learner);
        QFETCH(std::string, data);
        const std::string file = path("data.csv");
        data == "line" ? writeLine(file, 200, 1) : data == "two clouds" ? writeTwoClouds(file, 200, 1) : writeClouds(file, 300, 1);
        const auto result = train(learner, file, {});
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        const auto model = loadModel(m_last, "cpu");
        QVERIFY2(model, model ? "" : model.error().message.c_str());

        constexpr std::size_t kSamples = 1000;
        const Encoder& encoder = model.value()->encoder();
        const auto probe = makeProbeDataset(encoder, kSamples, 11);
        std::vector<std::uint32_t> samples(kSamples);
        std::iota(samples.begin(), samples.end(), 0U);
        const auto given = model.value()->predict(*probe, samples);
        QVERIFY(given);
        QVERIFY(model.value()->save(path("again")));
        const auto again = loadModel(path("again"), "cpu");
        QVERIFY(again);
        const auto second = again.value()->predict(*probe, samples);
        QVERIFY(second.value().probabilities == given.value().probabilities && second.value().values == given.value().values);

        const std::string onnx = path("model.onnx");
        const auto exported = model.value()->exportTo("onnx", onnx);
        QVERIFY2(exported, exported ? "" : exported.error().message.c_str());
        QVERIFY(exported.value()["maxDifference"].get<double>() < 1e-5);

        Json test{{"model", onnx}, {"unit", encoder.task() == Task::Regression ? encoder.targetDeviation() : 1.0}};
        const auto inputs = onnxInputs(encoder, *probe, samples);
        QVERIFY(inputs);
        for (const auto& [name, value] : inputs.value()) {
            test["inputs"][name] = valueJson(value);
        }
        if (encoder.task() == Task::Regression) {
            OnnxValue values{{static_cast<std::int64_t>(kSamples), 1}, {}, {}};
            for (const double value : given.value().values) {
                values.numbers.push_back(static_cast<float>(value));
            }
            test["outputs"]["value"] = valueJson(values);
        } else {
            const auto classes = encoder.classes().size();
            test["outputs"]["probabilities"] = valueJson(
                {{static_cast<std::int64_t>(kSamples), static_cast<std::int64_t>(classes)}, given.value().probabilities, {}});
        }
        const std::string caseFile = path("case.json");
        QVERIFY(writeJsonFile(caseFile, test));
        const auto judged = ty::testing::askOnnxruntime({caseFile});
        if (!judged.problem.isEmpty()) {
            QSKIP(qPrintable(judged.problem));
        }
        QVERIFY2(judged.failure.isEmpty(), qPrintable(judged.failure));
        const QJsonObject answer = judged.byCase.at(caseFile);
        QVERIFY2(!answer.contains("error"), qPrintable(answer["error"].toString()));
        QVERIFY2(answer["maxDifference"].toDouble(1) <= 1e-5, qPrintable(QString::number(answer["maxDifference"].toDouble())));
    }

    void theSameSeedGivesTheSameModel()
    {
        const auto data = writeClouds(path("clouds.csv"), 200, 3);
        std::vector<std::string> weights;
        for (int i = 0; i < 2; ++i) {
            QVERIFY(train("forest", data, {}, {{"trees", 20}}));
            weights.push_back(readFile(m_last + "/weights.safetensors").value());
        }
        QVERIFY(weights[0] == weights[1]);
    }

    void aDamagedModelIsAnErrorWithItsName()
    {
        QVERIFY(train("tree", writeClouds(path("clouds.csv"), 200, 3), {}));
        const std::string file = m_last + "/weights.safetensors";
        const auto whole = readFile(file).value();
        for (std::size_t at = 0; at < whole.size(); at += std::max<std::size_t>(1, whole.size() / 60)) {
            QVERIFY(writeFileAtomically(file, whole.substr(0, at)));
            const auto model = loadModel(m_last, "cpu");
            QVERIFY(!model);
            QVERIFY(model.error().message.find("weights.safetensors") != std::string::npos);
        }
    }

    void aWrongFeatureProportionIsExplained()
    {
        const auto result = train("forest", writeClouds(path("clouds.csv"), 60, 3), {}, {{"featureProportion", "half"}});
        QVERIFY(!result);
        QVERIFY(result.error().message.find("featureProportion") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestClassicLearners)
#include "tst_classic_learners.moc"
