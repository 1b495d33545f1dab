#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "cloud/storage/block_cache.h"

using namespace ty;
using namespace ty::cloud;

/// Blocks on the disk: found whole or not at all, the oldest gone first.
class TestBlockCache : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
    }

    void whatIsKeptIsFound()
    {
        BlockCache cache(folder(), 1'000'000);
        const std::string key = BlockCache::keyOf("cat.png");
        QVERIFY(!cache.find(key));
        QVERIFY(cache.keep(key, "meow"));
        QVERIFY(cache.has(key));
        QCOMPARE(cache.find(key).value_or(""), std::string("meow"));
        BlockCache another(folder(), 1'000'000); // another program, or the next day
        QCOMPARE(another.find(key).value_or(""), std::string("meow"));
    }

    void aDamagedBlockCountsAsMissing()
    {
        const std::string key = BlockCache::keyOf("cat.png");
        QVERIFY(BlockCache(folder(), 1'000'000).keep(key, std::string(1000, 'x')));
        QFile file(files().constFirst());
        QVERIFY(file.open(QIODevice::ReadWrite));
        file.seek(500);
        file.write("y");
        file.close();
        BlockCache cache(folder(), 1'000'000);
        QVERIFY(!cache.find(key));
        QVERIFY(!cache.has(key));
    }

    void everythingMayBeDeletedAtAnyTime()
    {
        BlockCache cache(folder(), 1'000'000);
        const std::string key = BlockCache::keyOf("cat.png");
        QVERIFY(cache.keep(key, "meow"));
        QVERIFY(QDir(m_folder->filePath("cache")).removeRecursively());
        QVERIFY(!cache.find(key));
        QVERIFY(cache.keep(key, "meow"));
        QCOMPARE(cache.find(key).value_or(""), std::string("meow"));
    }

    void whatWasNotUsedForLongestGoesFirst()
    {
        BlockCache cache(folder(), 10'000);
        std::vector<std::string> keys;
        for (int i = 0; i < 9; ++i) {
            keys.push_back(BlockCache::keyOf("block " + std::to_string(i)));
            QVERIFY(cache.keep(keys.back(), std::string(1000, 'x')));
            QTest::qWait(5); // file times tell them apart
        }
        BlockCache later(folder(), 10'000);
        QVERIFY(later.find(keys[0])); // used now
        QTest::qWait(5);
        for (int i = 9; i < 11; ++i) {
            keys.push_back(BlockCache::keyOf("block " + std::to_string(i)));
            QVERIFY(later.keep(keys.back(), std::string(1000, 'x')));
        }
        QVERIFY(later.has(keys[0]));
        QVERIFY(!later.has(keys[1]));
        QVERIFY(later.has(keys.back()));
        qint64 bytes = 0;
        for (const QString& file : files()) {
            bytes += QFileInfo(file).size();
        }
        QVERIFY2(bytes <= 10'000, qPrintable(QString::number(bytes)));
    }

    void noRoomIsNoFailureOfTheData()
    {
        BlockCache none(folder(), 0);
        QVERIFY(!none.keep(BlockCache::keyOf("a"), "b"));
        QVERIFY(!none.find(BlockCache::keyOf("a")));
        BlockCache nowhere("/proc/trainyard-cache", 1'000'000);
        QVERIFY(!nowhere.keep(BlockCache::keyOf("a"), "b"));
    }

private:
    std::string folder() const { return m_folder->filePath("cache").toStdString(); }
    QStringList files() const
    {
        QStringList found;
        for (QDirIterator at(m_folder->filePath("cache"), QDir::Files, QDirIterator::Subdirectories); at.hasNext();) {
            found << at.next();
        }
        return found;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(TestBlockCache)
#include "tst_block_cache.moc"
