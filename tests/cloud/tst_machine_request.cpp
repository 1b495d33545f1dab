#include <algorithm>

#include <QTest>

#include "cloud/provision/azure_cost.h"
#include "cloud/provision/azure_plan.h"
#include "cloud/provision/cloud_init.h"
#include "cloud/provision/idle_stop_text.h"
#include "cloud/provision/machine_request.h"
#include "engine/base/base64.h"

using namespace ty;
using namespace ty::cloud;

namespace {

constexpr const char* kMark = "5a0c0ffe-0000-4000-8000-000000000001";
constexpr const char* kKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGx me@home";

MachineRequest goodRequest()
{
    MachineRequest request;
    request.provider = "azure";
    request.account = "sandbox";
    request.scope = "11111111-2222-3333-4444-555555555555";
    request.group = "trainyard";
    request.name = "gpu-1";
    request.region = "westeurope";
    request.size = "Standard_NC4as_T4_v3";
    request.image = "Canonical:ubuntu:22_04-lts:latest";
    request.osDisk = {64, "Premium_LRS", true};
    request.dataDisks = {{256, "Premium_LRS", false}};
    request.user = "trainer";
    request.sshPublicKey = kKey;
    request.allowedFrom = {"203.0.113.7/32"};
    request.idleMinutes = 15;
    request.hardLimitHours = 12;
    return request;
}

bool complainsAbout(const MachineRequest& request, const std::string& field, bool mayAnyoneKnock = false)
{
    const auto problems = problemsOf(request, mayAnyoneKnock);
    return std::any_of(
        problems.begin(), problems.end(), [&](const FieldProblem& problem) { return problem.field == field; });
}

azure::PriceItem price(const char* sku, const char* skuName, const char* meter, const char* unit, double value)
{
    azure::PriceItem item;
    item.currencyCode = "USD";
    item.armRegionName = "westeurope";
    item.armSkuName = sku;
    item.skuName = skuName;
    item.meterName = meter;
    item.productName = "Virtual Machines NCasT4_v3 Series";
    item.unitOfMeasure = unit;
    item.type = "Consumption";
    item.retailPrice = value;
    item.effectiveStartDate = "2026-01-01T00:00:00Z";
    item.serviceName = "Virtual Machines";
    return item;
}

} // namespace

class TestMachineRequest : public QObject {
    Q_OBJECT

private slots:
    void aCompleteRequestHasNoProblem()
    {
        QVERIFY(problemsOf(goodRequest(), false).empty());
        QVERIFY(checkRequest(goodRequest(), false).isOk());
    }

    void itComesBackFromJson()
    {
        const auto back = fromJson<MachineRequest>(toJson(goodRequest()), "request");
        QVERIFY(back.isOk());
        QCOMPARE(toJson(*back).dump(), toJson(goodRequest()).dump());
    }

