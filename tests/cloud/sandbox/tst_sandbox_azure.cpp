#include "tests/cloud/sandbox/sandbox_fixture.h"

using namespace ty;
using namespace ty::sandbox;
using std::chrono::seconds;

namespace {
const std::string kVm = "/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/box";
const std::string kNic = "/resourceGroups/g/providers/Microsoft.Network/networkInterfaces/card";
} // namespace

class TestSandboxAzure : public QObject {
    Q_OBJECT

private slots:
    void itListsSixtyRegions();
    void everyRequestNeedsAnApiVersion();
    void aMachineGoesThroughItsStatesInTime();
    void idsCompareWithoutCase();
    void anActionEndsWithAnEmptyFinalAnswer();
    void aFullQuotaIsRefusedInTheRealWords();
    void aSizeWithoutCapacityFailsLateAndKeepsItsCard();
    void aScriptedRefusalIsSkuNotAvailable();
    void deletingFollowsTheDeleteOptions();
    void aSecondWriteMeanwhileConflicts();
    void aDeleteOvertakesACreate();
    void aMachineIsResizedCapturedAndBegunFromItsImage();
    void aDataDiskIsAttachedAndDetached();
    void whatIsInUseCannotBeDeleted();
    void aGroupIsDeletedWithAllInIt();
    void aTemplateIsDeployedInItsOrder();
    void readsBeyondTheBucketAreThrottled();
    void metricsAreWhatTheMachineUsed();
    void pricesArePagedAndFiltered();
    void anUnregisteredProviderIsRegisteredFirst();
    void runCommandAnswersWhatTheScriptSaid();
    void aScaleSetCountsAgainstTheQuotaAndListsItsMembers();
    void wrongMachinesAreRefusedWithTheirTarget_data();
    void wrongMachinesAreRefusedWithTheirTarget();
};

void TestSandboxAzure::itListsSixtyRegions()
{
    SandboxFixture f;
    const Answer locations = f.arm("GET", "/locations");
    QCOMPARE(locations.body["value"].size(), std::size_t{60});
    QCOMPARE(f.arm("GET", "").body.value("state", ""), std::string("Enabled"));
}

void TestSandboxAzure::everyRequestNeedsAnApiVersion()
{
    SandboxFixture f;
    const Answer without = f.send("GET", f.subscription + "/resourcegroups", nullptr, {{"Authorization", "Bearer " + f.azureToken}});
    QCOMPARE(without.status, 400);
    QCOMPARE(without.code(), std::string("MissingApiVersionParameter"));
    QVERIFY(!without.header("x-ms-request-id").empty());
    QCOMPARE(f.send("GET", "/subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups?api-version=2024-03-01", nullptr,
                    {{"Authorization", "Bearer " + f.azureToken}}).code(),
             std::string("SubscriptionNotFound"));
}

void TestSandboxAzure::aMachineGoesThroughItsStatesInTime()
{
    SandboxFixture f;
    f.makeNetwork("g");
    const Answer made = f.arm("PUT", kVm, f.machine("g", "Standard_B2s"));
    QCOMPARE(made.status, 201);
    QCOMPARE(made.body["properties"].value("provisioningState", ""), std::string("Creating"));
    const std::string poll = made.header("Azure-AsyncOperation");
    QVERIFY(poll.starts_with("https://localhost:1/subscriptions/"));
    QCOMPARE(made.header("Retry-After"), std::string("10"));
    Answer status = f.follow(poll);
    QCOMPARE(status.body.value("status", ""), std::string("InProgress"));
    QVERIFY(!status.header("Retry-After").empty());
    QVERIFY(f.host.machines.empty());

    f.pass(seconds(59));
    QCOMPARE(f.follow(poll).body.value("status", ""), std::string("InProgress"));
    f.pass(seconds(2));
    status = f.follow(poll);
    QCOMPARE(status.body.value("status", ""), std::string("Succeeded"));
    QVERIFY(status.body.contains("endTime"));
    QCOMPARE(f.power(kVm), std::string("running"));
    QCOMPARE(f.host.machines.size(), std::size_t{1});
    const auto& spec = f.host.machines.begin()->second.spec;
    QCOMPARE(spec.user, std::string("trainer"));
    QCOMPARE(spec.publicKeys.size(), std::size_t{1});
    const Json address = f.arm("GET", "/resourceGroups/g/providers/Microsoft.Network/publicIPAddresses/card-address").body;
    QCOMPARE(spec.address, address["properties"].value("ipAddress", ""));
}

