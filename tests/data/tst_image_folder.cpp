#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <png.h>
#include <turbojpeg.h>

#include <QTest>

#include "engine/data/dataset.h"
#include "engine/data/formats/image_codec.h"
#include "tests/data/data_files.h"

using namespace ty;
using namespace ty::engine;

namespace {

/// A picture in any of libpng's simple formats.
std::string
png(int width,
    int height,
    std::uint32_t format,
    const std::vector<std::uint8_t>& pixels,
    const std::vector<std::uint8_t>& palette = {})
{
    png_image image = {};
    image.version = PNG_IMAGE_VERSION;
    image.width = static_cast<std::uint32_t>(width);
    image.height = static_cast<std::uint32_t>(height);
    image.format = format;
    image.flags = PNG_IMAGE_FLAG_16BIT_sRGB;
    image.colormap_entries = static_cast<std::uint32_t>(palette.size() / 3);
    png_alloc_size_t size = 0;
    const void* map = palette.empty() ? nullptr : palette.data();
    png_image_write_to_memory(&image, nullptr, &size, 0, pixels.data(), 0, map);
    std::string bytes(size, '\0');
    png_image_write_to_memory(&image, bytes.data(), &size, 0, pixels.data(), 0, map);
    return bytes;
}

std::string greyPng(int width, int height, std::uint8_t first)
{
    std::vector<std::uint8_t> pixels(static_cast<std::size_t>(width * height));
    for (std::size_t i = 0; i < pixels.size(); ++i) {
        pixels[i] = static_cast<std::uint8_t>(first + i * 3);
    }
    return png(width, height, PNG_FORMAT_GRAY, pixels);
}

/// Left half black, right half white, 32 x 16; `orientation` goes into an EXIF block.
std::string jpeg(int orientation)
{
    std::vector<std::uint8_t> pixels(32 * 16);
    for (std::size_t i = 0; i < pixels.size(); ++i) {
        pixels[i] = i % 32 < 16 ? 0 : 255;
    }
    const tjhandle handle = tjInitCompress();
    unsigned char* buffer = nullptr;
    unsigned long size = 0;
    tjCompress2(handle, pixels.data(), 32, 0, 16, TJPF_GRAY, &buffer, &size, TJSAMP_GRAY, 95, 0);
    std::string bytes(reinterpret_cast<char*>(buffer), size);
    tjFree(buffer);
    tjDestroy(handle);
    std::string exif(
        "\xff\xe1\x00\x22"
        "Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0",
        36);
    exif[29] = static_cast<char>(orientation);
    return bytes.insert(2, exif);
}

bool hasProblem(const DatasetInfo& info, const std::string& kind)
{
    return std::any_of(info.problems.begin(), info.problems.end(), [&](const Problem& problem) {
        return problem.kind == kind;
    });
}

} // namespace

class TestImageFolder : public QObject {
    Q_OBJECT

  private slots:
    void everyKindOfPngIsDecoded_data();
    void everyKindOfPngIsDecoded();
    void exifOrientationTurnsThePicture_data();
    void exifOrientationTurnsThePicture();
    void resizingKeepsTheMean();
    void foldersAreClassesInNaturalOrder();
    void partFoldersGiveASplit();
    void theFingerprintFollowsContentAlone();
    void unreadablePicturesAreLeftOut();
    void theSamePictureInTwoPartsIsReported();
    void picturesOfManySizesBecomeSquares();
    void anEmptyClassIsReported();
    void aSinglePictureServesPrediction();
    void foldersWithoutPicturesSaySo();
    void previewListsWithoutDecodingAll();
    void everyCutOfAPictureIsAnErrorNotACrash();
};

void TestImageFolder::everyKindOfPngIsDecoded_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<int>("channels");
    QTest::addColumn<int>("firstValue");
    const auto bytes = [](const std::string& text) {
        return QByteArray(text.data(), static_cast<int>(text.size()));
    };
    QTest::newRow("grey") << bytes(png(2, 1, PNG_FORMAT_GRAY, {70, 80})) << 1 << 70;
    QTest::newRow("colour") << bytes(png(2, 1, PNG_FORMAT_RGB, {70, 80, 90, 1, 2, 3})) << 3 << 70;
    QTest::newRow("transparent over white")
        << bytes(png(2, 1, PNG_FORMAT_RGBA, {70, 80, 90, 0, 1, 2, 3, 255})) << 3 << 255;
    QTest::newRow("grey with alpha") << bytes(png(2, 1, PNG_FORMAT_GA, {70, 255, 3, 0})) << 1 << 70;
    QTest::newRow("palette of colours")
        << bytes(png(2, 1, PNG_FORMAT_RGB_COLORMAP, {0, 1}, {70, 80, 90, 1, 2, 3})) << 3 << 70;
    QTest::newRow("palette of greys")
        << bytes(png(2, 1, PNG_FORMAT_RGB_COLORMAP, {0, 1}, {70, 70, 70, 1, 1, 1})) << 1 << 70;
}

