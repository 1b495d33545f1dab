#include <QTemporaryDir>
#include <QTest>

#include "cloud/auth/crypto.h"
#include "cloud/auth/google_sources.h"
#include "cloud/http/curl_transport.h"
#include "engine/base/files.h"
#include "engine/base/json.h"
#include "tests/cloud/auth/auth_fixture.h"

using namespace ty;
using namespace ty::cloud;
using namespace ty::test;
using namespace std::chrono_literals;

class TestGoogleSources : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void serviceAccountSignsForItself()
    {
        const KeyPair pair;
        ScriptedServer server({tokenAnswer("GOOGLE")});
        CurlTransport transport;
        const Json file{
            {"type", "service_account"}, {"project_id", "p"}, {"private_key_id", "kid-1"}, {"private_key", pair.privatePem},
            {"client_email", "me@p.iam.gserviceaccount.com"}, {"token_uri", server.url("/token")}};
        auto options = GoogleServiceAccount::parse(toJsonLine(file));
        QVERIFY(options);
        options->now = fixedNow;
        GoogleServiceAccount source(transport, *options);
        QCOMPARE(source.fetch({kGoogleScope, {}}, {})->token.reveal(), std::string("GOOGLE"));
        const Query form = formOf(server.requests()[0]);
        QCOMPARE(valueIn(form, "grant_type"), std::string("urn:ietf:params:oauth:grant-type:jwt-bearer"));
        const Jwt jwt(valueIn(form, "assertion"));
        QCOMPARE(jwt.header.at("alg").get<std::string>(), std::string("RS256"));
        QCOMPARE(jwt.header.at("kid").get<std::string>(), std::string("kid-1"));
        QCOMPARE(jwt.claims.at("iss").get<std::string>(), std::string("me@p.iam.gserviceaccount.com"));
        QCOMPARE(jwt.claims.at("scope").get<std::string>(), std::string(kGoogleScope));
        QCOMPARE(jwt.claims.at("aud").get<std::string>(), server.url("/token"));
        QCOMPARE(jwt.claims.at("exp").get<int>() - jwt.claims.at("iat").get<int>(), 3600);
        QVERIFY(pair.hasSigned(jwt.content, jwt.signature, RsaPadding::Pkcs1));
    }

    void brokenKeyFileIsNotShown()
    {
        const auto got = GoogleServiceAccount::parse("{\"private_key\": \"SECRET\", ");
        QVERIFY(!got && got.error().message.find("SECRET") == std::string::npos);
        const auto missing = GoogleServiceAccount::parse("{\"private_key\": \"SECRET\"}");
        QVERIFY(!missing && missing.error().message.find("SECRET") == std::string::npos);
        QVERIFY(missing.error().message.find("client_email") != std::string::npos);
    }

    void defaultCredentialsAreFoundInTheirOrder()
    {
        const QTemporaryDir folder;
        const std::string path = folder.path().toStdString();
        ScriptedServer server({tokenAnswer("USER"), refusal("invalid_grant", "Token RT has been revoked by CS")});
        const Json user{
            {"type", "authorized_user"}, {"client_id", "CI"}, {"client_secret", "CS"}, {"refresh_token", "RT"}, {"token_uri", server.url("/t")}};
        QVERIFY(writeJsonFile(path + "/adc.json", user));
        CurlTransport transport;
        auto source = googleDefaultSource(transport, {{}, path + "/adc.json", {}});
        QVERIFY(source);
        QCOMPARE((*source)->fetch({kGoogleScope, {}}, {})->token.reveal(), std::string("USER"));
        QCOMPARE(valueIn(formOf(server.requests()[0]), "refresh_token"), std::string("RT"));
        const auto revoked = (*source)->fetch({kGoogleScope, {}}, {});
        QVERIFY(revoked.error().message.find("RT") == std::string::npos && revoked.error().message.find("CS") == std::string::npos);

        QVERIFY(writeJsonFile(path + "/other.json", Json{{"type", "external_account"}}));
        QCOMPARE(googleDefaultSource(transport, {path + "/other.json", path + "/adc.json", {}}).error().kind, ErrorKind::Unsupported);
        QCOMPARE(googleDefaultSource(transport, {path + "/none.json", path + "/adc.json", {}}).error().kind, ErrorKind::NotFound);
        QVERIFY(dynamic_cast<GoogleMetadata*>(googleDefaultSource(transport, {{}, path + "/none.json", {}})->get()) != nullptr);
    }

    void gcloudIsAskedForItsToken()
    {
        const QTemporaryDir folder;
        const std::string gcloud = script(folder, "gcloud", "[ \"$1 $2\" = 'auth print-access-token' ] && echo ya29.TOKEN");
        const auto token = GcloudCli({gcloud, 5s, fixedNow}).fetch({kGoogleScope, {}}, {});
        QVERIFY(token);
        QCOMPARE(token->token.reveal(), std::string("ya29.TOKEN"));
        QVERIFY(token->refreshAt == kNow + 3min);
        const std::string broken = script(folder, "broken", "echo 'ERROR: (gcloud) You do not currently have an active account' >&2; exit 1");
        QCOMPARE(GcloudCli({broken, 5s, fixedNow}).fetch({kGoogleScope, {}}, {}).error().kind, ErrorKind::NotSignedIn);
    }

    void metadataServerIsAskedThreeTimes()
    {
        ScriptedServer server({answer("503 Busy"), answer("503 Busy"), tokenAnswer("META")});
        CurlTransport transport;
        GoogleMetadata source(transport, {server.url(""), fixedNow, RecordedSleep{}});
        QCOMPARE(source.fetch({kGoogleScope, {}}, {})->token.reveal(), std::string("META"));
        QVERIFY(server.requests()[0].contains("\r\nMetadata-Flavor: Google\r\n"));
        QVERIFY(server.requests()[0].startsWith("GET /computeMetadata/v1/instance/service-accounts/default/token "));
    }
};

QTEST_GUILESS_MAIN(TestGoogleSources)
#include "tst_google_sources.moc"
