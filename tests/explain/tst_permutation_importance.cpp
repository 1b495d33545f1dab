#include <QTest>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "engine/base/random.h"
#include "engine/data/dataset.h"
#include "engine/explain/column_shuffle.h"
#include "engine/explain/permutation_importance.h"
#include "tests/learn/classic_runs.h"

using namespace ty;
using namespace ty::engine;

namespace {

const std::string kData = std::string(TRAINYARD_SOURCE_DIR) + "/tests/data/learners/";

struct Opened {
    std::unique_ptr<Model> model;
    std::unique_ptr<Dataset> data;
    std::vector<std::uint32_t> samples;
};

Opened open(const std::string& folder, const std::string& file)
{
    Opened opened;
    opened.model = std::move(loadModel(folder, "cpu")).value();
    const DatasetInfo expected = opened.model->encoder().expectedData();
    OpenOptions reading;
    reading.like = &expected;
    opened.data = std::move(openDataset(file, reading)).value();
    opened.samples.resize(opened.data->size());
    std::iota(opened.samples.begin(), opened.samples.end(), 0U);
    return opened;
}

ImportanceTold silent()
{
    return [](std::size_t, std::size_t, const ColumnImportance&) -> Result<bool> { return true; };
}

} // namespace

class TestPermutationImportance : public QObject {
    Q_OBJECT

    ClassicRuns m_runs;

private slots:
    // scikit-learn 1.2.1: permutation_importance (500 repeats) of LinearRegression and GaussianNB, fitted on the same training
    // rows and measured on the same test rows: mean and standard deviation of a repeat. Ours is the mean of 100 repeats; four
    // standard errors are allowed, and a thousandth for what rounds.
    void importanceIsThatOfScikitLearn_data()
    {
        QTest::addColumn<std::string>("learner");
        QTest::addColumn<std::string>("data");
        using Expected = std::map<std::string, std::pair<double, double>>;
        QTest::addColumn<Expected>("expected");
        QTest::newRow("least squares, diabetes")
            << std::string("least-squares") << std::string("diabetes")
            << Expected{{"age", {-0.00267, 0.00225}}, {"sex", {0.02848, 0.02862}}, {"bmi", {0.16981, 0.04264}}, {"bp", {0.08898, 0.02999}},
                        {"s1_tc", {0.20325, 0.05781}}, {"s2_ldl", {0.0796, 0.02907}}, {"s3_hdl", {-0.00096, 0.00263}},
                        {"s4_tch", {0.0215, 0.01648}}, {"s5_ltg", {0.38933, 0.07524}}, {"s6_glu", {0.00229, 0.00102}}};
        QTest::newRow("naive Bayes, iris")
            << std::string("gaussian-bayes") << std::string("iris")
            << Expected{{"sepal_length_cm", {-0.0028, 0.00925}}, {"sepal_width_cm", {-0.00567, 0.01252}},
                        {"petal_length_cm", {0.28087, 0.05087}}, {"petal_width_cm", {0.3964, 0.07886}}};
    }

    void importanceIsThatOfScikitLearn()
    {
        QFETCH(std::string, learner);
        QFETCH(std::string, data);
        using Expected = std::map<std::string, std::pair<double, double>>;
        QFETCH(Expected, expected);
        const std::string suffix = data == "iris" ? ".csv" : ".csv.gz";
        const auto run = m_runs.train(learner, kData + data + "_train" + suffix, kData + data + "_test" + suffix);
        QVERIFY2(run, run ? "" : run.error().message.c_str());
        const Opened opened = open(m_runs.modelFolder, kData + data + "_test" + suffix);
        ImportanceSettings settings;
        settings.repeats = 100;
        const auto made = permutationImportance(*opened.model, *opened.data, opened.samples, settings, silent());
        QVERIFY2(made, made ? "" : made.error().message.c_str());
        QCOMPARE(made.value().columns.size(), expected.size());
        for (const ColumnImportance& one : made.value().columns) {
            const auto [mean, deviation] = expected.at(one.column);
            const double allowed = 4 * deviation / std::sqrt(100.0) + 0.001;
            QVERIFY2(std::abs(one.mean - mean) <= allowed, qPrintable(QStringLiteral("%1: %2, not %3").arg(one.column.c_str()).arg(one.mean).arg(mean)));
            QVERIFY(std::abs(one.deviation - deviation) <= 0.3 * deviation + 0.001);
        }
        QVERIFY(std::is_sorted(made.value().columns.begin(), made.value().columns.end(), [](const auto& a, const auto& b) { return a.mean > b.mean; }));
    }

