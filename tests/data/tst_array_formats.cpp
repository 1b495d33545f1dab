#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <QCryptographicHash>
#include <QTest>

#include "engine/base/random.h"
#include "engine/data/dataset.h"
#include "engine/data/formats/npy_array.h"
#include "tests/data/data_files.h"

using namespace ty;
using namespace ty::engine;

namespace {

/// 40 images of 2x3 bytes, and 40 labels 0..3.
std::string images(char shift = 0)
{
    std::string bytes;
    for (int i = 0; i < 40 * 6; ++i) {
        bytes += static_cast<char>(i + shift);
    }
    return idxBytes({40, 2, 3}, bytes);
}

std::string labels()
{
    std::string bytes;
    for (int i = 0; i < 40; ++i) {
        bytes += static_cast<char>(i % 4);
    }
    return idxBytes({40}, bytes);
}

bool hasProblem(const DatasetInfo& info, const std::string& kind)
{
    return std::any_of(info.problems.begin(), info.problems.end(), [&](const Problem& problem) {
        return problem.kind == kind;
    });
}

QString messageOf(const Result<std::unique_ptr<Dataset>>& result)
{
    return result.isOk() ? QString("opened") : QString::fromStdString(result.error().message);
}

} // namespace

class TestArrayFormats : public QObject {
    Q_OBJECT

  private slots:
    void idxPairsAreFoundFromEitherFile();
    void picturesComeInTheShapeThatIsWanted();
    void idxFoldersGiveASplit();
    void repeatedIdxImagesAcrossPartsAreReported();
    void badIdxIsRefused_data();
    void badIdxIsRefused();
    void truncatedGzipNamesTheFile();
    void ctfTablesHaveOneHotClasses();
    void ctfSquaresOfBytesAreImages();
    void ctfSparseAndCommentsAreRead();
    void badCtfNamesItsLine_data();
    void badCtfNamesItsLine();
    void npyTablesAndTypes_data();
    void npyTablesAndTypes();
    void anArrayIsHashedAsItsFile_data();
    void anArrayIsHashedAsItsFile();
    void npyImagesFindTheirLabels();
    void npyColumnMajorTablesAreTurned();
    void badNpyIsRefused_data();
    void badNpyIsRefused();
};

void TestArrayFormats::idxPairsAreFoundFromEitherFile()
{
    const FolderOfFiles files;
    const std::string first = files.writeGzip("train-images-idx3-ubyte.gz", images());
    const std::string second = files.write("train-labels-idx1-ubyte", labels());
    for (const std::string& path : {first, second}) {
        const auto dataset = openDataset(path, {});
        QVERIFY2(dataset.isOk(), qPrintable(messageOf(dataset)));
        const auto& info = dataset.value()->info();
        QCOMPARE(info.samples, 40U);
        QCOMPARE(info.classes.size(), 4U);
        QVERIFY((info.imageShape == std::array<int, 3>{1, 2, 3}));
        QCOMPARE(dataset.value()->classOf(6), 2);
        std::vector<std::uint8_t> pixels(6);
        QVERIFY(dataset.value()->readImage(1, pixels).isOk());
        QCOMPARE(pixels[0], std::uint8_t{6});
    }
    QCOMPARE(
        openDataset(first, {}).value()->info().fingerprint,
        openDataset(second, {}).value()->info().fingerprint);
    const auto preview = previewDataset(first, {});
    QVERIFY(preview.isOk());
    QCOMPARE(preview.value().info.samples, 40U);
    QCOMPARE(preview.value().info.classes.size(), 4U);
}

void TestArrayFormats::picturesComeInTheShapeThatIsWanted()
{
    const FolderOfFiles files;
    const std::string path = files.write("train-images-idx3-ubyte", images());
    files.write("train-labels-idx1-ubyte", labels());
    OpenOptions options;
    options.imageShape = {3, 4, 6};
    const auto dataset = openDataset(path, options);
    QVERIFY2(dataset.isOk(), qPrintable(messageOf(dataset)));
    QVERIFY((dataset.value()->info().imageShape == std::array<int, 3>{3, 4, 6}));
    std::vector<std::uint8_t> pixels(3 * 4 * 6);
    QVERIFY(dataset.value()->readImage(5, pixels).isOk());
    // A grey picture is the same in each colour.
    QVERIFY(std::equal(pixels.begin(), pixels.begin() + 24, pixels.begin() + 24));
    QVERIFY(std::equal(pixels.begin(), pixels.begin() + 24, pixels.begin() + 48));
}

