#include <QTest>

#include <cmath>
#include <string>

#include "classic_runs.h"

using namespace ty;
using namespace ty::engine;

namespace {

const std::string kData = std::string(TRAINYARD_SOURCE_DIR) + "/tests/data/learners/";

} // namespace

class TestClassicScores : public QObject {
    Q_OBJECT

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
        QTest::newRow("neighbours, iris") << std::string("neighbours") << iris << std::string("accuracy") << 0.9333 << 0.001;
        QTest::newRow("neighbours, breast-cancer") << std::string("neighbours") << cancer << std::string("accuracy") << 0.9558 << 0.001;
        QTest::newRow("neighbours, seattle-weather") << std::string("neighbours") << weather << std::string("accuracy") << 0.7774 << 0.001;
        QTest::newRow("neighbours, diabetes") << std::string("neighbours") << diabetes << std::string("r2") << 0.2729 << 0.001;
        // HistGradientBoosting with 6 levels and a penalty of 1.
        QTest::newRow("boost, iris") << std::string("boost") << iris << std::string("accuracy") << 0.933 << 0.04;
        QTest::newRow("boost, breast-cancer") << std::string("boost") << cancer << std::string("accuracy") << 0.956 << 0.03;
        QTest::newRow("boost, seattle-weather") << std::string("boost") << weather << std::string("accuracy") << 0.832 << 0.03;
        QTest::newRow("boost, diabetes") << std::string("boost") << diabetes << std::string("r2") << 0.388 << 0.05;
        // The mean of its seeds 0 to 9 is 0.819, their deviation 0.025: two of them are allowed.
        QTest::newRow("isolation forest, breast-cancer") << std::string("isolation-forest") << cancer << std::string("roc_auc") << 0.819 << 0.05;
        // The seed's experiment on three of its tables: README of the tables, scikit-learn 1.2.1 with the seed's settings.
        const std::string m07 = "M07_BridgeTransitions";
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
        // Silas's own figures, of other draws of the same machines.
        QTest::newRow("silas-like, M07") << std::string("silas-like") << m07 << std::string("roc_auc") << 0.995 << 0.006;
        QTest::newRow("silas-like, M08") << std::string("silas-like") << m08 << std::string("roc_auc") << 0.988 << 0.006;
        QTest::newRow("silas-like, M15") << std::string("silas-like") << m15 << std::string("roc_auc") << 0.988 << 0.006;
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
        ClassicRuns runs;
        const auto result = runs.train(learner, kData + data + "_train" + suffix, kData + data + "_test" + suffix);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        const double score = result.value()["metrics"]["test"][metric].get<double>();
        QVERIFY2(std::abs(score - expected) <= tolerance, qPrintable(QString::number(score)));
    }

    // scikit-learn 1.2.1 on the same standardised rows: KMeans (10 beginnings), GaussianMixture (full), AgglomerativeClustering
    // (ward), DBSCAN (0.8, 5) and PCA.
    void groupsAreThoseOfScikitLearn_data()
    {
        QTest::addColumn<std::string>("learner");
        QTest::addColumn<std::string>("data");
        QTest::addColumn<std::string>("measure");
        QTest::addColumn<double>("expected");
        QTest::addColumn<double>("tolerance");
        const auto row = [](const char* learner, const char* data, const char* measure, double expected, double tolerance) {
            QTest::addRow("%s, %s, %s", learner, data, measure)
                << std::string(learner) << std::string(data) << std::string(measure) << expected << tolerance;
        };
        row("k-means", "iris", "inertia", 115.9309, 0.001);
        row("k-means", "iris", "adjustedRand", 0.60658, 1e-4);
        row("k-means", "iris", "silhouette", 0.44104, 1e-4);
        row("k-means", "breast-cancer", "inertia", 9268.504, 0.02);
        row("k-means", "breast-cancer", "adjustedRand", 0.67711, 1e-4);
        row("mixture", "iris", "adjustedRand", 0.92659, 1e-4);
        row("mixture", "iris", "logLikelihood", -1.8849, 0.005); // ends when a pass brings less than 0.001
        row("hierarchical", "iris", "adjustedRand", 0.61647, 1e-4);
        row("hierarchical", "breast-cancer", "adjustedRand", 0.65581, 1e-4);
        row("hierarchical", "seattle-weather", "adjustedRand", 0.09035, 1e-4);
        row("dbscan", "iris", "noise", 4, 0);
        row("dbscan", "iris", "adjustedRand", 0.54708, 1e-4);
        row("dbscan", "seattle-weather", "noise", 44, 0);
    }

    void groupsAreThoseOfScikitLearn()
    {
        QFETCH(std::string, learner);
        QFETCH(std::string, data);
        QFETCH(std::string, measure);
        QFETCH(double, expected);
        QFETCH(double, tolerance);
        const std::string suffix = data == "iris" ? ".csv" : ".csv.gz";
        const Json settings = learner == "dbscan" ? Json{{"reach", 0.8}} : Json::object();
        ClassicRuns runs;
        const auto result = runs.train(learner, kData + data + "_train" + suffix, kData + data + "_test" + suffix, settings);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        const auto card = readJsonFile(runs.modelFolder + "/model.json");
        QVERIFY(card);
        const double found = card.value()["groups"][measure].get<double>();
        QVERIFY2(std::abs(found - expected) <= tolerance, qPrintable(QString::number(found, 'g', 9)));
    }

    void componentsAreThoseOfScikitLearn()
    {
        ClassicRuns runs;
        QVERIFY(runs.train("pca", kData + "breast-cancer_train.csv.gz", kData + "breast-cancer_test.csv.gz", {{"components", 4}}));
        const auto card = readJsonFile(runs.modelFolder + "/model.json");
        const double expected[] = {0.44890931, 0.18559656, 0.09292476, 0.06573708};
        for (std::size_t c = 0; c < 4; ++c) {
            QVERIFY(std::abs(card.value()["components"]["shares"][c].get<double>() - expected[c]) < 1e-6);
        }
        const auto values = runs.train("pca", kData + "diabetes_train.csv.gz", kData + "diabetes_test.csv.gz", {{"components", 5}});
        QVERIFY(std::abs(values.value()["metrics"]["test"]["r2"].get<double>() - 0.4604) < 0.001); // LinearRegression on PCA(5)
    }
};

QTEST_GUILESS_MAIN(TestClassicScores)
#include "tst_classic_scores.moc"
