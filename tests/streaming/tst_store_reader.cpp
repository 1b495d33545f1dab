#include <atomic>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "cloud/storage/store_reader.h"
#include "tests/stores/shaky_store.h"

using namespace ty;
using namespace ty::cloud;

namespace {

constexpr auto kBlock = static_cast<qsizetype>(StoreReader::kBlockBytes);

} // namespace

/// Files of a store that fails as it is told, read in blocks through a cache.
class TestStoreReader : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_store = std::make_unique<test::ShakyStore>(m_folder->filePath("store").toStdString());
        QDir(m_folder->path()).mkpath(QStringLiteral("store"));
        m_cache = std::make_unique<BlockCache>(m_folder->filePath("cache").toStdString(), std::uint64_t{1} << 30);
        m_told.clear();
        m_reads = 0;
        m_store->beforeRead = [this](const std::string&, std::uint64_t) -> Result<void> {
            ++m_reads;
            return {};
        };
    }

    void theSecondTimeComesFromThisComputer()
    {
        const StoredFile file = write("a.bin", kBlock + 1000);
        {
            StorePatience patience("the store", {}, {});
            StoreReader reader(*m_store, "store", *m_cache, patience);
            QCOMPARE(readAll(reader, file), content(kBlock + 1000));
            QCOMPARE(reader.counters().storeBytes, static_cast<std::uint64_t>(kBlock + 1000));
        }
        QCOMPARE(m_reads.load(), 2);
        StorePatience patience("the store", {}, {});
        StoreReader reader(*m_store, "store", *m_cache, patience);
        QCOMPARE(readAll(reader, file), content(kBlock + 1000));
        QCOMPARE(m_reads.load(), 2);
        QCOMPARE(reader.counters().cacheBytes, static_cast<std::uint64_t>(kBlock + 1000));
        QCOMPARE(reader.counters().storeBytes, std::uint64_t{0});
    }

    void theSameContentElsewhereIsKnownByItsMd5()
    {
        StoredFile file = write("a.bin", 1000);
        file.md5 = "0123456789abcdef0123456789abcdef";
        StorePatience patience("the store", {}, {});
        StoreReader reader(*m_store, "store", *m_cache, patience);
        (void)readAll(reader, file);
        StoredFile copy = write("b.bin", 1000);
        copy.md5 = file.md5;
        (void)readAll(reader, copy);
        QCOMPARE(m_reads.load(), 1);
    }

    void whatIsAnnouncedIsFetchedAhead()
    {
        std::vector<StoredFile> files;
        for (int i = 0; i < 20; ++i) {
            files.push_back(write("f" + std::to_string(i), 100 + i));
        }
        StorePatience patience("the store", {}, {});
        StoreReader reader(*m_store, "store", *m_cache, patience);
        reader.expect(files);
        QTRY_COMPARE(m_reads.load(), 20);
        for (const StoredFile& file : files) {
            QCOMPARE(readAll(reader, file), content(static_cast<qsizetype>(file.bytes)));
        }
        QCOMPARE(m_reads.load(), 20);
        QCOMPARE(reader.counters().cacheBytes, std::uint64_t{0}); // the store gave them, a moment before
    }

    void aStoreThatIsAwayIsWaitedForAndTold()
    {
        const StoredFile file = write("a.bin", 1000);
        std::atomic<int> failures = 2;
        m_store->beforeRead = [&](const std::string&, std::uint64_t) -> Result<void> {
            return failures-- > 0 ? Result<void>(Error{ErrorKind::Network, "the cable is out", {}}) : Result<void>();
        };
        StorePatience patience("the store", {}, notice());
        StoreReader reader(*m_store, "store", *m_cache, patience);
        QCOMPARE(readAll(reader, file), content(1000));
        QCOMPARE(m_told.size(), 2);
        QVERIFY(m_told[0].contains(QLatin1String("the cable is out")));
        QVERIFY(m_told[1].contains(QLatin1String("answers again")));
        QVERIFY(!patience.isWaiting());
    }

    void waitingCanBeGivenUp()
    {
        const StoredFile file = write("a.bin", 1000);
        m_store->beforeRead = [](const std::string&, std::uint64_t) -> Result<void> {
            return Error{ErrorKind::Network, "the cable is out", {}};
        };
        std::atomic<bool> isGivenUp = false;
        StorePatience patience("the store", [&] { return isGivenUp.load(); }, [&](const std::string&, bool) { isGivenUp = true; });
        StoreReader reader(*m_store, "store", *m_cache, patience);
        const auto block = reader.block(file, 0);
        QVERIFY(!block);
        QCOMPARE(block.error().kind, ErrorKind::Cancelled);
    }

    void aFileThatWasChangedIsTold()
    {
        const StoredFile file = write("a.bin", 1000);
        QTest::qWait(20); // another time of the file
        (void)write("a.bin", 1001);
        StorePatience patience("the store", {}, {});
        StoreReader reader(*m_store, "store", *m_cache, patience);
        const auto block = reader.block(file, 0);
        QVERIFY(!block);
        QCOMPARE(block.error().kind, ErrorKind::Conflict);
        QVERIFY(QString::fromStdString(block.error().message).contains(QLatin1String("was changed in the store")));
    }

    void aCacheThatVanishesCostsReadingAgain()
    {
        const StoredFile file = write("a.bin", 1000);
        StorePatience patience("the store", {}, {});
        StoreReader reader(*m_store, "store", *m_cache, patience);
        (void)readAll(reader, file);
        QVERIFY(QDir(m_folder->filePath("cache")).removeRecursively());
        StoreReader later(*m_store, "store", *m_cache, patience);
        QCOMPARE(readAll(later, file), content(1000));
        QCOMPARE(m_reads.load(), 2);
    }

private:
    static QByteArray content(qsizetype bytes)
    {
        QByteArray all(bytes, '\0');
        for (qsizetype i = 0; i < bytes; ++i) {
            all[i] = static_cast<char>((i * 7 + i / 251) & 0x7f);
        }
        return all;
    }

    StoredFile write(const std::string& name, qsizetype bytes)
    {
        QFile file(m_folder->filePath("store/" + QString::fromStdString(name)));
        (void)file.open(QIODevice::WriteOnly);
        file.write(content(bytes));
        file.close();
        const auto entry = m_store->properties(name, {});
        return {name, entry->bytes.value_or(0), entry->etag, entry->md5};
    }

    static QByteArray readAll(StoreReader& reader, const StoredFile& file)
    {
        QByteArray all;
        for (std::uint64_t i = 0; i < StoreReader::blocksOf(file); ++i) {
            const auto block = reader.block(file, i);
            if (!block) {
                return QByteArray::fromStdString(block.error().message);
            }
            all += QByteArray::fromStdString(**block);
        }
        return all;
    }

    StorePatience::Notice notice()
    {
        return [this](const std::string& text, bool) {
            const std::lock_guard lock(m_mutex);
            m_told << QString::fromStdString(text);
        };
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<test::ShakyStore> m_store;
    std::unique_ptr<BlockCache> m_cache;
    std::atomic<int> m_reads = 0;
    std::mutex m_mutex;
    QStringList m_told;
};

QTEST_GUILESS_MAIN(TestStoreReader)
#include "tst_store_reader.moc"