void TestArrayFormats::idxFoldersGiveASplit()
{
    const FolderOfFiles files;
    files.write("train-images-idx3-ubyte", images());
    files.write("train-labels-idx1-ubyte", labels());
    files.write("t10k-images-idx3-ubyte", images(7));
    files.write("t10k-labels-idx1-ubyte", labels());
    files.write("README.md", "no data");
    const auto dataset = openDataset(files.folder(), {});
    QVERIFY2(dataset.isOk(), qPrintable(messageOf(dataset)));
    QVERIFY((dataset.value()->info().givenSplit == std::array<std::uint64_t, 3>{40, 0, 40}));
    QCOMPARE(dataset.value()->partOf(39), SplitPart::Training);
    QCOMPARE(dataset.value()->partOf(40), SplitPart::Test);
    QCOMPARE(
        QString::fromStdString(dataset.value()->sampleId(41)),
        QString("t10k-images-idx3-ubyte image 1"));
}

void TestArrayFormats::repeatedIdxImagesAcrossPartsAreReported()
{
    const FolderOfFiles files;
    files.write("train-images-idx3-ubyte", images());
    files.write("train-labels-idx1-ubyte", labels());
    files.write("test-images-idx3-ubyte", images());
    files.write("test-labels-idx1-ubyte", labels());
    const auto dataset = openDataset(files.folder(), {});
    QVERIFY(dataset.isOk());
    QVERIFY(hasProblem(dataset.value()->info(), "split-duplicates"));
}

void TestArrayFormats::badIdxIsRefused_data()
{
    QTest::addColumn<QByteArray>("imagesFile");
    QTest::addColumn<QByteArray>("labelsFile");
    QTest::addColumn<QString>("message");
    const auto bytes = [](const std::string& text) {
        return QByteArray(text.data(), static_cast<int>(text.size()));
    };
    QTest::newRow("cut") << bytes(images().substr(0, 100)) << bytes(labels()) << "is cut off";
    QTest::newRow("huge count") << bytes(idxBytes({0xffffffff, 28, 28}, "abc")) << bytes(labels())
                                << "more than can be read";
    QTest::newRow("large count") << bytes(idxBytes({60000, 28, 28}, "abc")) << bytes(labels())
                                 << "cut off";
    QTest::newRow("huge side") << bytes(idxBytes({1, 0xffffffff, 0xffffffff}, "abc"))
                               << bytes(labels()) << "a side of 4294967295 pixels is not possible";
    QTest::newRow("no images") << bytes(idxBytes({0, 2, 3}, "")) << bytes(labels())
                               << "says that it holds 0 images";
    QTest::newRow("other count")
        << bytes(images()) << bytes(idxBytes({3}, "\1\2\3"))
        << "x-labels-idx1-ubyte has 3 labels, x-images-idx3-ubyte has 40 images";
    QTest::newRow("real numbers") << bytes(idxBytes({1, 2, 2}, std::string(16, 'a'), 0x0d))
                                  << bytes(labels()) << "elements of type 0x0d";
    QTest::newRow("no labels") << bytes(images()) << QByteArray() << "has no labels beside it";
}

void TestArrayFormats::badIdxIsRefused()
{
    QFETCH(QByteArray, imagesFile);
    QFETCH(QByteArray, labelsFile);
    QFETCH(QString, message);
    const FolderOfFiles files;
    const std::string path = files.write("x-images-idx3-ubyte", imagesFile.toStdString());
    if (!labelsFile.isEmpty()) {
        files.write("x-labels-idx1-ubyte", labelsFile.toStdString());
    }
    const auto dataset = openDataset(path, {});
    QVERIFY(!dataset.isOk());
    QVERIFY2(messageOf(dataset).contains(message), qPrintable(messageOf(dataset)));
    QVERIFY2(messageOf(dataset).contains("idx"), "the message names the file");
}

void TestArrayFormats::truncatedGzipNamesTheFile()
{
    const FolderOfFiles files;
    Random random(1);
    std::string noise;
    for (int i = 0; i < 40 * 784; ++i) {
        noise += static_cast<char>(random.next() >> 56);
    }
    const std::string path =
        files.writeGzip("a-images-idx3-ubyte.gz", idxBytes({40, 28, 28}, noise));
    files.write("a-labels-idx1-ubyte", labels());
    std::ifstream whole(path, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(whole)), {});
    files.write("a-images-idx3-ubyte.gz", bytes.substr(0, bytes.size() - 2000));
    const auto dataset = openDataset(path, {});
    QVERIFY(!dataset.isOk());
    QVERIFY2(
        messageOf(dataset).contains("a-images-idx3-ubyte.gz is cut off"),
        qPrintable(messageOf(dataset)));
}