void TestSandboxAzure::idsCompareWithoutCase()
{
    SandboxFixture f;
    f.makeNetwork("g");
    f.arm("PUT", kVm, f.machine("g", "Standard_B2s"));
    f.pass(seconds(61));
    QCOMPARE(f.arm("GET", "/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.COMPUTE/VIRTUALMACHINES/BOX").status, 200);
}

void TestSandboxAzure::anActionEndsWithAnEmptyFinalAnswer()
{
    SandboxFixture f;
    f.makeNetwork("g");
    f.arm("PUT", kVm, f.machine("g", "Standard_B2s"));
    f.pass(seconds(61));
    const Answer off = f.arm("POST", kVm + "/deallocate");
    QCOMPARE(off.status, 202);
    QCOMPARE(f.power(kVm), std::string("deallocating"));
    QCOMPARE(f.follow(off.header("Location")).status, 202);
    f.pass(seconds(31));
    const Answer final = f.follow(off.header("Location"));
    QCOMPARE(final.status, 200);
    QVERIFY(final.response.body.empty());
    QCOMPARE(f.power(kVm), std::string("deallocated"));
    QVERIFY(!f.host.machines.begin()->second.isRunning);
}

void TestSandboxAzure::aFullQuotaIsRefusedInTheRealWords()
{
    SandboxFixture f;
    f.makeNetwork("g");
    QVERIFY(f.sandbox->setFaults({{"rules", Json::array({{{"zone", "westeurope"}, {"size", "standardBSFamily"}, {"do", "quota"}, {"limit", 1}}})}}));
    const Answer refused = f.arm("PUT", kVm, f.machine("g", "Standard_B2s"));
    QCOMPARE(refused.status, 409);
    QCOMPARE(refused.code(), std::string("OperationNotAllowed"));
    const std::string message = refused.body["error"].value("message", "");
    QVERIFY2(message.find("exceeding approved standardBSFamily Cores quota") != std::string::npos, message.c_str());
    QVERIFY2(message.find("Location: westeurope, Current Limit: 1, Current Usage: 0, Additional Required: 2, (Minimum) New Limit Required: 2.") != std::string::npos, message.c_str());
    QCOMPARE(f.arm("GET", kVm).status, 404);
    // Refused means nothing is left: the interface is free.
    QVERIFY(!f.arm("GET", kNic).body["properties"].contains("virtualMachine"));
}

void TestSandboxAzure::aSizeWithoutCapacityFailsLateAndKeepsItsCard()
{
    SandboxFixture f;
    f.makeNetwork("g");
    QVERIFY(f.sandbox->setFaults({{"rules", Json::array({{{"zone", "westeurope"}, {"do", "AllocationFailed"}}})}}));
    const Answer made = f.arm("PUT", kVm, f.machine("g", "Standard_B2s"));
    QCOMPARE(made.status, 201);
    f.pass(seconds(61));
    const Answer status = f.follow(made.header("Azure-AsyncOperation"));
    QCOMPARE(status.body.value("status", ""), std::string("Failed"));
    QCOMPARE(status.code(), std::string("AllocationFailed"));
    QCOMPARE(f.arm("GET", kVm).body["properties"].value("provisioningState", ""), std::string("Failed"));
    QVERIFY(f.host.machines.empty());

    f.arm("DELETE", kVm);
    f.pass(seconds(31));
    const Answer reserved = f.arm("DELETE", kNic);
    QCOMPARE(reserved.code(), std::string("NicReservedForAnotherVm"));
    f.pass(seconds(181));
    QCOMPARE(f.arm("DELETE", kNic).status, 202);
}

