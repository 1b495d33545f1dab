#include <thread>
#include <vector>

#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include "cloud/secrets/encrypted_secrets.h"
#include "cloud/secrets/session_secrets.h"
#include "engine/base/files.h"

using namespace ty;
using namespace ty::cloud;

namespace {

const Secret kPassphrase("correct horse battery staple");

std::string textOf(SecretStore& store, const std::string& name)
{
    const auto found = store.find(name);
    return found && *found ? (*found)->reveal() : std::string("(none)");
}

} // namespace

class TestSecrets : public QObject {
    Q_OBJECT

private slots:
    void theSessionForgetsWhatIsRemoved()
    {
        SessionSecrets store;
        QVERIFY(!store.isLasting());
        QVERIFY(store.put("azure/key", Secret("one"), "Azure").isOk());
        QVERIFY(store.put("azure/key", Secret("two"), "Azure").isOk());
        QCOMPARE(textOf(store, "azure/key"), "two");
        QVERIFY(store.remove("azure/key").isOk());
        QVERIFY(store.remove("azure/key").isOk());
        QCOMPARE(textOf(store, "azure/key"), "(none)");
    }

    void aSecretMovedAwayLeavesNothingBehind()
    {
        Secret first("short");
        Secret second(std::move(first));
        QVERIFY(first.isEmpty()); // NOLINT(bugprone-use-after-move): that is the claim
        QCOMPARE(second.reveal(), "short");
        QVERIFY(second == Secret("short"));
        QVERIFY(!(second == Secret("shorn")));
    }

    void theEncryptedFileKeepsSecretsAndShowsNone()
    {
        const QTemporaryDir folder;
        const std::string path = folder.filePath("secrets.json").toStdString();
        const std::string secret = "AccountKey=VERYSECRET+\xc3\xa4\"\\";
        {
            auto store = EncryptedSecrets::open(path, kPassphrase);
            QVERIFY(store.isOk());
            QVERIFY(!pathExists(path));
            QVERIFY((*store)->put("azure/key", Secret(secret), "Azure").isOk());
            QVERIFY((*store)->put("google/key", Secret("other"), "Google").isOk());
            QVERIFY((*store)->remove("google/key").isOk());
        }
        const auto bytes = readFile(path);
        QVERIFY(bytes.isOk());
        QVERIFY(bytes->find("VERYSECRET") == std::string::npos);
        QVERIFY(bytes->find("azure") == std::string::npos);
        QCOMPARE(
            QFileInfo(QString::fromStdString(path)).permissions() & ~(QFile::ReadUser | QFile::WriteUser),
            QFile::ReadOwner | QFile::WriteOwner);
        auto again = EncryptedSecrets::open(path, kPassphrase);
        QVERIFY(again.isOk());
        QCOMPARE(textOf(**again, "azure/key"), secret);
        QCOMPARE(textOf(**again, "google/key"), "(none)");
    }

    void everyWriteHasItsOwnNonce()
    {
        const QTemporaryDir folder;
        const std::string path = folder.filePath("secrets.json").toStdString();
        auto store = EncryptedSecrets::open(path, kPassphrase);
        QVERIFY(store.isOk());
        QVERIFY((*store)->put("a", Secret("same"), "").isOk());
        const auto first = readFile(path).value();
        QVERIFY((*store)->put("a", Secret("same"), "").isOk());
        QVERIFY(readFile(path).value() != first);
    }

    void anotherPassphraseIsRefusedAndChangesNothing()
    {
        const QTemporaryDir folder;
        const std::string path = folder.filePath("secrets.json").toStdString();
        auto store = EncryptedSecrets::open(path, kPassphrase);
        QVERIFY(store.isOk() && (*store)->put("a", Secret("x"), "").isOk());
        const auto before = readFile(path).value();
        const auto wrong = EncryptedSecrets::open(path, Secret("correct horse battery stable"));
        QVERIFY(!wrong.isOk());
        QCOMPARE(wrong.error().kind, ErrorKind::Permission);
        QVERIFY(wrong.error().message.find("stable") == std::string::npos);
        QCOMPARE(readFile(path).value(), before);
        QCOMPARE(EncryptedSecrets::open(path, Secret()).error().kind, ErrorKind::InvalidInput);
    }

    void aDamagedFileIsToldAndKept()
    {
        const QTemporaryDir folder;
        const std::string path = folder.filePath("secrets.json").toStdString();
        auto store = EncryptedSecrets::open(path, kPassphrase);
        QVERIFY(store.isOk() && (*store)->put("a", Secret("x"), "").isOk());
        const auto whole = readFile(path).value();
        const auto refuses = [&](const std::string& content) {
            QVERIFY(writeFileAtomically(path, content).isOk());
            const auto opened = EncryptedSecrets::open(path, kPassphrase);
            QVERIFY(!opened.isOk());
            QVERIFY(opened.error().message.find(path) != std::string::npos);
            QVERIFY(!(*store)->put("b", Secret("y"), "").isOk());
            QCOMPARE(readFile(path).value(), content);
        };
        refuses(whole.substr(0, whole.size() / 2));
        refuses("{}");
        refuses("");
        std::string flipped = whole;
        const auto place = flipped.find("\"secrets\": \"") + 14;
        flipped[place] = flipped[place] == 'A' ? 'B' : 'A';
        refuses(flipped);
        std::string newer = whole;
        newer.replace(newer.find("\"version\": 1"), 12, "\"version\": 9");
        QVERIFY(writeFileAtomically(path, newer).isOk());
        QCOMPARE(EncryptedSecrets::open(path, kPassphrase).error().kind, ErrorKind::Unsupported);
    }

    /// The window and the command line at once: no put is lost.
    void twoWritersLoseNothing()
    {
        const QTemporaryDir folder;
        const std::string path = folder.filePath("secrets.json").toStdString();
        auto first = EncryptedSecrets::open(path, kPassphrase);
        QVERIFY(first.isOk() && (*first)->put("begin", Secret("0"), "").isOk());
        auto second = EncryptedSecrets::open(path, kPassphrase);
        QVERIFY(second.isOk());
        constexpr int kCount = 20;
        const auto fill = [](EncryptedSecrets& store, const std::string& prefix) {
            for (int i = 0; i < kCount; ++i) {
                if (!store.put(prefix + std::to_string(i), Secret("v"), "")) {
                    return;
                }
            }
        };
        std::thread other([&] { fill(**second, "b"); });
        fill(**first, "a");
        other.join();
        for (int i = 0; i < kCount; ++i) {
            QCOMPARE(textOf(**first, "b" + std::to_string(i)), "v");
            QCOMPARE(textOf(**second, "a" + std::to_string(i)), "v");
        }
    }
};

QTEST_APPLESS_MAIN(TestSecrets)

#include "tst_secrets.moc"
