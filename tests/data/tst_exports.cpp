#include <array>
#include <cmath>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <QProcess>
#include <QTest>

#include "engine/base/json.h"
#include "engine/data/dataset.h"
#include "engine/data/exports/dataset_export.h"
#include "tests/data/data_files.h"

using namespace ty;
using namespace ty::engine;

namespace {

constexpr const char* kTable = "size,colour,when,note,class\n"
                               "1.5,red,2024-01-02,\"a \"\"b\"\", c\",yes\n"
                               ",dark blue,2024-02-03,it's 50%,no\n"
                               "0,red,,\"two\nlines\",yes\n"
                               "-3e-7,,2024-02-03,x\\y,no\n"
                               "4,red,2024-02-03,last,yes\n";

std::unique_ptr<Dataset> opened(const std::string& path)
{
    auto dataset = openDataset(path, {});
    if (!dataset) {
        qWarning("%s", dataset.error().message.c_str());
        return nullptr;
    }
    return std::move(dataset).value();
}

/// Cells by the names of their columns, row by row.
std::vector<std::map<std::string, std::string>> cellsOf(const Dataset& dataset)
{
    std::vector<std::map<std::string, std::string>> rows;
    for (std::uint64_t row = 0; row < dataset.size(); ++row) {
        std::map<std::string, std::string> cells;
        for (std::size_t c = 0; c < dataset.info().columns.size(); ++c) {
            cells[dataset.info().columns[c].name] = dataset.cellText(row, c);
        }
        rows.push_back(std::move(cells));
    }
    return rows;
}

} // namespace

class TestExports : public QObject {
    Q_OBJECT

private slots:
    void tablesComeBackAsTheyWere_data();
    void tablesComeBackAsTheyWere();
    void numbersComeBackFromArrays_data();
    void numbersComeBackFromArrays();
    void picturesComeBack_data();
    void picturesComeBack();
    void partsStayApart();
    void filesOfAFolderAreCopiedAsTheyAre();
    void nothingIsOverwrittenAndNothingHalfWritten();
    void formsThatDoNotSuitAreRefused();
    void othersReadWhatWeWrite();
};

void TestExports::tablesComeBackAsTheyWere_data()
{
    QTest::addColumn<int>("form");
    QTest::addColumn<QString>("file");
    QTest::newRow("csv") << static_cast<int>(ExportForm::Csv) << "table.csv";
    QTest::newRow("arff") << static_cast<int>(ExportForm::Arff) << "table.arff";
}

void TestExports::tablesComeBackAsTheyWere()
{
    QFETCH(int, form);
    QFETCH(QString, file);
    const FolderOfFiles files;
    const auto dataset = opened(files.write("table.csv", kTable));
    QVERIFY(dataset);
    const auto done = exportDataset(*dataset, static_cast<ExportForm>(form), files.path("out"), {});
    QVERIFY2(done.isOk(), done ? "" : done.error().message.c_str());
    QCOMPARE(done->files, (std::vector<std::string>{"dataset.json", file.toStdString()}));
    const auto again = opened(files.path("out/" + file.toStdString()));
    QVERIFY(again);
    QCOMPARE(cellsOf(*again), cellsOf(*dataset));
    for (std::size_t c = 0; c < dataset->info().columns.size(); ++c) {
        QCOMPARE(again->info().columns[c].type, dataset->info().columns[c].type);
    }
    const auto json = readJsonFile(files.path("out/dataset.json"));
    QVERIFY(json.isOk());
    QCOMPARE((*json)["fingerprint"].get<std::string>(), dataset->info().fingerprint);
    QVERIFY(opened(files.path("out"))); // the description beside the data is in nobody's way
}

void TestExports::numbersComeBackFromArrays_data()
{
    QTest::addColumn<int>("form");
    QTest::addColumn<QString>("file");
    QTest::newRow("npy") << static_cast<int>(ExportForm::Npy) << "x.npy";
    QTest::newRow("npz") << static_cast<int>(ExportForm::Npz) << "table.npz";
    QTest::newRow("libsvm") << static_cast<int>(ExportForm::Libsvm) << "table.svm";
}

