#include <set>

#include <QFileInfo>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include "cloud/auth/sign_in.h"
#include "cloud/sandbox/http_server.h"
#include "cloud/storage/crc32c.h"
#include "cloud/storage/google_store.h"
#include "cloud/storage/md5.h"
#include "cloud/storage/store_opening.h"
#include "tests/cloud/sandbox/sandbox_fixture.h"
#include "tests/cloud/storage/outcome.h"

using namespace ty;
using namespace ty::cloud;
using test::bytesOf;

namespace {

const QString kFolder = QStringLiteral(TRAINYARD_SOURCE_DIR "/tests/cloud/storage/node");
constexpr std::uint64_t kMiB = 1 << 20;

std::string content(std::size_t bytes)
{
    std::string all(bytes, '\0');
    for (std::size_t i = 0; i < bytes; ++i) {
        all[i] = static_cast<char>((i * 31 + i / 977) & 0xff);
    }
    return all;
}

} // namespace

/// Our client of Google Cloud Storage against the sandbox, and the sandbox against Google's own client.
class TestGoogleStore : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        auto opened = sandbox::Sandbox::open(sandbox::SandboxFixture::fast(), m_clock, m_host);
        QVERIFY(opened);
        m_sandbox = std::move(opened).value();
        auto server = sandbox::HttpServer::start(
            [this](const sandbox::Request& request) { return m_sandbox->handle(request); }, nullptr, 0);
        QVERIFY(server);
        m_server = std::move(server).value();
        m_signIn.provider = "google";
        m_signIn.kind = "service-account";
        m_signIn.isDirect = true;
        m_signIn.secret
            = Secret(sandbox::serviceAccountFile(m_sandbox->identity(), sandbox::GoogleSignIn::tokenUri(endpoint())).dump());
        m_address.kind = StoreKind::Google;
        m_address.account = m_sandbox->identity().project;
        m_address.endpoint = endpoint();
        m_address.auth = "account";
        m_address.secret = signInText(m_signIn);
        const auto store = openStore(m_address);
        FINE(store);
        m_store = store->store;
        FINE(m_store->makeFolder("box", {}));
    }

    void cleanup() { FINE(m_sandbox->setFaults(Json::object())); }

    void checksumsAreTheServices()
    {
        QCOMPARE(crc32cText(crc32c(bytesOf("hello"))), std::string("mnG7TA==")); // as Google's own manual has it
        QCOMPARE(crc32c(bytesOf("123456789")), std::uint32_t{0xE3069283});       // the catalogue of CRCs
        QCOMPARE(crc32c(bytesOf("56789"), crc32c(bytesOf("1234"))), crc32c(bytesOf("123456789")));
        QCOMPARE(crc32c({}), std::uint32_t{0});
    }

    void aFileOfManyBlocksComesBackAsItWas()
    {
        const std::string text = content(3 * kMiB + 17);
        const auto upload = begin("box/deep/er/large.bin", text, kMiB);
        QCOMPARE(upload.blocks(), std::uint64_t{4});
        for (std::uint64_t block = 0; block < upload.blocks(); ++block) {
            FINE(m_store->writeBlock(upload, block, bytesOf(text).subspan(upload.offset(block), upload.size(block)), {}));
        }
        const auto made = m_store->finishUpload(upload, Md5::of(bytesOf(text)), Overwrite::No, {});
        FINE(made);
        QCOMPARE(made->bytes.value_or(0), static_cast<std::uint64_t>(text.size()));
        std::string back(1000, '\0');
        FINE(m_store->read(
            "box/deep/er/large.bin", made->etag, 2'000'000, std::as_writable_bytes(std::span(back.data(), back.size())), {}));
        QCOMPARE(back, text.substr(2'000'000, 1000));
    }

    /// Another program goes on, by what was kept of the upload alone.
    void anUploadThatWasBrokenOffGoesOnAtItsBlock()
    {
        const std::string text = content(3 * kMiB);
        const auto upload = begin("box/resumed.bin", text, kMiB);
        FINE(m_store->writeBlock(upload, 0, bytesOf(text).first(kMiB), {}));
        const auto other = openStore(m_address);
        FINE(other);
        const auto written = other->store->writtenBlocks(upload, {});
        FINE(written);
        QCOMPARE(*written, (std::vector<bool>{true, false, false}));
        QVERIFY(!m_store->properties("box/resumed.bin", {})); // not before it is whole
        for (std::uint64_t block = 1; block < 3; ++block) {
            FINE(other->store->writeBlock(upload, block, bytesOf(text).subspan(upload.offset(block), kMiB), {}));
        }
        FINE(other->store->finishUpload(upload, Md5::of(bytesOf(text)), Overwrite::No, {}));
        // Ended without our knowing: all blocks are there, and ending it again is fine.
        QCOMPARE(*other->store->writtenBlocks(upload, {}), std::vector<bool>(3, true));
        FINE(m_store->finishUpload(upload, Md5::of(bytesOf(text)), Overwrite::No, {}));
    }

    void anUploadIsGivenUpAndItsSessionIsGone()
    {
        const std::string text = content(2 * kMiB);
        const auto upload = begin("box/given-up.bin", text, kMiB);
        FINE(m_store->writeBlock(upload, 0, bytesOf(text).first(kMiB), {}));
        FINE(m_store->abandonUpload(upload, {}));
        FINE(m_store->abandonUpload(upload, {})); // a missing one is fine
        const auto written = m_store->writtenBlocks(upload, {});
        QVERIFY(!written);
        QCOMPARE(written.error().kind, ErrorKind::NotFound);
        Upload foreign = upload;
        foreign.token = "https://example.org/session"; // a token of ours goes to no other server
        QCOMPARE(m_store->writtenBlocks(foreign, {}).error().kind, ErrorKind::NotFound);
    }

    void damageOnTheWayIsSeenAndTakenBack()
    {
        const std::string text = content(2 * kMiB);
        const auto upload = begin("box/damaged.bin", text, kMiB);
        for (std::uint64_t block = 0; block < 2; ++block) {
            FINE(m_store->writeBlock(upload, block, bytesOf(text).subspan(upload.offset(block), kMiB), {}));
        }
        const auto made = m_store->finishUpload(upload, Md5::of(bytesOf("something else")), Overwrite::No, {});
        QVERIFY(!made);
        QCOMPARE(made.error().kind, ErrorKind::Io);
        QVERIFY(!m_store->properties("box/damaged.bin", {}));
    }

    void whatIsThereIsReplacedOnlyWhenThatWasWished()
    {
        FINE(write("box/once.txt", "first"));
        const auto refused = write("box/once.txt", "second");
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::AlreadyExists);
        Upload wanted;
        wanted.path = "box/once.txt";
        wanted.bytes = 2 * kMiB;
        const auto session = m_store->beginUpload(wanted, {});
        QVERIFY(!session);
        QCOMPARE(session.error().kind, ErrorKind::AlreadyExists);
        const auto before = m_store->properties("box/once.txt", {});
        FINE(m_store->writeFile("box/once.txt", bytesOf("second"), {}, "text/plain", Overwrite::Yes, {}));
        // Whoever read the first one is told.
        std::string back(5, '\0');
        const auto read = m_store->read("box/once.txt", before->etag, 0, std::as_writable_bytes(std::span(back.data(), 5)), {});
        QVERIFY(!read);
        QCOMPARE(read.error().kind, ErrorKind::Conflict);
    }

    void foldersPrefixesAndPages()
    {
        for (const char* name : {"list/a.txt", "list/b.txt", "list/sub/c.txt", "list/sub/d.txt", "list/umlaut \u00e4 %2F.txt"}) {
            FINE(write(std::string("box/") + name, name));
        }
        ListRequest request;
        request.folder = "box/list";
        request.pageSize = 2;
        std::set<std::string> seen;
        int pages = 0;
        do {
            const auto page = m_store->list(request, {});
            FINE(page);
            for (const StoreEntry& entry : page->entries) {
                QVERIFY(seen.insert(entry.path + (entry.isFolder ? "/" : "")).second);
            }
            request.marker = page->next;
            ++pages;
        } while (!request.marker.empty());
        QCOMPARE(pages, 2);
        QCOMPARE(seen, (std::set<std::string>{"box/list/a.txt", "box/list/b.txt", "box/list/sub/", "box/list/umlaut \u00e4 %2F.txt"}));
        request = {};
        request.folder = "box/list";
        request.isRecursive = true;
        QCOMPARE(m_store->list(request, {})->entries.size(), std::size_t{5});
        request.prefix = "su";
        QCOMPARE(m_store->list(request, {})->entries.size(), std::size_t{2});
        QVERIFY(m_store->properties("box/list/sub", {})->isFolder);
        QCOMPARE(m_store->properties("box/list/nothing", {}).error().kind, ErrorKind::NotFound);
        request = {};
        QCOMPARE(m_store->list(request, {})->entries.front().path, std::string("box"));
        // A store that is one bucket names what lies in it without the bucket.
        StoreAddress bucket = m_address;
        bucket.container = "box";
        const auto alone = openStore(bucket);
        FINE(alone);
        FINE(alone->store->properties("list/umlaut \u00e4 %2F.txt", {}));
    }

    void copiedAndDeletedWithoutPassingThroughHere()
    {
        FINE(write("box/from.txt", "copy me"));
        FINE(m_store->copy("box/from.txt", "box/new/to.txt", Overwrite::No, {}));
        QCOMPARE(m_store->copy("box/from.txt", "box/new/to.txt", Overwrite::No, {}).error().kind, ErrorKind::AlreadyExists);
        QCOMPARE(m_store->properties("box/new/to.txt", {})->bytes.value_or(0), std::uint64_t{7});
        FINE(m_store->setTier("box/new/to.txt", "NEARLINE", {}));
        QCOMPARE(m_store->properties("box/new/to.txt", {})->tier, std::string("NEARLINE"));
        FINE(m_store->remove("box/new/to.txt", {}));
        QCOMPARE(m_store->remove("box/new/to.txt", {}).error().kind, ErrorKind::NotFound);
        FINE(m_store->makeFolder("emptied", {}));
        FINE(m_store->remove("emptied", {}));
        QVERIFY(!m_store->remove("box", {})); // not empty
    }

    /// A third of all requests fail, before or after their effect.
    void aShakyNetworkCostsNothing()
    {
        const Json faults{
            {"seed", 5},
            {"rules",
             Json::array(
                 {{{"path", "/upload/storage/*"}, {"probability", 0.3}, {"do", "any"}},
                  {{"path", "/storage/v1/*"}, {"probability", 0.3}, {"do", "any"}}})}};
        FINE(m_sandbox->setFaults(faults));
        const std::string text = content(4 * kMiB);
        Upload upload;
        const auto persist = [](const auto& call) {
            auto result = call();
            for (int i = 0; i < 20 && !result && result.error().kind == ErrorKind::Network; ++i) {
                result = call();
            }
            return result;
        };
        const auto begun = persist([&] { return tryBegin("box/shaky.bin", text, kMiB); });
        FINE(begun);
        for (std::uint64_t block = 0; block < begun->blocks(); ++block) {
            FINE(persist([&] {
                return m_store->writeBlock(*begun, block, bytesOf(text).subspan(begun->offset(block), begun->size(block)), {});
            }));
        }
        FINE(persist([&] { return m_store->finishUpload(*begun, Md5::of(bytesOf(text)), Overwrite::No, {}); }));
    }

    void withoutASignInItIsSaid()
    {
        StoreAddress anonymous = m_address;
        anonymous.auth.clear();
        const auto store = openStore(anonymous);
        FINE(store);
        const auto seen = store->store->properties("box/once.txt", {});
        QVERIFY(!seen);
        QCOMPARE(seen.error().kind, ErrorKind::NotSignedIn);
        StoreAddress broken = m_address;
        broken.secret = Secret("no sign-in, but a secret");
        const auto refused = openStore(broken);
        QVERIFY(!refused && refused.error().message.find("secret") == std::string::npos);
    }

    void googlesClientAgreesWithTheSandbox()
    {
        const QString node = QStandardPaths::findExecutable(QStringLiteral("node"));
        if (node.isEmpty() || !QFileInfo::exists(kFolder + "/node_modules/@google-cloud/storage")) {
            QSKIP("needs node and the packages of tests/cloud/storage/node (npm ci; packaging/test.sh does it)");
        }
        const std::string ours = content(kMiB + 5);
        FINE(write("box/folder/ours.bin", ours));
        QTemporaryDir folder;
        const auto tokens = openSignIn(m_signIn, {});
        FINE(tokens);
        const auto token = (*tokens)->token(kGoogleScopeOfTests, {});
        FINE(token);
        QProcess judge;
        judge.setProcessChannelMode(QProcess::MergedChannels);
        judge.start(
            node, {kFolder + "/buckets.js", QString::fromStdString(endpoint()), QString::fromStdString(token->reveal()),
                   QString::fromStdString(m_address.account), folder.path()});
        QVERIFY(judge.waitForFinished(60'000));
        const QByteArray said = judge.readAll();
        QVERIFY2(judge.exitCode() == 0 && said.contains("all well"), said.constData());
        QFile fetched(folder.filePath("ours.bin"));
        QVERIFY(fetched.open(QIODevice::ReadOnly));
        QVERIFY(fetched.readAll().toStdString() == ours);
        QFile theirs(folder.filePath("theirs.bin"));
        QVERIFY(theirs.open(QIODevice::ReadOnly));
        const std::string expected = theirs.readAll().toStdString();
        std::string back(expected.size(), '\0');
        FINE(m_store->read("theirs/a/b/pieces.bin", {}, 0, std::as_writable_bytes(std::span(back.data(), back.size())), {}));
        QVERIFY(back == expected);
    }

private:
    static constexpr const char* kGoogleScopeOfTests = "https://www.googleapis.com/auth/cloud-platform";

    std::string endpoint() const { return "http://127.0.0.1:" + std::to_string(m_server->port()); }

    Result<StoreEntry> write(const std::string& path, const std::string& text)
    {
        return m_store->writeFile(path, bytesOf(text), Md5::of(bytesOf(text)), "application/octet-stream", Overwrite::No, {});
    }

    Result<Upload> tryBegin(const std::string& path, const std::string& text, std::uint64_t blockBytes)
    {
        Upload wanted;
        wanted.path = path;
        wanted.bytes = text.size();
        wanted.blockBytes = blockBytes;
        return m_store->beginUpload(wanted, {});
    }

    Upload begin(const std::string& path, const std::string& text, std::uint64_t blockBytes)
    {
        return tryBegin(path, text, blockBytes).valueOr({});
    }

    sandbox::SystemClock m_clock;
    sandbox::NotedHost m_host;
    std::unique_ptr<sandbox::Sandbox> m_sandbox;
    std::unique_ptr<sandbox::HttpServer> m_server;
    SignIn m_signIn;
    StoreAddress m_address;
    std::shared_ptr<Store> m_store;
};

QTEST_GUILESS_MAIN(TestGoogleStore)
#include "tst_google_store.moc"
