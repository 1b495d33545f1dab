#include "app/provisioning/azure_provider.h"

#include "app/provisioning/boot_log.h"
#include "app/provisioning/machine_script.h"
#include "app/provisioning/operation_keys.h"
#include "app/provisioning/price_reader.h"
#include "cloud/provision/azure_cluster.h"
#include "cloud/provision/azure_driver.h"
#include "cloud/provision/azure_leftovers.h"
#include "cloud/provision/azure_machines.h"
#include "cloud/provision/azure_plan.h"
#include "cloud/provision/azure_shutdown.h"
#include "cloud/provision/azure_storage.h"
#include "cloud/provision/cloud_init.h"
#include "cloud/provision/idle_stop_text.h"

namespace ty::app {

namespace {

using namespace cloud;

constexpr const char* kReadHostKeys = "cat /etc/ssh/ssh_host_*_key.pub";

/// Of something that Trainyard did not make: it goes alone.
Plan removalOf(const std::string& id, const char* title)
{
    Step step;
    step.kind = Step::Kind::Remove;
    step.title = title;
    step.resource = id;
    step.isOurs = false; // the person named it
    return Plan{{step}, {}};
}

Plan shutdownPlanOf(const Json& json)
{
    MachineInfo machine;
    machine.id = textOf(json, kMachineIdKey);
    machine.region = textOf(json, kRegionKey);
    machine.tags = tagsOf(json);
    const auto found = json.find(kShutdownKey);
    const auto shutdown = found == json.end() ? std::nullopt
                                              : std::optional(fromJson<DailyShutdown>(*found, "the journal").valueOr({}));
    return azureShutdownPlan(machine, shutdown);
}

} // namespace

AzureProvider::AzureProvider(AzureConnection& connection)
    : m_connection(connection)
{
}

Result<std::vector<MachineInfo>> AzureProvider::machines(std::stop_token stop)
{
    return azureMachines(m_connection.client(), m_connection.account().scope, std::move(stop));
}

Result<std::vector<ClusterInfo>> AzureProvider::clusters(std::stop_token stop)
{
    return azureClusters(m_connection.client(), m_connection.account().scope, std::move(stop));
}

Result<Plan> AzureProvider::plan(const JournalEntry& entry)
{
    const Json& json = entry.request;
    const std::string machineId = textOf(json, kMachineIdKey);
    const std::string mark = textOf(json, kMarkKey);
    if (entry.kind == "create") {
        const MachineRequest request = requestOf(json);
        const AzureMachineIds ids(request, mark);
        return azureCreation(request, mark, cloudInit(request, ids.machine, idleStopText()));
    }
    if (entry.kind == "delete") {
        Plan plan = mark.empty() ? removalOf(machineId, "Deleting machine") : azureDeletion(requestOf(json), mark);
        if (auto schedule = azureShutdownRemoval(machineId, tagsOf(json))) {
            plan.forward.insert(plan.forward.begin(), std::move(*schedule));
        }
        return plan;
    }
    if (entry.kind == "auto-shutdown") {
        return shutdownPlanOf(json);
    }
    if (entry.kind == "start" || entry.kind == "stop" || entry.kind == "power off") {
        return azurePower(machineId, textOf(json, kVerbKey));
    }
    if (entry.kind == "restart" || entry.kind == "redeploy") {
        return azureAction(machineId, entry.kind);
    }
    if (entry.kind == "resize") {
        return azureResize(machineId, textOf(json, kSizeKey), json.value(kWasRunningKey, false));
    }
    if (entry.kind == kCreateCluster) {
        const ClusterRequest cluster = clusterRequestOf(json);
        return azureClusterCreation(cluster, mark, cloudInit(cluster.node, {}, idleStopText()));
    }
    if (entry.kind == kStartCluster || entry.kind == kStopCluster) {
        return azureClusterPower(machineId, entry.kind == kStartCluster ? "start" : "deallocate");
    }
    if (entry.kind == kScaleCluster) {
        return azureClusterScale(machineId, json.value(kCountKey, std::int64_t{0}));
    }
    if (entry.kind == kDeleteCluster) {
        return mark.empty() ? removalOf(machineId, "Deleting cluster")
                            : azureClusterDeletion(m_connection.account().scope, textOf(json, kGroupKey), entry.target, mark);
    }
    if (entry.kind == kCreateStorage) {
        return azureStorageCreation(storageRequestOf(json), mark);
    }
    if (entry.kind == kDeleteStorage) {
        return azureStorageDeletion(machineId);
    }
    if (entry.kind == "clean") {
        return cleaningOf(leftoversOf(json));
    }
    if (entry.kind == "tag") {
        return azureTags(machineId, tagsOf(json));
    }
    if (entry.kind == "capture" && json.value(kSpecializedKey, false)) {
        GalleryPlace place{textOf(json, kGalleryKey), textOf(json, kImageKey), textOf(json, kVersionKey)};
        if (place.gallery.empty()) { // as journals of earlier versions had it
            place.gallery = kStandardGallery;
            place.version = nextVersion({});
        }
        place.isImageThere = json.value(kIsImageThereKey, false);
        return azureSpecializedCapture(requestOf(json), machineId, place, mark, json.value(kWasRunningKey, false));
    }
    if (entry.kind == "capture") {
        return azureCapture(requestOf(json), machineId, textOf(json, kImageKey), mark);
    }
    return Error{ErrorKind::Unsupported, "the journal holds an operation \"" + entry.kind + "\" of a newer Trainyard", {}};
}

Result<CaptureOrder> AzureProvider::complete(const MachineInfo& machine, CaptureOrder order, std::stop_token stop)
{
    return completeOrder(m_connection, machine.group, std::move(order), std::move(stop));
}

std::unique_ptr<Driver> AzureProvider::driver(const JournalEntry&)
{
    return std::make_unique<AzureDriver>(m_connection.client());
}

Result<CostTable> AzureProvider::cost(const MachineRequest& request, const std::string& currency, std::stop_token stop)
{
    return readCost(m_connection, request, currency, std::move(stop));
}

Result<std::string> AzureProvider::consoleText(const MachineInfo& machine, std::stop_token stop)
{
    return readBootLog(m_connection, machine, std::move(stop));
}

Result<std::string> AzureProvider::askForHostKeys(const MachineInfo& machine, std::stop_token stop)
{
    TY_TRY(const auto said, runScript(m_connection, machine, kReadHostKeys, std::move(stop)));
    return said.standardOutput;
}

} // namespace ty::app