void TestImageFolder::everyKindOfPngIsDecoded()
{
    QFETCH(QByteArray, file);
    QFETCH(int, channels);
    QFETCH(int, firstValue);
    const auto pixels = decodeImage(file.toStdString(), {0, 0});
    QVERIFY2(pixels.isOk(), pixels.isOk() ? "" : pixels.error().message.c_str());
    QCOMPARE(pixels.value().channels, channels);
    QCOMPARE(pixels.value().width, 2);
    QCOMPARE(static_cast<int>(pixels.value().bytes[0]), firstValue);
}

void TestImageFolder::exifOrientationTurnsThePicture_data()
{
    QTest::addColumn<int>("orientation");
    QTest::addColumn<int>("width");
    QTest::addColumn<QString>("black"); // where the black half lies
    QTest::newRow("as it is") << 1 << 32 << "left";
    QTest::newRow("mirrored") << 2 << 32 << "right";
    QTest::newRow("upside down") << 3 << 32 << "right";
    QTest::newRow("flipped") << 4 << 32 << "left";
    QTest::newRow("transposed") << 5 << 16 << "top";
    QTest::newRow("turned right") << 6 << 16 << "top";
    QTest::newRow("transversed") << 7 << 16 << "bottom";
    QTest::newRow("turned left") << 8 << 16 << "bottom";
    QTest::newRow("nonsense") << 99 << 32 << "left";
}

void TestImageFolder::exifOrientationTurnsThePicture()
{
    QFETCH(int, orientation);
    QFETCH(int, width);
    QFETCH(QString, black);
    const std::string file = jpeg(orientation);
    const auto header = inspectImage(file);
    const auto pixels = decodeImage(file, {0, 0});
    QVERIFY2(header.isOk() && pixels.isOk(), pixels.isOk() ? "" : pixels.error().message.c_str());
    QCOMPARE(header.value().width, width);
    QCOMPARE(pixels.value().width, width);
    const auto at = [&](int x, int y) {
        return pixels.value().bytes[static_cast<std::size_t>(y * width + x)];
    };
    const int right = width - 2;
    const int bottom = 48 - width - 2;
    QCOMPARE(at(1, 1) < 100, black == "left" || black == "top");
    QCOMPARE(at(right, 1) < 100, black == "right" || black == "top");
    QCOMPARE(at(1, bottom) < 100, black == "left" || black == "bottom");
    const auto small = decodeImage(file, {4, 4});
    QVERIFY(small.isOk() && small.value().width == width / 4);
}

void TestImageFolder::resizingKeepsTheMean()
{
    Pixels source{1, 30, 42, {}};
    double mean = 0;
    for (int i = 0; i < 30 * 42; ++i) {
        source.bytes.push_back(static_cast<std::uint8_t>(i * 37 % 251));
        mean += source.bytes.back() / (30.0 * 42.0);
    }
    for (const auto& [height, width] : {std::pair(7, 9), std::pair(15, 21), std::pair(60, 84)}) {
        std::vector<std::uint8_t> into(static_cast<std::size_t>(3 * height * width));
        resizeInto(source, {3, height, width}, into);
        double sum = 0;
        for (const std::uint8_t value : into) {
            sum += value;
        }
        QVERIFY(std::abs(sum / static_cast<double>(into.size()) - mean) < 1.0);
    }
}

void TestImageFolder::foldersAreClassesInNaturalOrder()
{
    const FolderOfFiles files;
    for (const char* name : {"10", "9", "2"}) {
        for (int i = 0; i < 3; ++i) {
            files.write(
                std::string(name) + "/" + std::to_string(i) + ".png",
                greyPng(8, 8, static_cast<std::uint8_t>(i * 20 + name[0])));
        }
    }
    files.write("9/.hidden.png", "no picture");
    files.write("9/Thumbs.db", "no picture");
    files.write("9/notes.txt", "no picture");
    files.write("__MACOSX/9/._0.png", "no picture");
    const auto dataset = openDataset(files.folder(), {});
    QVERIFY2(dataset.isOk(), dataset.isOk() ? "" : dataset.error().message.c_str());
    const auto& info = dataset.value()->info();
    QCOMPARE(info.samples, 9U);
    QCOMPARE(info.classes.size(), 3U);
    QCOMPARE(QString::fromStdString(info.classes[2].name), QString("10"));
    QCOMPARE(QString::fromStdString(dataset.value()->sampleId(3)), QString("9/0.png"));
    QCOMPARE(dataset.value()->classOf(3), 1);
    QVERIFY(info.problems.empty());
    std::vector<std::uint8_t> pixels(64);
    QVERIFY(dataset.value()->readImage(0, pixels).isOk());
    QCOMPARE(pixels[1], static_cast<std::uint8_t>('2' + 3));
}