void TestExports::numbersComeBackFromArrays()
{
    QFETCH(int, form);
    QFETCH(QString, file);
    const FolderOfFiles files;
    std::string text = "a,b,class\n";
    for (int i = 0; i < 40; ++i) {
        text += std::to_string(i % 5) + "," + std::to_string(i * 0.37) + "," + (i % 2 == 0 ? "cat" : "hûnd") + "\n";
    }
    const auto dataset = opened(files.write("table.csv", text));
    QVERIFY(dataset);
    const auto done = exportDataset(*dataset, static_cast<ExportForm>(form), files.path("out"), {});
    QVERIFY2(done.isOk(), done ? "" : done.error().message.c_str());
    const auto again = opened(files.path("out/" + file.toStdString()));
    QVERIFY(again);
    QCOMPARE(again->size(), dataset->size());
    for (std::uint64_t row = 0; row < dataset->size(); ++row) {
        QCOMPARE(again->numericColumn(0)[row], dataset->numericColumn(0)[row]);
        QCOMPARE(again->numericColumn(1)[row], dataset->numericColumn(1)[row]);
        QCOMPARE(again->classOf(row), dataset->classOf(row));
    }
    if (form != static_cast<int>(ExportForm::Libsvm)) {
        QCOMPARE(QString::fromStdString(again->info().classes[1].name), QString("hûnd"));
    }
}

void TestExports::picturesComeBack_data()
{
    QTest::addColumn<int>("form");
    QTest::addColumn<QString>("file");
    QTest::newRow("npy") << static_cast<int>(ExportForm::Npy) << "x.npy";
    QTest::newRow("npz") << static_cast<int>(ExportForm::Npz) << "pictures.npz";
    QTest::newRow("folder") << static_cast<int>(ExportForm::Folder) << "";
}

void TestExports::picturesComeBack()
{
    QFETCH(int, form);
    QFETCH(QString, file);
    const FolderOfFiles files;
    std::string pixels;
    for (int i = 0; i < 12 * 3 * 4 * 5; ++i) {
        pixels += static_cast<char>(i * 7);
    }
    files.write("pictures.npy", npyBytes("|u1", "(12, 4, 5, 3)", pixels));
    files.write("pictures_labels.npy", npyBytes("|u1", "(12,)", rawBytes(std::vector<std::uint8_t>{0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2})));
    const auto dataset = opened(files.path("pictures.npy"));
    QVERIFY(dataset);
    const auto done = exportDataset(*dataset, static_cast<ExportForm>(form), files.path("out"), {});
    QVERIFY2(done.isOk(), done ? "" : done.error().message.c_str());
    const auto again = opened(files.path("out/" + file.toStdString()));
    QVERIFY(again);
    QCOMPARE(again->size(), std::uint64_t{12});
    QVERIFY(again->info().imageShape == dataset->info().imageShape);
    std::vector<std::uint8_t> before(60);
    std::vector<std::uint8_t> after(60);
    int found = 0;
    for (std::uint64_t i = 0; i < 12; ++i) {
        QVERIFY(dataset->readImage(i, before).isOk());
        for (std::uint64_t k = 0; k < 12; ++k) { // a folder has an order of its own
            QVERIFY(again->readImage(k, after).isOk());
            found += before == after && again->classOf(k) == dataset->classOf(i) ? 1 : 0;
        }
    }
    QCOMPARE(found, 12);
}

void TestExports::partsStayApart()
{
    const FolderOfFiles files;
    files.write("train-images-idx3-ubyte", idxBytes({6, 2, 2}, std::string(24, '\x10')));
    files.write("train-labels-idx1-ubyte", idxBytes({6}, std::string("\0\1\0\1\0\1", 6)));
    files.write("t10k-images-idx3-ubyte", idxBytes({2, 2, 2}, std::string(8, '\x20')));
    files.write("t10k-labels-idx1-ubyte", idxBytes({2}, std::string("\0\1", 2)));
    const auto dataset = opened(files.folder());
    QVERIFY(dataset);
    const FolderOfFiles out;
    QVERIFY(exportDataset(*dataset, ExportForm::Folder, out.path("folder"), {}).isOk());
    QVERIFY(exportDataset(*dataset, ExportForm::Npz, out.path("npz"), {}).isOk());
    for (const std::string& path : {out.path("folder"), out.path("npz")}) {
        const auto again = opened(path);
        QVERIFY(again);
        QVERIFY((again->info().givenSplit == std::array<std::uint64_t, 3>{6, 0, 2}));
    }
}

