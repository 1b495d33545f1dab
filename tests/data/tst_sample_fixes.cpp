#include <algorithm>
#include <string>
#include <vector>

#include <QTest>

#include "engine/base/run_spec.h"
#include "engine/data/dataset.h"
#include "engine/data/sample_fixes.h"
#include "tests/data/data_files.h"

using namespace ty;
using namespace ty::engine;

/// Corrections of single samples change what is learned and never the files.
class TestSampleFixes : public QObject {
    Q_OBJECT

  private slots:
    void relabelledSampleIsOfTheOtherClass();
    void excludedSampleIsGoneAndOthersKeepTheirIds();
    void correctionsThatDoNotFitTheDataAreErrors();
    void correctionsOfSamplesThatAreLeftOutAreTold();
    void runDescriptionKeepsThem();
};

namespace {

std::unique_ptr<Dataset> flowers(const FolderOfFiles& files)
{
    std::string text = "size,kind\n";
    for (int i = 0; i < 6; ++i) {
        text += std::to_string(i) + ".5," + (i < 4 ? "setosa" : "virginica") + "\n";
    }
    OpenOptions options;
    options.target = "kind";
    return openDataset(files.write("flowers.csv", text), options).value();
}

} // namespace

void TestSampleFixes::relabelledSampleIsOfTheOtherClass()
{
    const FolderOfFiles files;
    auto before = flowers(files);
    const std::string id = before->sampleId(0);
    SampleFixes fixes;
    fixes.labels[id] = "virginica";
    const auto fixed = fixSamples(std::move(before), fixes).value();
    QCOMPARE(fixed->size(), std::uint64_t{6});
    QCOMPARE(fixed->info().classes[static_cast<std::size_t>(fixed->classOf(0))].name, std::string("virginica"));
    QCOMPARE(fixed->info().classes[static_cast<std::size_t>(fixed->classOf(1))].name, std::string("setosa"));
    std::uint64_t setosas = 0;
    for (const ClassInfo& one : fixed->info().classes) {
        setosas = one.name == "setosa" ? one.samples : setosas;
    }
    QCOMPARE(setosas, std::uint64_t{3});
    for (std::size_t c = 0; c < fixed->info().columns.size(); ++c) {
        if (fixed->info().columns[c].role == ColumnRole::Target) {
            QCOMPARE(fixed->cellText(0, c), std::string("virginica"));
        }
    }
}

void TestSampleFixes::excludedSampleIsGoneAndOthersKeepTheirIds()
{
    const FolderOfFiles files;
    auto before = flowers(files);
    const std::string second = before->sampleId(1);
    const float size = before->numericColumn(0)[1];
    SampleFixes fixes;
    fixes.excluded.insert(before->sampleId(0));
    const auto fixed = fixSamples(std::move(before), fixes).value();
    QCOMPARE(fixed->size(), std::uint64_t{5});
    QCOMPARE(fixed->sampleId(0), second);
    QCOMPARE(fixed->numericColumn(0)[0], size);
    QCOMPARE(fixed->info().leftOut, std::uint64_t{1});
}

void TestSampleFixes::correctionsThatDoNotFitTheDataAreErrors()
{
    const FolderOfFiles files;
    SampleFixes fixes;
    fixes.labels["line 99"] = "setosa";
    QCOMPARE(fixSamples(flowers(files), fixes).error().kind, ErrorKind::Conflict);
    auto before = flowers(files);
    fixes = {};
    fixes.labels[before->sampleId(0)] = "rose";
    const auto wrongClass = fixSamples(std::move(before), fixes);
    QCOMPARE(wrongClass.error().kind, ErrorKind::InvalidInput);
    QVERIFY(wrongClass.error().message.find("rose") != std::string::npos);
    auto all = flowers(files);
    fixes = {};
    for (std::uint64_t i = 0; i < all->size(); ++i) {
        fixes.excluded.insert(all->sampleId(i));
    }
    QVERIFY(!fixSamples(std::move(all), fixes));
}

void TestSampleFixes::correctionsOfSamplesThatAreLeftOutAreTold()
{
    const FolderOfFiles files;
    OpenOptions options;
    options.target = "kind";
    options.repairs.missing["size"] = MissingValues::DropRows;
    const auto path = files.write("flowers.csv", "size,kind\n1,a\n,a\n3,b\n4,b\n");
    SampleFixes fixes;
    fixes.labels["line 3"] = "b"; // the row without a size
    fixes.labels["line 2"] = "b";
    const auto fixed = fixSamples(openDataset(path, options).value(), fixes);
    QVERIFY(fixed);
    const auto& problems = fixed.value()->info().problems;
    const auto found = std::find_if(problems.begin(), problems.end(), [](const Problem& one) { return one.kind == "vanished-corrections"; });
    QVERIFY(found != problems.end());
    QCOMPARE(found->names, (std::vector<std::string>{"line 3"}));
    QVERIFY(found->message.find("line 3") != std::string::npos);

    // A view that shows the data as it is now is told too, where a run is refused.
    fixes.labels = {{"line 99", "b"}};
    options.repairs = {};
    QCOMPARE(fixSamples(openDataset(path, options).value(), fixes).error().kind, ErrorKind::Conflict);
    const auto told = fixSamples(openDataset(path, options).value(), fixes, Vanished::Tell);
    QVERIFY(told);
    QCOMPARE(told.value()->size(), std::uint64_t{4});
    QCOMPARE(told.value()->info().problems.back().kind, std::string("vanished-corrections"));
}

void TestSampleFixes::runDescriptionKeepsThem()
{
    RunSpec spec;
    spec.data.training = "/data/flowers.csv";
    spec.data.fixes["training"].labels["line 2"] = "virginica";
    spec.data.fixes["test"].excluded.insert("line 3");
    spec.start = {"start.safetensors", "flowers-fast-1", 3};
    const auto read = RunSpec::fromJson(spec.toJson(), "run.json");
    QVERIFY(read);
    QVERIFY(read->data == spec.data);
    QVERIFY(read->start == spec.start);
    Json wrong = spec.toJson();
    wrong["data"]["fixes"]["training"]["labels"]["line 2"] = 7;
    QVERIFY(!RunSpec::fromJson(wrong, "run.json"));
}

QTEST_APPLESS_MAIN(TestSampleFixes)
#include "tst_sample_fixes.moc"
