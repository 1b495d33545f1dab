#include <QTest>

#include "cloud/auth/sign_in.h"
#include "cloud/sandbox/certificates.h"
#include "cloud/storage/store_opening.h"
#include "engine/base/json.h"
#include "tests/cloud/storage/azurite.h"
#include "tests/cloud/storage/outcome.h"
#include "tests/cloud/support/scripted_server.h"

using namespace ty;
using namespace ty::cloud;
using test::bytesOf;

namespace {

constexpr const char* kTenant = "11111111-2222-3333-4444-555555555555";

/// As Entra writes it; the emulator looks at issuer, audience and times, not at the signature.
std::string tokenFor(const char* audience)
{
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    const Json head{{"alg", "RS256"}, {"typ", "JWT"}};
    const Json claims{
        {"aud", audience},
        {"iss", std::string("https://sts.windows.net/") + kTenant + "/"},
        {"iat", now},
        {"nbf", now - 60},
        {"exp", now + 3600},
        {"oid", "99999999-2222-3333-4444-555555555555"},
        {"tid", kTenant}};
    const auto part = [](const Json& json) {
        return QByteArray::fromStdString(json.dump()).toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals).toStdString();
    };
    return part(head) + "." + part(claims) + ".c2lnbmF0dXJl";
}

QByteArray answerWith(const std::string& token)
{
    const QByteArray body = QByteArray::fromStdString(Json{{"token_type", "Bearer"}, {"expires_in", 3600}, {"access_token", token}}.dump());
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + QByteArray::number(body.size())
        + "\r\nConnection: close\r\n\r\n" + body;
}

} // namespace

/// A Blob store that is opened by the sign-in of an account, without the storage account's key.
class TestBlobSignIn : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (const QString missing = test::Azurite::missing(); !missing.isEmpty()) {
            QSKIP(qPrintable(missing));
        }
        const auto made = sandbox::ensureCertificates(m_folder.path().toStdString());
        FINE(made);
        m_authority = made->authority;
        m_azurite = std::make_unique<test::Azurite>(
            QStringList{
                QStringLiteral("--oauth"), QStringLiteral("basic"), QStringLiteral("--cert"), QString::fromStdString(made->certificate),
                QStringLiteral("--key"), QString::fromStdString(made->key)},
            "https");
    }

    void aSignInOpensIt()
    {
        const auto opened = openStore(addressWith(tokenFor("https://storage.azure.com")));
        FINE(opened);
        Store& store = *opened->store;
        FINE(store.makeFolder("box", {}));
        const std::string text = "by a person, not by a key";
        FINE(store.writeFile("box/a.txt", bytesOf(text), {}, "text/plain", Overwrite::No, {}));
        std::string back(text.size(), ' ');
        FINE(store.read("box/a.txt", {}, 0, std::as_writable_bytes(std::span(back)), {}));
        QCOMPARE(back, text);
        QCOMPARE(m_signIn->requests().size(), std::size_t{1}); // one token for all
        QVERIFY(m_signIn->requests().front().contains("storage.azure.com"));
    }

    /// A user delegation signature: the person lends what is theirs, without any account's key.
    void anAddressToShareIsSignedForThePerson()
    {
        const auto opened = openStore(addressWith(tokenFor("https://storage.azure.com")));
        FINE(opened);
        QVERIFY(opened->store->traits().canShare);
        const auto shared = opened->store->shareAddress("box/a.txt", "r", "2099-01-01T00:00:00Z", {});
        if (!shared && shared.error().message.find("NotImplemented") != std::string::npos) {
            QSKIP("this emulator lends no keys");
        }
        FINE(shared);
        QVERIFY(shared->reveal().find("skoid=99999999") != std::string::npos);
    }

    void aTokenForSomethingElseIsRefusedWithWords()
    {
        const auto opened = openStore(addressWith(tokenFor("https://management.azure.com")));
        FINE(opened);
        const auto seen = opened->store->properties("box/a.txt", {});
        QVERIFY(!seen);
        QVERIFY(seen.error().kind == ErrorKind::NotSignedIn || seen.error().kind == ErrorKind::Permission);
        QVERIFY(!seen.error().advice.empty());
    }

    void aSignInPassesThroughAPipe()
    {
        SignIn signIn;
        signIn.account = "Research";
        signIn.provider = "azure";
        signIn.kind = "device-code";
        signIn.tenant = kTenant;
        signIn.isDirect = true;
        signIn.secret = Secret("refresh token");
        const auto back = signInFromText(signInText(signIn));
        FINE(back);
        QCOMPARE(back->account, signIn.account);
        QCOMPARE(back->kind, signIn.kind);
        QCOMPARE(back->secret->reveal(), std::string("refresh token"));
        QVERIFY(back->isDirect);
        const auto nothing = signInFromText(Secret("top secret"));
        QVERIFY(!nothing && nothing.error().message.find("top") == std::string::npos);
        signIn.kind = "secret";
        signIn.secret.reset();
        QCOMPARE(openSignIn(signIn, {}).error().kind, ErrorKind::NotSignedIn);
        signIn.provider = "google";
        QCOMPARE(openSignIn(signIn, {}).error().kind, ErrorKind::Unsupported);
    }

private:
    StoreAddress addressWith(const std::string& token)
    {
        m_signIn = std::make_unique<test::ScriptedServer>(std::vector<QByteArray>{answerWith(token), answerWith(token)});
        SignIn signIn;
        signIn.provider = "azure";
        signIn.kind = "secret";
        signIn.tenant = kTenant;
        signIn.clientId = "client";
        signIn.loginUrl = m_signIn->url("");
        signIn.caFile = m_authority;
        signIn.isDirect = true;
        signIn.secret = Secret("client's secret");
        StoreAddress address;
        address.kind = StoreKind::Blob;
        address.account = "devstoreaccount1";
        address.endpoint = m_azurite->endpoint();
        address.auth = "account";
        address.secret = signInText(signIn);
        return address;
    }

    QTemporaryDir m_folder;
    std::string m_authority;
    std::unique_ptr<test::Azurite> m_azurite;
    std::unique_ptr<test::ScriptedServer> m_signIn;
};

QTEST_GUILESS_MAIN(TestBlobSignIn)
#include "tst_blob_sign_in.moc"
