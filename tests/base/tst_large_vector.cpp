#include <QTest>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "engine/base/available_memory.h"
#include "engine/base/large_vector.h"
#include "engine/base/scratch_file.h"
#include "tests/support/memory_limit.h"

using namespace ty;

namespace {

constexpr std::size_t kMany = std::size_t{12} << 20; // 48 MiB of floats

LargeVector<float> inFile()
{
    return LargeVector<float>(LargeAllocator<float>(LargePlace::File));
}

} // namespace

class TestLargeVector : public QObject {
    Q_OBJECT
private slots:
    void init() { qputenv("XDG_CACHE_HOME", m_cache.path().toUtf8()); }
    void cleanup()
    {
        // Scratch files have no names, so nothing is ever left to clear away.
        QVERIFY(QDir(QString::fromStdString(scratchFolder())).entryList(QDir::AllEntries | QDir::NoDotAndDotDot).isEmpty());
    }

    void elementsInAFileTakeNoMemoryOfTheProcess()
    {
        const std::uint64_t before = anonymousBytes();
        LargeVector<float> numbers = inFile();
        for (std::size_t i = 0; i < kMany; ++i) {
            numbers.push_back(static_cast<float>(i % 1000));
        }
        const std::uint64_t after = anonymousBytes();
        QVERIFY2(after < before + (std::uint64_t{16} << 20), qPrintable(QString::number(after - before)));
        for (std::size_t i = 0; i < kMany; i += 997) {
            QCOMPARE(numbers[i], static_cast<float>(i % 1000));
        }
    }

    void elementsMoveIntoAFileAndLaterOnesFollow()
    {
        LargeVector<std::int32_t> numbers;
        for (std::int32_t i = 0; i < 50'000; ++i) {
            numbers.push_back(i);
        }
        moveToFile(numbers, 70'000);
        QVERIFY(numbers.get_allocator().place() == LargePlace::File);
        const std::int32_t* const place = numbers.data();
        for (std::int32_t i = 50'000; i < 70'000; ++i) {
            numbers.push_back(i);
        }
        QCOMPARE(numbers.data(), place); // the room was taken at once
        moveToFile(numbers, 0);
        QCOMPARE(numbers.data(), place);
        for (std::int32_t i = 70'000; i < 200'000; ++i) {
            numbers.push_back(i);
        }
        for (std::int32_t i = 0; i < 200'000; ++i) {
            QCOMPARE(numbers[static_cast<std::size_t>(i)], i);
        }
    }

    void aPlaceGoesWithItsElements()
    {
        LargeVector<float> a = inFile();
        a.assign(100'000, 3.0F);
        LargeVector<float> b(100'000, 4.0F);
        const LargeVector<float> copy = a;
        std::swap(a, b);
        QVERIFY(a.get_allocator().place() == LargePlace::Memory && b.get_allocator().place() == LargePlace::File);
        QVERIFY(copy == b && copy.get_allocator().place() == LargePlace::File);
        a = std::move(b);
        QVERIFY(a == copy && a.get_allocator().place() == LargePlace::File);
        a = LargeVector<float>();
        QVERIFY(a.empty() && a.capacity() == 0);
    }

    void littleIsNotWorthAFile()
    {
        const MemoryLimit limit("1");
        QVERIFY(placeFor(1000) == LargePlace::Memory);
        LargeVector<float> few = inFile();
        few.assign(1000, 1.0F);
        few.push_back(2.0F);
        QCOMPARE(few.back(), 2.0F);
    }

    void scarceMemoryAsksForAFile()
    {
        constexpr std::uint64_t kBytes = std::uint64_t{1} << 20;
        QVERIFY(memoryLimitBytes() > 0 && availableMemoryBytes() <= memoryLimitBytes());
        const MemoryLimit limit("1K");
        QCOMPARE(memoryLimitBytes(), std::uint64_t{1024});
        QCOMPARE(availableMemoryBytes(), std::uint64_t{0});
        QVERIFY(placeFor(kBytes) == LargePlace::File);
    }

    void aLimitThatIsNotReachedLeavesMemory()
    {
        const MemoryLimit limit(std::to_string((anonymousBytes() >> 20) + 512) + "M");
        if (memoryLimitBytes() < (std::uint64_t{512} << 20) || availableMemoryBytes() < (std::uint64_t{400} << 20)) {
            QSKIP("this machine is short of memory by itself");
        }
        QVERIFY(placeFor(std::uint64_t{1} << 20) == LargePlace::Memory);
        QVERIFY(placeFor(std::uint64_t{500} << 20) == LargePlace::File);
    }

    void wordsThatAreNoLimitAreNone()
    {
        const std::uint64_t before = memoryLimitBytes();
        for (const char* const text : {"", "much", "-1"}) {
            const MemoryLimit limit(text);
            QCOMPARE(memoryLimitBytes(), before);
        }
        const MemoryLimit limit("99999999999999999G"); // more than there is
        QCOMPARE(memoryLimitBytes(), before);
    }

    void aFolderInMemoryIsNoPlaceForFiles()
    {
        if (!QFile::exists(QStringLiteral("/dev/shm"))) {
            QSKIP("no folder in memory here");
        }
        const QTemporaryDir shared(QStringLiteral("/dev/shm/tst-XXXXXX"));
        qputenv("XDG_CACHE_HOME", shared.path().toUtf8());
        QCOMPARE(scratchBytes(), std::uint64_t{0});
        const MemoryLimit limit("1");
        QVERIFY(placeFor(std::uint64_t{1} << 20) == LargePlace::Memory);
    }

    void whatWasWrittenIsReadBack()
    {
        auto file = ScratchFile::create();
        QVERIFY2(file.isOk(), file.isOk() ? "" : file.error().message.c_str());
        std::vector<std::byte> bytes(5000, std::byte{7});
        QVERIFY(file.value().write(100'000, bytes).isOk());
        std::vector<std::byte> back(5000);
        QVERIFY(file.value().read(100'000, back).isOk());
        QCOMPARE(back, bytes);
        QVERIFY(!file.value().read(102'000, back).isOk()); // behind the end
    }

    void whatIsWrittenLaterIsSeenInTheMap()
    {
        constexpr std::uint64_t kLength = 200'000;
        auto made = ScratchFile::create();
        QVERIFY2(made.isOk(), made.isOk() ? "" : made.error().message.c_str());
        QVERIFY(made.value().mapped().empty());
        QVERIFY(made.value().map(kLength).isOk());
        ScratchFile file = std::move(made).value(); // the map goes along
        QCOMPARE(file.mapped().size(), std::size_t{kLength});
        QVERIFY(file.mapped()[kLength - 1] == std::byte{0});
        const std::vector<std::byte> bytes(50, std::byte{9});
        QVERIFY(file.write(kLength - 50, bytes).isOk());
        QVERIFY(std::equal(bytes.begin(), bytes.end(), file.mapped().end() - 50));
    }

private:
    QTemporaryDir m_cache{QDir::currentPath() + QStringLiteral("/scratch-XXXXXX")}; ///< on a disk; /tmp may be memory
};

QTEST_GUILESS_MAIN(TestLargeVector)
#include "tst_large_vector.moc"