void TestArrayFormats::ctfTablesHaveOneHotClasses()
{
    const FolderOfFiles files;
    const auto dataset = openDataset(
        files.writeGzip(
            "a.ctf.gz",
            "|attribs 5.1 3.5 |species 1 0 0\n|attribs 4.9 3.0 |species 0 0 1\n|species 0 1 0 "
            "|attribs 4 3\n"),
        {});
    QVERIFY2(dataset.isOk(), qPrintable(messageOf(dataset)));
    const auto& info = dataset.value()->info();
    QCOMPARE(QString::fromStdString(info.format), QString("ctf"));
    QCOMPARE(info.columns.size(), 3U);
    QCOMPARE(info.classes.size(), 3U);
    QCOMPARE(dataset.value()->classOf(1), 2);
    QCOMPARE(dataset.value()->numericColumn(0)[2], 4.0F);
    QCOMPARE(QString::fromStdString(info.target), QString("species"));
}

void TestArrayFormats::ctfSquaresOfBytesAreImages()
{
    const FolderOfFiles files;
    std::string text;
    for (int row = 0; row < 6; ++row) {
        text += row % 2 == 0 ? "|labels 1 0 |features" : "|labels 0 1 |features";
        for (int i = 0; i < 64; ++i) {
            text += " " + std::to_string((i * 3 + row) % 256);
        }
        text += "\r\n";
    }
    const auto dataset = openDataset(files.write("pixels.txt", text), {});
    QVERIFY2(dataset.isOk(), qPrintable(messageOf(dataset)));
    QVERIFY((dataset.value()->info().imageShape == std::array<int, 3>{1, 8, 8}));
    std::vector<std::uint8_t> pixels(64);
    QVERIFY(dataset.value()->readImage(5, pixels).isOk());
    QCOMPARE(pixels[1], std::uint8_t{8});
    QCOMPARE(dataset.value()->classOf(5), 1);
}

void TestArrayFormats::ctfSparseAndCommentsAreRead()
{
    const FolderOfFiles files;
    const auto dataset = openDataset(
        files.write(
            "s.txt",
            "|# a comment |labels 1 0 |words 2:1.5 7:2\n12 |labels 0 1|words\n13 |words 0:1 |# "
            "with a |# bar inside |labels 1 0\n\n"),
        {});
    QVERIFY2(dataset.isOk(), qPrintable(messageOf(dataset)));
    QCOMPARE(dataset.value()->size(), 3U);
    QCOMPARE(dataset.value()->info().columns.size(), 9U);
    QCOMPARE(dataset.value()->numericColumn(2)[0], 1.5F);
    QCOMPARE(dataset.value()->numericColumn(2)[1], 0.0F);
    QCOMPARE(dataset.value()->classOf(1), 1);
}

void TestArrayFormats::badCtfNamesItsLine_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("message");
    QTest::newRow("longer") << QByteArray("|x 1 2 |y 1 0\n|x 1 2 3 |y 0 1\n")
                            << "b.txt line 2: 3 values of \"x\", expected 2";
    QTest::newRow("no number") << QByteArray("|x 1 2 |y 1 0\n|x 1 two |y 0 1\n")
                               << "b.txt line 2: \"two\" is not a number";
    QTest::newRow("no bar") << QByteArray("|x 1 2 |y 1 0\nx 1 2\n")
                            << "b.txt line 2: \"|\" expected, \"x 1 2\" found";
    QTest::newRow("no name") << QByteArray("|x 1 2 |y 1 0\n| 1 2\n")
                             << "b.txt line 2: a name is missing after \"|\"";
    QTest::newRow("huge index") << QByteArray("|x 1:1 |y 1 0\n|x 4000000000:1 |y 0 1\n")
                                << "b.txt line 2: \"4000000000:1\" is not an index below 4194304";
    QTest::newRow("sequence") << QByteArray("7 |x 1 |y 1 0\n7 |x 2\n")
                              << "b.txt line 2: several rows form one sequence (7)";
    QTest::newRow("labels alone") << QByteArray("|labels 1 0\n|labels 0 1\n")
                                  << "b.txt has labels only, nothing to predict from";
}

void TestArrayFormats::badCtfNamesItsLine()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, message);
    const FolderOfFiles files;
    const auto dataset = openDataset(files.write("b.txt", text.toStdString()), {});
    QCOMPARE(messageOf(dataset), message);
}

