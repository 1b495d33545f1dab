// Sign-in, the state file, faults: what is not of one cloud.
#include <QFile>
#include <QTemporaryDir>

#include "tests/cloud/sandbox/sandbox_fixture.h"

using namespace ty;
using namespace ty::sandbox;
using std::chrono::seconds;

namespace {
const std::string kVm = "/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/box";
} // namespace

class TestSandboxState : public QObject {
    Q_OBJECT

private slots:
    void aDeviceCodeWaitsForThePerson();
    void wrongSignInsAreRefusedWithTheRealNumbers();
    void anAssertionOfARegisteredCertificateSignsIn();
    void tokensExpireAndRefresh();
    void theWorldSurvivesARestart();
    void aTornLineIsLeftOut();
    void anOperationBegunBeforeARestartEndsAfterIt();
    void faultsStrikeAsTheirRulesSay();
    void aDropAfterTheEffectHasTheEffect();
    void aWrongScriptIsRefusedByItsRule();
    void theSandboxItselfAsksForItsHeader();
};

void TestSandboxState::aDeviceCodeWaitsForThePerson()
{
    SandboxFixture f;
    const auto& who = f.sandbox->identity();
    const std::string oauth = "/" + who.tenantId + "/oauth2/v2.0/";
    const Answer code = f.form(oauth + "devicecode", {{"client_id", "any-public-client"}, {"scope", "https://management.azure.com/.default offline_access"}});
    QCOMPARE(code.status, 200);
    const Fields poll{{"grant_type", "urn:ietf:params:oauth:grant-type:device_code"}, {"client_id", "any-public-client"}, {"device_code", code.body.value("device_code", "")}};
    QCOMPARE(f.form(oauth + "token", poll).body.value("error", ""), std::string("authorization_pending"));
    QCOMPARE(f.form(oauth + "token", poll).body.value("error", ""), std::string("slow_down"));
    QCOMPARE(f.form("/devicelogin", {{"code", "WRONG"}, {"answer", "yes"}}).status, 400);
    QCOMPARE(f.form("/devicelogin", {{"code", code.body.value("user_code", "")}, {"answer", "yes"}}).status, 200);
    f.pass(seconds(5));
    const Answer tokens = f.form(oauth + "token", poll);
    QCOMPARE(tokens.status, 200);
    QVERIFY(tokens.body.contains("id_token") && tokens.body.contains("refresh_token") && tokens.body.contains("client_info"));
    QCOMPARE(f.form(oauth + "token", poll).body.value("error", ""), std::string("bad_verification_code")); // once only

    const Answer late = f.form(oauth + "devicecode", {{"client_id", "c"}, {"scope", "x"}});
    f.pass(seconds(901));
    QCOMPARE(f.form(oauth + "token", {{"grant_type", "device_code"}, {"client_id", "c"}, {"device_code", late.body.value("device_code", "")}}).body.value("error", ""), std::string("expired_token"));
}

void TestSandboxState::wrongSignInsAreRefusedWithTheRealNumbers()
{
    SandboxFixture f;
    const auto& who = f.sandbox->identity();
    const std::string token = "/" + who.tenantId + "/oauth2/v2.0/token";
    const std::string scope = "https://management.azure.com/.default";
    const auto number = [](const Answer& answer) { return answer.body["error_codes"][0].get<int>(); };
    const Answer secret = f.form(token, {{"grant_type", "client_credentials"}, {"client_id", who.clientId}, {"client_secret", "no"}, {"scope", scope}});
    QCOMPARE(secret.status, 401);
    QCOMPARE(number(secret), 7000215);
    QCOMPARE(number(f.form(token, {{"grant_type", "client_credentials"}, {"client_id", "no"}, {"client_secret", "no"}, {"scope", scope}})), 700016);
    QCOMPARE(number(f.form(token, {{"grant_type", "client_credentials"}, {"client_id", who.clientId}, {"client_secret", who.clientSecret}, {"scope", "x"}})), 1002012);
    QCOMPARE(number(f.form("/00000000-0000-0000-0000-000000000000/oauth2/v2.0/token", {})), 90002);
    QCOMPARE(number(f.form(token, {{"grant_type", "password"}})), 70003);
}

