#include <algorithm>

#include <QTest>

#include "cloud/auth/azure_sources.h"
#include "cloud/auth/google_sources.h"
#include "cloud/auth/service_transport.h"
#include "cloud/azure/arm_client.h"
#include "cloud/azure/machine_requests.h"
#include "cloud/azure/provider_registration.h"
#include "cloud/azure/sku.h"
#include "cloud/azure/usage.h"
#include "cloud/gcp/compute_client.h"
#include "cloud/http/request_id.h"
#include "engine/base/files.h"
#include "tests/cloud/sandbox/sandbox_program.h"

using namespace ty;
using namespace ty::cloud;

/// Our clients over TLS with their real sign-ins, against the sandbox, which others have judged.
class TestClientsOnSandbox : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        const QString problem = m_sandbox.start({"--pace", "5000", "--no-throttling", "--ssh-port", "23122"});
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
        m_origin = m_sandbox.text("https").toStdString();
        m_curl.extraCaFile = m_sandbox.text("caFile").toStdString();
    }

    void azureIsReadAfterSignInByASecret()
    {
        const Json client = readJsonFile(m_sandbox.text("clientFile").toStdString()).value();
        CurlTransport plain(m_curl);
        AzureServicePrincipal source(
            plain,
            {{m_origin, client.at("tenantId").get<std::string>()},
             client.at("clientId").get<std::string>(),
             Secret(client.at("clientSecret").get<std::string>())});
        TokenCache tokens(source);
        const auto transport = makeServiceTransport({m_origin, "https://management.azure.com/.default", m_curl, {}, {}}, &tokens);
        azure::ArmOptions options;
        options.baseUrl = m_origin;
        options.pollEvery = std::chrono::milliseconds(20); // the sandbox is fast
        azure::ArmClient arm(*transport, options);

        const auto subscriptions = arm.list<azure::Subscription>(azure::listSubscriptions(), {});
        QVERIFY2(subscriptions, subscriptions ? "" : subscriptions.error().message.c_str());
        const std::string subscription = subscriptions->at(0).subscriptionId;
        QCOMPARE(subscription, m_sandbox.text("subscriptionId").toStdString());
        const auto locations = arm.list<azure::Location>(azure::listLocations(subscription), {});
        QVERIFY(locations && locations->size() >= 60);
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        const auto registered = azure::ensureRegistered(arm, subscription, "Microsoft.Compute", deadline, {});
        QVERIFY2(registered, registered ? "" : registered.error().message.c_str());

        const auto skus = arm.list<azure::ResourceSku>(azure::listSkus(subscription, "westeurope"), {});
        QVERIFY2(skus, skus ? "" : skus.error().message.c_str());
        const auto sku = std::find_if(skus->begin(), skus->end(), [](const auto& each) {
            return each.name == "Standard_NC4as_T4_v3";
        });
        QVERIFY(sku != skus->end());
        QCOMPARE(azure::vmSizeOf(*sku).gpu, std::string("NVIDIA T4"));
        const auto usages = arm.list<azure::Usage>(azure::listComputeUsages(subscription, "westeurope"), {});
        QVERIFY(usages && azure::coresLeft(*usages, sku->family, false).has_value());

        azure::ResourceGroup group;
        group.name = "ty-clients";
        group.location = "westeurope";
        QVERIFY(arm.get<azure::ResourceGroup>(azure::putGroup(subscription, group), {}));
        QVERIFY(arm.exists(azure::hasGroup(subscription, group.name), {}).value());
        auto deletion = arm.begin<azure::NoBody>(azure::deleteGroup(subscription, group.name), {});
        QVERIFY(deletion);
        const auto deleted = deletion->wait({}, deadline);
        QVERIFY2(deleted, deleted ? "" : deleted.error().message.c_str());
        QVERIFY(!arm.exists(azure::hasGroup(subscription, group.name), {}).value());
        QCOMPARE(arm.get<azure::ResourceGroup>(azure::getGroup(subscription, "none"), {}).error().kind, ErrorKind::NotFound);
    }

    void googleTellsWhereTheCardsAreAndFailsInOurClasses()
    {
        CurlTransport plain(m_curl);
        const std::string file = readFile(m_sandbox.text("googleServiceAccountFile").toStdString()).value();
        GoogleServiceAccount source(plain, GoogleServiceAccount::parse(file).value());
        TokenCache tokens(source);
        const auto transport = makeServiceTransport({m_origin, kGoogleScope, m_curl, {}, {}}, &tokens);
        gcp::ComputeOptions options;
        options.baseUrl = m_origin + "/compute/v1";
        options.pollEvery = std::chrono::milliseconds(20);
        gcp::ComputeClient compute(*transport, options);
        const std::string project = m_sandbox.text("googleProject").toStdString();

        const auto zones = compute.list<gcp::Zone>(gcp::listZones(project), {});
        QVERIFY2(zones, zones ? "" : zones.error().message.c_str());
        QCOMPARE(zones->size(), std::size_t{121});
        const auto accelerators = compute.aggregated<gcp::AcceleratorScope>(gcp::listAllAcceleratorTypes(project), {});
        QVERIFY2(accelerators, accelerators ? "" : accelerators.error().message.c_str());
        const auto offers = [&](const std::string& zone) {
            const auto scope = accelerators->find("zones/" + zone);
            return scope != accelerators->end()
                && std::any_of(scope->second.types.begin(), scope->second.types.end(), [](const gcp::AcceleratorType& type) {
                       return type.name == "nvidia-tesla-t4";
                   });
        };
        int offered = 0;
        int given = 0;
        int soldOut = 0;
        for (const gcp::Zone& zone : *zones) {
            if (!offers(zone.name)) {
                continue;
            }
            ++offered;
            const auto begun = compute.begin(gcp::insertInstance(project, zone.name, machineWithCard(zone.name), makeUuid()), {});
            QVERIFY2(begun, begun ? "" : begun.error().message.c_str());
            const auto ended = compute.wait(*begun, {}, std::chrono::steady_clock::now() + std::chrono::seconds(30));
            QVERIFY2(ended, ended ? "" : ended.error().message.c_str());
            if (ended->failure) {
                QCOMPARE(gcp::classify(*ended->failure).failure, FailureClass::NoCapacity);
                ++soldOut;
                continue;
            }
            ++given;
            const gcp::InstanceRef machine{project, zone.name, "ty-chase"};
            const auto instance = compute.get<gcp::Instance>(gcp::getInstance(machine), {});
            QVERIFY2(instance, instance ? "" : instance.error().message.c_str());
            QCOMPARE(instance->state(), MachineState::Running);
            const auto deletion = compute.begin(gcp::deleteInstance(machine, makeUuid()), {});
            QVERIFY(deletion);
            const auto gone = compute.wait(*deletion, {}, std::chrono::steady_clock::now() + std::chrono::seconds(30));
            QVERIFY(gone && !gone->failure);
        }
        QCOMPARE(offered, 84);
        QCOMPARE(given, 12);
        QCOMPARE(soldOut, 72);
    }

private:
    static gcp::Instance machineWithCard(const std::string& zone)
    {
        gcp::Instance instance;
        instance.name = "ty-chase";
        instance.machineType = "zones/" + zone + "/machineTypes/n1-standard-4";
        gcp::AttachedDisk boot;
        boot.isBoot = true;
        boot.autoDelete = true;
        boot.make.emplace();
        boot.make->sourceImage = "projects/debian-cloud/global/images/family/debian-12";
        instance.disks = {boot};
        gcp::NetworkInterface card;
        card.network = "global/networks/default";
        instance.networkInterfaces = {card};
        instance.accelerators = {{"zones/" + zone + "/acceleratorTypes/nvidia-tesla-t4", 1}};
        instance.scheduling.onHostMaintenance = "TERMINATE";
        return instance;
    }

    sandbox::SandboxProgram m_sandbox;
    std::string m_origin;
    CurlOptions m_curl;
};

QTEST_GUILESS_MAIN(TestClientsOnSandbox)
#include "tst_clients_on_sandbox.moc"
