#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "cloud/storage/blob_answers.h"
#include "cloud/storage/crc64.h"
#include "cloud/storage/local_store.h"
#include "cloud/storage/md5.h"
#include "cloud/storage/storage_access.h"
#include "cloud/storage/store_address.h"
#include "cloud/storage/store_path.h"
#include "cloud/storage/xml.h"

using namespace ty;
using namespace ty::cloud;

namespace {

std::span<const std::byte> bytesOf(std::string_view text)
{
    return std::as_bytes(std::span(text.data(), text.size()));
}

const char* const kKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/// The definition, bit by bit.
std::uint64_t slowCrc64(std::span<const std::byte> bytes, std::uint64_t before = 0)
{
    std::uint64_t value = ~before;
    for (const std::byte byte : bytes) {
        value ^= static_cast<std::uint64_t>(byte);
        for (int bit = 0; bit < 8; ++bit) {
            value = (value >> 1) ^ ((value & 1) != 0 ? 0x9A6C9329AC4BC9B5 : 0);
        }
    }
    return ~value;
}

} // namespace

class TestStorageParts : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void checksumsAreTheKnownOnes()
    {
        QCOMPARE(crc64(bytesOf("123456789")), std::uint64_t{0xAE8B14860A799888}); // the catalogue's check value of CRC-64/NVME
        const std::string text(1000, 'x');
        QCOMPARE(crc64(bytesOf(text).subspan(333), crc64(bytesOf(text).first(333))), crc64(bytesOf(text)));
        std::string pattern(1'000'003, ' ');
        for (std::size_t i = 0; i < pattern.size(); ++i) {
            pattern[i] = static_cast<char>(static_cast<unsigned char>(i * 7 % 251));
        }
        // What StorageCRC64Calculator of @azure/storage-common 12.4.1 makes of the same bytes.
        QCOMPARE(crc64Header(crc64(bytesOf(pattern))), std::string("2+stv6Pcc0s="));
        QCOMPARE(crc64Header(1), std::string("AQAAAAAAAAA="));
        // Bytes are folded from 128 on; the definition, bit by bit, knows no such border.
        for (const std::size_t size : {0, 1, 15, 16, 63, 64, 127, 128, 129, 191, 192, 200, 255, 256, 4096, 4111}) {
            const auto part = bytesOf(pattern).subspan(5, size);
            QCOMPARE(crc64(part), slowCrc64(part));
            QCOMPARE(crc64(part, 0x123456789abcdef0), slowCrc64(part, 0x123456789abcdef0));
        }
        const auto all = bytesOf(pattern);
        for (const std::size_t first : {std::size_t{0}, std::size_t{1}, std::size_t{333}, std::size_t{999'999}, all.size()}) {
            QCOMPARE(crc64Joined(crc64(all.first(first)), crc64(all.subspan(first)), all.size() - first), crc64(all));
        }
        QCOMPARE(Md5::of(bytesOf("abc")), std::string("900150983cd24fb0d6963f7d28e17f72")); // RFC 1321
        QCOMPARE(md5HexOf(md5Base64Of("900150983cd24fb0d6963f7d28e17f72")), std::string("900150983cd24fb0d6963f7d28e17f72"));
    }

    void xmlIsReadLeniently()
    {
        const auto root = parseXml(
            "\xEF\xBB\xBF<?xml version=\"1.0\"?>\n<!-- hi --><a:List x='1 &amp; 2'><Name>R&#xe9;sum&#233; &lt;1&gt;</Name>"
            "<Empty/><New><Deep>?</Deep></New><![CDATA[<raw>]]></a:List>");
        QVERIFY(root);
        QCOMPARE(root->name, std::string("List"));
        QCOMPARE(root->attribute("x"), std::string("1 & 2"));
        QCOMPARE(root->childText("Name"), std::string("R\xC3\xA9sum\xC3\xA9 <1>"));
        QCOMPARE(root->text, std::string("<raw>"));
        QCOMPARE(parseXml("<a>" + escapeXml("<&>\"") + "</a>")->text, std::string("<&>\""));
    }

    void hostileXmlIsRefused_data()
    {
        QTest::addColumn<QByteArray>("xml");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("no XML") << QByteArray("{\"a\": 1}");
        QTest::newRow("breaks off") << QByteArray("<a><b>text");
        QTest::newRow("breaks off in a tag") << QByteArray("<a b=\"");
        QTest::newRow("does not close") << QByteArray("<a><b></a></b>");
        QTest::newRow("entities that grow") << QByteArray("<!DOCTYPE a [<!ENTITY x \"xxxx\"><!ENTITY y \"&x;&x;\">]><a>&y;</a>");
        QTest::newRow("a file by an entity") << QByteArray("<a>&passwd;</a>");
        QTest::newRow("NUL") << QByteArray("<a>&#0;</a>");
        QTest::newRow("surrogate") << QByteArray("<a>&#xD800;</a>");
        QTest::newRow("deep") << QByteArray("<a>").repeated(100'000);
        QTest::newRow("many") << "<a>" + QByteArray("<b/>").repeated(2'100'000) + "</a>";
    }
    void hostileXmlIsRefused()
    {
        QFETCH(QByteArray, xml);
        QVERIFY(!parseXml(xml.toStdString()));
    }

    void namesThatLeadOutAreRefused_data()
    {
        QTest::addColumn<QByteArray>("path");
        for (const char* path : {"..", "../x", "a/../../x", "/etc/passwd", "a//b", "a/", "a/./b", ".", ""}) {
            QTest::newRow(*path == '\0' ? "empty" : path) << QByteArray(path);
        }
        QTest::newRow("NUL") << QByteArray("a\0b", 3);
        QTest::newRow("long") << QByteArray(300, 'x');
    }
    void namesThatLeadOutAreRefused()
    {
        QFETCH(QByteArray, path);
        QVERIFY(!checkStorePath(path.toStdString()));
        QTemporaryDir folder;
        LocalStore store(folder.filePath("in").toStdString());
        QVERIFY(!store.writeFile(path.toStdString(), bytesOf("x"), {}, {}, Overwrite::Yes, {}));
    }
    void namesThatOnlyLookOddArePassed()
    {
        for (const char* path : {"a..b/..c", "...", " ", "a\\b", "C:/x", "\xC3\xA9", "-rf"}) {
            QVERIFY2(checkStorePath(path), path);
        }
    }

    void whatPeoplePasteIsRecognised_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("uri");
        QTest::addColumn<QString>("auth");
        QTest::addColumn<QString>("endpoint");
        const QString key = QString::fromLatin1(kKey);
        const auto row = [](const char* name, const QString& text, const char* uri, const char* auth, const char* endpoint) {
            QTest::newRow(name) << text << uri << auth << endpoint;
        };
        row("connection string", "DefaultEndpointsProtocol=https;AccountName=lab;AccountKey=" + key + ";EndpointSuffix=core.windows.net\n",
            "az://lab", "key", "https://lab.blob.core.windows.net");
        row("signed connection string", "BlobEndpoint=https://lab.blob.core.windows.net/;SharedAccessSignature=sv=2024-08-04&sig=a%3D",
            "az://lab", "sas", "https://lab.blob.core.windows.net");
        row("files only", "FileEndpoint=https://lab.file.core.windows.net/;SharedAccessSignature=?sv=1&sig=a", "azfile://lab", "sas",
            "https://lab.file.core.windows.net");
        row("emulator", "UseDevelopmentStorage=true", "az://devstoreaccount1", "key", "http://127.0.0.1:10000/devstoreaccount1");
        row("emulator elsewhere", "AccountName=devstoreaccount1;AccountKey=" + key + ";BlobEndpoint=http://127.0.0.1:21000/devstoreaccount1",
            "az://devstoreaccount1", "key", "http://127.0.0.1:21000/devstoreaccount1");
        row("signed address", "https://lab.blob.core.windows.net/images/cats/a%20b.jpg?sv=2024-08-04&sig=x", "az://lab/images/cats/a b.jpg",
            "sas", "https://lab.blob.core.windows.net");
        row("data lake", "https://lab.dfs.core.windows.net/images", "az://lab/images", "", "https://lab.blob.core.windows.net");
        row("share", "https://lab.file.core.windows.net/models/run 1/", "azfile://lab/models/run 1", "", "https://lab.file.core.windows.net");
        row("key", key, "az://", "key", "");
        row("az", "az://lab/images/cats/", "az://lab/images/cats", "", "https://lab.blob.core.windows.net");
        row("gs", "gs://bucket/a/b", "gs://bucket/a/b", "", "");
        row("bucket by https", "https://storage.googleapis.com/bucket/a/b", "gs://bucket/a/b", "", "");
        row("sftp", "sftp://me@gpu-1:2222/data/x", "sftp://me@gpu-1:2222/data/x", "", "");
        row("sftp below home", "sftp://gpu-1/~/data", "sftp://gpu-1/~/data", "", "");
        row("web", "https://example.org:8443/data/iris.csv?token=s", "https://example.org:8443/data/iris.csv", "query", "https://example.org:8443");
        row("path", "/data/x y", "/data/x y", "", "");
        row("file", "file:///data/x%20y", "/data/x y", "", "");
    }
    void whatPeoplePasteIsRecognised()
    {
        QFETCH(QString, text);
        const auto address = parseStoreAddress(text.toStdString());
        QVERIFY2(address, address ? "" : address.error().message.c_str());
        QTEST(QString::fromStdString(address->uri()), "uri");
        QTEST(QString::fromStdString(address->auth), "auth");
        QTEST(QString::fromStdString(address->endpoint), "endpoint");
        QVERIFY(address->auth.empty() == address->secret.isEmpty());
    }

    void whatCannotBeAnAddressIsSaid_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("empty") << QString("  \n");
        QTest::newRow("key torn") << QString("AccountName=lab;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtl");
        QTest::newRow("no account") << QString("AccountKey=a;AccountName=");
        QTest::newRow("unknown") << QString("ftp://x/y");
        QTest::newRow("password") << QString("sftp://me:secret@host/x");
        QTest::newRow("port") << QString("sftp://host:99999/x");
        QTest::newRow("az alone") << QString("az://");
    }
    void whatCannotBeAnAddressIsSaid()
    {
        QFETCH(QString, text);
        const auto address = parseStoreAddress(text.toStdString());
        QVERIFY(!address);
        QVERIFY(address.error().message.find("secret") == std::string::npos && address.error().message.find("Eby8") == std::string::npos);
    }

    void datesOfHeadersAreRead()
    {
        QCOMPARE(httpDate(std::chrono::system_clock::from_time_t(784111777)), std::string("Sun, 06 Nov 1994 08:49:37 GMT")); // RFC 9110
        QCOMPARE(isoTimeOfHttpDate("Sun, 06 Nov 1994 08:49:37 GMT"), std::string("1994-11-06T08:49:37Z"));
        QCOMPARE(isoTimeOfHttpDate("yesterday"), std::string());
    }

    void aFolderHereIsAStore()
    {
        QTemporaryDir folder;
        LocalStore store(folder.path().toStdString());
        const std::string text(2'500, 'x');
        const auto upload = store.beginUpload({"a/b/c.txt", text.size(), 1000, {}, {}}, {});
        QVERIFY(upload);
        for (const std::uint64_t block : {std::uint64_t{2}, std::uint64_t{0}, std::uint64_t{1}}) {
            QVERIFY(store.writeBlock(*upload, block, bytesOf(text).subspan(upload->offset(block), upload->size(block)), {}));
        }
        ListRequest all;
        all.isRecursive = true;
        QVERIFY(store.list(all, {})->entries.empty()); // what is not whole is not there
        QVERIFY(store.finishUpload(*upload, {}, Overwrite::No, {}));
        const auto page = store.list(all, {});
        QCOMPARE(page->entries.size(), std::size_t{1});
        QCOMPARE(page->entries[0].path, std::string("a/b/c.txt"));
        const auto again = store.beginUpload({"a/b/c.txt", 1, 1000, {}, {}}, {});
        QVERIFY(store.writeBlock(*again, 0, bytesOf("y"), {}));
        QCOMPARE(store.finishUpload(*again, {}, Overwrite::No, {}).error().kind, ErrorKind::AlreadyExists);
        QVERIFY(store.abandonUpload(*again, {}));
        QFile changed(folder.filePath("a/b/c.txt"));
        QVERIFY(changed.open(QIODevice::Append) && changed.write("!") == 1);
        changed.close();
        std::string back(10, ' ');
        QCOMPARE(
            store.read("a/b/c.txt", page->entries[0].etag, 0, std::as_writable_bytes(std::span(back)), {}).error().kind,
            ErrorKind::Conflict);
    }
};

QTEST_GUILESS_MAIN(TestStorageParts)
#include "tst_storage_parts.moc"