void TestSandboxAzure::aScriptedRefusalIsSkuNotAvailable()
{
    SandboxFixture f;
    f.makeNetwork("g");
    QVERIFY(f.sandbox->setFaults({{"rules", Json::array({{{"zone", "west*"}, {"size", "Standard_B*"}, {"do", "SkuNotAvailable"}}})}}));
    const Answer refused = f.arm("PUT", kVm, f.machine("g", "Standard_B2s"));
    QCOMPARE(refused.status, 409);
    QCOMPARE(refused.code(), std::string("SkuNotAvailable"));
}

void TestSandboxAzure::deletingFollowsTheDeleteOptions()
{
    SandboxFixture f;
    f.makeNetwork("g");
    Json machine = f.machine("g", "Standard_B2s");
    machine["properties"]["storageProfile"]["osDisk"]["deleteOption"] = "Delete";
    machine["properties"]["storageProfile"]["dataDisks"] = Json::array({{{"lun", 0}, {"createOption", "Empty"}, {"diskSizeGB", 32}}});
    machine["properties"]["networkProfile"]["networkInterfaces"][0]["properties"] = {{"deleteOption", "Delete"}};
    f.arm("PUT", kVm, machine);
    f.pass(seconds(61));
    const Json disks = f.arm("GET", "/resourceGroups/g/providers/Microsoft.Compute/disks").body["value"];
    QCOMPARE(disks.size(), std::size_t{2});
    const std::string os = f.arm("GET", kVm).body["properties"]["storageProfile"]["osDisk"]["managedDisk"].value("id", "");
    QCOMPARE(f.send("DELETE", os + "?api-version=2024-03-01", nullptr, {{"Authorization", "Bearer " + f.azureToken}}).code(), std::string("OperationNotAllowed"));
    f.arm("DELETE", kVm);
    f.pass(seconds(31));
    const Json left = f.arm("GET", "/resourceGroups/g/providers/Microsoft.Compute/disks").body["value"];
    QCOMPARE(left.size(), std::size_t{1});
    QCOMPARE(left[0]["properties"].value("diskState", ""), std::string("Unattached"));
    QCOMPARE(f.arm("GET", kNic).status, 404);
    QVERIFY(f.host.machines.empty());
}

void TestSandboxAzure::aSecondWriteMeanwhileConflicts()
{
    SandboxFixture f;
    f.makeNetwork("g");
    f.arm("PUT", kVm, f.machine("g", "Standard_B2s"));
    QCOMPARE(f.arm("POST", kVm + "/start").code(), std::string("Conflict"));
}

void TestSandboxAzure::aDeleteOvertakesACreate()
{
    SandboxFixture f;
    f.makeNetwork("g");
    const Answer made = f.arm("PUT", kVm, f.machine("g", "Standard_B2s"));
    f.pass(seconds(20));
    QCOMPARE(f.arm("DELETE", kVm).status, 202);
    QCOMPARE(f.follow(made.header("Azure-AsyncOperation")).code(), std::string("OperationPreempted"));
    f.pass(seconds(100));
    QCOMPARE(f.arm("GET", kVm).status, 404);
    QVERIFY(f.host.machines.empty());
}