void TestSandboxState::anAssertionOfARegisteredCertificateSignsIn()
{
    SandboxFixture f;
    const auto& who = f.sandbox->identity();
    const auto key = RsaKey::generate(1024);
    const auto now = std::chrono::floor<seconds>(f.clock.now()).time_since_epoch().count();
    const std::string token = "/" + who.tenantId + "/oauth2/v2.0/token";
    const Json claims{{"iss", who.clientId}, {"sub", who.clientId}, {"aud", "https://localhost:1" + token}, {"nbf", now}, {"exp", now + 600}, {"jti", "1"}};
    const Fields asked{{"grant_type", "client_credentials"}, {"client_id", who.clientId}, {"scope", "https://management.azure.com/.default"},
                       {"client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}, {"client_assertion", makeJwt(claims, *key, "1")}};
    QCOMPARE(f.form(token, asked).status, 401);
    Request put;
    put.method = "POST";
    put.headers = {{"x-sandbox-admin", "1"}};
    put.body = key->publicPem();
    setTarget(put, "/sandbox/certificate");
    QCOMPARE(f.sandbox->handle(put).status, 204);
    QCOMPARE(f.form(token, asked).status, 200);
}

void TestSandboxState::tokensExpireAndRefresh()
{
    SandboxFixture f;
    QCOMPARE(f.arm("GET", "/resourcegroups").status, 200);
    f.clock.advance(seconds(3600));
    const Answer expired = f.arm("GET", "/resourcegroups");
    QCOMPARE(expired.status, 401);
    QCOMPARE(expired.code(), std::string("ExpiredAuthenticationToken"));
    QVERIFY(expired.header("WWW-Authenticate").starts_with("Bearer "));
    QCOMPARE(f.send("GET", f.subscription + "?api-version=2024-03-01").code(), std::string("AuthenticationFailed"));
    QCOMPARE(f.send("GET", f.subscription + "?api-version=2024-03-01", nullptr, {{"Authorization", "Bearer x.y.z"}}).code(), std::string("InvalidAuthenticationToken"));
}

void TestSandboxState::theWorldSurvivesARestart()
{
    QTemporaryDir folder;
    SandboxOptions options = SandboxFixture::fast();
    options.stateFile = folder.filePath("state.jsonl").toStdString();
    SandboxFixture f(options);
    f.makeNetwork("g");
    f.arm("PUT", kVm, f.machine("g", "Standard_B2s"));
    f.pass(seconds(61));
    const std::string subscription = f.subscription;
    const std::string token = f.azureToken;
    f.open(options);
    QCOMPARE(f.subscription, subscription);
    f.azureToken = token; // still good
    QCOMPARE(f.power(kVm), std::string("running"));
    QCOMPARE(f.host.starts, 2); // found again or started
}

void TestSandboxState::aTornLineIsLeftOut()
{
    QTemporaryDir folder;
    const std::string path = folder.filePath("state.jsonl").toStdString();
    {
        auto store = DocumentStore::open(path);
        QVERIFY(store);
        store->put("a", {{"n", 1}});
        QVERIFY(store->commit());
    }
    QFile file(QString::fromStdString(path));
    QVERIFY(file.open(QIODevice::Append));
    file.write(R"({"set":{"b":{"n":)");
    file.close();
    auto store = DocumentStore::open(path);
    QVERIFY(store);
    QVERIFY(store->contains("a") && !store->contains("b"));
    store->put("c", 1);
    store->erase("a");
    store->rollback();
    QVERIFY(store->contains("a") && !store->contains("c"));
}

void TestSandboxState::anOperationBegunBeforeARestartEndsAfterIt()
{
    QTemporaryDir folder;
    SandboxOptions options = SandboxFixture::fast();
    options.stateFile = folder.filePath("state.jsonl").toStdString();
    SandboxFixture f(options);
    f.makeNetwork("g");
    const Answer made = f.arm("PUT", kVm, f.machine("g", "Standard_B2s"));
    f.open(options);
    QCOMPARE(f.follow(made.header("Azure-AsyncOperation")).body.value("status", ""), std::string("InProgress"));
    f.pass(seconds(61));
    QCOMPARE(f.follow(made.header("Azure-AsyncOperation")).body.value("status", ""), std::string("Succeeded"));
    QCOMPARE(f.power(kVm), std::string("running"));
}

void TestSandboxState::faultsStrikeAsTheirRulesSay()
{
    SandboxFixture f;
    QVERIFY(f.sandbox->setFaults({{"rules", Json::array({{{"method", "GET"}, {"path", "*/resourceGroups"}, {"nth", 2}, {"do", "status"}, {"status", 429}, {"retryAfter", 3}}})}}));
    QCOMPARE(f.arm("GET", "/resourcegroups").status, 200);
    const Answer second = f.arm("GET", "/resourcegroups");
    QCOMPARE(second.status, 429);
    QCOMPARE(second.header("Retry-After"), std::string("3"));
    QCOMPARE(f.arm("GET", "/resourcegroups").status, 200);

    QVERIFY(f.sandbox->setFaults({{"seed", 3}, {"rules", Json::array({{{"probability", 0.3}, {"do", "any"}}})}}));
    int struck = 0;
    for (int i = 0; i < 1000; ++i) {
        const Answer answer = f.arm("GET", "/resourcegroups");
        struck += answer.status != 200 || answer.response.delivery != Delivery::Whole ? 1 : 0;
    }
    QVERIFY2(struck > 250 && struck < 350, qPrintable(QString::number(struck)));
    QVERIFY(f.sandbox->setFaults({{"rules", Json::array({{{"times", 2}, {"do", "expired-token"}}})}}));
    QCOMPARE(f.arm("GET", "/resourcegroups").code(), std::string("ExpiredAuthenticationToken"));
    QCOMPARE(f.arm("GET", "/resourcegroups").status, 401);
    QCOMPARE(f.arm("GET", "/resourcegroups").status, 200);
}

void TestSandboxState::aDropAfterTheEffectHasTheEffect()
{
    SandboxFixture f;
    for (const char* when : {"before", "after"}) {
        QVERIFY(f.sandbox->setFaults({{"rules", Json::array({{{"method", "PUT"}, {"times", 1}, {"do", "drop"}, {"when", when}}})}}));
        const std::string group = std::string("/resourcegroups/") + when;
        QCOMPARE(f.arm("PUT", group, {{"location", "eastus"}}).response.delivery, Delivery::Dropped);
        QCOMPARE(f.arm("HEAD", group).status, std::string(when) == "after" ? 204 : 404);
    }
}

void TestSandboxState::aWrongScriptIsRefusedByItsRule()
{
    const auto wrong = FaultScript::parse({{"rules", Json::array({{{"do", "delay"}}, {{"zone", "eastus"}, {"do", "drop"}}})}});
    QVERIFY(!wrong);
    QCOMPARE(wrong.error().message, std::string("fault script, rule 2: \"drop\" is about requests, not zones"));
}

void TestSandboxState::theSandboxItselfAsksForItsHeader()
{
    SandboxFixture f;
    QCOMPARE(f.send("GET", "/sandbox/state").status, 403);
    QCOMPARE(f.send("GET", "/sandbox/state", nullptr, {{"x-sandbox-admin", "1"}}).status, 200);
    QCOMPARE(f.send("GET", "/sandbox/serial/..%2F..%2Fetc%2Fpasswd.log").status, 404);
}

QTEST_GUILESS_MAIN(TestSandboxState)
#include "tst_sandbox_state.moc"
