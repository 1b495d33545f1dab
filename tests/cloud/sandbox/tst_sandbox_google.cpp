#include "tests/cloud/sandbox/sandbox_fixture.h"

#include "cloud/sandbox/gce_tables.h"

using namespace ty;
using namespace ty::sandbox;
using std::chrono::seconds;

namespace {

/// A fixture whose client holds a service account's token.
class Google : public SandboxFixture {
public:
    Google()
    {
        const auto& who = sandbox->identity();
        const auto now = std::chrono::floor<seconds>(clock.now()).time_since_epoch().count();
        const Json claims{{"iss", who.serviceAccount}, {"scope", "https://www.googleapis.com/auth/cloud-platform"}, {"aud", "https://localhost:1/google/token"}, {"iat", now}, {"exp", now + 3600}};
        const Answer granted = form(
            "/google/token",
            {{"grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"}, {"assertion", makeJwt(claims, who.serviceAccountKey, "1")}});
        token = granted.body.value("access_token", "");
        project = "/compute/v1/projects/" + who.project;
    }
    Answer gce(const std::string& method, const std::string& path, const Json& body = nullptr)
    {
        return send(method, project + path, body, {{"Authorization", "Bearer " + token}});
    }
    static Json instance(const std::string& zone, const std::string& name = "box")
    {
        return {
            {"name", name},
            {"machineType", "zones/" + zone + "/machineTypes/n1-standard-1"},
            {"guestAccelerators", Json::array({{{"acceleratorType", "zones/" + zone + "/acceleratorTypes/nvidia-tesla-t4"}, {"acceleratorCount", 1}}})},
            {"scheduling", {{"onHostMaintenance", "TERMINATE"}}},
            {"disks", Json::array({{{"boot", true}, {"autoDelete", true}, {"initializeParams", {{"sourceImage", "projects/debian-cloud/global/images/family/debian-12"}}}}})},
            {"networkInterfaces", Json::array({{{"network", "global/networks/default"}, {"accessConfigs", Json::array({{{"type", "ONE_TO_ONE_NAT"}}})}}})},
            {"metadata", {{"items", Json::array({{{"key", "ssh-keys"}, {"value", "trainer:ssh-ed25519 AAAA you"}}})}}}};
    }
    /// Begins an instance, lets it end, and gives the operation.
    Json insert(const std::string& zone, const Json& body)
    {
        const Answer begun = gce("POST", "/zones/" + zone + "/instances", body);
        if (begun.status != 200) {
            return begun.body;
        }
        pass(seconds(20));
        return gce("GET", "/zones/" + zone + "/operations/" + begun.body.value("name", "")).body;
    }

    std::string token;
    std::string project;
};

} // namespace

class TestSandboxGoogle : public QObject {
    Q_OBJECT

private slots:
    void of121Zones12GiveAT4And72HaveNoneAnd37DoNotOfferIt();
    void anAggregatedListNamesEveryZone();
    void anInsertSucceedsOnlyInItsOperation();
    void aStockOutIsAnErrorOfTheOperationAlone();
    void anInsertWithTheSameRequestIdIsOne();
    void theRegionsQuotaEndsTheOperationAndTheProjectsRefuses();
    void aStaleFingerprintIsRefused();
    void anInstanceIsStoppedStartedAndDeletedWithItsDisk();
    void wrongRequestsAreRefusedInTheRealForm();
    void tokensAreChecked();
    void listsAreFilteredAndPaged();
};

void TestSandboxGoogle::of121Zones12GiveAT4And72HaveNoneAnd37DoNotOfferIt()
{
    std::map<GceOffer, int> count;
    for (const auto& zone : gceZones()) {
        ++count[gceOffer("nvidia-tesla-t4", zone.name)];
    }
    QCOMPARE(gceZones().size(), std::size_t{121});
    QCOMPARE(gceRegions().size(), std::size_t{40});
    QCOMPARE(count[GceOffer::Gives], 12);
    QCOMPARE(count[GceOffer::NoCapacity], 72);
    QCOMPARE(count[GceOffer::Absent], 37);
    Google f;
    QCOMPARE(f.gce("GET", "/zones").body["items"].size(), std::size_t{121});
}

void TestSandboxGoogle::anAggregatedListNamesEveryZone()
{
    Google f;
    const Json items = f.gce("GET", "/aggregated/acceleratorTypes").body["items"];
    QCOMPARE(items.size(), std::size_t{121});
    int offering = 0;
    for (const auto& [scope, entry] : items.items()) {
        if (!entry.contains("acceleratorTypes")) {
            QCOMPARE(entry["warning"].value("code", ""), std::string("NO_RESULTS_ON_PAGE"));
            continue;
        }
        for (const auto& type : entry["acceleratorTypes"]) {
            offering += type.value("name", "") == "nvidia-tesla-t4" ? 1 : 0;
        }
    }
    QCOMPARE(offering, 84);
}

