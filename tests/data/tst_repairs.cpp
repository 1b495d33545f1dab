#include <algorithm>
#include <string>
#include <vector>

#include <QTest>

#include "engine/data/dataset.h"
#include "engine/data/encoder.h"
#include "tests/data/data_files.h"

using namespace ty;
using namespace ty::engine;

namespace {

/// 24 setosa, one of them written "Setosa", one row twice, ages missing in two rows, one row of another class.
std::string flowers()
{
    std::string text = "size,age,kind\n";
    for (int i = 0; i < 22; ++i) {
        text += std::to_string(i) + ".5," + std::to_string(i % 7) + ",setosa\n";
    }
    return text + "30.5,,setosa\n31.5,,Setosa\n40.5,4,virginica\n40.5,4,virginica\n";
}

std::vector<std::string> kinds(const std::vector<Problem>& problems)
{
    std::vector<std::string> result;
    for (const Problem& problem : problems) {
        result.push_back(problem.kind);
    }
    return result;
}

bool has(const std::vector<Problem>& problems, const std::string& kind)
{
    const auto all = kinds(problems);
    return std::find(all.begin(), all.end(), kind) != all.end();
}

OpenOptions with(const DataRepairs& repairs)
{
    OpenOptions options;
    options.target = "kind";
    options.repairs = repairs;
    return options;
}

} // namespace

class TestRepairs : public QObject {
    Q_OBJECT

  private slots:
    void problemsSayWhatTheyAreAbout();
    void mergedClassIsOneClassEverywhere();
    void mergedClassCountsInDataThatIsJudged();
    void copiesAreLeftOut();
    void rowsWithoutValueAreLeftOut();
    void filledColumnIsDealtWith();
    void emptyClassIsNoClass();
    void trainingLeavesOutWhatIsTested();
    void inspectingWithoutValuesSeesTheRepairs();
    void nothingLeftIsAnError();
};

void TestRepairs::problemsSayWhatTheyAreAbout()
{
    const FolderOfFiles files;
    const auto data = openDataset(files.write("a.csv", flowers()), with({}));
    QVERIFY(data.isOk());
    const auto& problems = (*data)->info().problems;
    const auto typo = std::find_if(problems.begin(), problems.end(), [](const Problem& problem) {
        return problem.kind == "label-typo";
    });
    QVERIFY(typo != problems.end());
    QCOMPARE(typo->names, (std::vector<std::string>{"Setosa", "setosa"}));
    const auto missing = std::find_if(problems.begin(), problems.end(), [](const Problem& problem) {
        return problem.kind == "missing-values";
    });
    QVERIFY(missing != problems.end());
    QCOMPARE(missing->names, std::vector<std::string>{"age"});
}

void TestRepairs::mergedClassIsOneClassEverywhere()
{
    const FolderOfFiles files;
    DataRepairs repairs;
    repairs.mergedClasses["Setosa"] = "setosa";
    const auto data = openDataset(files.write("a.csv", flowers()), with(repairs));
    QVERIFY(data.isOk());
    const DatasetInfo& info = (*data)->info();
    QCOMPARE(info.classes.size(), std::size_t{2});
    QCOMPARE(info.classes[0].name, std::string("setosa"));
    QCOMPARE(info.classes[0].samples, 24U);
    QCOMPARE((*data)->classOf(22), (*data)->classOf(23));
    QCOMPARE((*data)->classOf(24), 1);
    QCOMPARE((*data)->categoryColumn(2)[23], (*data)->classOf(23));
    QCOMPARE(info.columns[2].categories, (std::vector<std::string>{"setosa", "virginica"}));
    QVERIFY(!has(info.problems, "label-typo"));
    QVERIFY(has(info.repaired, "label-typo"));
    QVERIFY(has(info.problems, "duplicates"));
}

void TestRepairs::mergedClassCountsInDataThatIsJudged()
{
    const FolderOfFiles files;
    DataRepairs repairs;
    repairs.mergedClasses["Setosa"] = "setosa";
    const auto data = openDataset(files.write("a.csv", flowers()), with(repairs));
    QVERIFY(data.isOk());
    std::vector<std::uint32_t> samples = {0, 1, 2, 23, 24};
    const auto fitted = Encoder::fit(**data, samples);
    QVERIFY(fitted.isOk());
    const auto stored = Encoder::fromJson(fitted->toJson()); // as a model keeps it
    QVERIFY(stored.isOk());
    const DatasetInfo expected = stored->expectedData();
    OpenOptions options;
    options.like = &expected;
    const auto asked = openDataset(files.write("b.csv", "size,age,kind\n1,2,Setosa\n1,2,setosa\n3,4,rose\n"), options);
    QVERIFY(asked.isOk());
    QCOMPARE((*asked)->classOf(0), 0);
    QCOMPARE((*asked)->classOf(1), 0);
    QCOMPARE((*asked)->classOf(2), -1);
}

void TestRepairs::copiesAreLeftOut()
{
    const FolderOfFiles files;
    DataRepairs repairs;
    repairs.areDuplicatesLeftOut = true;
    OpenOptions options = with(repairs);
    options.areDuplicatesSought = false; // a run does not look for problems, and must leave them out all the same
    const auto data = openDataset(files.write("a.csv", flowers()), options);
    QVERIFY(data.isOk());
    QCOMPARE((*data)->size(), 25U);
    QCOMPARE((*data)->info().leftOut, 1U);
    QCOMPARE((*data)->sampleId(24), std::string("line 26"));
    QVERIFY(!has((*data)->info().problems, "duplicates"));
    QVERIFY(has((*data)->info().repaired, "duplicates"));
}

