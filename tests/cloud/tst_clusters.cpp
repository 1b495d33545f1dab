#include <set>

#include <QTest>

#include "cloud/azure/machine_requests.h"
#include "cloud/azure/scale_set.h"
#include "cloud/provision/azure_cluster.h"
#include "cloud/provision/azure_driver.h"
#include "cloud/provision/curated_images.h"
#include "cloud/provision/disk_kinds.h"
#include "cloud/provision/machine_defaults.h"
#include "cloud/provision/marks.h"
#include "engine/base/base64.h"

using namespace ty;
using namespace ty::cloud;

namespace {

constexpr const char* kMark = "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9";

ClusterRequest crew()
{
    ClusterRequest request;
    request.count = 4;
    MachineRequest& node = request.node;
    node.provider = "azure";
    node.scope = "11111111-2222-3333-4444-555555555555";
    node.name = "crew";
    node.region = "westeurope";
    node.size = "Standard_NC4as_T4_v3";
    node.dataDisks = {{256, "Premium_LRS", false}};
    node.sshPublicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEQdCWiw7g++b+wZskvmxUuI54EckYmLw0hmeb9BPTKx me";
    node.allowedFrom = {"203.0.113.7/32"};
    fillDefaults(node);
    return request;
}

azure::ScaleSet setOf(const ClusterRequest& request)
{
    const Plan plan = azureClusterCreation(request, kMark, "#cloud-config\n");
    return fromJson<azure::ScaleSet>(plan.forward.back().body, "set").value();
}

} // namespace

/// What is asked of Azure for a cluster of ours, and the lists that forms choose from.
class TestClusters : public QObject {
    Q_OBJECT

private slots:
    void everythingOfAClusterIsMarkedAndTakenBack()
    {
        const Plan plan = azureClusterCreation(crew(), kMark, {});
        QCOMPARE(plan.forward.size(), std::size_t{4}); // group, firewall, network, nodes
        QCOMPARE(plan.undo.size(), std::size_t{3});    // the group stays
        QCOMPARE(plan.undo.front().resource, plan.forward.back().resource);
        for (const Step& step : plan.forward) {
            QCOMPARE(step.body.dump().find(kMark) != std::string::npos, step.isOurs);
        }
        const Plan deletion = azureClusterDeletion(crew().node.scope, crew().node.group, "crew", kMark);
        std::set<std::string> gone;
        for (const Step& step : deletion.forward) {
            gone.insert(step.resource);
        }
        for (const Step& step : plan.undo) {
            QVERIFY2(gone.contains(step.resource), step.resource.c_str());
        }
    }

    void noNodeMoreThanAskedForIsMade()
    {
        const azure::ScaleSet set = setOf(crew());
        QCOMPARE(set.sku.capacity, std::optional<std::int64_t>(4));
        QCOMPARE(set.overprovision, std::optional(false));
        QCOMPARE(set.os.computerNamePrefix, "crew");
        QVERIFY(set.os.computerName.empty());
        QVERIFY(set.storage.osDisk.name.empty());
        QCOMPARE(set.storage.dataDisks.size(), std::size_t{1});
        QCOMPARE(set.storage.dataDisks.front().createOption, "Empty");
        QCOMPARE(set.os.sshKeys.size(), std::size_t{1});
        QVERIFY(set.networkInterfaces.front().ipConfigurations.front().publicIp.has_value());
        ClusterRequest large = crew();
        large.count = 101; // one placement group holds 100
        QCOMPARE(setOf(large).singlePlacementGroup, std::optional(false));
    }

    void nodesThatStopThemselvesHaveTheRightToDoSoAndItGoesWithThem()
    {
        ClusterRequest request = crew();
        QVERIFY(setOf(request).identity.type.empty());
        request.node.idleMinutes = 15;
        const Plan plan = azureClusterCreation(request, kMark, "#cloud-config\n");
        const Step& grant = plan.forward.back();
        QCOMPARE(grant.verb, std::string(kGrantVerb));
        QVERIFY(grant.resource.ends_with(std::string("/crew/providers/Microsoft.Authorization/roleAssignments/") + kMark));
        QCOMPARE(plan.undo.front().resource, grant.resource);
        const Plan deletion = azureClusterDeletion(request.node.scope, request.node.group, "crew", kMark);
        QCOMPARE(deletion.forward.front().resource, grant.resource);
        const auto made = fromJson<azure::ScaleSet>(plan.forward[plan.forward.size() - 2].body, "set").value();
        QCOMPARE(made.identity.type, std::string("SystemAssigned"));
        QCOMPARE(made.os.customData, encodeBase64("#cloud-config\n"));
    }

