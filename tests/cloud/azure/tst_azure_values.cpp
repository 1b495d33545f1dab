#include <QTest>

#include "cloud/azure/disk_tiers.h"
#include "cloud/azure/gpu_table.h"
#include "cloud/azure/instance_view.h"
#include "cloud/azure/machine_requests.h"
#include "cloud/azure/metrics.h"
#include "cloud/azure/network.h"
#include "cloud/azure/permission.h"
#include "cloud/azure/prices.h"
#include "cloud/azure/sku.h"
#include "cloud/azure/usage.h"
#include "tests/cloud/support/contract_data.h"

using namespace ty;
using namespace ty::cloud;
using namespace ty::cloud::azure;
using namespace ty::test;

namespace {

std::vector<ResourceSku> skusOf(const char* file)
{
    const Json json = contractJson(file);
    return listFromJson<ResourceSku>(json.at("value"), file).value();
}

ResourceSku skuNamed(const std::vector<ResourceSku>& skus, const std::string& name)
{
    for (const ResourceSku& sku : skus) {
        if (sku.name == name) {
            return sku;
        }
    }
    return {};
}

std::vector<PriceItem> pricesOf(const std::string& file)
{
    const Json json = contractJson(file);
    const Json page = json.contains("answers") ? json.at("answers").at(0) : json;
    return fromJson<PricePage>(page, file).value().items;
}

Usage usage(const char* name, int current, int limit)
{
    Usage made;
    made.name = name;
    made.current = current;
    made.limit = limit;
    return made;
}

} // namespace