void TestExports::filesOfAFolderAreCopiedAsTheyAre()
{
    const FolderOfFiles files;
    std::string first;
    for (const char* const folder : {"a/b", "a/c"}) {
        const std::string source = TRAINYARD_SOURCE_DIR "/tests/fuzz/corpus/image";
        for (const auto& entry : std::filesystem::directory_iterator(source)) {
            std::ifstream stream(entry.path(), std::ios::binary);
            const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
            const auto end = bytes.find("\n---\n"); // the corpus has two in a file
            first = end == std::string::npos ? bytes : bytes.substr(0, end);
            files.write(std::string(folder) + "/same.jpg", first);
            break;
        }
    }
    const auto dataset = opened(files.path("a"));
    QVERIFY(dataset);
    const FolderOfFiles out;
    QVERIFY(exportDataset(*dataset, ExportForm::Folder, out.path("out"), {}).isOk());
    std::ifstream stream(out.path("out/b/same.jpg"), std::ios::binary);
    const std::string copied{std::istreambuf_iterator<char>(stream), {}};
    QCOMPARE(copied.size(), first.size());
    QVERIFY(copied == first);
}

void TestExports::nothingIsOverwrittenAndNothingHalfWritten()
{
    const FolderOfFiles files;
    const auto dataset = opened(files.write("table.csv", kTable));
    QVERIFY(dataset);
    files.write("there/file", "mine");
    const auto refused = exportDataset(*dataset, ExportForm::Csv, files.path("there"), {});
    QVERIFY(!refused.isOk());
    QVERIFY(refused.error().kind == ErrorKind::AlreadyExists);
    const auto impossible = exportDataset(*dataset, ExportForm::Csv, "/proc/nowhere/out", {});
    QVERIFY(!impossible.isOk());
    QVERIFY(!std::filesystem::exists(unfinishedExport(files.path("there"))));
}

void TestExports::formsThatDoNotSuitAreRefused()
{
    const FolderOfFiles files;
    const auto dataset = opened(files.write("table.csv", kTable));
    QVERIFY(dataset);
    const auto refused = exportDataset(*dataset, ExportForm::Folder, files.path("out"), {});
    QVERIFY(!refused.isOk());
    QCOMPARE(QString::fromStdString(refused.error().advice), QString("Possible: csv, arff, libsvm, npz, npy."));
    QVERIFY(!std::filesystem::exists(files.path("out")));
}

void TestExports::othersReadWhatWeWrite()
{
    const FolderOfFiles files;
    std::string text = "a,colour,y\n";
    for (int i = 0; i < 30; ++i) {
        text += std::to_string(i * 7 % 30) + (i % 3 == 0 ? ",red," : ",\"dark, blue\",") + (i % 2 == 0 ? "1\n" : "-1\n");
    }
    const auto dataset = opened(files.write("table.csv", text));
    QVERIFY(dataset);
    for (const ExportForm form : {ExportForm::Csv, ExportForm::Arff, ExportForm::Libsvm, ExportForm::Npz, ExportForm::Npy}) {
        QVERIFY(exportDataset(*dataset, form, files.path(exportFormName(form)), {}).isOk());
    }
    const char* const script = R"(
import sys, numpy, pandas
from sklearn.datasets import load_svmlight_file
from sklearn.externals import _arff
folder = sys.argv[1]
frame = pandas.read_csv(folder + "/csv/table.csv")
assert frame.shape == (30, 3) and frame["colour"][1] == "dark, blue" and frame["a"].sum() == 435, frame
rows = _arff.load(open(folder + "/arff/table.arff"))
assert rows["attributes"][1] == ("colour", ["dark, blue", "red"]) and rows["data"][3][:2] == [21.0, "red"], rows
x, y = load_svmlight_file(folder + "/libsvm/table.svm")
assert x.shape == (30, 3) and list(y[:2]) == [1, -1] and x[4, 0] == 28 and x[4, 1] == 1, x.toarray()
with numpy.load(folder + "/npz/table.npz") as arrays:
    assert arrays["x"].shape == (30, 2) and arrays["y"].dtype == numpy.int64 and arrays["y"][1] == -1, arrays["y"]
assert numpy.load(folder + "/npy/x.npy")[7, 0] == 19 and numpy.load(folder + "/npy/y.npy")[7] == -1
)";
    QProcess python;
    python.setProcessChannelMode(QProcess::MergedChannels);
    python.start(QStringLiteral("/usr/bin/python3"), {QStringLiteral("-c"), QString::fromUtf8(script), QString::fromStdString(files.folder())});
    QVERIFY(python.waitForFinished(100'000));
    const QByteArray said = python.readAll();
    if (said.contains("ModuleNotFoundError")) {
        QSKIP("python3-pandas or python3-sklearn is not installed");
    }
    QVERIFY2(python.exitCode() == 0, said.constData());
}

QTEST_GUILESS_MAIN(TestExports)
#include "tst_exports.moc"
