#include "cloud/provision/google_machines.h"

#include <algorithm>
#include <utility>

#include "cloud/gcp/compute_catalog.h"

namespace ty::cloud {

namespace {

using namespace gcp;

/// "projects/p/zones/z/disks/d" of a link that may begin with a host and a version.
std::string pathOf(const std::string& link)
{
    const auto begin = link.find("projects/");
    return begin == std::string::npos ? link : link.substr(begin);
}

/// The first user of "user:ssh-ed25519 AAAA...".
std::string userOf(const Metadata& metadata)
{
    const auto keys = std::find_if(
        metadata.items.begin(), metadata.items.end(), [](const MetadataItem& item) { return item.key == "ssh-keys"; });
    return keys == metadata.items.end() ? std::string() : keys->value.substr(0, keys->value.find(':'));
}

} // namespace

MachineInfo googleMachineInfo(const Instance& instance, const std::string& project)
{
    MachineInfo info;
    info.provider = "google";
    info.zone = lastPart(instance.zone);
    info.region = regionOfZone(info.zone);
    info.id = "projects/" + project + "/zones/" + info.zone + "/instances/" + instance.name;
    info.name = instance.name;
    info.state = instance.state();
    info.size = lastPart(instance.machineType);
    info.publicAddress = instance.publicIp();
    if (!instance.networkInterfaces.empty()) {
        info.privateAddress = instance.networkInterfaces.front().networkIp;
    }
    info.isSpot = instance.scheduling.provisioningModel == "SPOT" || instance.scheduling.isPreemptible.value_or(false);
    for (const GuestAccelerator& card : instance.accelerators) {
        info.gpu = lastPart(card.type);
        info.gpus = card.count.value_or(1);
    }
    for (const AttachedDisk& disk : instance.disks) {
        if (disk.isBoot.value_or(false)) {
            info.osDisk = pathOf(disk.source);
        } else {
            info.dataDisks.push_back(pathOf(disk.source));
        }
    }
    info.user = userOf(instance.metadata);
    info.created = instance.creationTimestamp;
    info.since = instance.lastStartTimestamp;
    info.tags = instance.labels;
    info.problem = instance.statusMessage;
    return info;
}

Result<std::vector<MachineInfo>> googleMachines(ComputeClient& client, const std::string& project, std::stop_token stop)
{
    TY_TRY(const auto zones, client.aggregated<InstanceScope>(listAllInstances(project), std::move(stop)));
    std::vector<MachineInfo> infos;
    for (const auto& [place, scope] : zones) {
        for (const Instance& instance : scope.instances) {
            infos.push_back(googleMachineInfo(instance, project));
        }
    }
    return infos;
}

} // namespace ty::cloud
