#include <ctime>
#include <thread>

#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "cloud/auth/auth_transport.h"
#include "cloud/auth/azure_sources.h"
#include "cloud/auth/crypto.h"
#include "cloud/auth/google_sources.h"
#include "cloud/auth/process.h"
#include "cloud/auth/service_transport.h"
#include "cloud/http/curl_transport.h"
#include "cloud/http/url.h"
#include "engine/base/base64.h"
#include "engine/base/files.h"
#include "engine/base/json.h"
#include "tests/cloud/support/scripted_server.h"

using namespace ty;
using namespace ty::cloud;
using namespace ty::test;
using namespace std::chrono_literals;

namespace {

constexpr const char* kScope = "https://management.azure.com/.default";
const WallTime kNow = WallTime(std::chrono::seconds(1'800'000'000));

WallTime fixedNow()
{
    return kNow;
}

/// A key and a certificate signed by itself, made anew.
struct KeyPair {
    std::string privatePem;
    std::string certificatePem;
    EVP_PKEY* key = nullptr;

    KeyPair()
    {
        key = EVP_RSA_gen(2048);
        X509* certificate = X509_new();
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
        X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
        X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
        X509_set_pubkey(certificate, key);
        X509_sign(certificate, key, EVP_sha256());
        privatePem = text([&](BIO* bio) { PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr); });
        certificatePem = text([&](BIO* bio) { PEM_write_bio_X509(bio, certificate); });
        X509_free(certificate);
    }
    KeyPair(const KeyPair&) = delete;
    KeyPair& operator=(const KeyPair&) = delete;
    ~KeyPair() { EVP_PKEY_free(key); }

    /// Whether `signature` over `bytes` is of this key.
    bool hasSigned(const std::string& bytes, const std::string& signature, RsaPadding padding) const
    {
        EVP_MD_CTX* context = EVP_MD_CTX_new();
        EVP_PKEY_CTX* options = nullptr;
        EVP_DigestVerifyInit(context, &options, EVP_sha256(), nullptr, key);
        if (padding == RsaPadding::Pss) {
            EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING);
            EVP_PKEY_CTX_set_rsa_pss_saltlen(options, 32);
        }
        const int good = EVP_DigestVerify(
            context,
            reinterpret_cast<const unsigned char*>(signature.data()),
            signature.size(),
            reinterpret_cast<const unsigned char*>(bytes.data()),
            bytes.size());
        EVP_MD_CTX_free(context);
        return good == 1;
    }

private:
    template<typename Write>
    static std::string text(Write write)
    {
        BIO* bio = BIO_new(BIO_s_mem());
        write(bio);
        char* data = nullptr;
        const long size = BIO_get_mem_data(bio, &data);
        std::string made(data, static_cast<std::size_t>(size));
        BIO_free(bio);
        return made;
    }
};

/// The form that a request carries.
Query formOf(const QByteArray& request)
{
    return parseQuery(request.mid(request.indexOf("\r\n\r\n") + 4).toStdString());
}

std::string valueIn(const Query& form, const std::string& name)
{
    for (const auto& [key, value] : form) {
        if (key == name) {
            return value;
        }
    }
    return {};
}

/// A JSON web token in its parts.
struct Jwt {
    Json header;
    Json claims;
    std::string content;
    std::string signature;

    explicit Jwt(const std::string& text)
    {
        const auto first = text.find('.');
        const auto second = text.find('.', first + 1);
        content = text.substr(0, second);
        header = parseJson(decodeBase64(text.substr(0, first)).value(), "header").value();
        claims = parseJson(decodeBase64(text.substr(first + 1, second - first - 1)).value(), "claims").value();
        signature = decodeBase64(text.substr(second + 1)).value();
    }
};

QByteArray tokenAnswer(const char* token = "TOKEN-1", int seconds = 3600)
{
    return answer("200 OK", "", toJsonLine(Json{{"token_type", "Bearer"}, {"expires_in", seconds}, {"access_token", token}}).c_str());
}

QByteArray refusal(const char* error, const char* description)
{
    return answer("400 Bad Request", "", toJsonLine(Json{{"error", error}, {"error_description", description}}).c_str());
}

AzureAuthority authorityOf(const ScriptedServer& server)
{
    return {server.url(""), "my-tenant"};
}

/// Gives tokens "t1", "t2", ... or the error it was told to.
class CountingSource : public TokenSource {
public:
    Result<AccessToken> fetch(const TokenRequest& request, std::stop_token) override
    {
        ++fetched;
        lastClaims = request.claims;
        if (failure) {
            return *failure;
        }
        AccessToken token;
        token.token = Secret("t" + std::to_string(fetched));
        token.expiresAt = now + 1h;
        return token;
    }