/// Values by name: what an official answer says has to stand in the member that is called so.
class TestAzureValues : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void machineOfTheWizardIsWrittenAsTheExamplesAre()
    {
        VirtualMachine model;
        model.location = "westus";
        model.zones = {"1"};
        model.tags = {{"trainyard", "m-1"}};
        model.size = "Standard_NC4as_T4_v3";
        model.identity.type = "SystemAssigned";
        model.storage.image = {"Canonical", "ubuntu", "22_04-lts-gen2", "latest", {}, {}, {}, {}};
        model.storage.osDisk.createOption = "FromImage";
        model.storage.osDisk.managedDisk.storageAccountType = "Premium_LRS";
        model.storage.osDisk.sizeGiB = 64;
        model.storage.osDisk.deleteOption = "Delete";
        DataDisk data;
        data.lun = 0;
        data.createOption = "Attach";
        data.managedDisk.id = "/disk";
        data.deleteOption = "Detach";
        model.storage.dataDisks = {data};
        model.os.computerName = "ty-1";
        model.os.adminUsername = "trainer";
        model.os.disablePasswordAuthentication = true;
        model.os.sshKeys = {{"/home/trainer/.ssh/authorized_keys", "ssh-ed25519 AAAA"}};
        model.networkInterfaces = {{"/nic", true, "Delete"}};
        model.priority = "Spot";
        model.evictionPolicy = "Deallocate";
        model.maxPrice = -1;
        model.userData = "dXNlcg==";
        model.diagnostics.isEnabled = true;
        const Json expected = parseJson(R"({
            "location": "westus", "tags": {"trainyard": "m-1"}, "zones": ["1"], "identity": {"type": "SystemAssigned"},
            "properties": {
              "hardwareProfile": {"vmSize": "Standard_NC4as_T4_v3"},
              "storageProfile": {
                "imageReference": {"publisher": "Canonical", "offer": "ubuntu", "sku": "22_04-lts-gen2", "version": "latest"},
                "osDisk": {"createOption": "FromImage", "diskSizeGB": 64, "deleteOption": "Delete",
                           "managedDisk": {"storageAccountType": "Premium_LRS"}},
                "dataDisks": [{"lun": 0, "createOption": "Attach", "deleteOption": "Detach", "managedDisk": {"id": "/disk"}}]},
              "osProfile": {"computerName": "ty-1", "adminUsername": "trainer",
                "linuxConfiguration": {"disablePasswordAuthentication": true,
                  "ssh": {"publicKeys": [{"path": "/home/trainer/.ssh/authorized_keys", "keyData": "ssh-ed25519 AAAA"}]}}},
              "networkProfile": {"networkInterfaces": [{"id": "/nic", "properties": {"primary": true, "deleteOption": "Delete"}}]},
              "priority": "Spot", "evictionPolicy": "Deallocate", "billingProfile": {"maxPrice": -1},
              "diagnosticsProfile": {"bootDiagnostics": {"enabled": true}}, "userData": "dXNlcg=="}})", "expected").value();
        const ArmRequest request = createMachine({"s", "g", kVirtualMachines, {"ty-1"}}, model);
        const Difference difference = differenceOf(expected, *request.body);
        QVERIFY2(difference.missing.empty() && difference.wrong.empty(), request.body->dump(2).c_str());
    }

    void wrongTypeIsAnErrorThatNamesTheMember()
    {
        const auto got = fromJson<VirtualMachine>(Json{{"properties", {{"vmId", 7}}}}, "machine");
        QVERIFY(!got);
        QCOMPARE(got.error().message, std::string("machine: \"properties.vmId\" must be a text, it is 7"));
    }

    void childOfAResourceHasBothNamesInItsId()
    {
        const ResourceRef subnet{"s", "g", kSubnets, {"net", "sub"}};
        QCOMPARE(
            subnet.id(), std::string("/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/net/subnets/sub"));
        QCOMPARE(nameOfId(subnet.id()), std::string("sub"));
        QCOMPARE(groupOfId("/subscriptions/s/RESOURCEGROUPS/Gx/providers/y"), std::string("Gx"));
        QCOMPARE(regionName("West US 2"), std::string("westus2"));
        QVERIFY(isSame("/A/b", "/a/B") && !isSame("/a", "/a/b"));
    }

    void stateIsToldInOurWords_data()
    {
        QTest::addColumn<QString>("provisioning");
        QTest::addColumn<QString>("power");
        QTest::addColumn<QString>("state");
        QTest::newRow("creating") << "Creating" << "" << "starting";
        QTest::newRow("running") << "Succeeded" << "PowerState/running" << "running";
        QTest::newRow("starting") << "Updating" << "PowerState/starting" << "starting";
        QTest::newRow("stopping") << "Updating" << "PowerState/stopping" << "stopping";
        QTest::newRow("powered off") << "Succeeded" << "PowerState/stopped" << "stopped-billed";
        QTest::newRow("deallocating") << "Updating" << "PowerState/deallocating" << "stopping";
        QTest::newRow("off") << "Succeeded" << "PowerState/deallocated" << "off";
        QTest::newRow("failed") << "Failed" << "" << "failed";
        QTest::newRow("failed and running") << "Failed" << "PowerState/running" << "running";
        QTest::newRow("deleting") << "Deleting" << "PowerState/running" << "deleting";
        QTest::newRow("case") << "succeeded" << "powerstate/Running" << "running";
        QTest::newRow("new word") << "Succeeded" << "PowerState/dreaming" << "unknown";
    }

    void stateIsToldInOurWords()
    {
        QFETCH(QString, provisioning);
        QFETCH(QString, power);
        QFETCH(QString, state);
        std::vector<InstanceStatus> statuses;
        if (!power.isEmpty()) {
            statuses.push_back({power.toStdString(), {}, {}, {}, {}});
        }
        const MachineState got = machineState(provisioning.toStdString(), statuses);
        QCOMPARE(QString(machineStateName(got)), state);
        QCOMPARE(machineStateFromName(machineStateName(got)), got);
    }

    void everyCapturedSizeIsReadWhole_data()
    {
        QTest::addColumn<QString>("file");
        QTest::newRow("eastus") << "azure/tables/resource-skus-eastus.json";
        QTest::newRow("southcentralus") << "azure/tables/resource-skus-southcentralus.json";
    }

    void everyCapturedSizeIsReadWhole()
    {
        QFETCH(QString, file);
        Json json = contractJson(file.toStdString());
        for (Json& sku : json.at("value")) { // captured with a capital letter that the definition does not have
            for (Json& info : sku.at("locationInfo")) {
                for (Json& details : info["zoneDetails"]) {
                    QVERIFY(details.contains("Name"));
                    details["name"] = details.at("Name");
                    details.erase("Name");
                }
            }
        }
        const auto skus = skusOf(file.toUtf8().constData());
        QCOMPARE(skus.size(), json.at("value").size());
        for (std::size_t i = 0; i < skus.size(); ++i) {
            const Difference difference = differenceOf(json.at("value").at(i), toJson(skus[i]));
            const std::string name = skus[i].name + " " + (difference.missing.empty() ? "" : *difference.missing.begin());
            QVERIFY2(difference.missing.empty() && difference.wrong.empty(), name.c_str());
        }
    }

    void sizeTellsWhatAPersonChoosesBy()
    {
        const auto skus = skusOf("azure/tables/resource-skus-southcentralus.json");
        const VmSize size = vmSizeOf(skuNamed(skus, "Standard_NC16as_T4_v3"));
        QCOMPARE(size.vCpus.value(), 16.0);
        QCOMPARE(size.memoryGiB.value(), 110.0);
        QCOMPARE(size.gpus, 1.0);
        QCOMPARE(size.gpu, std::string("NVIDIA T4"));
        QCOMPARE(size.gpuMemoryGiB.value(), 16.0);
        QCOMPARE(size.maxDataDisks.value(), 32);
        QCOMPARE(size.uncachedIops.value(), 48000.0);
        QCOMPARE(size.uncachedMegabytesPerSecond.value(), 737.28);
        QVERIFY(size.canSpot && size.hasPremiumDisks && size.isGeneration1 && size.isGeneration2 && !size.hasRdma);
        const VmSize plain = vmSizeOf(skuNamed(skus, "Standard_D2s_v3"));
        QVERIFY(plain.gpus == 0 && plain.gpu.empty());
        const VmSize constrained = vmSizeOf(skuNamed(skus, "Standard_M8-2ms"));
        QCOMPARE(constrained.vCpus.value(), 2.0);
        QCOMPARE(constrained.quotaVCpus.value(), 8.0);
    }

    void offerFollowsTheRestrictions()
    {
        ResourceSku sku;
        sku.locations = {"eastus"};
        sku.locationInfo = {{"eastus", {}, {"3", "1", "2"}, {}, {}}};
        QCOMPARE(offerOf(sku, "EastUS").zones, (std::vector<std::string>{"1", "2", "3"}));
        QCOMPARE(offerOf(sku, "westus").reason, std::string("not in this region"));
        sku.restrictions = {{"Zone", "NotAvailableForSubscription", {"eastus"}, {"eastus"}, {"1", "3"}}};
        QCOMPARE(offerOf(sku, "eastus").zones, (std::vector<std::string>{"2"}));
        QVERIFY(offerOf(sku, "eastus").isOffered);
        sku.restrictions[0].zones = {"1", "2", "3"};
        QVERIFY(!offerOf(sku, "eastus").isOffered);
        QCOMPARE(offerOf(sku, "eastus").reason, std::string("NotAvailableForSubscription"));
        sku.restrictions = {{"Location", "QuotaId", {"eastus"}, {"eastus"}, {}}};
        QVERIFY(!offerOf(sku, "eastus").isOffered);
        QCOMPARE(offerOf(sku, "eastus").reason, std::string("QuotaId"));
    }

    void quotaIsTheLeastOfFamilyAndRegionAndItsOwnForSpot()
    {
        const std::vector<Usage> usages{
            usage("cores", 90, 100), usage("Standard NCASv3_T4 Family", 4, 24), usage("lowPriorityCores", 0, 3), usage("x", 1, -1)};
        QCOMPARE(coresLeft(usages, "StandardNCASv3_T4Family", false).value(), std::int64_t{10});
        QCOMPARE(coresLeft(usages, "StandardNCASv3_T4Family", true).value(), std::int64_t{3});
        QVERIFY(!coresLeft({}, "a", false));
    }

    void tablesAreTheCompiledOnes()
    {
        const Json tiers = contractJson("compiled/azure-disk-tiers.json");
        QCOMPARE(premiumTiers().size(), tiers.at("Premium_LRS").size());
        for (std::size_t i = 0; i < premiumTiers().size(); ++i) {
            const Json& row = tiers.at("Premium_LRS").at(i);
            const DiskTier& tier = premiumTiers()[i];
            QCOMPARE(std::string(tier.name), row.at("tier").get<std::string>());
            QCOMPARE(tier.sizeGiB, row.at("sizeGiB").get<int>());
            QCOMPARE(tier.iops, row.at("iops").get<int>());
            QCOMPARE(tier.megabytesPerSecond, row.at("mbps").get<int>());
            QCOMPARE(tier.burstIops, row.at("burstIops").get<int>());
            QCOMPARE(tier.burstMegabytesPerSecond, row.at("burstMbps").get<int>());
        }
        QCOMPARE(standardSsdTiers().size(), tiers.at("StandardSSD_LRS").size());
        for (std::size_t i = 0; i < standardSsdTiers().size(); ++i) {
            const Json& row = tiers.at("StandardSSD_LRS").at(i);
            QCOMPARE(standardSsdTiers()[i].iops, row.at("iopsUpTo").get<int>());
            QCOMPARE(standardSsdTiers()[i].sizeGiB, row.at("sizeGiB").get<int>());
        }
        const Json series = contractJson("compiled/azure-gpu-series.json").at("series");
        QCOMPARE(gpuFamilies().size(), series.size());
        for (const Json& row : series) {
            const GpuFamily* family = gpuFamily(row.at("family").get<std::string>());
            QVERIFY(family != nullptr);
            QCOMPARE(std::string(family->gpu), row.at("gpu").get<std::string>());
            for (const auto& [size, count] : row.at("gpusPerSize").items()) {
                QCOMPARE(gpusOfSize(size).value(), count.get<double>());
            }
        }
    }

    void diskIsBilledAsTheNextTierUp_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<int>("sizeGiB");
        QTest::addColumn<QString>("tier");
        QTest::newRow("exact") << "Premium_LRS" << 128 << "P10";
        QTest::newRow("one more") << "Premium_LRS" << 129 << "P15";
        QTest::newRow("largest") << "Premium_ZRS" << 32767 << "P80";
        QTest::newRow("too large") << "Premium_LRS" << 32768 << "";
        QTest::newRow("none") << "Premium_LRS" << 0 << "";
        QTest::newRow("standard") << "StandardSSD_LRS" << 30 << "E4";
        QTest::newRow("no tiers") << "PremiumV2_LRS" << 30 << "";
    }

    void diskIsBilledAsTheNextTierUp()
    {
        QFETCH(QString, kind);
        QFETCH(int, sizeGiB);
        QFETCH(QString, tier);
        const DiskTier* found = tierOf(kind.toStdString(), sizeGiB);
        QCOMPARE(found == nullptr ? QString() : QString(found->name), tier);
    }

    void flexibleDisksGrowWithTheirSize()
    {
        QCOMPARE(flexibleLimits("PremiumV2_LRS", 6)->maxIops, 3000);
        QCOMPARE(flexibleLimits("PremiumV2_LRS", 16)->maxIops, 8000);
        QCOMPARE(flexibleLimits("PremiumV2_LRS", 4096)->maxIops, 80000);
        QCOMPARE(flexibleLimits("PremiumV2_LRS", 4096)->maxMegabytesPerSecond, 2000);
        QCOMPARE(flexibleLimits("UltraSSD_LRS", 65536)->maxIops, 400000);
        QVERIFY(!flexibleLimits("Premium_LRS", 128));
    }

    void everyRecordedPriceListIsRead()
    {
        for (const std::string& file : contractFiles("azure/recordings/retail-prices")) {
            const Json json = contractJson(file);
            const Json page = json.contains("answers") ? json.at("answers").at(0) : json;
            const auto items = pricesOf(file);
            QCOMPARE(items.size(), page.at("Items").size());
            for (std::size_t i = 0; i < items.size(); ++i) {
                const Difference difference = differenceOf(page.at("Items").at(i), toJson(items[i]));
                const std::string name = file + " " + (difference.missing.empty() ? "" : *difference.missing.begin());
                QVERIFY2(difference.missing.empty() && difference.wrong.empty(), name.c_str());
            }
        }
    }

    void reservationsAreNoHourlyPrices()
    {
        const auto prices = vmPrices(pricesOf("azure/recordings/retail-prices/pasted-vm-answer.json"));
        QCOMPARE(prices.size(), std::size_t{1});
        QCOMPARE(prices[0].vmSize, std::string("Standard_D8_v4"));
        QCOMPARE(prices[0].region, std::string("westeurope"));
        QCOMPARE(prices[0].perHour.value(), 0.46);
        QVERIFY(!prices[0].spotPerHour);
    }

    void pricesAreCleaned()
    {
        const auto item = [](const char* product, const char* sku, const char* meter, double price, const char* since) {
            PriceItem made;
            made.currencyCode = "EUR";
            made.type = "Consumption";
            made.unitOfMeasure = "1 Hour";
            made.armRegionName = "westeurope";
            made.armSkuName = "Standard_D2";
            made.productName = product;
            made.skuName = sku;
            made.meterName = meter;
            made.retailPrice = price;
            made.effectiveStartDate = since;
            return made;
        };
        const auto prices = vmPrices(
            {item("D Series", "D2", "D2", 0.2, "2025-01-01"),
             item("D Series", "D2", "D2", 0.1, "2020-01-01"),
             item("D Series", "D2 Spot", "D2 Spot", 0.05, "2025-01-01"),
             item("D Series", "D2 Low Priority", "D2 Low Priority", 0.01, "2025-01-01"),
             item("D Series Windows", "D2", "D2", 0.9, "2025-01-01"),
             item("D Series CloudServices", "D2", "D2", 0.8, "2025-01-01"),
             item("D Series", "D2", "D2", 0.0, "2026-01-01")});
        QCOMPARE(prices.size(), std::size_t{1});
        QCOMPARE(prices[0].perHour.value(), 0.2);
        QCOMPARE(prices[0].spotPerHour.value(), 0.05);
        QCOMPARE(prices[0].currency, std::string("EUR"));
    }

    void priceListIsAskedOnWhereItForgetsItsLink()
    {
        const std::string url = priceUrl("https://prices.azure.com", {"EUR", "westeurope", "Standard_D2", "Virtual Machines"});
        QVERIFY2(url.find("currencyCode=%27EUR%27") != std::string::npos, url.c_str());
        QVERIFY(url.find("armSkuName%20eq%20%27Standard_D2%27") != std::string::npos);
        PricePage page;
        page.nextPageLink = "https://prices.azure.com/next";
        QCOMPARE(nextPriceUrl(url, page), std::string("https://prices.azure.com/next"));
        page.nextPageLink.clear();
        QCOMPARE(nextPriceUrl(url, page), std::string());
        page.items.resize(100);
        QCOMPARE(nextPriceUrl(url, page), url + "&$skip=100");
        QCOMPARE(nextPriceUrl(url + "&$skip=100", page), url + "&$skip=200");
    }

    void scriptOutputIsTakenApart()
    {
        RunCommandResult result;
        result.value = {{"ProvisioningState/succeeded", "Info", {}, "Enable succeeded: \n[stdout]\nhello\nworld\n\n[stderr]\noops\n", {}}};
        QCOMPARE(scriptOutput(result).standardOutput, std::string("hello\nworld\n"));
        QCOMPARE(scriptOutput(result).standardError, std::string("oops\n"));
        result.value[0].message = "Enable succeeded: \n[stdout]\n\n[stderr]\n";
        QCOMPARE(scriptOutput(result).standardOutput, std::string());
        QCOMPARE(scriptOutput(result).standardError, std::string());
    }

    void chartsGetEnoughPoints()
    {
        using std::chrono::hours;
        QCOMPARE(metricInterval(hours(1)), std::string("PT1M"));
        QCOMPARE(metricInterval(hours(12)), std::string("PT5M"));
        QCOMPARE(metricInterval(hours(24 * 7)), std::string("PT1H"));
        QCOMPARE(metricInterval(hours(24 * 30)), std::string("PT6H"));
    }

    void shutdownIsNamedAfterItsMachine()
    {
        ShutdownSchedule schedule;
        schedule.location = "westus";
        schedule.time = "1900";
        const ArmRequest request = putShutdown({"s", "g", kVirtualMachines, {"vm"}}, schedule);
        QVERIFY(request.path.ends_with("/Microsoft.DevTestLab/schedules/shutdown-computevm-vm"));
        QVERIFY(request.body->at("properties").at("targetResourceId").get<std::string>().ends_with("/virtualMachines/vm"));
        QCOMPARE(request.body->at("properties").at("dailyRecurrence").at("time").get<std::string>(), std::string("1900"));
    }

    void rolesAllowWhatTheirPatternsSay_data()
    {
        QTest::addColumn<QString>("actions");
        QTest::addColumn<QString>("notActions");
        QTest::addColumn<bool>("isAllowed");
        QTest::newRow("owner") << "*" << "" << true;
        QTest::newRow("reader") << "*/read" << "" << false;
        QTest::newRow("contributor of machines") << "Microsoft.Compute/virtualMachines/*" << "" << true;
        QTest::newRow("in other letters") << "microsoft.compute/VIRTUALMACHINES/write" << "" << true;
        QTest::newRow("stars in the middle") << "Microsoft.*/virtual*/write" << "" << true;
        QTest::newRow("another resource") << "Microsoft.Compute/disks/*" << "" << false;
        QTest::newRow("taken away again") << "*" << "Microsoft.Compute/*/write" << false;
        QTest::newRow("nothing") << "" << "" << false;
    }

    void rolesAllowWhatTheirPatternsSay()
    {
        QFETCH(QString, actions);
        QFETCH(QString, notActions);
        const auto list = [](const QString& text) {
            return text.isEmpty() ? std::vector<std::string>() : std::vector<std::string>{text.toStdString()};
        };
        const std::vector<Permission> permissions{{{"Microsoft.Resources/*/read"}, {}}, {list(actions), list(notActions)}};
        QTEST(isAllowed(permissions, "Microsoft.Compute/virtualMachines/write"), "isAllowed");
    }
};

QTEST_GUILESS_MAIN(TestAzureValues)
#include "tst_azure_values.moc"
