#include <string>

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