void TestSandboxAzure::aMachineIsResizedCapturedAndBegunFromItsImage()
{
    SandboxFixture f;
    f.makeNetwork("g");
    f.arm("PUT", kVm, f.machine("g", "Standard_B2s"));
    f.pass(seconds(61));
    QCOMPARE(f.arm("PATCH", kVm, {{"properties", {{"osProfile", {{"adminUsername", "other"}}}}}}).code(), std::string("PropertyChangeNotAllowed"));
    QCOMPARE(f.arm("PATCH", kVm, {{"properties", {{"hardwareProfile", {{"vmSize", "Standard_B4ms"}}}}}}).status, 200);
    f.pass(seconds(41));
    QCOMPARE(f.arm("GET", kVm).body["properties"]["hardwareProfile"].value("vmSize", ""), std::string("Standard_B4ms"));
    QCOMPARE(f.host.starts, 2);

    const std::string image = "/resourceGroups/g/providers/Microsoft.Compute/images/picture";
    const Json asked{{"location", "westeurope"}, {"properties", {{"sourceVirtualMachine", {{"id", f.subscription + kVm}}}}}};
    QCOMPARE(f.arm("PUT", image, asked).code(), std::string("OperationNotAllowed"));
    QCOMPARE(f.arm("POST", kVm + "/generalize").code(), std::string("OperationNotAllowed"));
    f.arm("POST", kVm + "/powerOff");
    f.pass(seconds(16));
    QCOMPARE(f.arm("POST", kVm + "/generalize").status, 200);
    QCOMPARE(f.arm("PUT", image, asked).status, 201);
    f.pass(seconds(31));
    QCOMPARE(f.host.images.size(), std::size_t{1});
    QCOMPARE(f.arm("POST", kVm + "/start").code(), std::string("OperationNotAllowed")); // generalized: never again

    f.makeNetwork("g", "westeurope", "card2");
    Json second = f.machine("g", "Standard_B2s", "westeurope", "card2");
    second["properties"]["storageProfile"]["imageReference"] = {{"id", f.subscription + image}};
    QCOMPARE(f.arm("PUT", kVm + "2", second).status, 201);
    f.pass(seconds(61));
    QCOMPARE(f.power(kVm + "2"), std::string("running"));
    QVERIFY(std::any_of(f.host.machines.begin(), f.host.machines.end(), [&](const auto& each) { return each.second.spec.image == f.host.images.begin()->first; }));
}

void TestSandboxAzure::aDataDiskIsAttachedAndDetached()
{
    SandboxFixture f;
    f.makeNetwork("g");
    const std::string disk = "/resourceGroups/g/providers/Microsoft.Compute/disks/data";
    const Answer made = f.arm("PUT", disk, {{"location", "westeurope"}, {"sku", {{"name", "Premium_LRS"}}}, {"properties", {{"creationData", {{"createOption", "Empty"}}}, {"diskSizeGB", 200}}}});
    QCOMPARE(made.status, 202);
    f.pass(seconds(3));
    const Json body = f.arm("GET", disk).body;
    QCOMPARE(body["properties"].value("tier", ""), std::string("P15"));
    QCOMPARE(body["properties"].value("diskIOPSReadWrite", 0), 1100);
    f.arm("PUT", kVm, f.machine("g", "Standard_B2s"));
    f.pass(seconds(61));
    const Json attach{{"properties", {{"storageProfile", {{"dataDisks", Json::array({{{"lun", 0}, {"createOption", "Attach"}, {"managedDisk", {{"id", f.subscription + disk}}}}})}}}}}};
    QCOMPARE(f.arm("PATCH", kVm, attach).status, 200);
    f.pass(seconds(6));
    QCOMPARE(f.arm("GET", disk).body["properties"].value("diskState", ""), std::string("Attached"));
    QCOMPARE(f.arm("PATCH", kVm, {{"properties", {{"storageProfile", {{"dataDisks", Json::array()}}}}}}).status, 200);
    f.pass(seconds(6));
    QCOMPARE(f.arm("GET", disk).body["properties"].value("diskState", ""), std::string("Unattached"));
    QCOMPARE(f.arm("PATCH", disk, {{"properties", {{"diskSizeGB", 100}}}}).code(), std::string("OperationNotAllowed")); // never smaller
}

void TestSandboxAzure::whatIsInUseCannotBeDeleted()
{
    SandboxFixture f;
    f.makeNetwork("g");
    const std::string network = "/resourceGroups/g/providers/Microsoft.Network";
    QCOMPARE(f.arm("DELETE", network + "/publicIPAddresses/card-address").code(), std::string("PublicIPAddressCannotBeDeleted"));
    QCOMPARE(f.arm("DELETE", network + "/virtualNetworks/net").code(), std::string("InUseSubnetCannotBeDeleted"));
    f.arm("PUT", kVm, f.machine("g", "Standard_B2s"));
    QCOMPARE(f.arm("DELETE", kNic).code(), std::string("NicInUse"));
}