void TestArrayFormats::npyTablesAndTypes_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<QByteArray>("elements"); // 1 2 0, 3 4 1, 5 6 0, 7 8 1
    const std::vector<int> cells = {1, 2, 0, 3, 4, 1, 5, 6, 0, 7, 8, 1};
    const auto row = [&]<typename T>(const char* type, T, bool isSwapped = false) {
        std::string bytes = rawBytes(std::vector<T>(cells.begin(), cells.end()));
        for (std::size_t i = 0; isSwapped && i < bytes.size(); i += sizeof(T)) {
            std::reverse(
                bytes.begin() + static_cast<std::ptrdiff_t>(i),
                bytes.begin() + static_cast<std::ptrdiff_t>(i + sizeof(T)));
        }
        QTest::newRow(type) << QString(type)
                            << QByteArray(bytes.data(), static_cast<int>(bytes.size()));
    };
    row("|u1", std::uint8_t{});
    row("|i1", std::int8_t{});
    row("<i2", std::int16_t{});
    row("<i4", std::int32_t{});
    row("<i8", std::int64_t{});
    row("<u8", std::uint64_t{});
    row("<f4", float{});
    row("<f8", double{});
    row(">f8", double{}, true);
    row(">i4", std::int32_t{}, true);
    QByteArray half;
    for (const int cell : cells) {
        static const std::vector<std::uint16_t> kHalves = {
            0x0000, 0x3c00, 0x4000, 0x4200, 0x4400, 0x4500, 0x4600, 0x4700, 0x4800};
        const std::uint16_t bits = kHalves[static_cast<std::size_t>(cell)];
        half.append(static_cast<char>(bits & 0xff)).append(static_cast<char>(bits >> 8));
    }
    QTest::newRow("<f2") << QString("<f2") << half;
}

void TestArrayFormats::npyTablesAndTypes()
{
    QFETCH(QString, type);
    QFETCH(QByteArray, elements);
    const FolderOfFiles files;
    OpenOptions options;
    options.task = "classification";
    const auto dataset = openDataset(
        files.write("t.npy", npyBytes(type.toStdString(), "(4, 3)", elements.toStdString())),
        options);
    QVERIFY2(dataset.isOk(), qPrintable(messageOf(dataset)));
    QCOMPARE(dataset.value()->size(), 4U);
    QCOMPARE(dataset.value()->numericColumn(1)[2], 6.0F);
    QCOMPARE(dataset.value()->classOf(3), 1);
    QCOMPARE(QString::fromStdString(dataset.value()->info().target), QString("column 3"));
}

void TestArrayFormats::anArrayIsHashedAsItsFile_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<int>("width");
    QTest::newRow("kept as it lies, float32") << "<f4" << 4;
    QTest::newRow("kept as it lies, bytes") << "|u1" << 1;
    QTest::newRow("turned, float32") << ">f4" << 4;
    QTest::newRow("made narrower, float64") << "<f8" << 8;
}

// Some pieces and a rest, so that what is read where it stays and what passes a buffer both begin and end somewhere.
void TestArrayFormats::anArrayIsHashedAsItsFile()
{
    QFETCH(QString, type);
    QFETCH(int, width);
    constexpr std::size_t kElements = 1'300'007;
    std::string elements(kElements * static_cast<std::size_t>(width), '\0');
    Random random(9);
    for (std::size_t i = 0; i < elements.size(); i += 97) {
        elements[i] = static_cast<char>(random.below(100));
    }
    const std::string bytes = npyBytes(type.toStdString(), "(1300007,)", elements);
    const FolderOfFiles files;
    const auto array = readNpy(files.write("long.npy", bytes), nullptr);
    QVERIFY2(array.isOk(), array ? "" : array.error().message.c_str());
    QCOMPARE(array->size(), std::uint64_t{kElements});
    QCOMPARE(array->digest, QCryptographicHash::hash(QByteArray::fromStdString(bytes), QCryptographicHash::Sha256).toHex().toStdString());
    if (type == QLatin1String("<f4")) {
        QVERIFY(std::memcmp(array->numbers.data(), elements.data(), elements.size()) == 0);
    } else if (type == QLatin1String("|u1")) {
        QVERIFY(std::memcmp(array->bytes.data(), elements.data(), elements.size()) == 0);
    }
}