    int fetched = 0;
    std::string lastClaims;
    std::optional<Error> failure;
    WallTime now = kNow;
};

} // namespace

class TestAuth : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void hashesAreThoseOfTheStandards()
    {
        // Source: FIPS 180-4 and RFC 4231, test case 2.
        QCOMPARE(
            QByteArray::fromStdString(sha256("abc")).toHex(),
            QByteArray("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
        QCOMPARE(
            QByteArray::fromStdString(hmacSha256("Jefe", "what do ya want for nothing?")).toHex(),
            QByteArray("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
    }

    void keyThatCannotBeReadIsNotShown()
    {
        const auto got = signRsaSha256("-----BEGIN PRIVATE KEY-----\nSECRETSECRET\n-----END PRIVATE KEY-----\n", "x", RsaPadding::Pss);
        QVERIFY(!got);
        QVERIFY(got.error().message.find("SECRET") == std::string::npos);
    }

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

    void programThatHangsIsKilledWithItsChildren()
    {
        const QTemporaryDir folder;
        const std::string slow = script(folder, "slow", "echo begun\nsleep 60 & wait");
        const auto start = std::chrono::steady_clock::now();
        QCOMPARE(runProgram(slow, {}, 200ms, {}).error().kind, ErrorKind::Network);
        std::stop_source stop;
        std::jthread stopper([&] {
            std::this_thread::sleep_for(100ms);
            stop.request_stop();
        });
        QCOMPARE(runProgram(slow, {}, 60s, stop.get_token()).error().kind, ErrorKind::Cancelled);
        QVERIFY(std::chrono::steady_clock::now() - start < 10s);
    }

    void largeOutputOfBothChannelsIsRead()
    {
        const QTemporaryDir folder;
        const std::string loud = script(folder, "loud", "head -c 300000 /dev/zero | tr '\\0' a\nhead -c 300000 /dev/zero | tr '\\0' b >&2\nexit 3");
        const auto output = runProgram(loud, {}, 20s, {});
        QVERIFY(output);
        QCOMPARE(output->exitCode, 3);
        QCOMPARE(output->standardOutput.size(), std::size_t{300000});
        QCOMPARE(output->standardError.size(), std::size_t{300000});
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
        auto source = googleDefaultSource(transport, {{}, path + "/adc.json"});
        QVERIFY(source);
        QCOMPARE((*source)->fetch({kGoogleScope, {}}, {})->token.reveal(), std::string("USER"));
        QCOMPARE(valueIn(formOf(server.requests()[0]), "refresh_token"), std::string("RT"));
        const auto revoked = (*source)->fetch({kGoogleScope, {}}, {});
        QVERIFY(revoked.error().message.find("RT") == std::string::npos && revoked.error().message.find("CS") == std::string::npos);

        QVERIFY(writeJsonFile(path + "/other.json", Json{{"type", "external_account"}}));
        QCOMPARE(googleDefaultSource(transport, {path + "/other.json", path + "/adc.json"}).error().kind, ErrorKind::Unsupported);
        QCOMPARE(googleDefaultSource(transport, {path + "/none.json", path + "/adc.json"}).error().kind, ErrorKind::NotFound);
        QVERIFY(dynamic_cast<GoogleMetadata*>(googleDefaultSource(transport, {{}, path + "/none.json"})->get()) != nullptr);
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

    void cacheRenewsBeforeTheEnd()
    {
        CountingSource source;
        WallTime now = kNow;
        TokenCache cache(source, [&] { return now; });
        QCOMPARE(cache.token("a", {})->reveal(), std::string("t1"));
        now += 54min;
        QCOMPARE(cache.token("a", {})->reveal(), std::string("t1"));
        now += 2min; // less than five minutes are left
        QCOMPARE(cache.token("a", {})->reveal(), std::string("t2"));
        QCOMPARE(cache.token("b", {})->reveal(), std::string("t3"));
    }

    void tokenThatStillHoldsOutlivesAFailedRenewal()
    {
        CountingSource source;
        WallTime now = kNow;
        TokenCache cache(source, [&] { return now; });
        QVERIFY(cache.token("a", {}));
        source.failure = Error{ErrorKind::Network, "down", {}};
        now += 57min;
        QCOMPARE(cache.token("a", {})->reveal(), std::string("t1"));
        now += 3min;
        QCOMPARE(cache.token("a", {}).error().kind, ErrorKind::Network);
    }

    void refusedTokenIsRenewedOnceAndTheRequestRepeated()
    {
        const std::string claims = "{\"access_token\":{\"nbf\":{\"essential\":true}}}";
        const std::string header = "WWW-Authenticate: Bearer error=\"insufficient_claims\", claims=\"" + encodeBase64(claims) + "\"\r\n";
        ScriptedServer server({answer("401 Unauthorized", header.c_str()), answer("200 OK", "", "done"), answer("401 Unauthorized"), answer("401 Unauthorized")});
        CurlTransport transport;
        CountingSource source;
        TokenCache cache(source, fixedNow);
        AuthTransport auth(transport, cache, server.url(""), kScope);
        HttpRequest post;
        post.method = "POST";
        post.url = server.url("/start");
        const auto got = auth.send(post, {});
        QVERIFY(got);
        QCOMPARE(got->body, std::string("done"));
        QVERIFY(server.requests()[0].contains("Authorization: Bearer t1\r\n"));
        QVERIFY(server.requests()[1].contains("Authorization: Bearer t2\r\n"));
        QCOMPARE(source.lastClaims, claims);
        QCOMPARE(auth.send(post, {})->status, 401);
        QCOMPARE(server.requests().size(), std::size_t{4});
    }

    void tokenIsNotSentElsewhere()
    {
        ScriptedServer server({answer("200 OK")});
        CurlTransport transport;
        CountingSource source;
        TokenCache cache(source, fixedNow);
        AuthTransport auth(transport, cache, "https://management.azure.com", kScope);
        HttpRequest get;
        get.url = server.url("/");
        QVERIFY(!auth.send(get, {}));
        QCOMPARE(source.fetched, 0);
        QVERIFY(server.requests().empty());
    }

    void allPoliciesWorkTogether()
    {
        ScriptedServer server({answer("401 Unauthorized"), answer("503 Busy", "retry-after-ms: 1\r\n"), answer("200 OK", "", "done")});
        CountingSource source;
        TokenCache cache(source, fixedNow);
        std::vector<std::string> lines;
        ServiceTransportOptions options;
        options.service = server.url("");
        options.scope = kScope;
        options.log = [&](const std::string& line) { lines.push_back(line); };
        const auto transport = makeServiceTransport(options, &cache);
        HttpRequest post;
        post.method = "POST";
        post.url = server.url("/start?sig=SECRET");
        const auto got = transport->send(post, {});
        QVERIFY(got);
        QCOMPARE(got->body, std::string("done"));
        const auto requests = server.requests();
        QCOMPARE(requests.size(), std::size_t{3});
        const auto idOf = [](const QByteArray& request) {
            const auto at = request.indexOf("x-ms-client-request-id: ");
            return at < 0 ? QByteArray() : request.mid(at, 60);
        };
        QVERIFY(!idOf(requests[0]).isEmpty());
        QCOMPARE(idOf(requests[0]), idOf(requests[2]));
        QVERIFY(requests[2].contains("Authorization: Bearer t2\r\n"));
        QCOMPARE(lines.size(), std::size_t{3});
        for (const std::string& line : lines) {
            QVERIFY2(line.find("SECRET") == std::string::npos && line.find("Bearer") == std::string::npos, line.c_str());
        }
    }

    void serviceWithoutSignInGetsNoToken()
    {
        ScriptedServer server({answer("200 OK")});
        const auto transport = makeServiceTransport({}, nullptr);
        HttpRequest get;
        get.url = server.url("/prices");
        QVERIFY(transport->send(get, {}));
        QVERIFY(!server.requests()[0].contains("Authorization"));
    }

    void manyThreadsCauseOneRenewal()
    {
        CountingSource source;
        TokenCache cache(source, fixedNow);
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < 8; ++i) {
                threads.emplace_back([&] { (void)cache.token("a", {}); });
            }
        }
        QCOMPARE(source.fetched, 1);
        const Secret refused("t1");
        QCOMPARE(cache.replace("a", refused, {}, {})->reveal(), std::string("t2"));
        QCOMPARE(cache.replace("a", refused, {}, {})->reveal(), std::string("t2")); // somebody was faster
        QCOMPARE(source.fetched, 2);
    }

private:
    /// A program that does what `body` says.
    static std::string script(const QTemporaryDir& folder, const char* name, const char* body)
    {
        const QString path = folder.filePath(name);
        QFile file(path);
        if (file.open(QIODevice::WriteOnly)) {
            file.write(QByteArray("#!/bin/sh\n") + body + "\n");
            file.close();
        }
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        return path.toStdString();
    }
};

QTEST_GUILESS_MAIN(TestAuth)
#include "tst_auth.moc"