void TestSandboxAzure::aGroupIsDeletedWithAllInIt()
{
    SandboxFixture f;
    f.makeNetwork("g");
    f.arm("PUT", kVm, f.machine("g", "Standard_B2s"));
    f.pass(seconds(61));
    const Answer gone = f.arm("DELETE", "/resourcegroups/g");
    QCOMPARE(gone.status, 202);
    QCOMPARE(f.arm("PUT", kVm + "3", f.machine("g", "Standard_B2s")).code(), std::string("ResourceGroupBeingDeleted"));
    QCOMPARE(f.follow(gone.header("Location")).status, 202);
    f.pass(seconds(120));
    QCOMPARE(f.follow(gone.header("Location")).status, 200);
    QCOMPARE(f.arm("HEAD", "/resourcegroups/g").status, 404);
    QVERIFY(f.host.machines.empty());
    QCOMPARE(f.arm("GET", "/resources").body["value"].size(), std::size_t{0});
}

void TestSandboxAzure::aTemplateIsDeployedInItsOrder()
{
    SandboxFixture f;
    f.makeNetwork("g");
    Json machine = f.machine("g", "Standard_B2s");
    machine["type"] = "Microsoft.Compute/virtualMachines";
    machine["name"] = "box";
    machine["apiVersion"] = "2022-08-01";
    machine["dependsOn"] = {"Microsoft.Network/networkSecurityGroups/door"};
    const Json group{{"type", "Microsoft.Network/networkSecurityGroups"}, {"name", "door"}, {"apiVersion", "2015-06-15"}, {"location", "westeurope"}, {"properties", Json::object()}};
    const std::string deployment = "/resourcegroups/g/providers/Microsoft.Resources/deployments/d";
    const Answer made = f.arm("PUT", deployment, {{"properties", {{"mode", "Incremental"}, {"template", {{"resources", Json::array({machine, group})}}}}}});
    QCOMPARE(made.status, 201);
    QVERIFY(made.header("Azure-AsyncOperation").find("/operationStatuses/") != std::string::npos);
    for (int i = 0; i < 100; ++i) {
        f.pass(seconds(2));
    }
    QCOMPARE(f.follow(made.header("Azure-AsyncOperation")).body.value("status", ""), std::string("Succeeded"));
    QCOMPARE(f.arm("GET", deployment).body["properties"].value("provisioningState", ""), std::string("Succeeded"));
    QCOMPARE(f.power(kVm), std::string("running"));
    const Answer refused = f.arm("PUT", deployment, {{"properties", {{"template", {{"resources", Json::array({Json{{"type", "a/b"}, {"name", "[concat('x')]"}}})}}}}}});
    QCOMPARE(refused.code(), std::string("InvalidTemplate"));
}

void TestSandboxAzure::readsBeyondTheBucketAreThrottled()
{
    SandboxOptions options = SandboxFixture::fast();
    options.isThrottled = true;
    SandboxFixture f(options);
    int admitted = 0;
    Answer last;
    while (admitted < 1000) {
        last = f.arm("GET", "/resourcegroups");
        if (last.status != 200) {
            break;
        }
        ++admitted;
    }
    QCOMPARE(admitted, 250);
    QCOMPARE(last.status, 429);
    QCOMPARE(last.header("Retry-After"), std::string("2"));
    f.pass(seconds(1));
    QCOMPARE(f.arm("GET", "/resourcegroups").header("x-ms-ratelimit-remaining-subscription-reads"), std::string("24"));
}

void TestSandboxAzure::metricsAreWhatTheMachineUsed()
{
    SandboxFixture f;
    f.makeNetwork("g");
    f.arm("PUT", kVm, f.machine("g", "Standard_B1s"));
    f.pass(seconds(61));
    f.sandbox->sample();
    for (int i = 0; i < 12; ++i) {
        f.clock.advance(seconds(10));
        f.host.used.cpuSeconds += 2.5; // a quarter of one processor
        f.sandbox->sample();
    }
    const Json metrics = f.arm("GET", kVm + "/providers/Microsoft.Insights/metrics?metricnames=Percentage%20CPU&interval=PT1M&aggregation=Average,Maximum").body;
    double seen = -1;
    for (const auto& point : metrics["value"][0]["timeseries"][0]["data"]) {
        seen = point.value("average", seen);
    }
    QCOMPARE(seen, 25.0);
    QCOMPARE(f.arm("GET", kVm + "/providers/Microsoft.Insights/metrics?metricnames=Nonsense").body.value("code", ""), std::string("BadRequest"));
}