    void everyLearnerOfTablesCanBeAsked_data()
    {
        QTest::addColumn<std::string>("learner");
        for (const char* learner : {"network", "forest", "boost", "svm", "neighbours", "logistic"}) {
            QTest::addRow("%s", learner) << std::string(learner);
        }
    }

    void everyLearnerOfTablesCanBeAsked()
    {
        QFETCH(std::string, learner);
        const std::string file = writeClouds(m_runs.path("clouds.csv"), 240, 1);
        QVERIFY(m_runs.train(learner, file, {}));
        const Opened opened = open(m_runs.modelFolder, file);
        const auto made = permutationImportance(*opened.model, *opened.data, opened.samples, {}, silent());
        QVERIFY2(made, made ? "" : made.error().message.c_str());
        QCOMPARE(made.value().columns.size(), std::size_t(3)); // "colour" is a category, "width" has missing values
        QVERIFY(made.value().baseline > 0.7);
        QVERIFY(made.value().columns.front().mean > 0.05);
    }

    void theSameSeedGivesTheSameImportanceAndItCanBeEnded()
    {
        const std::string file = writeClouds(m_runs.path("clouds.csv"), 120, 1);
        QVERIFY(m_runs.train("tree", file, {}));
        const Opened opened = open(m_runs.modelFolder, file);
        const auto one = permutationImportance(*opened.model, *opened.data, opened.samples, {}, silent());
        const auto two = permutationImportance(*opened.model, *opened.data, opened.samples, {}, silent());
        QVERIFY(one.value().toJson() == two.value().toJson());
        const auto ended = permutationImportance(
            *opened.model, *opened.data, opened.samples, {}, [](std::size_t, std::size_t, const ColumnImportance&) -> Result<bool> { return false; });
        QCOMPARE(ended.value().columns.size(), std::size_t(1));
    }

    void aScoreThatDoesNotFitIsRefused()
    {
        const std::string file = writeClouds(m_runs.path("clouds.csv"), 60, 1);
        QVERIFY(m_runs.train("tree", file, {}));
        const Opened opened = open(m_runs.modelFolder, file);
        ImportanceSettings settings;
        settings.score = "r2";
        const auto made = permutationImportance(*opened.model, *opened.data, opened.samples, settings, silent());
        QVERIFY(!made);
        QVERIFY(!made.error().advice.empty());
        QVERIFY(!permutationImportance(*opened.model, *opened.data, {}, {}, silent()));
    }

    void shufflingKeepsTheValuesAndAllOtherColumns()
    {
        const std::string file = writeClouds(m_runs.path("clouds.csv"), 100, 1);
        const auto data = openDataset(file, {});
        QVERIFY(data);
        std::vector<std::uint32_t> some(50);
        std::iota(some.begin(), some.end(), 25U);
        const std::size_t colour = 2;
        ColumnShuffle shuffled(*data.value(), some, colour);
        Random random(1);
        shuffled.shuffle(random);
        const auto before = data.value()->categoryColumn(colour);
        const auto after = shuffled.categoryColumn(colour);
        QVERIFY(!std::equal(before.begin(), before.end(), after.begin()));
        QVERIFY(std::is_permutation(before.begin() + 25, before.begin() + 75, after.begin() + 25));
        QVERIFY(std::equal(before.begin(), before.begin() + 25, after.begin()));
        QVERIFY(shuffled.numericColumn(1).data() == data.value()->numericColumn(1).data());
        for (const std::uint32_t sample : some) { // what a person reads goes with the code
            const auto& names = data.value()->info().columns[colour].categories;
            QCOMPARE(shuffled.cellText(sample, colour), names[static_cast<std::size_t>(after[sample])]);
        }
    }
};

QTEST_GUILESS_MAIN(TestPermutationImportance)
#include "tst_permutation_importance.moc"