    /// The builder of this request is judged by Azure's own examples.
    void scalingAsksForTheCapacityAlone()
    {
        const azure::ResourceRef set{crew().node.scope, "trainyard", azure::kScaleSets, {"crew"}};
        const Step step = azureClusterScale(set.id(), 7).forward.front();
        const azure::ArmRequest official = azure::resizeScaleSet(set, 7);
        QVERIFY(official.body == step.body);
        QCOMPARE(official.path, step.resource);
    }

    void whatCannotBeMadeIsSaidBefore()
    {
        QVERIFY(problemsOf(crew(), false).empty());
        ClusterRequest request = crew();
        request.count = 0;
        request.node.budget = 5;
        request.node.listPrice = 1;
        std::set<std::string> fields;
        for (const FieldProblem& problem : problemsOf(request, false)) {
            fields.insert(problem.field);
        }
        QCOMPARE(fields, (std::set<std::string>{"budget", "count"}));
    }

    void theCostOfAllNodesIsThatOfOneTimesTheirNumber()
    {
        CostTable one;
        one.lines = {{"machine", 0.5, false}, {"disk", {}, true}};
        const CostTable all = clusterCost(one, 4);
        QCOMPARE(all.lines[0].perHour, std::optional(2.0));
        QVERIFY(!all.lines[1].perHour); // unknown stays unknown
        QVERIFY(!all.perHour(true));
    }

    void theCuratedListIsWholeAndEachOfferedImageCanBeUsed()
    {
        QVERIFY(curatedImages().size() >= 20);
        for (const char* provider : {"azure", "google"}) {
            const auto offered = offeredImages(provider);
            QVERIFY(offered.size() >= 5);
            bool hasGpuDriver = false;
            for (const CuratedImage& image : offered) {
                QVERIFY2(!image.name.empty() && image.os == "linux" && image.diskGiB && image.generation, image.id.c_str());
                hasGpuDriver = hasGpuDriver || image.gpuDriver == "nvidia";
            }
            QVERIFY(hasGpuDriver);
            QVERIFY(findCuratedImage(provider, usualImage(provider)) != nullptr);
        }
    }

    void anImageMustFitTheSize()
    {
        MachineRequest request = crew().node;
        azure::VmSize size;
        size.name = "Standard_NC4as_T4_v3";
        size.architecture = "x64";
        size.isGeneration2 = true;
        size.gpus = 1;
        QVERIFY(imageFit(request, size).problems.empty());
        QCOMPARE(imageFit(request, size).notes.size(), std::size_t{1}); // no driver for the GPU
        size.architecture = "Arm64";
        QCOMPARE(imageFit(request, size).problems.size(), std::size_t{1});
        size.architecture = "x64";
        request.image = "Canonical:UbuntuServer:18.04-LTS:latest"; // generation 1
        QCOMPARE(imageFit(request, size).problems.size(), std::size_t{1});
        request.image = "microsoft-dsvm:ubuntu-2204:2204-gen2:latest"; // 150 GiB
        QCOMPARE(imageFit(request, size).problems.front().field, "osDisk");
    }

    void aDiskSaysWhatItCanDo()
    {
        QCOMPARE(diskWords("azure", "Premium_LRS", 256), "P15 (256 GiB): 1100 IOPS, 125 MB/s");
        QCOMPARE(diskWords("azure", "Premium_LRS", 32), "P4 (32 GiB): 120 IOPS, 25 MB/s");
        QCOMPARE(diskWords("azure", "StandardSSD_LRS", 257), "E20 (512 GiB): up to 500 IOPS, up to 60 MB/s");
        QVERIFY(diskWords("google", "pd-ssd", 100).empty()); // nothing certain is known
    }
};

QTEST_GUILESS_MAIN(TestClusters)
#include "tst_clusters.moc"