    void azureNamesAsAzureTakesThem_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("fits");
        QTest::newRow("plain") << "gpu-1" << true;
        QTest::newRow("capitals") << "GPU_1" << true;
        QTest::newRow("64") << QString(64, QLatin1Char('a')) << true;
        QTest::newRow("65") << QString(65, QLatin1Char('a')) << false;
        QTest::newRow("empty") << "" << false;
        QTest::newRow("slash") << "a/b" << false;
        QTest::newRow("blank") << "a b" << false;
        QTest::newRow("pipe") << "a|b" << false;
        QTest::newRow("begins _") << "_a" << false;
        QTest::newRow("ends .") << "a." << false;
        QTest::newRow("ends -") << "a-" << false;
    }
    void azureNamesAsAzureTakesThem()
    {
        QFETCH(QString, name);
        QFETCH(bool, fits);
        MachineRequest request = goodRequest();
        request.name = name.toStdString();
        QCOMPARE(complainsAbout(request, "name"), !fits);
    }

    void googleNamesAsGoogleTakesThem()
    {
        MachineRequest request = goodRequest();
        request.provider = "google";
        request.zone = "europe-west4-a";
        for (const char* good : {"a", "gpu-1", "a1"}) {
            request.name = good;
            QVERIFY2(!complainsAbout(request, "name"), good);
        }
        for (const char* bad : {"", "Gpu", "1a", "a-", "a_b"}) {
            request.name = bad;
            QVERIFY2(complainsAbout(request, "name"), bad);
        }
    }

    void reservedUsersAndPrivateKeysAreRefused()
    {
        MachineRequest request = goodRequest();
        for (const char* bad : {"root", "admin", "test", "user1", "", "Trainer", "1abc"}) {
            request.user = bad;
            QVERIFY2(complainsAbout(request, "user"), bad);
        }
        request = goodRequest();
        request.sshPublicKey = "-----BEGIN OPENSSH PRIVATE KEY-----";
        QVERIFY(problemsOf(request, false).front().message.find("private") != std::string::npos);
        request.sshPublicKey.clear();
        QVERIFY(complainsAbout(request, "sshPublicKey"));
    }

    void anyoneMayKnockOnlyWhenAgreed()
    {
        MachineRequest request = goodRequest();
        request.allowedFrom = {"0.0.0.0/0"};
        QVERIFY(complainsAbout(request, "allowedFrom"));
        QVERIFY(!complainsAbout(request, "allowedFrom", true));
        for (const char* bad : {"203.0.113", "203.0.113.7/33", "203.0.113.7/x", "example.org", "203.0.113.7/"}) {
            request.allowedFrom = {bad};
            QVERIFY2(complainsAbout(request, "allowedFrom", true), bad);
        }
        request.allowedFrom = {"2001:db8::/32"};
        QVERIFY(!complainsAbout(request, "allowedFrom"));
    }

    void suggestedNamesFitEveryProvider()
    {
        QCOMPARE(suggestedName("Cats & Dogs", 3), "ty-cats-dogs-3");
        QCOMPARE(suggestedName("\xc3\xa4", 1), "ty-machine-1");
        MachineRequest request = goodRequest();
        request.provider = "google";
        request.zone = "z";
        request.name = suggestedName(std::string(200, 'x') + "!", 12);
        QVERIFY(!complainsAbout(request, "name"));
    }

    void aCreationNamesOnlyItsOwnAndCarriesTags()
    {
        const Plan plan = azureCreation(goodRequest(), kMark, "#cloud-config\n");
        QCOMPARE(plan.forward.size(), std::size_t{8});
        QVERIFY(!plan.forward.front().isOurs); // the group is shared
        for (const Step& step : plan.forward) {
            if (step.isOurs) {
                QCOMPARE(step.body.at("tags").at(kOperationTag).get<std::string>(), kMark);
                QVERIFY(step.resource.find("/providers/") != std::string::npos);
            }
        }
        // At the end the machine is given the right to release itself, by an assignment that the mark names.
        QVERIFY(plan.forward.back().resource.ends_with(std::string("/roleAssignments/") + kMark));
        const Step& machine = plan.forward[6];
        QCOMPARE(
            decodeBase64(machine.body.at("properties").at("osProfile").at("customData").get<std::string>()).value(),
            "#cloud-config\n");
        QVERIFY(machine.body.dump().find("adminPassword") == std::string::npos);
        // Undone in the opposite order, and the disk that the machine's creation makes is not forgotten.
        QCOMPARE(plan.undo.size(), std::size_t{8});
        QCOMPARE(plan.undo.front().resource, plan.forward.back().resource);
        QCOMPARE(plan.undo[1].resource, machine.resource);
        QVERIFY(plan.undo[2].resource.find("-os-5a0c0ffe") != std::string::npos);
    }

    void theSameRequestMakesTheSamePlan()
    {
        const auto text = [] {
            std::string all;
            for (const Step& step : azureCreation(goodRequest(), kMark, "x").forward) {
                all += step.resource + step.body.dump();
            }
            return all;
        };
        QCOMPARE(text(), text());
    }

    void aDiskThatIsToBeKeptIsNotDeleted()
    {
        const Plan kept = azureDeletion(goodRequest(), kMark);
        MachineRequest request = goodRequest();
        request.dataDisks.front().isDeletedWithMachine = true;
        const Plan all = azureDeletion(request, kMark);
        QCOMPARE(all.forward.size(), kept.forward.size() + 1);
        for (const Step& step : kept.forward) {
            QVERIFY(step.resource.find("-data0") == std::string::npos);
        }
    }

    void theStartUpScriptBringsTheIdleStop()
    {
        const std::string text = cloudInit(goodRequest(), "/subscriptions/x", idleStopText());
        QVERIFY(text.starts_with("#cloud-config\n"));
        QVERIFY(text.find(encodeBase64(idleStopText())) != std::string::npos);
        QVERIFY(idleStopText().starts_with("#!/bin/sh\n"));
        const auto begin = text.find("idle-stop.conf");
        const auto content = text.find("content: ", begin) + 9;
        const std::string settings = decodeBase64(text.substr(content, text.find('\n', content) - content)).value();
        QVERIFY2(settings.find("idle_minutes=15\n") != std::string::npos, settings.c_str());
        QVERIFY2(settings.find("machine_id='/subscriptions/x'\n") != std::string::npos, settings.c_str());
    }

    void anUnknownPriceIsNeverZero()
    {
        MachineRequest request = goodRequest();
        request.dataDisks.clear();
        std::vector<azure::PriceItem> items;
        items.push_back(price("Standard_NC4as_T4_v3", "NC4as T4 v3", "NC4as T4 v3", "1 Hour", 0.526));
        const CostTable some = azureCost(request, items, "USD", "2026-11-21");
        QVERIFY(!some.perHour(true).has_value());
        QVERIFY(!some.perMonth(false).has_value());
        QCOMPARE(some.knownPerHour(true), 0.526);
        items.push_back(price("Premium_SSD_Managed_Disk_P6", "P6 LRS", "P6 LRS Disk", "1/Month", 7.30));
        items.push_back(price("Premium_SSD_Managed_Disk_P6", "P6 LRS", "P6 LRS Disk Mount", "1/Month", 0.9));
        items.push_back(price("", "Standard", "Standard IPv4 Static Public IP", "1 Hour", 0.005));
        const CostTable all = azureCost(request, items, "USD", "2026-11-21");
        QVERIFY(all.perHour(true).has_value());
        QVERIFY(qAbs(*all.perHour(true) - 0.541) < 1e-9);
        QVERIFY(qAbs(*all.perHour(false) - 0.015) < 1e-9);
        QVERIFY(qAbs(*all.perMonth(false) - 10.95) < 1e-9);
    }
};

QTEST_APPLESS_MAIN(TestMachineRequest)

#include "tst_machine_request.moc"
