#include <QTest>

#include <new>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include <sys/resource.h>

#include "engine/base/available_memory.h"
#include "engine/base/memory_guard.h"
#include "tests/support/memory_limit.h"

using namespace ty;

class TestMemoryGuard : public QObject {
    Q_OBJECT
private slots:
    void whatMissesMemoryIsAnErrorWithAdvice()
    {
        const auto result = guardMemory("a step of 3 samples", []() -> Result<int> { throw std::bad_alloc(); });
        QVERIFY(!result);
        QVERIFY(result.error().kind == ErrorKind::OutOfMemory);
        QCOMPARE(result.error().message, std::string("not enough memory for a step of 3 samples"));
        QVERIFY(result.error().advice.find("smaller batch") != std::string::npos);
    }

    void aThreadThatCannotStartIsOneToo()
    {
        const auto result = guardMemory("threads", []() -> Result<int> {
            throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again));
        });
        QVERIFY(!result && result.error().kind == ErrorKind::OutOfMemory);
    }

    void aLimitIsReadWithItsUnit_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<quint64>("bytes"); // 0: it is no limit
        for (const char* text : {"1048576", "1024K", "1M", "1m", "1MB", "1MiB", "1 MiB"}) {
            QTest::newRow(text) << QByteArray(text) << (QByteArray(text).contains(' ') ? quint64{0} : quint64{1} << 20U);
        }
        QTest::newRow("half a gibibyte") << QByteArray("0.5g") << (quint64{1} << 29U);
        for (const char* text : {"", "much", "1X", "-1M", "1e40G"}) {
            QTest::newRow(*text == 0 ? "nothing" : text) << QByteArray(text) << quint64{0};
        }
    }
    void aLimitIsReadWithItsUnit()
    {
        QFETCH(QByteArray, text);
        QFETCH(quint64, bytes);
        qunsetenv("TRAINYARD_MEMORY");
        const quint64 unlimited = memoryLimitBytes();
        qputenv("TRAINYARD_MEMORY", text);
        const quint64 limit = memoryLimitBytes();
        qunsetenv("TRAINYARD_MEMORY");
        QCOMPARE(limit, bytes == 0 ? unlimited : bytes);
    }

    void moreThanIsFreeIsRefusedBeforeItIsTaken()
    {
        requireMemory(1);
        const auto result = guardMemory("a network", []() -> Result<int> {
            requireMemory(std::uint64_t{1} << 60);
            return 1;
        });
        QVERIFY(!result && result.error().kind == ErrorKind::OutOfMemory);
        const std::string& message = result.error().message;
        QVERIFY2(message.starts_with("not enough memory for a network: 1073741824.0 GiB more are wanted, "), message.c_str());
        QVERIFY2(message.ends_with(" are free"), message.c_str());
        QVERIFY(result.error().advice.find("smaller batch") != std::string::npos);
    }

    void whatTheProcessHasFreedCountsAsFree()
    {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
        QSKIP("a sanitizer has an allocator of its own");
#endif
        constexpr std::size_t kBlock = 100'000; // small enough that the allocator keeps it when it is freed
        std::vector<std::string> blocks(1'000);
        for (std::string& block : blocks) {
            block.assign(kBlock, 'x');
        }
        const std::string last(kBlock, 'x'); // holds the end
        const std::uint64_t used = anonymousBytes();
        const MemoryLimit limit(std::to_string(used + 1'000'000));
        const std::uint64_t wanted = 64'000'000;
        const auto ask = [&] {
            return guardMemory("a network", [&]() -> Result<int> {
                requireMemory(wanted);
                return 1;
            });
        };
        QVERIFY(!ask());
        blocks.clear();
        blocks.shrink_to_fit();
        QVERIFY(ask());
        QCOMPARE(last.size(), kBlock);
    }

    void everythingElsePasses()
    {
        QCOMPARE(guardMemory("nothing", []() -> Result<int> { return 7; }).value(), 7);
        const auto other = guardMemory("nothing", []() -> Result<int> { return Error{ErrorKind::Io, "a disk", {}}; });
        QVERIFY(other.error().kind == ErrorKind::Io);
        QVERIFY_EXCEPTION_THROWN(
            (void)guardMemory("nothing", []() -> Result<int> { throw std::runtime_error("a defect"); }), std::runtime_error);
        QVERIFY_EXCEPTION_THROWN(
            (void)guardMemory(
                "nothing",
                []() -> Result<int> { throw std::system_error(std::make_error_code(std::errc::permission_denied)); }),
            std::system_error);
    }

    void aLimitOnAddressesLimitsTheAvailableMemory()
    {
#if defined(__SANITIZE_ADDRESS__)
        QSKIP("AddressSanitizer needs more addresses than the limit leaves");
#endif
        QVERIFY(availableMemoryBytes() > 0);
        rlimit old{};
        QCOMPARE(getrlimit(RLIMIT_AS, &old), 0);
        rlimit tight = old;
        tight.rlim_cur = 4096; // below what the process has: nothing is left
        QCOMPARE(setrlimit(RLIMIT_AS, &tight), 0);
        const std::uint64_t none = availableMemoryBytes();
        QCOMPARE(setrlimit(RLIMIT_AS, &old), 0);
        QCOMPARE(none, std::uint64_t{0});

        constexpr std::uint64_t kLoose = std::uint64_t{1} << 46; // more than the machine has: no limit
        tight.rlim_cur = kLoose;
        QCOMPARE(setrlimit(RLIMIT_AS, &tight), 0);
        const std::uint64_t all = availableMemoryBytes();
        QCOMPARE(setrlimit(RLIMIT_AS, &old), 0);
        QVERIFY(all > 0 && all < kLoose / 2);
    }
};

QTEST_GUILESS_MAIN(TestMemoryGuard)
#include "tst_memory_guard.moc"
