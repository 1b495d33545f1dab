#include "cloud/provision/azure_cluster.h"

#include <algorithm>
#include <map>
#include <utility>

#include "cloud/azure/machine_requests.h"
#include "cloud/azure/network.h"
#include "cloud/azure/scale_set.h"
#include "cloud/azure/virtual_machine.h"
#include "cloud/provision/azure_grant.h"
#include "cloud/provision/azure_plan.h"

namespace ty::cloud {

namespace {

using namespace azure;

constexpr std::int64_t kOnePlacementGroup = 100; // more machines do not fit into one
constexpr int kPatienceSeconds = 240;
// Addresses of a scale set's machines are read by the network's interface under the set's own path. Source: Azure's
// reference of virtualMachineScaleSets/publicIPAddresses, which serves this version alone.
constexpr const char* kNodeAddressVersion = "2018-10-01";

std::string setId(const std::string& subscription, const std::string& group, const std::string& name)
{
    return ResourceRef{subscription, group, kScaleSets, {name}}.id();
}

ScaleSet scaleSetOf(const ClusterRequest& request, const VirtualMachine& machine, const std::string& subnetId)
{
    ScaleSet set;
    set.location = machine.location;
    set.tags = machine.tags;
    set.zones = machine.zones;
    set.sku = {machine.size, "Standard", request.count};
    set.orchestrationMode = "Uniform";
    set.upgradeMode = "Manual";
    set.overprovision = false; // a machine more than asked for is billed
    set.singlePlacementGroup = request.count.value_or(0) <= kOnePlacementGroup;
    set.priority = machine.priority;
    set.evictionPolicy = machine.evictionPolicy;
    set.maxPrice = machine.maxPrice;
    set.os = machine.os;
    set.identity = machine.identity;
    set.os.computerName.clear();
    set.os.computerNamePrefix = request.node.name;
    set.storage = machine.storage;
    set.storage.osDisk.name.clear();
    set.storage.osDisk.deleteOption.clear(); // it always goes with its machine
    set.storage.dataDisks.clear();
    for (std::size_t i = 0; i < request.node.dataDisks.size(); ++i) {
        DataDisk disk;
        disk.lun = static_cast<std::int64_t>(i);
        disk.createOption = "Empty";
        disk.caching = "None";
        disk.sizeGiB = request.node.dataDisks[i].sizeGiB;
        disk.managedDisk.storageAccountType = request.node.dataDisks[i].kind;
        set.storage.dataDisks.push_back(std::move(disk));
    }
    IpConfigurationTemplate configuration;
    configuration.name = "primary";
    configuration.subnetId = subnetId;
    configuration.isPrimary = true;
    if (request.node.hasPublicIp.value_or(true)) {
        PublicIpTemplate& address = configuration.publicIp.emplace();
        address.name = "address";
        address.skuName = "Standard";
        address.deleteOption = "Delete";
    }
    NetworkInterfaceTemplate card;
    card.name = "primary";
    card.isPrimary = true;
    card.ipConfigurations.push_back(std::move(configuration));
    set.networkInterfaces.push_back(std::move(card));
    set.diagnostics.isEnabled = true;
    return set;
}

Step removal(std::string title, std::string resource)
{
    Step step;
    step.kind = Step::Kind::Remove;
    step.title = std::move(title);
    step.resource = std::move(resource);
    step.patienceSeconds = kPatienceSeconds;
    return step;
}

/// "3" of ".../virtualMachines/3/networkInterfaces/...".
std::string instanceOf(const std::string& id)
{
    constexpr std::string_view kMachines = "/virtualMachines/";
    const auto begin = id.find(kMachines);
    if (begin == std::string::npos) {
        return {};
    }
    const auto number = begin + kMachines.size();
    return id.substr(number, id.find('/', number) - number);
}

bool hasPublicIps(const ScaleSet& set)
{
    return std::any_of(set.networkInterfaces.begin(), set.networkInterfaces.end(), [](const NetworkInterfaceTemplate& card) {
        return std::any_of(card.ipConfigurations.begin(), card.ipConfigurations.end(), [](const IpConfigurationTemplate& each) {
            return each.publicIp.has_value();
        });
    });
}

MachineState stateOf(const ScaleSet& set)
{
    if (isSame(set.provisioningState, "Succeeded")) {
        return MachineState::Running;
    }
    if (isSame(set.provisioningState, "Failed") || isSame(set.provisioningState, "Canceled")) {
        return MachineState::Failed;
    }
    return isSame(set.provisioningState, "Deleting") ? MachineState::Deleting : MachineState::Starting;
}

Result<void> readNodes(ArmClient& client, const std::string& subscription, ClusterInfo& cluster, std::stop_token stop)
{
    const ResourceRef set{subscription, cluster.group, kScaleSets, {cluster.name}};
    TY_TRY(const auto machines, client.list<ScaleSetMachine>(listScaleSetMachines(set, "instanceView"), stop));
    const ArmRequest question{"GET", cluster.id + "/publicipaddresses", {{"api-version", kNodeAddressVersion}}, {}};
    const auto addresses = client.list<PublicIp>(question, std::move(stop));
    std::map<std::string, std::string> byInstance;
    for (const PublicIp& address : addresses ? *addresses : std::vector<PublicIp>()) {
        byInstance[instanceOf(address.id)] = address.address;
    }
    for (const ScaleSetMachine& machine : machines) {
        ClusterNode node;
        node.instance = machine.instanceId;
        node.id = machine.id;
        node.created = machine.timeCreated;
        node.since = settledAt(machine.instanceView);
        node.name = machine.os.computerName.empty() ? machine.name : machine.os.computerName;
        node.state = machine.state();
        node.address = byInstance[machine.instanceId];
        cluster.nodes.push_back(std::move(node));
    }
    std::sort(cluster.nodes.begin(), cluster.nodes.end(), [](const ClusterNode& a, const ClusterNode& b) {
        return a.instance.size() != b.instance.size() ? a.instance.size() < b.instance.size() : a.instance < b.instance;
    });
    return {};
}

} // namespace

Plan azureClusterCreation(const ClusterRequest& request, const std::string& mark, const std::string& cloudInit)
{
    // Firewall, network and machine are described as those of a single machine.
    MachineRequest single = request.node;
    single.dataDisks.clear();
    const AzureMachineIds ids(single, mark);
    const Plan machine = azureCreation(single, mark, cloudInit);
    VirtualMachine described;
    Plan plan;
    for (const Step& step : machine.forward) {
        if (step.resource == ids.group || step.resource == ids.securityGroup || step.resource == ids.network) {
            plan.forward.push_back(step);
        } else if (step.resource == ids.machine) {
            described = fromJson<VirtualMachine>(step.body, "the machine's plan").valueOr({});
        }
    }
    Step set;
    set.kind = Step::Kind::Ensure;
    set.title = "Starting " + std::to_string(request.count.value_or(0)) + " nodes";
    set.resource = setId(single.scope, single.group, single.name);
    set.body = toJson(scaleSetOf(request, described, ids.subnet));
    const std::string grant = azureGrantId(set.resource, mark);
    plan.forward.push_back(std::move(set));
    plan.undo = undoOf(plan.forward);
    if (single.stopsItself()) {
        plan.forward.push_back(azureGrant("Letting the nodes release themselves", single.scope, grant));
        plan.undo.insert(plan.undo.begin(), azureGrantRemoval("Taking back: the nodes' own right", grant));
    }
    for (Step& step : plan.undo) {
        step.patienceSeconds = kPatienceSeconds;
    }
    return plan;
}

Plan azureClusterDeletion(
    const std::string& subscription, const std::string& group, const std::string& name, const std::string& mark)
{
    MachineRequest named;
    named.scope = subscription;
    named.group = group;
    named.name = name;
    const AzureMachineIds ids(named, mark);
    const std::string set = setId(subscription, group, name);
    return Plan{
        {azureGrantRemoval("Taking back the nodes' own right", azureGrantId(set, mark)), removal("Deleting nodes", set),
         removal("Deleting network", ids.network), removal("Deleting firewall", ids.securityGroup)},
        {}};
}

Plan azureClusterScale(const std::string& clusterId, std::int64_t count)
{
    Step step;
    step.kind = Step::Kind::Reach;
    step.title = "Scaling to " + std::to_string(count) + " nodes";
    step.resource = clusterId;
    step.verb = "scale";
    step.body = Json{{"sku", {{"capacity", count}}}};
    return Plan{{std::move(step)}, {}};
}

Plan azureClusterPower(const std::string& clusterId, const std::string& verb)
{
    Step step;
    step.kind = Step::Kind::Reach;
    step.title = verb == "start" ? "Starting nodes" : "Stopping nodes";
    step.resource = clusterId;
    step.verb = verb;
    return Plan{{std::move(step)}, {}};
}

Result<std::vector<ClusterInfo>> azureClusters(ArmClient& client, const std::string& subscription, std::stop_token stop)
{
    TY_TRY(const auto sets, client.list<ScaleSet>(listInSubscription(subscription, kScaleSets), stop));
    std::vector<ClusterInfo> clusters;
    for (const ScaleSet& set : sets) {
        ClusterInfo cluster;
        cluster.provider = "azure";
        cluster.id = set.id;
        cluster.name = set.name;
        cluster.group = groupOfId(set.id);
        cluster.region = set.location;
        cluster.zone = set.zones.empty() ? std::string() : set.zones.front();
        cluster.size = set.sku.name;
        cluster.isSpot = isSame(set.priority, "Spot") || isSame(set.priority, "Low");
        cluster.capacity = set.sku.capacity.value_or(0);
        cluster.state = stateOf(set);
        cluster.user = set.os.adminUsername;
        cluster.osDisk = {set.storage.osDisk.sizeGiB, set.storage.osDisk.managedDisk.storageAccountType, true};
        for (const DataDisk& disk : set.storage.dataDisks) {
            cluster.dataDisks.push_back({disk.sizeGiB, disk.managedDisk.storageAccountType, true});
        }
        cluster.hasPublicIps = hasPublicIps(set);
        cluster.stopsItself = isSame(set.identity.type, "SystemAssigned");
        cluster.created = set.timeCreated;
        cluster.tags = set.tags;
        // A set that goes has no list any more.
        if (auto read = readNodes(client, subscription, cluster, stop); !read && read.error().kind != ErrorKind::NotFound) {
            return std::move(read).error();
        }
        const bool isOn = std::any_of(cluster.nodes.begin(), cluster.nodes.end(), [](const ClusterNode& node) {
            return node.state != MachineState::Off;
        });
        if (cluster.state == MachineState::Running && !cluster.nodes.empty() && !isOn) {
            cluster.state = MachineState::Off;
        }
        clusters.push_back(std::move(cluster));
    }
    return clusters;
}

CostTable clusterCost(CostTable node, std::int64_t count)
{
    for (CostLine& line : node.lines) {
        line.what = std::to_string(count) + " x " + line.what;
        if (line.perHour) {
            *line.perHour *= static_cast<double>(count);
        }
    }
    return node;
}

} // namespace ty::cloud
