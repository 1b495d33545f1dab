#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <QTest>

#include "engine/data/dataset.h"
#include "engine/data/near_duplicates.h"
#include "tests/data/data_files.h"

using namespace ty;
using namespace ty::engine;

namespace {

constexpr int kSide = 24;

/// A landscape of waves; each seed another one.
std::string picture(int seed, int brighter = 0, int noise = 0)
{
    std::string bytes;
    for (int y = 0; y < kSide; ++y) {
        for (int x = 0; x < kSide; ++x) {
            const double wave = std::sin(0.11 * (seed + 1) * x + seed) + std::cos(0.17 * (seed + 2) * y) + std::sin(0.05 * x * y + seed);
            const int value = static_cast<int>(120 + 35 * wave) + brighter + (noise > 0 ? (x * 7 + y * 13) % (2 * noise + 1) - noise : 0);
            bytes += static_cast<char>(std::clamp(value, 0, 255));
        }
    }
    return bytes;
}

std::unique_ptr<Dataset> picturesOf(const FolderOfFiles& files, const std::string& pixels, const std::string& labels)
{
    const auto count = static_cast<std::uint32_t>(labels.size());
    files.write("train-images-idx3-ubyte", idxBytes({count, kSide, kSide}, pixels));
    files.write("train-labels-idx1-ubyte", idxBytes({count}, labels));
    auto dataset = openDataset(files.path("train-images-idx3-ubyte"), {});
    return dataset ? std::move(dataset).value() : nullptr;
}

} // namespace

class TestNearDuplicates : public QObject {
    Q_OBJECT

private slots:
    void picturesThatDifferByALittleBelongTogether();
    void otherPicturesDoNot();
    void plainPicturesAccuseNobody();
    void rowsAreAlikeToFourDigitsAndInAnyCase();
    void copiesAcrossPartsAreCounted();
    void cancelledSearchEnds();
};

void TestNearDuplicates::picturesThatDifferByALittleBelongTogether()
{
    const FolderOfFiles files;
    const auto dataset = picturesOf(
        files, picture(1) + picture(2) + picture(3) + picture(1, 1) + picture(2, 0, 2) + picture(4), std::string("\x00\x01\x00\x01\x01\x00", 6));
    QVERIFY(dataset);

    const auto found = findNearDuplicates(*dataset, {}, {});

    QVERIFY(found);
    QCOMPARE(found.value().groups, (std::vector<std::vector<std::uint32_t>>{{0, 3}, {1, 4}}));
    QCOMPARE(found.value().groupsOfSeveralClasses(*dataset), 1U);
    const auto problem = nearDuplicateProblem(*dataset, found.value());
    QVERIFY(problem);
    QVERIFY2(problem->message.starts_with("2 images repeat another, exactly or nearly"), problem->message.c_str());
}

void TestNearDuplicates::otherPicturesDoNot()
{
    const FolderOfFiles files;
    std::string pixels;
    for (int i = 0; i < 100; ++i) {
        pixels += picture(i);
    }
    const auto dataset = picturesOf(files, pixels, std::string(50, '\0') + std::string(50, '\1'));
    QVERIFY(dataset);

    const auto found = findNearDuplicates(*dataset, {}, {});

    QVERIFY(found);
    QCOMPARE(found.value().groups.size(), 0U);
    QVERIFY(!nearDuplicateProblem(*dataset, found.value()));
}

void TestNearDuplicates::plainPicturesAccuseNobody()
{
    const FolderOfFiles files;
    const std::string plain(kSide * kSide, '\x50');
    const auto dataset = picturesOf(files, plain + plain + plain + picture(1), std::string("\x00\x01\x00\x01", 4));
    QVERIFY(dataset);

    const auto found = findNearDuplicates(*dataset, {}, {});

    QVERIFY(found);
    QVERIFY(found.value().groups.empty());
}

void TestNearDuplicates::rowsAreAlikeToFourDigitsAndInAnyCase()
{
    const FolderOfFiles files;
    OpenOptions options;
    options.target = "kind";
    const auto dataset = openDataset(
        files.write("rows.csv", "x,city,kind\n5.1,Oslo,a\n5.100004,oslo,b\n5.2,Oslo,a\n-0.0001234,Bergen,a\n-0.00012341,BERGEN,a\n,Oslo,b\n7,Oslo,b\n"),
        options);
    QVERIFY2(dataset, dataset ? "" : dataset.error().message.c_str());

    const auto found = findNearDuplicates(*dataset.value(), {}, {});

    QVERIFY(found);
    QCOMPARE(found.value().groups, (std::vector<std::vector<std::uint32_t>>{{0, 1}, {3, 4}}));
    QCOMPARE(found.value().groupsOfSeveralClasses(*dataset.value()), 1U);
}

void TestNearDuplicates::copiesAcrossPartsAreCounted()
{
    const FolderOfFiles files;
    files.write("train-images-idx3-ubyte", idxBytes({3, kSide, kSide}, picture(1) + picture(2) + picture(5)));
    files.write("train-labels-idx1-ubyte", idxBytes({3}, std::string("\x00\x01\x00", 3)));
    files.write("t10k-images-idx3-ubyte", idxBytes({2, kSide, kSide}, picture(2, 1) + picture(4)));
    files.write("t10k-labels-idx1-ubyte", idxBytes({2}, std::string("\x01\x00", 2)));
    const auto dataset = openDataset(files.folder(), {});
    QVERIFY2(dataset, dataset ? "" : dataset.error().message.c_str());

    const auto found = findNearDuplicates(*dataset.value(), {}, {});

    QVERIFY(found);
    QCOMPARE(found.value().groupsAcrossParts(*dataset.value()), 1U);
    QCOMPARE(found.value().trainingSamplesShared(*dataset.value()), (std::vector<std::uint32_t>{1}));
    const auto problem = nearDuplicateProblem(*dataset.value(), found.value());
    QVERIFY(problem && problem->severity == ProblemSeverity::Warning);
}

void TestNearDuplicates::cancelledSearchEnds()
{
    const FolderOfFiles files;
    const auto dataset = picturesOf(files, picture(1) + picture(2), std::string("\x00\x01", 2));
    QVERIFY(dataset);
    std::stop_source stop;
    stop.request_stop();

    const auto found = findNearDuplicates(*dataset, {}, stop.get_token());

    QVERIFY(!found);
    QVERIFY(found.error().kind == ErrorKind::Cancelled);
}

QTEST_APPLESS_MAIN(TestNearDuplicates)
#include "tst_near_duplicates.moc"
