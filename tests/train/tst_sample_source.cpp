#include <QTest>

#include <QTemporaryDir>

#include <atomic>
#include <algorithm>
#include <numeric>
#include <thread>
#include <vector>

#include "engine/train/cached_images.h"
#include "engine/base/parallel_ranges.h"
#include "engine/train/sample_source.h"
#include "engine/train/signed_targets.h"

using namespace ty;
using namespace ty::engine;

namespace {

constexpr std::uint64_t kPlenty = std::uint64_t{1} << 30;

/// Six pictures of 1 x 2 x 2 that count how often they are decoded.
class CountedPictures final : public Dataset {
public:
    CountedPictures()
    {
        m_info.kind = DataKind::Image;
        m_info.samples = 6;
        m_info.imageShape = {1, 2, 2};
        m_info.classes = {{"a", 3}, {"b", 3}};
        m_info.target = "label";
    }
    const DatasetInfo& info() const override { return m_info; }
    SplitPart partOf(std::uint64_t) const override { return SplitPart::Training; }
    std::string sampleId(std::uint64_t sample) const override { return std::to_string(sample); }
    std::int32_t classOf(std::uint64_t sample) const override { return static_cast<std::int32_t>(sample % 2); }
    double targetOf(std::uint64_t) const override { return 0; }
    std::span<const float> numericColumn(std::size_t) const override { return {}; }
    std::span<const std::int32_t> categoryColumn(std::size_t) const override { return {}; }
    std::string cellText(std::uint64_t, std::size_t) const override { return {}; }
    ty::Result<void> readImage(std::uint64_t sample, std::span<std::uint8_t> chw) const override
    {
        ++decodes;
        std::iota(chw.begin(), chw.end(), static_cast<std::uint8_t>(10 * sample));
        return {};
    }
    mutable std::atomic<int> decodes = 0;

private:
    DatasetInfo m_info;
};

} // namespace

class TestSampleSource : public QObject {
    Q_OBJECT
private slots:
    void eachPictureIsDecodedOnce()
    {
        const CountedPictures pictures;
        const std::vector<std::uint32_t> all{0, 1, 2, 3, 4, 5};
        const auto encoder = Encoder::fit(pictures, all);
        QVERIFY2(encoder, encoder ? "" : encoder.error().message.c_str());
        pictures.decodes = 0;
        const EncodedSamples source(pictures, encoder.value(), std::vector<std::uint32_t>{5, 1, 3}, kPlenty);
        QCOMPARE(source.memoryBytes(), std::uint64_t{3 * 4 * sizeof(float)});
        QCOMPARE(source.size(), std::size_t{3});
        QCOMPARE(source.target(0), 1.0F);
        std::vector<float> first(4);
        std::vector<float> again(4);
        for (int i = 0; i < 10; ++i) {
            QVERIFY(source.readInput(0, i == 0 ? std::span(first) : std::span(again)));
        }
        QCOMPARE(pictures.decodes.load(), 1);
        QCOMPARE(again, first);
    }

    void bytesAreKeptForTheChosenPicturesAlone()
    {
        const CountedPictures pictures;
        const std::vector<std::uint32_t> chosen{4, 2};
        const CachedImages cached(pictures, chosen, LargePlace::Memory);
        QCOMPARE(CachedImages::bytesFor(pictures, 2), std::uint64_t{8});
        std::vector<std::uint8_t> bytes(4);
        for (int i = 0; i < 3; ++i) {
            QVERIFY(cached.readImage(4, bytes));
        }
        QCOMPARE(bytes, (std::vector<std::uint8_t>{40, 41, 42, 43}));
        QCOMPARE(pictures.decodes.load(), 1);
        QVERIFY(cached.readImage(3, bytes));
        QVERIFY(cached.readImage(3, bytes));
        QCOMPARE(pictures.decodes.load(), 3);
    }

    void manyThreadsMayReadTheSamePictures_data()
    {
        QTest::addColumn<bool>("isInFile");
        QTest::newRow("in memory") << false;
        QTest::newRow("in a file") << true;
    }
    void manyThreadsMayReadTheSamePictures()
    {
        QFETCH(bool, isInFile);
        const LargePlace place = isInFile ? LargePlace::File : LargePlace::Memory;
        const CountedPictures pictures;
        const std::vector<std::uint32_t> all{0, 1, 2, 3, 4, 5};
        const CachedImages cached(pictures, all, place);
        const auto readAll = [&](std::size_t, std::size_t) -> ty::Result<void> {
            std::vector<std::uint8_t> bytes(4);
            for (std::uint64_t i = 0; i < 600; ++i) {
                TY_CHECK(cached.readImage(i % 6, bytes));
                if (bytes[1] != 10 * (i % 6) + 1) {
                    return ty::Error{ty::ErrorKind::Internal, "another picture's bytes", {}};
                }
            }
            return {};
        };
        const auto result = parallelRanges(4, 4, readAll);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
    }

    void everyPartIsVisitedOnceWhateverTheThreads()
    {
        for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{7}, std::size_t{100}}) {
            std::vector<std::atomic<int>> visits(count);
            const auto visit = [&](std::size_t first, std::size_t last) -> ty::Result<void> {
                for (std::size_t i = first; i < last; ++i) {
                    ++visits[i];
                }
                return {};
            };
            QVERIFY(parallelRanges(count, 8, visit));
            QVERIFY(std::all_of(visits.begin(), visits.end(), [](const auto& v) { return v == 1; }));
        }
    }

    void signsStandForTwoClasses()
    {
        const CountedPictures pictures;
        const auto encoder = Encoder::fit(pictures, std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5});
        QVERIFY(encoder);
        const SignedTargets samples(
            std::make_unique<EncodedSamples>(pictures, encoder.value(), std::vector<std::uint32_t>{0, 1, 5}, kPlenty));
        QCOMPARE(samples.size(), std::size_t{3});
        QCOMPARE(samples.inputSize(), std::size_t{4});
        QCOMPARE(samples.target(0), -1.0F);
        QCOMPARE(samples.target(1), 1.0F);
        QCOMPARE(samples.target(2), 1.0F);
        std::vector<float> row(4);
        QVERIFY(samples.readInput(1, row));
    }
};

QTEST_GUILESS_MAIN(TestSampleSource)
#include "tst_sample_source.moc"