void TestArrayFormats::npyImagesFindTheirLabels()
{
    const FolderOfFiles files;
    std::vector<std::uint8_t> pixels;
    for (int i = 0; i < 4 * 2 * 2 * 3; ++i) {
        pixels.push_back(static_cast<std::uint8_t>(i));
    }
    const std::string path =
        files.write("x_train.npy", npyBytes("|u1", "(4, 2, 2, 3)", rawBytes(pixels)));
    QVERIFY(messageOf(openDataset(path, {})).contains("has images but no labels"));
    files.write(
        "y_train.npy", npyBytes("<i8", "(4,)", rawBytes(std::vector<std::int64_t>{0, 1, 1, 0})));
    const auto dataset = openDataset(path, {});
    QVERIFY2(dataset.isOk(), qPrintable(messageOf(dataset)));
    QVERIFY((dataset.value()->info().imageShape == std::array<int, 3>{3, 2, 2}));
    std::vector<std::uint8_t> image(12);
    QVERIFY(dataset.value()->readImage(1, image).isOk());
    QVERIFY((image == std::vector<std::uint8_t>{12, 15, 18, 21, 13, 16, 19, 22, 14, 17, 20, 23}));

    files.write(
        "a.npy",
        npyBytes("<f4", "(2, 1, 2)", rawBytes(std::vector<float>{0.0F, 1.0F, 0.5F, 0.25F})));
    files.write(
        "a_labels.npy",
        npyBytes(
            "<U4",
            "(2,)",
            rawBytes(std::vector<std::uint32_t>{'d', 'o', 'g', 0, 'c', 'a', 't', 0})));
    const auto named = openDataset(files.path("a.npy"), {});
    QVERIFY2(named.isOk(), qPrintable(messageOf(named)));
    QCOMPARE(QString::fromStdString(named.value()->info().classes[0].name), QString("cat"));
    QCOMPARE(named.value()->classOf(0), 1);
    std::vector<std::uint8_t> scaled(2);
    QVERIFY(named.value()->readImage(1, scaled).isOk());
    QVERIFY((scaled == std::vector<std::uint8_t>{128, 64}));
}

void TestArrayFormats::npyColumnMajorTablesAreTurned()
{
    const FolderOfFiles files;
    const auto dataset = openDataset(
        files.write(
            "f.npy",
            npyBytes("<f8", "(2, 3)", rawBytes(std::vector<double>{1, 4, 2, 5, 3, 6}), true)),
        {});
    QVERIFY2(dataset.isOk(), qPrintable(messageOf(dataset)));
    QCOMPARE(dataset.value()->numericColumn(1)[0], 2.0F);
    QCOMPARE(dataset.value()->numericColumn(1)[1], 5.0F);
}

void TestArrayFormats::badNpyIsRefused_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("message");
    const auto bytes = [](const std::string& text) {
        return QByteArray(text.data(), static_cast<int>(text.size()));
    };
    QTest::newRow("objects") << bytes(npyBytes("|O", "(2, 2)", "abcd"))
                             << "holds Python objects (pickle)";
    QTest::newRow("cut") << bytes(npyBytes("<f4", "(100, 3)", "abcdefgh")) << "is cut off";
    QTest::newRow("huge") << bytes(npyBytes("<f4", "(99999999999999, 99999999)", "abcd"))
                          << "impossible shape";
    QTest::newRow("too large for its file")
        << bytes(npyBytes("<f4", "(60000, 60000)", "abcd")) << "do not fit into the file";
    QTest::newRow("one axis") << bytes(npyBytes("|u1", "(4,)", "abcd")) << "is an array of 1 axes";
    QTest::newRow("no rows") << bytes(npyBytes("|u1", "(0, 4)", "")) << "has no rows";
    QTest::newRow("complex") << bytes(npyBytes("<c8", "(1, 1)", "abcdefgh")) << "type \"<c8\"";
    QTest::newRow("broken header")
        << bytes(std::string("\x93NUMPY\x01\x00\x04\x00{'d'", 14)) << "its header is damaged";
    QTest::newRow("version 9") << bytes(std::string("\x93NUMPY\x09\x00\x04\x00{'d'", 14))
                               << "NPY version 9";
    QTest::newRow("cut header") << bytes(std::string("\x93NUMPY\x01\x00\xff\x00{'d'", 14))
                                << "cut off in its header";
}

void TestArrayFormats::badNpyIsRefused()
{
    QFETCH(QByteArray, content);
    QFETCH(QString, message);
    const FolderOfFiles files;
    const auto dataset = openDataset(files.write("b.npy", content.toStdString()), {});
    QVERIFY2(messageOf(dataset).contains(message), qPrintable(messageOf(dataset)));
    QVERIFY2(messageOf(dataset).contains("b.npy"), "the message names the file");
}

QTEST_GUILESS_MAIN(TestArrayFormats)
#include "tst_array_formats.moc"