void TestRepairs::rowsWithoutValueAreLeftOut()
{
    const FolderOfFiles files;
    DataRepairs repairs;
    repairs.missing["age"] = MissingValues::DropRows;
    const auto data = openDataset(files.write("a.csv", flowers()), with(repairs));
    QVERIFY(data.isOk());
    const DatasetInfo& info = (*data)->info();
    QCOMPARE(info.samples, 24U);
    QCOMPARE((*data)->numericColumn(0).size(), std::size_t{24});
    QCOMPARE((*data)->numericColumn(0)[22], 40.5F);
    QCOMPARE(info.columns[1].missing, 0U);
    QCOMPARE(info.givenSplit[0], 24U);
    QVERIFY(!has(info.problems, "missing-values"));
    QVERIFY(has(info.repaired, "missing-values"));
    QVERIFY(has(info.problems, "empty-class")); // "Setosa" had its only row there
}

void TestRepairs::filledColumnIsDealtWith()
{
    const FolderOfFiles files;
    DataRepairs repairs;
    repairs.missing["age"] = MissingValues::Fill;
    const auto data = openDataset(files.write("a.csv", flowers()), with(repairs));
    QVERIFY(data.isOk());
    QCOMPARE((*data)->size(), 26U);
    QVERIFY(!has((*data)->info().problems, "missing-values"));
    QVERIFY(has((*data)->info().repaired, "missing-values"));
}

void TestRepairs::emptyClassIsNoClass()
{
    const FolderOfFiles files;
    const std::string labels = {0, 2, 0, 2};
    files.write("t-images-idx3-ubyte", idxBytes({4, 2, 2}, "abcdefghijklmnop"));
    files.write("t-labels-idx1-ubyte", idxBytes({4}, labels));
    const auto path = files.path("t-images-idx3-ubyte");
    const auto asItIs = openDataset(path, {});
    QVERIFY(asItIs.isOk());
    QVERIFY(has((*asItIs)->info().problems, "empty-class"));
    OpenOptions options;
    options.repairs.areEmptyClassesLeftOut = true;
    const auto data = openDataset(path, options);
    QVERIFY(data.isOk());
    QCOMPARE((*data)->info().classes.size(), std::size_t{2});
    QCOMPARE((*data)->classOf(1), 1);
    QVERIFY(!has((*data)->info().problems, "empty-class"));
    QVERIFY(has((*data)->info().repaired, "empty-class"));
}

void TestRepairs::trainingLeavesOutWhatIsTested()
{
    const FolderOfFiles files;
    files.write("train-images-idx3-ubyte", idxBytes({4, 2, 2}, "abcdefghijklmnop"));
    files.write("train-labels-idx1-ubyte", idxBytes({4}, std::string({0, 1, 0, 1})));
    files.write("t10k-images-idx3-ubyte", idxBytes({2, 2, 2}, "efghqrst"));
    files.write("t10k-labels-idx1-ubyte", idxBytes({2}, std::string({1, 0})));
    const auto asItIs = openDataset(files.folder(), {});
    QVERIFY(asItIs.isOk());
    QVERIFY(has((*asItIs)->info().problems, "split-duplicates"));
    OpenOptions options;
    options.repairs.areSharedLeftOut = true;
    const auto data = openDataset(files.folder(), options);
    QVERIFY(data.isOk());
    QCOMPARE((*data)->info().givenSplit[0], 3U);
    QCOMPARE((*data)->info().givenSplit[2], 2U);
    QVERIFY(has((*data)->info().repaired, "split-duplicates"));
}

void TestRepairs::inspectingWithoutValuesSeesTheRepairs()
{
    const FolderOfFiles files;
    DataRepairs repairs;
    repairs.areDuplicatesLeftOut = true;
    repairs.areClassesWeighed = true;
    repairs.mergedClasses["Setosa"] = "setosa";
    OpenOptions options = with(repairs);
    options.areValuesKept = false;
    const auto data = openDataset(files.write("a.csv", flowers()), options);
    QVERIFY(data.isOk());
    QCOMPARE((*data)->size(), 25U);
    QCOMPARE((*data)->info().classes[0].samples, 24U);
    QVERIFY(!has((*data)->info().problems, "imbalance")); // 24 : 1 now
    QVERIFY(has((*data)->info().repaired, "imbalance"));
}

void TestRepairs::nothingLeftIsAnError()
{
    const FolderOfFiles files;
    DataRepairs repairs;
    repairs.missing["age"] = MissingValues::DropRows;
    const auto path = files.write("a.csv", "size,age,kind\n1,,a\n2,,b\n");
    OpenOptions options = with(repairs);
    options.columns["age"] = {"numeric", "feature"};
    const auto data = openDataset(path, options);
    QVERIFY(!data);
    QVERIFY(data.error().message.find("every sample is left out") != std::string::npos);
}

QTEST_GUILESS_MAIN(TestRepairs)
#include "tst_repairs.moc"
