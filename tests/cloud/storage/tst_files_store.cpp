#include <set>

#include <QFileInfo>
#include <QProcess>
#include <QStandardPaths>
#include <QTest>

#include "cloud/sandbox/http_server.h"
#include "cloud/storage/files_answers.h"
#include "cloud/storage/files_store.h"
#include "cloud/storage/md5.h"
#include "tests/cloud/sandbox/sandbox_fixture.h"
#include "tests/cloud/storage/outcome.h"

using namespace ty;
using namespace ty::cloud;
using test::bytesOf;

namespace {

const QString kFolder = QStringLiteral(TRAINYARD_SOURCE_DIR "/tests/cloud/storage/node");

std::string content(std::size_t bytes)
{
    std::string all(bytes, '\0');
    for (std::size_t i = 0; i < bytes; ++i) {
        all[i] = static_cast<char>((i * 31 + i / 977) & 0xff);
    }
    return all;
}

} // namespace

/// Our client of Azure Files against the sandbox, and the sandbox against Microsoft's own client.
class TestFilesStore : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        sandbox::SandboxOptions options = sandbox::SandboxFixture::fast();
        auto opened = sandbox::Sandbox::open(options, m_clock, m_host);
        QVERIFY(opened);
        m_sandbox = std::move(opened).value();
        auto server = sandbox::HttpServer::start(
            [this](const sandbox::Request& request) { return m_sandbox->handle(request); }, nullptr, 0);
        QVERIFY(server);
        m_server = std::move(server).value();
        m_store = std::make_unique<FilesStore>(access(m_sandbox->storageKey()), "");
        FINE(m_store->makeFolder("box", {}));
    }

    void aFileOfManyRangesComesBackAsItWas()
    {
        const std::string text = content((std::size_t{9} << 20) + 17);
        upload("box/deep/er/large.bin", text);
        const auto seen = m_store->properties("box/deep/er/large.bin", {});
        FINE(seen);
        QCOMPARE(seen->bytes.value_or(0), static_cast<std::uint64_t>(text.size()));
        QCOMPARE(seen->md5, Md5::of(bytesOf(text)));
        std::string back(1000, '\0');
        FINE(m_store->read("box/deep/er/large.bin", seen->etag, 8'000'000, std::as_writable_bytes(std::span(back.data(), back.size())), {}));
        QCOMPARE(back, text.substr(8'000'000, 1000));
    }

    void anUploadThatWasBrokenOffKnowsItsRanges()
    {
        const std::string text = content(10 << 20);
        Upload wanted;
        wanted.path = "box/resumed.bin";
        wanted.bytes = text.size();
        const auto upload = m_store->beginUpload(wanted, {});
        FINE(upload);
        QCOMPARE(upload->blocks(), std::uint64_t{3});
        FINE(m_store->writeBlock(*upload, 2, bytesOf(text).subspan(8 << 20), {}));
        FINE(m_store->writeBlock(*upload, 0, bytesOf(text).subspan(0, 4 << 20), {}));
        const auto written = m_store->writtenBlocks(*upload, {});
        FINE(written);
        QCOMPARE(*written, (std::vector<bool>{true, false, true}));
        QVERIFY(!m_store->properties("box/resumed.bin", {})); // it appears when it is whole
        FINE(m_store->writeBlock(*upload, 1, bytesOf(text).subspan(4 << 20, 4 << 20), {}));
        FINE(m_store->finishUpload(*upload, Md5::of(bytesOf(text)), Overwrite::No, {}));
        FINE(m_store->finishUpload(*upload, Md5::of(bytesOf(text)), Overwrite::No, {})); // the first answer was lost
        QCOMPARE(m_store->properties("box/resumed.bin", {})->bytes.value_or(0), static_cast<std::uint64_t>(text.size()));
        Upload given = *m_store->beginUpload(wanted, {});
        FINE(m_store->abandonUpload(given, {}));
        FINE(m_store->abandonUpload(given, {}));
        QVERIFY(!m_store->writtenBlocks(given, {}));
    }

    void nothingIsReplacedUnasked()
    {
        upload("box/once.txt", "first");
        Upload wanted;
        wanted.path = "box/once.txt";
        wanted.bytes = 6;
        const auto begun = m_store->beginUpload(wanted, {});
        FINE(begun);
        FINE(m_store->writeBlock(*begun, 0, bytesOf("second"), {}));
        const auto refused = m_store->finishUpload(*begun, {}, Overwrite::No, {});
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::AlreadyExists);
        FINE(m_store->finishUpload(*begun, {}, Overwrite::Yes, {}));
        QCOMPARE(m_store->properties("box/once.txt", {})->bytes.value_or(0), std::uint64_t{6});
    }

    void foldersAreListedPageByPageAndAllAtOnce()
    {
        for (const char* name : {"a.txt", "b & c.txt", "in/d.txt", "in/side/e.txt", "out/f.txt"}) {
            upload("box/tree/" + std::string(name), "x");
        }
        ListRequest request;
        request.folder = "box/tree";
        request.pageSize = 3;
        std::set<std::string> names;
        do {
            const auto page = m_store->list(request, {});
            FINE(page);
            QVERIFY(page->entries.size() <= 3);
            for (const StoreEntry& entry : page->entries) {
                names.insert(entry.path + (entry.isFolder ? "/" : ""));
            }
            request.marker = page->next;
        } while (!request.marker.empty());
        QCOMPARE(names, (std::set<std::string>{"box/tree/a.txt", "box/tree/b & c.txt", "box/tree/in/", "box/tree/out/"}));
        request.isRecursive = true;
        request.pageSize = 2;
        names.clear();
        do {
            const auto page = m_store->list(request, {});
            FINE(page);
            for (const StoreEntry& entry : page->entries) {
                QVERIFY(!entry.etag.empty() && entry.bytes == std::uint64_t{1});
                names.insert(entry.path);
            }
            request.marker = page->next;
        } while (!request.marker.empty());
        QCOMPARE(names.size(), std::size_t{5});
        QVERIFY(names.contains("box/tree/in/side/e.txt"));
    }

    void aChangedFileIsNoticedWhileItIsRead()
    {
        upload("box/changing.txt", "before");
        const std::string etag = m_store->properties("box/changing.txt", {})->etag;
        upload("box/changing.txt", "after!");
        std::string back(6, '\0');
        const auto read = m_store->read("box/changing.txt", etag, 0, std::as_writable_bytes(std::span(back.data(), back.size())), {});
        QVERIFY(!read);
        QCOMPARE(read.error().kind, ErrorKind::Conflict);
    }

    void aSharedAddressLetsOthersReadAndNothingElse()
    {
        upload("box/shared.txt", "look");
        const auto address = m_store->shareAddress("box/shared.txt", "r", "2099-01-01T00:00:00Z", {});
        FINE(address);
        const std::string& text = address->reveal();
        StorageAccessOptions options = access("");
        options.credential.kind = StorageCredential::Kind::Sas;
        options.credential.sas = Secret(text.substr(text.find('?') + 1));
        FilesStore guest(options, "");
        FINE(guest.properties("box/shared.txt", {}));
        QVERIFY(!guest.remove("box/shared.txt", {}));
        QVERIFY(!guest.properties("box/once.txt", {}));
    }

    void aWrongKeyIsTold()
    {
        std::string key = m_sandbox->storageKey();
        key[0] = key[0] == 'A' ? 'B' : 'A';
        FilesStore wrong(access(key), "");
        const auto refused = wrong.list({}, {});
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::NotSignedIn);
    }

    void filesAreCopiedAndRemoved()
    {
        upload("box/from.txt", "copy me");
        FINE(m_store->copy("box/from.txt", "box/new/to.txt", Overwrite::No, {}));
        QCOMPARE(m_store->properties("box/new/to.txt", {})->bytes.value_or(0), std::uint64_t{7});
        QVERIFY(!m_store->remove("box/new", {})); // not empty
        FINE(m_store->remove("box/new/to.txt", {}));
        FINE(m_store->remove("box/new", {}));
        QVERIFY(!m_store->properties("box/new", {}));
    }

    void microsoftsClientAgreesWithTheSandbox()
    {
        const QString node = QStandardPaths::findExecutable(QStringLiteral("node"));
        if (node.isEmpty() || !QFileInfo::exists(kFolder + "/node_modules/@azure/storage-file-share")) {
            QSKIP("needs node and the packages of tests/cloud/storage/node (npm ci; packaging/test.sh does it)");
        }
        upload("box/ours.txt", "written by Trainyard");
        QProcess judge;
        judge.setProcessChannelMode(QProcess::MergedChannels);
        judge.start(
            node, {kFolder + "/files.js", QString::fromStdString(endpoint()), QString::fromLatin1(sandbox::kStorageAccount),
                   QString::fromStdString(m_sandbox->storageKey())});
        QVERIFY(judge.waitForFinished(60'000));
        const QByteArray said = judge.readAll();
        QVERIFY2(judge.exitCode() == 0 && said.contains("all well"), said.constData());
        const auto theirs = m_store->properties("theirs/folder/theirs.bin", {});
        FINE(theirs);
        QCOMPARE(theirs->bytes.value_or(0), std::uint64_t{5'000'000});
    }

private:
    std::string endpoint() const
    {
        return "http://127.0.0.1:" + std::to_string(m_server->port()) + "/file/" + sandbox::kStorageAccount;
    }

    StorageAccessOptions access(const std::string& key) const
    {
        StorageAccessOptions options;
        options.endpoint = endpoint();
        options.credential.kind = StorageCredential::Kind::SharedKey;
        options.credential.key = {sandbox::kStorageAccount, Secret(key)};
        options.curl.isDirect = true;
        return options;
    }

    void upload(const std::string& path, const std::string& text)
    {
        Upload wanted;
        wanted.path = path;
        wanted.bytes = text.size();
        const auto begun = m_store->beginUpload(wanted, {});
        FINE(begun);
        for (std::uint64_t block = 0; block < begun->blocks(); ++block) {
            FINE(m_store->writeBlock(*begun, block, bytesOf(text).subspan(begun->offset(block), begun->size(block)), {}));
        }
        FINE(m_store->finishUpload(*begun, Md5::of(bytesOf(text)), Overwrite::Yes, {}));
    }

    sandbox::SystemClock m_clock;
    sandbox::NotedHost m_host;
    std::unique_ptr<sandbox::Sandbox> m_sandbox;
    std::unique_ptr<sandbox::HttpServer> m_server;
    std::unique_ptr<FilesStore> m_store;
};

QTEST_GUILESS_MAIN(TestFilesStore)
#include "tst_files_store.moc"
