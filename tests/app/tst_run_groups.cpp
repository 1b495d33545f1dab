#include <cmath>

#include <QTest>

#include "app/models/fix_book.h"
#include "app/models/run_groups.h"

using namespace ty;
using namespace ty::app;
using catalog::RunRecord;

namespace {

RunRecord runOf(qint64 id, std::uint64_t seed, double best)
{
    RunRecord run;
    run.id = id;
    run.seed = seed;
    run.best = best;
    run.metric = "validation/accuracy";
    run.dataset = "digits";
    run.preset = "fast";
    run.learner = "network";
    return run;
}

} // namespace

class TestRunGroups : public QObject {
    Q_OBJECT
private slots:
    void runsThatDifferInTheirSeedAloneAreOneGroup();
    void namesTellOnlyWhatDiffersWithinADataset();
    void groupsByASettingHaveItsValuesAsNames();
    void metricsOfDifferentKindsHaveNoMean();
    void groupingSurvivesASavedView();
    void correctionsAreTakenBackOneByOne();
    void laterCorrectionsWin();
};

void TestRunGroups::runsThatDifferInTheirSeedAloneAreOneGroup()
{
    const std::vector<RunRecord> runs{runOf(1, 1, 0.9), runOf(2, 2, 0.94), runOf(3, 1, 0.5)};
    const SettingValues settings{
        {"learningRate", {{1, "0.01"}, {2, "0.01"}, {3, "0.1"}}}, {"epochs", {{1, "5"}, {2, "5"}, {3, "5"}}}};
    const auto groups = groupRuns(runs, {}, settings);
    QCOMPARE(groups.size(), std::size_t{2});
    QCOMPARE(groups[0].runs, (std::vector<qint64>{1, 2}));
    QCOMPARE(groups[0].best.count, 2);
    QVERIFY(std::abs(groups[0].best.mean - 0.92) < 1e-12);
    QVERIFY(std::abs(groups[0].best.deviation - 0.02 * std::sqrt(2.0)) < 1e-12);
    QVERIFY2(groups[0].name.contains("learningRate 0.01"), qPrintable(groups[0].name));
    QVERIFY2(!groups[0].name.contains("epochs"), qPrintable(groups[0].name)); // the same everywhere
    QVERIFY(std::isnan(groups[1].best.deviation));                            // one run has none
}

void TestRunGroups::namesTellOnlyWhatDiffersWithinADataset()
{
    std::vector<RunRecord> runs{runOf(1, 1, 0.9), runOf(2, 2, 0.94), runOf(3, 1, 0.5)};
    runs[1].dataset = "iris";    // other data, other batch
    runs[2].dataset = "flowers"; // failed before it had settings
    const auto groups = groupRuns(runs, {}, {{"batchSize", {{1, "32"}, {2, "16"}}}});
    for (const RunGroup& group : groups) {
        QVERIFY2(!group.name.contains("batchSize"), qPrintable(group.name));
    }
}

void TestRunGroups::groupsByASettingHaveItsValuesAsNames()
{
    const std::vector<RunRecord> runs{runOf(1, 1, 0.9), runOf(2, 2, 0.94)};
    const auto groups = groupRuns(
        runs, {Grouping::Kind::Setting, "batchSize"}, {{"batchSize", {{1, "32"}}}});
    QCOMPARE(groups.size(), std::size_t{2});
    QVERIFY(groups[0].name != groups[1].name);
}

void TestRunGroups::metricsOfDifferentKindsHaveNoMean()
{
    std::vector<RunRecord> runs{runOf(1, 1, 0.9), runOf(2, 2, 40)};
    runs[1].metric = "validation/mae";
    const auto groups = groupRuns(runs, {Grouping::Kind::Dataset, {}}, {});
    QCOMPARE(groups.size(), std::size_t{1});
    QCOMPARE(groups[0].best.count, 0);
    QCOMPARE(groups[0].best.text(), QString("-"));
}

void TestRunGroups::groupingSurvivesASavedView()
{
    for (const Grouping& grouping :
         {Grouping{}, Grouping{Grouping::Kind::Preset, {}}, Grouping{Grouping::Kind::Setting, "learningRate"}}) {
        QVERIFY(Grouping::fromKey(grouping.key()) == grouping);
    }
    QVERIFY(Grouping::fromKey("nonsense") == Grouping{});
}

void TestRunGroups::correctionsAreTakenBackOneByOne()
{
    FixBook book;
    book.relabel("training", "line 2", "setosa");
    book.relabel("training", "line 2", "virginica");
    book.exclude("training", "line 2");
    QCOMPARE(book.count(), std::size_t{1});
    QVERIFY(book.undo());
    QCOMPARE(book.fixesOf("training").labels.at("line 2"), std::string("virginica"));
    QVERIFY(book.undo());
    QCOMPARE(book.fixesOf("training").labels.at("line 2"), std::string("setosa"));
    QVERIFY(book.undo());
    QVERIFY(!book.undo());
    QCOMPARE(book.count(), std::size_t{0});
}

void TestRunGroups::laterCorrectionsWin()
{
    FixBook book;
    book.exclude("training", "line 2");
    book.relabel("training", "line 3", "setosa");
    std::map<std::string, SampleFixes> fixes;
    fixes["training"].labels = {{"line 2", "virginica"}, {"line 4", "virginica"}};
    FixBook::fromJson(book.toJson()).mergeInto(fixes);
    QVERIFY(fixes["training"].excluded.contains("line 2"));
    QCOMPARE(fixes["training"].labels.size(), std::size_t{2});
}

QTEST_APPLESS_MAIN(TestRunGroups)
#include "tst_run_groups.moc"