void TestImageFolder::partFoldersGiveASplit()
{
    const FolderOfFiles files;
    std::uint8_t value = 0;
    for (const char* part : {"train", "Validation", "test"}) {
        for (const char* name : {"cat", "dog"}) {
            files.write(std::string(part) + "/" + name + "/a.png", greyPng(8, 8, ++value));
        }
    }
    const auto dataset = openDataset(files.folder(), {});
    QVERIFY(dataset.isOk());
    QVERIFY((dataset.value()->info().givenSplit == std::array<std::uint64_t, 3>{2, 2, 2}));
    QCOMPARE(dataset.value()->partOf(3), SplitPart::Validation);
    QCOMPARE(QString::fromStdString(dataset.value()->sampleId(5)), QString("test/dog/a.png"));
}

void TestImageFolder::theFingerprintFollowsContentAlone()
{
    const FolderOfFiles first;
    const FolderOfFiles second;
    for (const FolderOfFiles* files : {&first, &second}) {
        files->write("a/1.png", greyPng(8, 8, 1));
        files->write("b/1.png", greyPng(8, 8, 2));
    }
    const auto a = openDataset(first.folder(), {});
    QCOMPARE(
        openDataset(second.folder(), {}).value()->info().fingerprint,
        a.value()->info().fingerprint);
    second.write("b/1.png", greyPng(8, 8, 3));
    QVERIFY(
        openDataset(second.folder(), {}).value()->info().fingerprint !=
        a.value()->info().fingerprint);
}

void TestImageFolder::unreadablePicturesAreLeftOut()
{
    const FolderOfFiles files;
    files.write("a/1.png", greyPng(8, 8, 1));
    files.write("b/1.png", greyPng(8, 8, 2));
    files.write("a/cut.png", greyPng(8, 8, 9).substr(0, 60));
    files.write("a/empty.jpg", "");
    files.write("b/words.png", "not a picture at all");
    files.write("b/cut.jpg", jpeg(1).substr(0, 200));
    std::string flipped = greyPng(8, 8, 5);
    flipped[45] = static_cast<char>(flipped[45] ^ 0x55);
    files.write("b/flipped.png", flipped);
    const auto dataset = openDataset(files.folder(), {});
    QVERIFY(dataset.isOk());
    QCOMPARE(dataset.value()->size(), 2U);
    const Problem& problem = dataset.value()->info().problems.front();
    QCOMPARE(QString::fromStdString(problem.kind), QString("unreadable"));
    QCOMPARE(problem.count, 5U);
    QVERIFY(problem.places[0].starts_with("a/cut.png: "));
}

void TestImageFolder::theSamePictureInTwoPartsIsReported()
{
    const FolderOfFiles files;
    files.write("train/a/1.png", greyPng(8, 8, 1));
    files.write("train/a/2.png", greyPng(8, 8, 1));
    files.write("train/b/1.png", greyPng(8, 8, 2));
    files.write("test/b/7.png", greyPng(8, 8, 2));
    files.write("test/a/7.png", greyPng(8, 8, 3));
    const auto dataset = openDataset(files.folder(), {});
    QVERIFY(dataset.isOk());
    QVERIFY(hasProblem(dataset.value()->info(), "duplicates"));
    const auto& problems = dataset.value()->info().problems;
    const auto found = std::find_if(problems.begin(), problems.end(), [](const Problem& problem) {
        return problem.kind == "split-duplicates";
    });
    QVERIFY(found != problems.end());
    QCOMPARE(QString::fromStdString(found->places.at(0)), QString("test/b/7.png = train/b/1.png"));
}

void TestImageFolder::picturesOfManySizesBecomeSquares()
{
    const FolderOfFiles files;
    files.write("a/1.png", greyPng(20, 30, 1));
    files.write("a/2.png", greyPng(25, 25, 2));
    files.write("b/1.png", png(24, 26, PNG_FORMAT_RGB, std::vector<std::uint8_t>(24 * 26 * 3, 9)));
    files.write("b/2.jpg", jpeg(6));
    const auto dataset = openDataset(files.folder(), {});
    QVERIFY(dataset.isOk());
    const auto& info = dataset.value()->info();
    QVERIFY(!info.areImagesSameSize);
    QVERIFY((info.imageShape == std::array<int, 3>{3, 24, 24}));
    std::vector<std::uint8_t> pixels(3 * 24 * 24);
    for (std::uint64_t i = 0; i < 4; ++i) {
        QVERIFY(dataset.value()->readImage(i, pixels).isOk());
    }

    OpenOptions options;
    options.imageShape = {1, 12, 16};
    const auto shaped = openDataset(files.folder(), options);
    QVERIFY(shaped.isOk());
    QVERIFY(shaped.value()->info().imageShape == options.imageShape);
    pixels.assign(12 * 16, 0);
    for (std::uint64_t i = 0; i < 4; ++i) {
        QVERIFY(shaped.value()->readImage(i, pixels).isOk());
    }
    QVERIFY(shaped.value()->readImage(2, pixels).isOk()); // the one of colours, all of them 9
    QCOMPARE(pixels, std::vector<std::uint8_t>(12 * 16, 9));
}

