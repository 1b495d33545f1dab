#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "cloud/ssh/key_pair.h"
#include "cloud/storage/sftp_store.h"
#include "tests/cloud/real_sshd.h"

using namespace ty;
using namespace ty::cloud;

namespace {

std::string userName()
{
    QProcess id;
    id.start(QStringLiteral("id"), {QStringLiteral("-un")});
    id.waitForFinished();
    return id.readAllStandardOutput().trimmed().toStdString();
}

std::span<const std::byte> bytesOf(std::string_view text)
{
    return std::as_bytes(std::span(text.data(), text.size()));
}

} // namespace

/// Against OpenSSH's own server.
class TestSftpStore : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        const auto key = KeyPair::openOrCreate(m_folder.filePath("keys").toStdString(), "test");
        QVERIFY(key);
        m_sshd = std::make_unique<RealSshd>(key->publicLine);
        m_target.host = "127.0.0.1";
        m_target.port = m_sshd->port();
        m_target.user = userName();
        m_target.identityFile = key->privateFile;
        m_target.hostKeys = m_sshd->hostKeys();
        m_target.machine = "gpu-1";
        QDir(m_folder.path()).mkpath("there");
    }

    void init() { m_store = std::make_unique<SftpStore>(m_target, m_folder.filePath("there").toStdString()); }

    void aFileComesBackAsItWas()
    {
        const auto written = m_store->writeFile("a/b/t.csv", bytesOf("x,y\n1,2\n"), {}, {}, Overwrite::No, {});
        QVERIFY2(written, written ? "" : written.error().message.c_str());
        QCOMPARE(read("a/b/t.csv"), QByteArray("x,y\n1,2\n"));
        const auto there = m_store->properties("a/b/t.csv", {});
        QCOMPARE(there->bytes.value_or(0), std::uint64_t{8});
        QCOMPARE(there->modified.size(), std::size_t{20});
        std::string back(3, ' ');
        QVERIFY(m_store->read("a/b/t.csv", there->etag, 4, std::as_writable_bytes(std::span(back)), {}));
        QCOMPARE(back, std::string("1,2"));
        QCOMPARE(m_store->writeFile("a/b/t.csv", bytesOf("z"), {}, {}, Overwrite::No, {}).error().kind, ErrorKind::AlreadyExists);
        QVERIFY(m_store->writeFile("a/b/t.csv", bytesOf("z"), {}, {}, Overwrite::Yes, {}));
        QCOMPARE(read("a/b/t.csv"), QByteArray("z"));
        QCOMPARE(QDir(m_folder.filePath("there/a/b")).entryList(QDir::Files | QDir::Hidden).size(), 1);
    }

    void largeFilesTravelInBlocksAndParts()
    {
        std::string text(9'000'001, ' ');
        for (std::size_t i = 0; i < text.size(); ++i) {
            text[i] = static_cast<char>(i * 31 % 251);
        }
        const auto upload = m_store->beginUpload({"large", text.size(), 4'000'000, {}, {}}, {});
        QVERIFY(upload);
        for (const std::uint64_t block : {std::uint64_t{2}, std::uint64_t{0}, std::uint64_t{1}}) {
            QVERIFY(m_store->writeBlock(*upload, block, bytesOf(text).subspan(upload->offset(block), upload->size(block)), {}));
        }
        QVERIFY(!QFile::exists(m_folder.filePath("there/large")));
        QVERIFY(m_store->finishUpload(*upload, {}, Overwrite::No, {}));
        std::string back(text.size() - 5, ' ');
        QVERIFY(m_store->read("large", {}, 5, std::as_writable_bytes(std::span(back)), {}));
        QVERIFY(back == text.substr(5));
        std::string tooLong(text.size() + 1, ' ');
        QCOMPARE(m_store->read("large", {}, 0, std::as_writable_bytes(std::span(tooLong)), {}).error().kind, ErrorKind::Conflict);
    }

    void foldersAreListed()
    {
        QDir(m_folder.path()).mkpath("there/l/sub");
        for (const char* name : {"there/l/1", "there/l/sub/2", "there/l/.hidden.12345678.trainyard-part"}) {
            QFile file(m_folder.filePath(QString::fromLatin1(name)));
            QVERIFY(file.open(QIODevice::WriteOnly));
        }
        ListRequest request;
        request.folder = "l";
        const auto page = m_store->list(request, {});
        QVERIFY(page);
        QCOMPARE(page->entries.size(), std::size_t{2});
        QCOMPARE(page->entries[0].path, std::string("l/1"));
        QVERIFY(page->entries[1].isFolder);
        request.isRecursive = true;
        QCOMPARE(m_store->list(request, {})->entries.at(1).path, std::string("l/sub/2"));
        request.folder = "nowhere";
        QCOMPARE(m_store->list(request, {}).error().kind, ErrorKind::NotFound);
        QCOMPARE(m_store->properties("../keys/id_ed25519", {}).error().kind, ErrorKind::InvalidInput);
    }

    void anotherHostKeyIsRefused()
    {
        SshTarget other = m_target;
        other.hostKeys.fingerprints = {"SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
        SftpStore store(other, "/");
        QCOMPARE(store.list({}, {}).error().kind, ErrorKind::Permission);
    }

    void aLostConnectionIsMadeAnew()
    {
        QVERIFY(m_store->properties("", {}));
        m_sshd->endSessions();
        const auto again = m_store->properties("", {});
        QVERIFY2(again, again ? "" : again.error().message.c_str());
    }

private:
    QByteArray read(const char* name) const
    {
        QFile file(m_folder.filePath(QStringLiteral("there/") + QLatin1String(name)));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("missing");
    }

    QTemporaryDir m_folder;
    std::unique_ptr<RealSshd> m_sshd;
    SshTarget m_target;
    std::unique_ptr<SftpStore> m_store;
};

QTEST_GUILESS_MAIN(TestSftpStore)
#include "tst_sftp_store.moc"
