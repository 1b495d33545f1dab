#include <ctime>
#include <vector>

#include <QTemporaryDir>
#include <QTest>

#include "cloud/auth/azure_sources.h"
#include "cloud/auth/crypto.h"
#include "cloud/http/curl_transport.h"
#include "engine/base/base64.h"
#include "engine/base/files.h"
#include "engine/base/json.h"
#include "tests/cloud/auth/auth_fixture.h"

using namespace ty;
using namespace ty::cloud;
using namespace ty::test;
using namespace std::chrono_literals;

namespace {

AzureAuthority authorityOf(const ScriptedServer& server)
{
    return {server.url(""), "my-tenant"};
}

} // namespace

class TestAzureSources : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void deviceCodeWaitsUntilThePersonHasTypedIt()
    {
        const Json begun{
            {"device_code", "DC"}, {"user_code", "ABCD"}, {"verification_uri", "https://login/device"},
            {"expires_in", 900}, {"interval", 5}, {"message", "Go there"}};
        const Json tokens{
            {"access_token", "TOKEN-1"}, {"expires_in", 3600}, {"refresh_in", 1800}, {"refresh_token", "RT-1"}};
        ScriptedServer server(
            {answer("200 OK", "", toJsonLine(begun).c_str()),
             refusal("authorization_pending", "not yet"),
             refusal("slow_down", "slower"),
             answer("200 OK", "", toJsonLine(tokens).c_str())});
        CurlTransport transport;
        RecordedSleep sleep;
        std::string shown;
        std::string kept;
        AzureDeviceCode::Options options;
        options.authority = authorityOf(server);
        options.onPrompt = [&](const DeviceCodePrompt& prompt) { shown = prompt.userCode + " " + prompt.verificationUrl; };
        options.onRefreshToken = [&](const Secret& token) { kept = token.reveal(); };
        options.now = fixedNow;
        options.sleep = sleep;
        AzureDeviceCode source(transport, options);
        const auto token = source.fetch({kScope, {}}, {});
        QVERIFY2(token, token ? "" : token.error().message.c_str());
        QCOMPARE(token->token.reveal(), std::string("TOKEN-1"));
        QVERIFY(token->expiresAt == kNow + 1h && token->refreshAt == kNow + 30min);
        QCOMPARE(shown, std::string("ABCD https://login/device"));
        QCOMPARE(kept, std::string("RT-1"));
        QVERIFY((*sleep.waits == std::vector<std::chrono::milliseconds>{5s, 5s, 10s}));
        const auto requests = server.requests();
        QVERIFY(requests[0].startsWith("POST /my-tenant/oauth2/v2.0/devicecode "));
        QCOMPARE(valueIn(formOf(requests[0]), "scope"), std::string(kScope) + " offline_access");
        QVERIFY(requests[1].startsWith("POST /my-tenant/oauth2/v2.0/token "));
        QCOMPARE(valueIn(formOf(requests[1]), "device_code"), std::string("DC"));
        QCOMPARE(valueIn(formOf(requests[1]), "grant_type"), std::string("urn:ietf:params:oauth:grant-type:device_code"));
    }

    void deviceCodeThatIsDeclinedEnds_data()
    {
        QTest::addColumn<QByteArray>("error");
        QTest::newRow("declined") << QByteArray("authorization_declined");
        QTest::newRow("expired") << QByteArray("expired_token");
        QTest::newRow("wrong") << QByteArray("bad_verification_code");
        QTest::newRow("unknown") << QByteArray("invalid_client");
    }

    void deviceCodeThatIsDeclinedEnds()
    {
        QFETCH(QByteArray, error);
        const Json begun{{"device_code", "DC"}, {"user_code", "A"}, {"verification_uri", "u"}};
        ScriptedServer server({answer("200 OK", "", toJsonLine(begun).c_str()), refusal(error.constData(), "AADSTS1 with DC inside")});
        CurlTransport transport;
        AzureDeviceCode::Options options;
        options.authority = authorityOf(server);
        options.onPrompt = [](const DeviceCodePrompt&) {};
        options.sleep = RecordedSleep{};
        AzureDeviceCode source(transport, options);
        const auto token = source.fetch({kScope, {}}, {});
        QVERIFY(!token);
        QCOMPARE(token.error().kind, ErrorKind::NotSignedIn);
        QVERIFY2(token.error().message.find("DC") == std::string::npos, token.error().message.c_str());
    }

    void refreshTokenNeedsNoPerson()
    {
        const Json tokens{{"access_token", "TOKEN-2"}, {"expires_in", "3600"}, {"refresh_token", "RT-2"}};
        ScriptedServer server({answer("200 OK", "", toJsonLine(tokens).c_str()), refusal("invalid_grant", "AADSTS70000: RT-2 expired")});
        CurlTransport transport;
        std::string kept;
        AzureDeviceCode::Options options;
        options.authority = authorityOf(server);
        options.refreshToken = Secret("RT-1");
        options.onRefreshToken = [&](const Secret& token) { kept = token.reveal(); };
        AzureDeviceCode source(transport, options);
        QCOMPARE(source.fetch({kScope, "{\"c\":1}"}, {})->token.reveal(), std::string("TOKEN-2"));
        QCOMPARE(kept, std::string("RT-2"));
        QCOMPARE(valueIn(formOf(server.requests()[0]), "refresh_token"), std::string("RT-1"));
        QCOMPARE(valueIn(formOf(server.requests()[0]), "claims"), std::string("{\"c\":1}"));
        const auto expired = source.fetch({kScope, {}}, {});
        QCOMPARE(expired.error().kind, ErrorKind::NotSignedIn);
        QVERIFY(expired.error().message.find("RT-2") == std::string::npos);
    }

    void clientSecretIsSentAndNeverShown()
    {
        ScriptedServer server({tokenAnswer(), refusal("invalid_client", "AADSTS7000215: Invalid secret S3CRET/+ given.\r\nTrace ID: x")});
        CurlTransport transport;
        AzureServicePrincipal source(transport, {authorityOf(server), "client", Secret("S3CRET/+"), fixedNow});
        QCOMPARE(source.fetch({kScope, {}}, {})->token.reveal(), std::string("TOKEN-1"));
        const Query form = formOf(server.requests()[0]);
        QCOMPARE(valueIn(form, "client_secret"), std::string("S3CRET/+"));
        QCOMPARE(valueIn(form, "grant_type"), std::string("client_credentials"));
        QCOMPARE(valueIn(form, "scope"), std::string(kScope));
        const auto refused = source.fetch({kScope, {}}, {});
        QCOMPARE(refused.error().kind, ErrorKind::NotSignedIn);
        QCOMPARE(
            refused.error().message,
            std::string("Sign-in of the service principal: AADSTS7000215: Invalid secret REDACTED given. (invalid_client)"));
    }

    void tokenOfAbsurdLifeIsNoToken_data()
    {
        QTest::addColumn<QByteArray>("life");
        QTest::newRow("huge") << QByteArray("1e300");
        QTest::newRow("huge text") << QByteArray("\"9223372036854775807\"");
        QTest::newRow("negative") << QByteArray("-1");
        QTest::newRow("word") << QByteArray("\"soon\"");
        QTest::newRow("nothing") << QByteArray("null");
    }

    void tokenOfAbsurdLifeIsNoToken()
    {
        QFETCH(QByteArray, life);
        const QByteArray body = "{\"access_token\":\"T\",\"expires_in\":" + life + "}";
        ScriptedServer server({answer("200 OK", "", body.constData())});
        CurlTransport transport;
        AzureServicePrincipal source(transport, {authorityOf(server), "client", Secret("S"), fixedNow});
        QCOMPARE(source.fetch({kScope, {}}, {}).error().kind, ErrorKind::Network);
    }

    void certificateProvesItself_data()
    {
        QTest::addColumn<bool>("isPss");
        QTest::newRow("PS256") << true;
        QTest::newRow("RS256") << false;
    }

    void certificateProvesItself()
    {
        QFETCH(bool, isPss);
        const KeyPair pair;
        ScriptedServer server({tokenAnswer()});
        CurlTransport transport;
        ClientCertificate certificate{
            Secret(pair.privatePem),
            pair.certificatePem,
            isPss ? ClientCertificate::Algorithm::Ps256 : ClientCertificate::Algorithm::Rs256};
        AzureServicePrincipal source(transport, {authorityOf(server), "client", certificate, fixedNow});
        QVERIFY(source.fetch({kScope, {}}, {}));
        const Query form = formOf(server.requests()[0]);
        QCOMPARE(valueIn(form, "client_assertion_type"), std::string("urn:ietf:params:oauth:client-assertion-type:jwt-bearer"));
        const Jwt jwt(valueIn(form, "client_assertion"));
        QCOMPARE(jwt.header.at("alg").get<std::string>(), std::string(isPss ? "PS256" : "RS256"));
        QCOMPARE(
            jwt.header.at("x5t#S256").get<std::string>(), encodeBase64Url(certificateThumbprint(pair.certificatePem).value()));
        QCOMPARE(jwt.claims.at("aud").get<std::string>(), server.url("/my-tenant/oauth2/v2.0/token"));
        QCOMPARE(jwt.claims.at("iss").get<std::string>(), std::string("client"));
        QCOMPARE(jwt.claims.at("exp").get<int>(), 1'800'000'600);
        QVERIFY(pair.hasSigned(jwt.content, jwt.signature, isPss ? RsaPadding::Pss : RsaPadding::Pkcs1));
    }

    void azureCliIsAskedWithoutAShell()
    {
        const QTemporaryDir folder;
        const std::string az = script(folder, "az", "printf '%s\\n' \"$@\" > \"$0.args\"\necho '{\"accessToken\":\"CLI-TOKEN\",\"expires_on\":1800003600}'");
        const QByteArray path = qgetenv("PATH");
        qputenv("PATH", folder.path().toUtf8() + ":" + path);
        const auto token = AzureCli({"az", "my-tenant", {}, 5s}).fetch({kScope, {}}, {});
        qputenv("PATH", path);
        QVERIFY2(token, token ? "" : token.error().message.c_str());
        QCOMPARE(token->token.reveal(), std::string("CLI-TOKEN"));
        QVERIFY(token->expiresAt == kNow + 1h);
        QCOMPARE(
            readFile(az + ".args").value(),
            std::string("account\nget-access-token\n--output\njson\n--scope\n") + kScope + "\n--tenant\nmy-tenant\n");
    }

    void azureCliOfOldTellsLocalTime()
    {
        const QTemporaryDir folder;
        const std::string az = script(folder, "az", "echo '{\"accessToken\":\"T\",\"expiresOn\":\"2027-01-15 09:00:00.000000\"}'");
        const auto token = AzureCli({az, {}, {}, 5s}).fetch({kScope, {}}, {});
        QVERIFY(token);
        const std::time_t seconds = std::chrono::system_clock::to_time_t(token->expiresAt);
        std::tm local{};
        localtime_r(&seconds, &local);
        QCOMPARE(local.tm_hour, 9);
        QCOMPARE(local.tm_year, 127);
    }

    void azureCliThatFailsSaysWhyAndNoToken()
    {
        const QTemporaryDir folder;
        const std::string az = script(folder, "az", "echo SECRET-TOKEN\necho 'ERROR: Please run az login to setup account.' >&2\nexit 1");
        const auto token = AzureCli({az, {}, {}, 5s}).fetch({kScope, {}}, {});
        QCOMPARE(token.error().kind, ErrorKind::NotSignedIn);
        QCOMPARE(token.error().message, std::string("Azure CLI: Please run az login to setup account."));
        const auto missing = AzureCli({"/nowhere/az", {}, {}, 5s}).fetch({kScope, {}}, {});
        QCOMPARE(missing.error().kind, ErrorKind::NotSignedIn);
        QVERIFY(missing.error().message.find("not found") != std::string::npos);
        const auto unsafe = AzureCli({az, "a;rm -rf", {}, 5s}).fetch({kScope, {}}, {});
        QCOMPARE(unsafe.error().kind, ErrorKind::InvalidInput);
    }

    void managedIdentityWaitsUntilItsEndpointIsReady()
    {
        const Json told{{"access_token", "MI"}, {"expires_in", "86399"}, {"expires_on", "1"}, {"resource", "r"}};
        ScriptedServer server({answer("404 Not Found"), answer("500 Oops"), answer("200 OK", "", toJsonLine(told).c_str())});
        CurlTransport transport(CurlOptions{{}, {}, 1 << 20, true});
        RecordedSleep sleep;
        AzureManagedIdentity source(transport, {server.url(""), "user-id", fixedNow, sleep});
        const auto token = source.fetch({kScope, {}}, {});
        QVERIFY2(token, token ? "" : token.error().message.c_str());
        QCOMPARE(token->token.reveal(), std::string("MI"));
        QVERIFY(token->expiresAt == kNow + 86399s);
        QVERIFY((*sleep.waits == std::vector<std::chrono::milliseconds>{2s, 6s}));
        const QByteArray sent = server.requests()[0];
        QVERIFY(sent.startsWith(
            "GET /metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fmanagement.azure.com&client_id=user-id "));
        QVERIFY(sent.contains("\r\nMetadata: true\r\n"));
    }
};

QTEST_GUILESS_MAIN(TestAzureSources)
#include "tst_azure_sources.moc"