void TestImageFolder::anEmptyClassIsReported()
{
    const FolderOfFiles files;
    files.write("a/1.png", greyPng(8, 8, 1));
    files.write("b/1.png", greyPng(8, 8, 2));
    std::filesystem::create_directories(files.path("c"));
    const auto dataset = openDataset(files.folder(), {});
    QVERIFY(dataset.isOk());
    QCOMPARE(dataset.value()->info().classes.size(), 3U);
    QVERIFY(hasProblem(dataset.value()->info(), "empty-class"));
}

void TestImageFolder::aSinglePictureServesPrediction()
{
    const FolderOfFiles files;
    files.write("a/1.png", greyPng(8, 8, 1));
    files.write("b/1.png", greyPng(8, 8, 2));
    const auto training = openDataset(files.folder(), {});
    QVERIFY(training.isOk());
    const FolderOfFiles others;
    const std::string picture = others.write("loose.jpg", jpeg(1));
    QVERIFY(!openDataset(picture, {}).isOk());
    OpenOptions options;
    options.like = &training.value()->info();
    for (const std::string& path : {picture, others.folder()}) {
        const auto dataset = openDataset(path, options);
        QVERIFY2(dataset.isOk(), dataset.isOk() ? "" : dataset.error().message.c_str());
        QCOMPARE(dataset.value()->size(), 1U);
        QCOMPARE(dataset.value()->classOf(0), -1);
        QVERIFY((dataset.value()->info().imageShape == std::array<int, 3>{1, 8, 8}));
        std::vector<std::uint8_t> pixels(64);
        QVERIFY(dataset.value()->readImage(0, pixels).isOk());
        QVERIFY(pixels[0] < 20 && pixels[7] > 230);
    }
}

void TestImageFolder::foldersWithoutPicturesSaySo()
{
    const FolderOfFiles files;
    const auto nothing = openDataset(files.folder(), {});
    QVERIFY(!nothing.isOk());
    QVERIFY(nothing.error().message.find("holds no data that is known here") != std::string::npos);
    files.write("loose.png", greyPng(8, 8, 1));
    const auto loose = openDataset(files.folder(), {});
    QVERIFY(!loose.isOk());
    QVERIFY(
        loose.error().message.find("no PNG or JPEG images in class folders") != std::string::npos);
    QVERIFY(openDataset(files.path("missing"), {}).error().kind == ErrorKind::NotFound);
}

void TestImageFolder::previewListsWithoutDecodingAll()
{
    const FolderOfFiles files;
    for (int i = 0; i < 120; ++i) {
        files.write(
            std::string(i % 2 == 0 ? "a/" : "b/") + std::to_string(i) + ".png",
            greyPng(8, 8, static_cast<std::uint8_t>(i)));
    }
    const auto preview = previewDataset(files.folder(), {});
    QVERIFY(preview.isOk());
    QCOMPARE(preview.value().info.samples, 120U);
    QCOMPARE(preview.value().info.classes[1].samples, 60U);
    QVERIFY((preview.value().info.imageShape == std::array<int, 3>{1, 8, 8}));
}

void TestImageFolder::everyCutOfAPictureIsAnErrorNotACrash()
{
    for (const std::string& whole :
         {greyPng(9, 7, 3),
          jpeg(6),
          png(5, 5, PNG_FORMAT_RGBA, std::vector<std::uint8_t>(100, 77))}) {
        for (std::size_t size = 0; size < whole.size(); ++size) {
            QVERIFY(!inspectImage(whole.substr(0, size)).isOk());
            (void)decodeImage(whole.substr(0, size), {0, 0});
        }
        for (std::size_t at = 0; at < whole.size(); ++at) {
            std::string changed = whole;
            changed[at] = static_cast<char>(changed[at] ^ 0xff);
            (void)inspectImage(changed);
            (void)decodeImage(changed, {0, 0});
        }
    }
}

QTEST_GUILESS_MAIN(TestImageFolder)
#include "tst_image_folder.moc"
