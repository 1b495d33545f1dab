// What the sandbox answers has the members that the real service was recorded to answer, of the same kinds.
#include <set>

#include "engine/base/files.h"
#include "tests/cloud/sandbox/sandbox_fixture.h"

using namespace ty;
using namespace ty::sandbox;
using std::chrono::seconds;

namespace {

const std::string kFolder = TRAINYARD_SOURCE_DIR "/tests/data/contracts/azure/recordings/arm/";
const std::string kVm = "/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/box";

const char* kindOf(const Json& value)
{
    return value.is_object() ? "object" : value.is_array() ? "list" : value.is_string() ? "text" : value.is_boolean() ? "yes or no" : value.is_number() ? "number" : "nothing";
}

/// Members of `recorded` that `ours` lacks or has as another kind, by their paths. Lists are compared by their first element.
void compare(const Json& recorded, const Json& ours, const std::string& path, std::set<std::string>& problems)
{
    if (recorded.is_null()) {
        return;
    }
    if (std::string(kindOf(recorded)) != kindOf(ours)) {
        problems.insert(path + ": " + kindOf(recorded) + ", ours is " + kindOf(ours));
        return;
    }
    if (recorded.is_object()) {
        for (const auto& [name, value] : recorded.items()) {
            if (!ours.contains(name)) {
                problems.insert(path + "." + name);
            } else {
                compare(value, ours.at(name), path + "." + name, problems);
            }
        }
    } else if (recorded.is_array() && !recorded.empty() && !ours.empty()) {
        compare(recorded[0], ours[0], path + "[]", problems);
    }
}

/// The first recorded answer to such a request.
Json recordedBody(const std::string& file, const std::string& method, const std::string& part, int status, const std::string& word = "")
{
    const auto recording = readJsonFile(kFolder + file);
    if (!recording) {
        return nullptr;
    }
    for (const auto& exchange : recording->at("exchanges")) {
        const std::string url = exchange["request"].value("url", "");
        const std::string body = exchange["response"].value("body", "");
        if (exchange["request"].value("method", "") == method && url.find(part) != std::string::npos
            && exchange["response"].value("status", 0) == status && body.find(word) != std::string::npos) {
            const auto parsed = parseJson(body, file);
            return parsed ? *parsed : Json();
        }
    }
    return nullptr;
}

} // namespace

class TestSandboxRecordings : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void answersHaveTheRecordedMembers_data();
    void answersHaveTheRecordedMembers();

private:
    std::map<std::string, Json> m_ours;
};

/// One world in which everything that the recordings show was asked for.
void TestSandboxRecordings::initTestCase()
{
    SandboxFixture f;
    f.makeNetwork("g");
    const std::string network = "/resourceGroups/g/providers/Microsoft.Network";
    m_ours["group"] = f.arm("GET", "/resourcegroups/g").body;
    m_ours["network"] = f.arm("GET", network + "/virtualNetworks/net").body;
    m_ours["address"] = f.arm("GET", network + "/publicIPAddresses/card-address").body;
    f.arm("PUT", network + "/networkSecurityGroups/door", {{"location", "westeurope"}, {"properties", {{"securityRules", Json::array({{{"name", "ssh"}, {"properties", {{"priority", 100}, {"direction", "Inbound"}, {"access", "Allow"}, {"protocol", "Tcp"}, {"sourcePortRange", "*"}, {"destinationPortRange", "22"}, {"sourceAddressPrefix", "*"}, {"destinationAddressPrefix", "*"}}}}})}}}});
    m_ours["security group"] = f.arm("GET", network + "/networkSecurityGroups/door").body;
    const Answer disk = f.arm("PUT", "/resourceGroups/g/providers/Microsoft.Compute/disks/d", {{"location", "westeurope"}, {"properties", {{"creationData", {{"createOption", "Empty"}}}, {"diskSizeGB", 150}}}});
    m_ours["disk begun"] = disk.body;
    f.pass(seconds(3));
    m_ours["disk operation"] = f.follow(disk.header("Azure-AsyncOperation")).body;
    m_ours["disk"] = f.arm("GET", "/resourceGroups/g/providers/Microsoft.Compute/disks/d").body;
    Json machine = f.machine("g", "Standard_B2s");
    machine["tags"] = Json::object();
    machine["properties"]["storageProfile"]["dataDisks"] = Json::array({{{"lun", 0}, {"createOption", "Empty"}, {"diskSizeGB", 32}, {"caching", "ReadWrite"}}});
    machine["properties"]["networkProfile"]["networkInterfaces"][0]["properties"] = {{"primary", true}};
    const Answer made = f.arm("PUT", kVm, machine);
    m_ours["machine begun"] = made.body;
    m_ours["operation running"] = f.follow(made.header("Azure-AsyncOperation")).body;
    f.pass(seconds(61));
    m_ours["operation ended"] = f.follow(made.header("Azure-AsyncOperation")).body;
    m_ours["machines"] = f.arm("GET", "/resourceGroups/g/providers/Microsoft.Compute/virtualMachines").body;
    m_ours["view"] = f.arm("GET", kVm + "?$expand=instanceView").body["properties"]["instanceView"];
    m_ours["interface"] = f.arm("GET", network + "/networkInterfaces/card").body;
    const Answer run = f.arm("POST", kVm + "/runCommand", {{"commandId", "RunShellScript"}, {"script", {"true"}}});
    f.pass(seconds(1));
    m_ours["run command"] = f.follow(run.header("Location")).body;
    m_ours["metrics"] = f.arm("GET", kVm + "/providers/microsoft.insights/metrics?metricnames=Percentage%20CPU&timespan=2026-11-18T00:00:00Z/2026-11-18T01:00:00Z").body;
    m_ours["metric definitions"] = f.arm("GET", kVm + "/providers/microsoft.insights/metricDefinitions").body;
    m_ours["compute usages"] = f.arm("GET", "/providers/Microsoft.Compute/locations/westeurope/usages").body;
    m_ours["network usages"] = f.arm("GET", "/providers/Microsoft.Network/locations/westeurope/usages").body;
    m_ours["locations"] = f.arm("GET", "/locations").body;
    m_ours["subscription"] = f.arm("GET", "").body;
    m_ours["tenants"] = f.send("GET", "/tenants?api-version=2022-12-01", nullptr, {{"Authorization", "Bearer " + f.azureToken}}).body;
    f.arm("POST", kVm + "/powerOff");
    f.pass(seconds(16));
    f.arm("POST", kVm + "/generalize");
    m_ours["image"] = f.arm("PUT", "/resourceGroups/g/providers/Microsoft.Compute/images/i", {{"location", "westeurope"}, {"tags", Json::object()}, {"properties", {{"sourceVirtualMachine", {{"id", f.subscription + kVm}}}}}}).body;
}

