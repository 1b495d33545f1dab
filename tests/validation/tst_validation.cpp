#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "../learn/run_fixture.h"
#include "engine/base/files.h"
#include "engine/validation/validation.h"

using namespace ty;
using namespace ty::engine;

namespace {

const std::string kTables = std::string(TRAINYARD_SOURCE_DIR) + "/tests/data/learners/";

RunSpec specOf(const std::string& learner, const std::string& data, const Json& settings = Json::object())
{
    RunSpec spec;
    spec.learner = learner;
    spec.data.training = data;
    spec.settings = settings;
    return spec;
}

/// Row i is held out by fold i % 5.
Json planOf(std::size_t samples)
{
    std::vector<int> folds(samples);
    for (std::size_t i = 0; i < samples; ++i) {
        folds[i] = static_cast<int>(i % 5);
    }
    return {{"format", 1}, {"folds", 5}, {"assignments", Json::array({folds})}};
}

} // namespace

/// Cross-validation of learners, from tables to sentences.
class TestValidation : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    int m_count = 0;

    std::string path(const std::string& name) const { return m_folder.path().toStdString() + "/" + name; }

    ValidationRequest request(std::vector<RunSpec> learners)
    {
        ValidationRequest made;
        made.learners = std::move(learners);
        made.folder = path("study" + std::to_string(m_count++));
        made.threads = 1;
        return made;
    }

    Result<Json> validate(const ValidationRequest& request, const StudyTold& told = [](const Json&) {})
    {
        CommandedControl control;
        return validateLearners(request, control, told);
    }

    static Json withoutTimes(Json result)
    {
        for (Json& learner : result["learners"]) {
            learner.erase("seconds");
            for (Json& fit : learner["folds"]) {
                fit.erase("seconds");
                fit.erase("answerSeconds");
            }
        }
        result.erase("folder");
        return result;
    }