void TestSandboxAzure::pricesArePagedAndFiltered()
{
    SandboxFixture f;
    Answer page = f.send("GET", "/api/retail/prices?$filter=serviceName%20eq%20'Virtual%20Machines'%20and%20priceType%20eq%20'Consumption'");
    std::size_t total = 0;
    int pages = 0;
    while (page.status == 200) {
        QVERIFY(page.body["Items"].size() <= 1000);
        total += page.body["Items"].size();
        ++pages;
        if (page.body["NextPageLink"].is_null()) {
            break;
        }
        page = f.follow(page.body["NextPageLink"].get<std::string>());
    }
    QVERIFY(pages > 5);
    QVERIFY(total > 5000);
    const Json one = f.send("GET", "/api/retail/prices?currencyCode='EUR'&$filter=armRegionName%20eq%20'westeurope'%20and%20armSkuName%20eq%20'Standard_B2s'%20and%20priceType%20eq%20'Consumption'").body;
    QCOMPARE(one.value("BillingCurrency", ""), std::string("EUR"));
    QCOMPARE(one["Items"].size(), std::size_t{4}); // plain, Spot, Low Priority, Windows
    QCOMPARE(f.send("GET", "/api/retail/prices?$filter=nonsense").status, 400);
}

void TestSandboxAzure::anUnregisteredProviderIsRegisteredFirst()
{
    SandboxFixture f;
    f.makeNetwork("g");
    const std::string schedule = "/resourceGroups/g/providers/Microsoft.DevTestLab/schedules/shutdown-computevm-box";
    const Json body{{"location", "westeurope"}, {"properties", {{"status", "Enabled"}, {"taskType", "ComputeVmShutdownTask"}}}};
    QCOMPARE(f.arm("PUT", schedule, body).code(), std::string("MissingSubscriptionRegistration"));
    QCOMPARE(f.arm("POST", "/providers/Microsoft.DevTestLab/register").body.value("registrationState", ""), std::string("Registering"));
    f.pass(seconds(21));
    QCOMPARE(f.arm("GET", "/providers/Microsoft.DevTestLab").body.value("registrationState", ""), std::string("Registered"));
    QCOMPARE(f.arm("PUT", schedule, body).status, 201);
}

void TestSandboxAzure::runCommandAnswersWhatTheScriptSaid()
{
    SandboxFixture f;
    f.makeNetwork("g");
    f.arm("PUT", kVm, f.machine("g", "Standard_B2s"));
    f.pass(seconds(61));
    const Answer run = f.arm("POST", kVm + "/runCommand", {{"commandId", "RunShellScript"}, {"script", {"echo hi"}}});
    QCOMPARE(run.status, 202);
    f.pass(seconds(0));
    const Answer final = f.follow(run.header("Location"));
    QCOMPARE(final.status, 200);
    QVERIFY(final.body["value"][0].value("message", "").find("[stdout]\nran: echo hi") != std::string::npos);
}

void TestSandboxAzure::aScaleSetCountsAgainstTheQuotaAndListsItsMembers()
{
    SandboxFixture f;
    f.makeNetwork("g");
    const std::string set = "/resourceGroups/g/providers/Microsoft.Compute/virtualMachineScaleSets/crew";
    const Json asked{{"location", "westeurope"}, {"sku", {{"name", "Standard_D2s_v5"}, {"capacity", 3}}}, {"properties", {{"virtualMachineProfile", Json::object()}}}};
    QCOMPARE(f.arm("PUT", set, asked).status, 201);
    f.pass(seconds(80));
    QCOMPARE(f.arm("GET", set).body["properties"].value("provisioningState", ""), std::string("Succeeded"));
    QCOMPARE(f.arm("GET", set + "/virtualMachines").body["value"].size(), std::size_t{3});
    for (const auto& row : f.arm("GET", "/providers/Microsoft.Compute/locations/westeurope/usages").body["value"]) {
        if (row["name"].value("value", "") == "standardDSv5Family") {
            QCOMPARE(row.value("currentValue", 0), 6);
        }
    }
    QCOMPARE(f.arm("PATCH", set, {{"sku", {{"name", "Standard_D2s_v5"}, {"capacity", 300}}}}).code(), std::string("OperationNotAllowed"));
    QCOMPARE(f.arm("DELETE", set).status, 202);
    f.pass(seconds(41));
    QCOMPARE(f.arm("GET", set).status, 404);
}