void TestSandboxRecordings::answersHaveTheRecordedMembers_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("method");
    QTest::addColumn<QString>("part");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("word");
    QTest::addColumn<QStringList>("without"); // members that the sandbox rightly does not have
    const auto row = [](const char* ours, const char* file, const char* method, const char* part, int status, const char* word = "", const QStringList& without = {}) {
        QTest::newRow(ours) << file << method << part << status << word << without;
    };
    row("group", "vm-managed-data-disks.json", "PUT", "/resourcegroups/", 201);
    row("network", "vm-managed-data-disks.json", "GET", "/virtualNetworks/", 200, "", {".tags", ".properties.dhcpOptions", ".properties.enableVmProtection", ".properties.subnets[].properties.ipConfigurations"});
    // Recorded with a DNS label and Basic sku, whose address is dynamic.
    row("address", "vm-managed-data-disks.json", "GET", "/publicIPAddresses/", 200, "", {".properties.dnsSettings"});
    row("security group", "network-security-group.json", "GET", "/networkSecurityGroups/", 200, "", {".properties.networkInterfaces", ".properties.securityRules[].properties.description", ".properties.subnets"});
    row("interface", "vm-managed-data-disks.json", "GET", "/networkInterfaces/", 200, "");
    row("disk begun", "vm-managed-data-disks.json", "PUT", "/disks/", 202);
    row("disk operation", "vm-managed-data-disks.json", "GET", "/DiskOperations/", 200);
    row("disk", "vm-managed-data-disks.json", "GET", "/disks/", 200);
    row("machine begun", "vm-managed-data-disks.json", "PUT", "/virtualMachines/", 201);
    row("operation running", "vm-managed-data-disks.json", "GET", "Microsoft.Compute/locations", 200, "InProgress");
    row("operation ended", "vm-create-poweroff-generalize-capture-delete.json", "GET", "Microsoft.Compute/locations", 200, "endTime");
    // Recorded of Windows on a disk of a storage account.
    row("machines", "vm-create-poweroff-generalize-capture-delete.json", "GET", "/virtualMachines?", 200, "", {".value[].properties.osProfile.windowsConfiguration", ".value[].properties.storageProfile.osDisk.vhd"});
    row("run command", "vm-run-command.json", "GET", "monitor=true", 200, "stdout");
    row("metrics", "metrics.json", "GET", "/metrics?", 200, "timeseries", {".value[].timeseries[].data[].average"});
    row("metric definitions", "metrics.json", "GET", "/metricDefinitions", 200);
    row("compute usages", "compute-usages.json", "GET", "/usages", 200);
    row("network usages", "network-usages.json", "GET", "/usages", 200);
    row("locations", "subscription-locations.json", "GET", "/locations", 200, "", {".value[].longitude", ".value[].latitude"}); // in metadata since 2020
    row("subscription", "subscriptions-list.json", "GET", "/subscriptions/", 200);
    row("tenants", "tenants-list.json", "GET", "/tenants", 200);
    row("image", "image-capture-from-vm.json", "PUT", "/images/", 201, "", {".properties.storageProfile.osDisk.blobUri", ".properties.storageProfile.dataDisks[].blobUri"});
}

void TestSandboxRecordings::answersHaveTheRecordedMembers()
{
    QFETCH(QString, file);
    QFETCH(QString, method);
    QFETCH(QString, part);
    QFETCH(int, status);
    QFETCH(QString, word);
    QFETCH(QStringList, without);

    const Json recorded = recordedBody(file.toStdString(), method.toStdString(), part.toStdString(), status, word.toStdString());
    QVERIFY2(!recorded.is_null(), "the recording has no such answer");
    std::set<std::string> problems;
    compare(recorded, m_ours.at(QTest::currentDataTag()), "", problems);
    for (const auto& path : without) {
        problems.erase(path.toStdString());
    }
    std::string report;
    for (const auto& problem : problems) {
        report += problem + "\n";
    }
    QVERIFY2(report.empty(), report.c_str());
}

QTEST_GUILESS_MAIN(TestSandboxRecordings)
#include "tst_sandbox_recordings.moc"
