#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <numeric>
#include <set>

#include "engine/validation/fold_plan.h"

using namespace ty;
using namespace ty::engine;

/// Folds as somebody who reads the scores takes them to be.
class TestFoldPlan : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    /// 40 rows of class "common", 11 of "rare"; three rows a patient.
    std::unique_ptr<Dataset> rows() const
    {
        const std::string file = m_folder.filePath(QStringLiteral("rows.csv")).toStdString();
        std::ofstream out(file);
        out << "x,patient,kind\n";
        for (int i = 0; i < 51; ++i) {
            out << i % 7 << '.' << i << ",p" << i / 3 << ',' << (i % 5 == 0 ? "rare" : "common") << '\n';
        }
        out.close();
        OpenOptions options;
        options.target = "kind";
        auto dataset = openDataset(file, options);
        return dataset ? std::move(dataset).value() : nullptr;
    }

    static std::vector<std::uint32_t> all(const Dataset& dataset)
    {
        std::vector<std::uint32_t> samples(dataset.size());
        std::iota(samples.begin(), samples.end(), 0U);
        return samples;
    }

private slots:
    void everySampleJudgesOnceARepeatAndNeverItself()
    {
        const auto dataset = rows();
        const auto samples = all(*dataset);
        FoldSettings settings;
        settings.folds = 4;
        settings.repeats = 3;
        const auto plan = FoldPlan::make(*dataset, samples, settings);
        QVERIFY(plan);
        QCOMPARE(plan.value().size(), std::size_t{12});
        std::map<int, std::multiset<std::uint32_t>> judged;
        for (std::size_t i = 0; i < plan.value().size(); ++i) {
            const Fold fold = plan.value().fold(i);
            judged[fold.repeat].insert(fold.held.begin(), fold.held.end());
            QCOMPARE(fold.held.size() + fold.training.size(), samples.size());
            std::vector<std::uint32_t> both;
            std::set_intersection(fold.held.begin(), fold.held.end(), fold.training.begin(), fold.training.end(), std::back_inserter(both));
            QVERIFY(both.empty());
            QVERIFY(fold.held.size() == 12 || fold.held.size() == 13);
        }
        for (const auto& [repeat, held] : judged) {
            QVERIFY(std::equal(held.begin(), held.end(), samples.begin(), samples.end()));
        }
    }

    void classesAreSharedOutEqually()
    {
        const auto dataset = rows();
        const auto samples = all(*dataset);
        const auto plan = FoldPlan::make(*dataset, samples, {});
        QVERIFY(plan);
        for (std::size_t i = 0; i < plan.value().size(); ++i) {
            const Fold fold = plan.value().fold(i);
            const std::int32_t first = dataset->classOf(0);
            const auto rare = std::count_if(fold.held.begin(), fold.held.end(), [&](std::uint32_t s) { return dataset->classOf(s) == first; });
            QVERIFY2(rare == 2 || rare == 3, qPrintable(QString::number(rare))); // 11 over 5
        }
    }

    void aPatientIsNeverOnBothSides()
    {
        const auto dataset = rows();
        const auto samples = all(*dataset);
        FoldSettings settings;
        settings.groupColumn = "patient";
        const auto plan = FoldPlan::make(*dataset, samples, settings);
        QVERIFY2(plan, plan ? "" : plan.error().message.c_str());
        for (std::size_t i = 0; i < plan.value().size(); ++i) {
            const Fold fold = plan.value().fold(i);
            std::set<std::string> held;
            for (const std::uint32_t sample : fold.held) {
                held.insert(dataset->cellText(sample, 1));
            }
            for (const std::uint32_t sample : fold.training) {
                QVERIFY(!held.contains(dataset->cellText(sample, 1)));
            }
            QVERIFY(fold.held.size() >= 9 && fold.held.size() <= 12); // 17 patients of 3 rows over 5 folds
        }
    }

    void theSameSeedGivesTheSameFoldsAndAnotherOthers()
    {
        const auto dataset = rows();
        const auto samples = all(*dataset);
        FoldSettings other;
        other.seed = 2;
        const auto first = FoldPlan::make(*dataset, samples, {});
        const auto again = FoldPlan::make(*dataset, samples, {});
        const auto another = FoldPlan::make(*dataset, samples, other);
        QVERIFY(first.value().toJson() == again.value().toJson());
        QVERIFY(first.value().toJson()["assignments"] != another.value().toJson()["assignments"]);
    }

    void aKeptPlanIsThePlan()
    {
        const auto dataset = rows();
        const auto samples = all(*dataset);
        FoldSettings settings;
        settings.repeats = 2;
        const auto plan = FoldPlan::make(*dataset, samples, settings);
        const auto read = FoldPlan::fromJson(plan.value().toJson(), dataset->size(), "folds.json");
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        QVERIFY(read.value().toJson() == plan.value().toJson());
        QVERIFY(read.value().fold(7).held == plan.value().fold(7).held);
    }

    void impossibleFoldsAreExplained()
    {
        const auto dataset = rows();
        const auto samples = all(*dataset);
        FoldSettings many;
        many.folds = 52;
        const auto tooMany = FoldPlan::make(*dataset, samples, many);
        QVERIFY(!tooMany && tooMany.error().message.find("51 samples cannot be divided into 52 folds") != std::string::npos);
        FoldSettings grouped;
        grouped.groupColumn = "doctor";
        const auto unknown = FoldPlan::make(*dataset, samples, grouped);
        QVERIFY(!unknown && unknown.error().message.find("\"doctor\"") != std::string::npos);
        Json kept = FoldPlan::make(*dataset, samples, {}).value().toJson();
        QVERIFY(!FoldPlan::fromJson(kept, 50, "folds.json"));
        kept["assignments"][0][3] = 5;
        const auto bad = FoldPlan::fromJson(kept, 51, "folds.json");
        QVERIFY(!bad && bad.error().message.find("5 is not the number of a fold") != std::string::npos);
    }

    void everyBeginningOfAnOrderHasTheSharesOfTheClasses()
    {
        const auto dataset = rows();
        const auto samples = all(*dataset);
        const auto order = nestedOrder(*dataset, samples, 3);
        QCOMPARE(std::set<std::uint32_t>(order.begin(), order.end()).size(), samples.size());
        const std::int32_t first = dataset->classOf(0);
        int rare = 0;
        for (std::size_t i = 0; i < order.size(); ++i) {
            rare += dataset->classOf(order[i]) == first ? 1 : 0;
            const double expected = 11.0 / 51 * static_cast<double>(i + 1);
            QVERIFY(std::abs(rare - expected) <= 1);
        }
    }
};

QTEST_GUILESS_MAIN(TestFoldPlan)
#include "tst_fold_plan.moc"