void TestSandboxAzure::wrongMachinesAreRefusedWithTheirTarget_data()
{
    QTest::addColumn<QString>("change"); // a merge patch of the request
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("code");
    const auto row = [](const char* name, const char* change, int status, const char* code) { QTest::newRow(name) << QString::fromLatin1(change) << status << code; };
    row("size", R"({"properties":{"hardwareProfile":{"vmSize":"Standard_Nonsense"}}})", 400, "InvalidParameter");
    row("image", R"({"properties":{"storageProfile":{"imageReference":{"sku":"none"}}}})", 404, "PlatformImageNotFound");
    row("own image", R"({"properties":{"storageProfile":{"imageReference":{"id":"/subscriptions/x/resourceGroups/g/providers/Microsoft.Compute/images/none"}}}})", 404, "NotFound");
    row("user", R"({"properties":{"osProfile":{"adminUsername":"root"}}})", 400, "InvalidParameter");
    row("no user", R"({"properties":{"osProfile":null}})", 400, "InvalidParameter");
    row("no disk", R"({"properties":{"storageProfile":null}})", 400, "InvalidParameter");
    row("small disk", R"({"properties":{"storageProfile":{"osDisk":{"diskSizeGB":4}}}})", 400, "InvalidParameter");
    row("no card", R"({"properties":{"networkProfile":null}})", 400, "InvalidParameter");
    row("architecture", R"({"properties":{"hardwareProfile":{"vmSize":"Standard_D2ps_v5"}}})", 400, "BadRequest");
    row("location", R"({"location":"atlantis"})", 400, "LocationNotAvailableForResourceType");
    row("no location", R"({"location":null})", 400, "LocationRequired");
    row("zone", R"({"zones":["9"]})", 400, "AvailabilityZoneNotSupported");
    row("custom data", R"({"properties":{"osProfile":{"customData":"not base64!"}}})", 400, "InvalidParameter");
    row("disks", R"({"properties":{"storageProfile":{"dataDisks":[{"lun":0,"createOption":"Empty","diskSizeGB":1},{"lun":0,"createOption":"Empty","diskSizeGB":1}]}}})", 400, "InvalidParameter");
    row("wrong kinds", R"({"properties":{"storageProfile":"x","osProfile":7}})", 400, "InvalidParameter");
    row("wrong kinds within", R"({"properties":{"osProfile":{"linuxConfiguration":7}}})", 400, "InvalidRequestContent");
    row("wrong list", R"({"properties":{"networkProfile":{"networkInterfaces":{"id":1}}}})", 400, "InvalidResourceReference");
}

void TestSandboxAzure::wrongMachinesAreRefusedWithTheirTarget()
{
    QFETCH(QString, change);
    QFETCH(int, status);
    QFETCH(QString, code);
    SandboxFixture f;
    f.makeNetwork("g");
    Json asked = f.machine("g", "Standard_B2s");
    asked.merge_patch(Json::parse(change.toStdString()));

    const Answer refused = f.arm("PUT", kVm, asked);

    QCOMPARE(refused.status, status);
    QCOMPARE(QString::fromStdString(refused.code()), code);
    QCOMPARE(f.arm("GET", "/resourceGroups/g/providers/Microsoft.Compute/disks").body["value"].size(), std::size_t{0});
}

QTEST_GUILESS_MAIN(TestSandboxAzure)
#include "tst_sandbox_azure.moc"
