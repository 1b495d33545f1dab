#include <QDir>
#include <QFile>
#include <QImage>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>
#include <zlib.h>

#include "app/streaming/store_files.h"
#include "app/streaming/stores_pipe.h"
#include "engine/data/dataset.h"

using namespace ty;
using namespace ty::engine;
using namespace ty::streaming;

/// Datasets that lie in a store are the same as on this computer.
class TestStoreFiles : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
    }

    void aTableIsTheSameFromAStore()
    {
        QByteArray rows("a,b,kind\n");
        for (int i = 0; i < 200'000; ++i) { // several blocks
            rows += QByteArray::number(i * 0.25) + ',' + QByteArray::number(1'000'000 - i) + (i % 3 == 0 ? ",cat\n" : ",dog\n");
        }
        write(QStringLiteral("table.csv"), rows);
        const auto files = storeFiles();
        const auto here = open(path("table.csv"), nullptr);
        const auto there = open("data:table.csv", files.get());
        QCOMPARE(there->info().fingerprint, here->info().fingerprint);
        QCOMPARE(there->size(), here->size());
        QCOMPARE(QString::fromStdString(there->info().name), QStringLiteral("table"));
        QCOMPARE(there->cellText(199'999, 1), here->cellText(199'999, 1));
        QCOMPARE(files->counters().storeBytes, static_cast<std::uint64_t>(rows.size()));
        // The next program reads nothing from the store.
        const auto again = storeFiles();
        QCOMPARE(open("data:table.csv", again.get())->size(), here->size());
        QCOMPARE(again->counters().storeBytes, std::uint64_t{0});
        QCOMPARE(again->counters().cacheBytes, static_cast<std::uint64_t>(rows.size()));
    }

    void aPackedTableIsTheSameFromAStore()
    {
        QDir(m_folder->path()).mkpath(QStringLiteral("store"));
        gzFile packed = gzopen(path("packed.csv.gz").c_str(), "wb");
        gzputs(packed, "a,b,kind\n");
        for (int i = 0; i < 1000; ++i) {
            gzputs(packed, QByteArray(QByteArray::number(i) + ",1.5," + (i % 3 == 0 ? "cat\n" : "dog\n")).constData());
        }
        gzclose(packed);
        const auto files = storeFiles();
        const auto here = open(path("packed.csv.gz"), nullptr);
        const auto there = open("data:packed.csv.gz", files.get());
        QCOMPARE(there->size(), std::uint64_t{1000});
        QCOMPARE(there->info().fingerprint, here->info().fingerprint);
    }

    void picturesAreListedAndReadWhenAskedFor()
    {
        QImage picture(8, 8, QImage::Format_Grayscale8);
        for (const QString& name : {QStringLiteral("cats"), QStringLiteral("dogs")}) {
            QDir(m_folder->path()).mkpath(QStringLiteral("store/pets/") + name);
            for (int i = 0; i < 60; ++i) {
                picture.fill(i + (name == QLatin1String("cats") ? 0 : 100));
                QVERIFY(picture.save(m_folder->filePath(QStringLiteral("store/pets/%1/%2.png").arg(name).arg(i))));
            }
        }
        const auto files = storeFiles();
        const auto here = open(path("pets"), nullptr);
        const auto there = open("data:pets", files.get());
        QCOMPARE(there->size(), here->size());
        QCOMPARE(there->info().imageShape, here->info().imageShape);
        QCOMPARE(there->info().classes.size(), std::size_t{2});
        QVERIFY(!there->info().fingerprint.empty());
        std::vector<std::uint32_t> all(there->size());
        for (std::uint32_t i = 0; i < all.size(); ++i) {
            all[i] = i;
        }
        there->expect(all);
        for (const std::uint32_t sample : all) {
            std::vector<std::uint8_t> a(64);
            std::vector<std::uint8_t> b(64);
            QVERIFY(here->readImage(sample, a));
            QVERIFY(there->readImage(sample, b));
            QCOMPARE(a, b);
            QCOMPARE(there->classOf(sample), here->classOf(sample));
        }
        // A picture that was changed makes it another dataset.
        QTest::qWait(20);
        QVERIFY(picture.save(m_folder->filePath(QStringLiteral("store/pets/cats/0.png"))));
        const auto later = storeFiles();
        QVERIFY(open("data:pets", later.get())->info().fingerprint != there->info().fingerprint);
    }

    void anAddressThatWasNotGrantedIsRefused()
    {
        const auto files = storeFiles();
        OpenOptions options;
        options.files = files.get();
        const auto other = openDataset("elsewhere:table.csv", options);
        QVERIFY(!other);
        QCOMPARE(other.error().kind, ErrorKind::NotSignedIn);
        const auto missing = openDataset("data:nothing.csv", options);
        QVERIFY(!missing);
        QCOMPARE(missing.error().kind, ErrorKind::NotFound);
    }

    void grantsPassThroughAPipe()
    {
        cloud::StoreGrant grant;
        grant.name = "data:";
        grant.address.kind = cloud::StoreKind::Blob;
        grant.address.account = "research";
        grant.address.auth = "key";
        grant.address.secret = cloud::Secret("top secret");
        grant.address.hostKeys = {"SHA256:abc"};
        const auto end = storesPipe(cloud::grantsToText({grant}));
        QVERIFY(end);
        std::string text(65536, '\0');
        const ssize_t got = ::read(*end, text.data(), text.size());
        QVERIFY(got > 0);
        QCOMPARE(::read(*end, text.data(), 0), ssize_t{0});
        ::close(*end);
        text.resize(static_cast<std::size_t>(got));
        const auto grants = cloud::grantsFromText(cloud::Secret(text));
        QVERIFY(grants);
        QCOMPARE(grants->size(), std::size_t{1});
        QCOMPARE(grants->front().address.account, std::string("research"));
        QCOMPARE(grants->front().address.secret.reveal(), std::string("top secret"));
        QCOMPARE(grants->front().address.hostKeys, std::vector<std::string>{"SHA256:abc"});
    }

private:
    std::string path(const char* name) const { return m_folder->filePath("store/" + QString::fromLatin1(name)).toStdString(); }

    void write(const QString& name, const QByteArray& bytes)
    {
        QDir(m_folder->path()).mkpath(QStringLiteral("store"));
        QFile file(m_folder->filePath("store/" + name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes);
    }

    std::unique_ptr<StoreFiles> storeFiles() const
    {
        cloud::StoreGrant grant;
        grant.name = "data:";
        grant.address.path = m_folder->filePath("store").toStdString();
        StoreFilesOptions options;
        options.cacheFolder = m_folder->filePath("cache").toStdString();
        options.cacheBytes = std::uint64_t{1} << 30;
        return std::make_unique<StoreFiles>(std::vector<cloud::StoreGrant>{grant}, options);
    }

    static std::unique_ptr<Dataset> open(const std::string& path, const DataFiles* files)
    {
        OpenOptions options;
        options.files = files;
        auto dataset = openDataset(path, options);
        if (!dataset) {
            qFatal("%s", dataset.error().message.c_str());
        }
        return std::move(dataset).value();
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(TestStoreFiles)
#include "tst_store_files.moc"