void TestSandboxGoogle::anInsertSucceedsOnlyInItsOperation()
{
    Google f;
    const Answer begun = f.gce("POST", "/zones/us-central1-f/instances", f.instance("us-central1-f"));
    QCOMPARE(begun.status, 200);
    QCOMPARE(begun.body.value("status", ""), std::string("RUNNING"));
    QCOMPARE(f.gce("GET", "/zones/us-central1-f/instances/box").body.value("status", ""), std::string("PROVISIONING"));
    f.pass(seconds(16));
    const Json done = f.gce("POST", "/zones/us-central1-f/operations/" + begun.body.value("name", "") + "/wait").body;
    QCOMPARE(done.value("status", ""), std::string("DONE"));
    QVERIFY(!done.contains("error"));
    const Json instance = f.gce("GET", "/zones/us-central1-f/instances/box").body;
    QCOMPARE(instance.value("status", ""), std::string("RUNNING"));
    QCOMPARE(f.host.machines.size(), std::size_t{1});
    QCOMPARE(instance["networkInterfaces"][0]["accessConfigs"][0].value("natIP", ""), f.host.machines.begin()->second.spec.address);
    QCOMPARE(f.host.machines.begin()->second.spec.user, std::string("trainer"));
    QVERIFY(f.gce("GET", "/zones/us-central1-f/instances/box/serialPort").body.value("contents", "").starts_with("log of gce-"));
}

void TestSandboxGoogle::aStockOutIsAnErrorOfTheOperationAlone()
{
    Google f;
    std::string soldOut;
    for (const auto& zone : gceZones()) {
        soldOut = gceOffer("nvidia-tesla-t4", zone.name) == GceOffer::NoCapacity ? zone.name : soldOut;
    }
    const Json operation = f.insert(soldOut, f.instance(soldOut));
    QCOMPARE(operation.value("status", ""), std::string("DONE"));
    QCOMPARE(operation.value("httpErrorStatusCode", 0), 503);
    QCOMPARE(operation["error"]["errors"][0].value("code", ""), std::string("ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS"));
    QCOMPARE(f.gce("GET", "/zones/" + soldOut + "/instances/box").status, 404);
    QVERIFY(!f.gce("GET", "/zones/" + soldOut + "/disks").body.contains("items"));
}

void TestSandboxGoogle::anInsertWithTheSameRequestIdIsOne()
{
    Google f;
    const std::string path = "/zones/us-central1-f/instances?requestId=3f2504e0-4f89-11d3-9a0c-0305e82c3301";
    const Json first = f.gce("POST", path, f.instance("us-central1-f")).body;
    const Answer again = f.gce("POST", path, f.instance("us-central1-f"));
    QCOMPARE(again.status, 200);
    QCOMPARE(again.body.value("name", ""), first.value("name", ""));
    QCOMPARE(f.gce("POST", "/zones/us-central1-f/instances", f.instance("us-central1-f")).status, 409);
}

void TestSandboxGoogle::theRegionsQuotaEndsTheOperationAndTheProjectsRefuses()
{
    Google f;
    QVERIFY(f.sandbox->setFaults({{"rules", Json::array({{{"zone", "us-central1"}, {"size", "NVIDIA_T4_GPUS"}, {"do", "quota"}, {"limit", 0}}})}}));
    const Json operation = f.insert("us-central1-f", f.instance("us-central1-f"));
    QCOMPARE(operation.value("httpErrorStatusCode", 0), 403);
    QCOMPARE(operation["error"]["errors"][0].value("code", ""), std::string("QUOTA_EXCEEDED"));
    QCOMPARE(operation["error"]["errors"][0].value("message", ""), std::string("Quota 'NVIDIA_T4_GPUS' exceeded.  Limit: 0.0 in region us-central1."));
    QVERIFY(f.sandbox->setFaults({{"rules", Json::array({{{"zone", "global"}, {"size", "GPUS_ALL_REGIONS"}, {"do", "quota"}, {"limit", 0}}})}}));
    const Answer refused = f.gce("POST", "/zones/us-central1-f/instances", f.instance("us-central1-f"));
    QCOMPARE(refused.status, 403);
    QCOMPARE(refused.body["error"]["errors"][0].value("reason", ""), std::string("quotaExceeded"));
    QCOMPARE(refused.body["error"].value("message", ""), std::string("Quota 'GPUS_ALL_REGIONS' exceeded.  Limit: 0.0 globally."));
}