private slots:
    void aFoldsStepsLookAtWhatItFitsOnAlone()
    {
        const auto write = [&](const std::string& name, const std::string& wild) {
            std::ofstream out(path(name));
            out << "size,kind\n";
            for (int row = 0; row < 300; ++row) {
                const int size = row % 2 == 0 ? row % 7 : 20 + row % 5;
                out << (row == 5 ? wild : row % 6 == 1 ? "" : std::to_string(size)) << "," << (row % 2 == 0 ? "a" : "b") << "\n"; // row 5 is held by fold 0
            }
            return path(name);
        };
        const auto accuracyOfFirstFold = [&](const std::string& file) {
            RunSpec spec = specOf("logistic", file);
            spec.data.target = "kind";
            spec.data.split.validation = 0;
            spec.data.preparation = Preparation::fromJson(parseJson(R"([{"step":"fill","columns":["size"],"method":"mean"}])", "steps").value(), "steps").value();
            auto asked = request({spec});
            asked.plan = planOf(300);
            const auto result = validate(asked);
            return result ? result.value()["learners"][0]["folds"][0]["metrics"]["accuracy"].get<double>() : 0;
        };
        const double tame = accuracyOfFirstFold(write("tame.csv", "20"));
        QVERIFY(tame > 0.8);
        QVERIFY(accuracyOfFirstFold(write("wild.csv", "1e12")) >= tame - 1.5 / 60);
    }

    // scikit-learn 1.2.1, cross_val_score on the same folds: scikit_folds.py. Solved learners agree to what their stopping leaves
    // (ours ends at a slope of 1e-4); of support vectors' answers ties may fall otherwise.
    void scoresAreThoseOfScikitLearnOnTheSameFolds_data()
    {
        QTest::addColumn<QString>("learner");
        QTest::addColumn<QString>("table");
        QTest::addColumn<QString>("metric");
        QTest::addColumn<double>("mean");
        QTest::addColumn<double>("deviation");
        QTest::addColumn<double>("tolerance");
        const auto row = [](const char* learner, const char* table, const char* metric, double mean, double deviation, double tolerance) {
            QTest::addRow("%s, %s, %s", learner, table, metric)
                << QString::fromLatin1(learner) << QString::fromLatin1(table) << QString::fromLatin1(metric) << mean << deviation << tolerance;
        };
        row("logistic", "iris_train.csv", "accuracy", 0.9666666667, 0.0348608344, 1e-9);
        row("logistic", "iris_train.csv", "roc_auc", 0.9963541667, 0.0050764554, 1e-9);
        row("logistic", "iris_train.csv", "log_loss", 0.1648235556, 0.0349532494, 2e-4);
        row("gaussian-bayes", "iris_train.csv", "accuracy", 0.9666666667, 0.0348608344, 1e-9);
        row("gaussian-bayes", "iris_train.csv", "roc_auc", 0.9916666667, 0.0087152086, 1e-9);
        row("gaussian-bayes", "iris_train.csv", "log_loss", 0.1037601076, 0.0940962611, 1e-4);
        row("gaussian-bayes", "iris_train.csv", "macro_f1", 0.9666013072, 0.0348804737, 1e-9);
        row("neighbours", "iris_train.csv", "accuracy", 0.9500000000, 0.0456435465, 1e-9);
        row("svm", "iris_train.csv", "accuracy", 0.9666666667, 0.0543266867, 0.009);
        row("baseline", "iris_train.csv", "accuracy", 0.3333333333, 0.0, 1e-9);
        row("logistic", "breast-cancer_train.csv.gz", "accuracy", 0.9648829431, 0.0092799449, 1e-9);
        row("logistic", "breast-cancer_train.csv.gz", "roc_auc", 0.9909003136, 0.0067038801, 2e-4);
        row("logistic", "breast-cancer_train.csv.gz", "log_loss", 0.1039017763, 0.0366150653, 5e-4);
        row("gaussian-bayes", "breast-cancer_train.csv.gz", "accuracy", 0.9363831820, 0.0197262079, 1e-9);
        // Probabilities are float32: of 30 columns many come so close to 0 or 1 that they tie.
        row("gaussian-bayes", "breast-cancer_train.csv.gz", "roc_auc", 0.9862995801, 0.0133557923, 6e-3);
        row("ridge", "diabetes_train.csv.gz", "r2", 0.4975594244, 0.0633075900, 1e-4);
        row("ridge", "diabetes_train.csv.gz", "rmse", 54.2315440410, 3.8528176070, 0.01);
        row("ridge", "diabetes_train.csv.gz", "mae", 43.8946474297, 4.0746913927, 0.01);
        row("least-squares", "diabetes_train.csv.gz", "r2", 0.4953164461, 0.0679246449, 1e-4);
        row("least-squares", "diabetes_train.csv.gz", "rmse", 54.3382441265, 4.0109855082, 0.01);
    }

    void scoresAreThoseOfScikitLearnOnTheSameFolds()
    {
        QFETCH(QString, learner);
        QFETCH(QString, table);
        QFETCH(QString, metric);
        QFETCH(double, mean);
        QFETCH(double, deviation);
        QFETCH(double, tolerance);
        ValidationRequest asked = request({specOf(learner.toStdString(), kTables + table.toStdString())});
        asked.plan = planOf(table.startsWith(QLatin1String("iris")) ? 120 : table.startsWith(QLatin1String("breast")) ? 456 : 354);
        const auto result = validate(asked);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        const Json summary = result.value()["learners"][0]["summary"][metric.toStdString()];
        QCOMPARE(summary["count"].get<int>(), 5);
        QVERIFY2(std::abs(summary["mean"].get<double>() - mean) <= tolerance, summary.dump().c_str());
        QVERIFY2(std::abs(summary["deviation"].get<double>() - deviation) <= 2 * tolerance, summary.dump().c_str());
    }

    void everyLearnerOfTablesIsValidatedBesideTheBaseline()
    {
        const std::string clouds = writeClouds(path("clouds.csv"), 90, 1);
        std::vector<RunSpec> learners;
        for (const auto& learner : makeLearners()) {
            if (learner->canLearn(Task::Classification, DataKind::Table)) {
                const Json quick = learner->name() == "network" || learner->name() == "linear" ? Json{{"epochs", 5}} : Json::object();
                learners.push_back(specOf(learner->name(), clouds, quick));
            }
        }
        QVERIFY(learners.size() >= 15);
        ValidationRequest asked = request(learners);
        asked.folds.folds = 3;
        const auto result = validate(asked);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        for (const Json& learner : result.value()["learners"]) {
            const std::string words = learner["learner"].get<std::string>() + ": " + learner.value("problem", std::string("-"));
            if (learner["learner"] == "isolation-forest" || learner["learner"] == "multinomial-bayes") { // for two classes; for counts
                QVERIFY2(learner.contains("problem"), words.c_str());
                continue;
            }
            QVERIFY2(!learner.contains("problem"), words.c_str());
            QVERIFY2(learner["summary"]["accuracy"]["count"] == 3, words.c_str());
        }
        QCOMPARE(result.value()["learners"][0]["summary"]["roc_auc"]["count"].get<int>(), 3);
    }

    // One kind of iris lies far from the other two: two groups lie farther apart than five, on rows that no fit saw too.
    void groupsAreJudgedOnHeldRows()
    {
        RunSpec two = specOf("k-means", kTables + "iris_train.csv", {{"groups", 2}});
        two.data.task = "grouping";
        RunSpec five = two;
        five.settings = {{"groups", 5}};
        five.name = "five";
        ValidationRequest asked = request({two, five});
        asked.folds.folds = 3;
        const auto result = validate(asked);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        QCOMPARE(result.value()["metric"].get<std::string>(), std::string("silhouette"));
        QCOMPARE(result.value()["task"].get<std::string>(), std::string("grouping"));
        const Json& learners = result.value()["learners"];
        QCOMPARE(learners[0]["summary"]["silhouette"]["count"].get<int>(), 3);
        QVERIFY2(
            learners[0]["summary"]["silhouette"]["mean"].get<double>() > learners[1]["summary"]["silhouette"]["mean"].get<double>() + 0.05,
            learners.dump().c_str());
    }

    void whatIsTakenToChooseByIsNotWhatJudges()
    {
        // Boosting ends by a validation part: that is a fifth of the fold's training part, and the fold has 60 of 90 rows.
        ValidationRequest asked = request({specOf("boost", writeClouds(path("early.csv"), 90, 2), {{"rounds", 400}, {"patience", 3}})});
        asked.folds.folds = 3;
        const auto result = validate(asked);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        const Json fit = result.value()["learners"][0]["folds"][0];
        QCOMPARE(fit["samples"].get<int>(), 60);
        QCOMPARE(fit["held"].get<int>(), 30);
        QVERIFY(fit["epochs"].get<int>() < 400); // it did end early, so it had something to choose by
    }

    void theSameRequestGivesTheSameScores()
    {
        const std::string clouds = writeClouds(path("same.csv"), 120, 3);
        ValidationRequest asked = request({specOf("forest", clouds, {{"trees", 10}}), specOf("tree", clouds)});
        const auto first = validate(asked);
        asked.folder = path("again");
        const auto again = validate(asked);
        QVERIFY(first && again);
        QVERIFY(withoutTimes(first.value()) == withoutTimes(again.value()));
        asked.folder = path("others");
        asked.folds.seed = 9;
        const auto others = validate(asked);
        QVERIFY(withoutTimes(first.value()) != withoutTimes(others.value()));
    }

    void whatWasDoneIsNotDoneAgain()
    {
        const std::string clouds = writeClouds(path("resumed.csv"), 120, 4);
        ValidationRequest asked = request({specOf("forest", clouds, {{"trees", 10}}), specOf("baseline", clouds)});
        const auto whole = validate(asked);
        QVERIFY(whole);
        asked.folder = path("resumed");
        CommandedControl control;
        int fits = 0;
        const auto finished = validateLearners(asked, control, [&](const Json&) {
            if (++fits == 5) {
                control.pending = "finish";
            }
        });
        QVERIFY(finished);
        QCOMPARE(fits, 5);
        QVERIFY(finished.value()["outcome"] == "finished-now");
        QVERIFY(!validate(asked)); // another study is not written over by mistake
        // A crash tore the last line.
        QFile journal(QString::fromStdString(asked.folder + "/journal.jsonl"));
        QVERIFY(journal.open(QIODevice::ReadWrite));
        QVERIFY(journal.resize(journal.size() - 20));
        journal.close();
        asked.isResuming = true;
        std::vector<int> done;
        const auto result = validate(asked, [&](const Json& fit) { done.push_back(fit["done"].get<int>()); });
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        QCOMPARE(done.size(), std::size_t{10});
        QCOMPARE(done.back(), 10);
        Json expected = withoutTimes(whole.value());
        QVERIFY(withoutTimes(result.value()) == expected);
        asked.folds.seed = 5;
        const auto other = validate(asked);
        QVERIFY(!other && other.error().kind == ErrorKind::Conflict);
    }

    void theFirstFoldStoppedLeavesNothingToTell()
    {
        ValidationRequest asked = request({specOf("tree", writeClouds(path("stopped.csv"), 60, 5))});
        CommandedControl control;
        control.pending = "stop";
        const auto result = validateLearners(asked, control, [](const Json&) {});
        QVERIFY(!result && result.error().kind == ErrorKind::Cancelled);
        QVERIFY(!pathExists(asked.folder + "/scratch"));
    }

    void aLearningCurveRisesWithTheSamples()
    {
        ValidationRequest asked = request({specOf("neighbours", writeTwoClouds(path("curve.csv"), 400, 6))});
        asked.shares = {0.05, 0.3, 1.0};
        asked.metric = "accuracy";
        const auto result = validate(asked);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        const Json points = result.value()["curve"][0]["points"];
        QCOMPARE(points.size(), std::size_t{3});
        QCOMPARE(points[0]["samples"].get<double>(), 16.0);
        QCOMPARE(points[2]["samples"].get<double>(), 320.0);
        const auto mean = [&](int point, const char* part) { return points[point][part]["accuracy"]["mean"].get<double>(); };
        QVERIFY(mean(2, "held") > mean(0, "held") - 0.01);
        QVERIFY(mean(2, "training") >= mean(2, "held") - 0.02);
        QCOMPARE(points[1]["held"]["accuracy"]["count"].get<int>(), 5);
    }

    void twoLearnersAreComparedFoldByFold()
    {
        const std::string clouds = writeTwoClouds(path("pair.csv"), 200, 7);
        ValidationRequest asked = request({specOf("baseline", clouds), specOf("logistic", clouds)});
        asked.metric = "accuracy";
        const auto result = validate(asked);
        QVERIFY(result);
        const Json compared = result.value()["comparisons"][0];
        QVERIFY(compared["clear"].get<bool>());
        QVERIFY(compared["words"].get<std::string>().starts_with("Logistic regression is better than"));
        QCOMPARE(compared["count"].get<int>(), 5);
    }

    void aLearnerThatDoesNotFitSaysSoAndTheOthersGoOn()
    {
        const std::string line = writeLine(path("line.csv"), 60, 8);
        const auto result = validate(request({specOf("ridge", line), specOf("logistic", line)}));
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        QCOMPARE(result.value()["learners"][0]["summary"]["r2"]["count"].get<int>(), 5);
        QVERIFY(result.value()["learners"][1]["problem"].get<std::string>().find("cannot do regression") != std::string::npos);
        const auto alone = validate(request({specOf("logistic", line)}));
        QVERIFY(!alone && alone.error().message.find("cannot do regression") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestValidation)
#include "tst_validation.moc"