void TestSandboxGoogle::aStaleFingerprintIsRefused()
{
    Google f;
    f.insert("us-central1-f", f.instance("us-central1-f"));
    const std::string path = "/zones/us-central1-f/instances/box";
    QCOMPARE(f.gce("POST", path + "/setMetadata", {{"fingerprint", "stale"}, {"items", Json::array()}}).status, 412);
    const std::string now = f.gce("GET", path).body["metadata"].value("fingerprint", "");
    QCOMPARE(f.gce("POST", path + "/setMetadata", {{"fingerprint", now}, {"items", Json::array({{{"key", "a"}, {"value", "b"}}})}}).status, 200);
    QVERIFY(f.gce("GET", path).body["metadata"].value("fingerprint", "") != now);
}

void TestSandboxGoogle::anInstanceIsStoppedStartedAndDeletedWithItsDisk()
{
    Google f;
    f.insert("us-central1-f", f.instance("us-central1-f"));
    const std::string path = "/zones/us-central1-f/instances/box";
    QCOMPARE(f.gce("POST", path + "/stop").status, 200);
    QCOMPARE(f.gce("GET", path).body.value("status", ""), std::string("STOPPING"));
    f.pass(seconds(31));
    QCOMPARE(f.gce("GET", path).body.value("status", ""), std::string("TERMINATED"));
    QVERIFY(!f.host.machines.begin()->second.isRunning);
    QCOMPARE(f.gce("POST", path + "/setMachineType", {{"machineType", "zones/us-central1-f/machineTypes/n1-standard-2"}}).status, 200);
    f.gce("POST", path + "/start");
    f.pass(seconds(16));
    QVERIFY(f.host.machines.begin()->second.isRunning);
    f.gce("DELETE", path);
    f.pass(seconds(31));
    QCOMPARE(f.gce("GET", path).status, 404);
    QVERIFY(f.host.machines.empty());
    QVERIFY(!f.gce("GET", "/zones/us-central1-f/disks").body.contains("items"));
}

void TestSandboxGoogle::wrongRequestsAreRefusedInTheRealForm()
{
    Google f;
    Json body = f.instance("us-central1-f");
    body["scheduling"] = Json::object();
    QCOMPARE(f.gce("POST", "/zones/us-central1-f/instances", body).body["error"].value("message", ""),
             std::string("Instances with guest accelerators do not support live migration."));
    body = f.instance("us-central1-f", "Upper");
    QCOMPARE(f.gce("POST", "/zones/us-central1-f/instances", body).status, 400);
    std::string absent;
    for (const auto& zone : gceZones()) {
        absent = gceOffer("nvidia-tesla-t4", zone.name) == GceOffer::Absent ? zone.name : absent;
    }
    const Answer missing = f.gce("POST", "/zones/" + absent + "/instances", f.instance(absent));
    QCOMPARE(missing.status, 404);
    QCOMPARE(missing.body["error"]["errors"][0].value("reason", ""), std::string("notFound"));
}

void TestSandboxGoogle::tokensAreChecked()
{
    Google f;
    QCOMPARE(f.send("GET", f.project + "/zones").status, 401);
    QCOMPARE(f.send("GET", f.project + "/zones", nullptr, {{"Authorization", "Bearer ya29.nonsense"}}).status, 401);
    f.clock.advance(seconds(4000));
    QCOMPARE(f.gce("GET", "/zones").status, 401);
    const auto other = RsaKey::generate(1024);
    const auto now = std::chrono::floor<seconds>(f.clock.now()).time_since_epoch().count();
    const Json claims{{"iss", f.sandbox->identity().serviceAccount}, {"scope", "x"}, {"aud", "https://localhost:1/google/token"}, {"iat", now}, {"exp", now + 3600}};
    const Answer refused = f.form("/google/token", {{"grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"}, {"assertion", makeJwt(claims, *other, "1")}});
    QCOMPARE(refused.status, 400);
    QCOMPARE(refused.body.value("error_description", ""), std::string("Invalid JWT Signature."));
}

void TestSandboxGoogle::listsAreFilteredAndPaged()
{
    Google f;
    Json body = f.instance("us-central1-f");
    body["labels"] = {{"trainyard", "chase"}};
    f.insert("us-central1-f", body);
    QCOMPARE(f.gce("GET", "/zones/us-central1-f/instances?filter=labels.trainyard%3Dchase").body["items"].size(), std::size_t{1});
    QVERIFY(!f.gce("GET", "/zones/us-central1-f/instances?filter=labels.trainyard%3Dother").body.contains("items"));
    const Json first = f.gce("GET", "/zones?maxResults=100").body;
    QCOMPARE(first["items"].size(), std::size_t{100});
    QCOMPARE(f.gce("GET", "/zones?maxResults=100&pageToken=" + first.value("nextPageToken", "")).body["items"].size(), std::size_t{21});
}

QTEST_GUILESS_MAIN(TestSandboxGoogle)
#include "tst_sandbox_google.moc"
