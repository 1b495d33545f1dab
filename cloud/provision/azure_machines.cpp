#include "cloud/provision/azure_machines.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <utility>

#include "cloud/azure/machine_requests.h"
#include "cloud/azure/network.h"
#include "cloud/provision/marks.h"

namespace ty::cloud {

namespace {

using namespace azure;

/// Ids compare without case, and answers do change it.
std::string folded(std::string id)
{
    std::transform(id.begin(), id.end(), id.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return id;
}

struct Addresses {
    std::string publicOne;
    std::string privateOne;
};

/// By the id of the machine that has them.
std::map<std::string, Addresses> addressesOf(
    const std::vector<NetworkInterface>& cards, const std::vector<PublicIp>& publicIps)
{
    std::map<std::string, std::string> byId;
    for (const PublicIp& address : publicIps) {
        byId[folded(address.id)] = address.address;
    }
    std::map<std::string, Addresses> found;
    for (const NetworkInterface& card : cards) {
        if (card.virtualMachineId.empty()) {
            continue;
        }
        Addresses& addresses = found[folded(card.virtualMachineId)];
        for (const IpConfiguration& configuration : card.ipConfigurations) {
            const auto named = byId.find(folded(configuration.publicIpId));
            if (addresses.publicOne.empty() && named != byId.end()) {
                addresses.publicOne = named->second;
            }
            if (addresses.privateOne.empty()) {
                addresses.privateOne = configuration.privateAddress;
            }
        }
    }
    return found;
}

std::string problemOf(const VirtualMachine& machine)
{
    if (!isSame(machine.provisioningState, "Failed") || !machine.instanceView) {
        return {};
    }
    for (const InstanceStatus& status : machine.instanceView->statuses) {
        if (isSame(status.level, "Error")) {
            return status.message.empty() ? status.code : status.message;
        }
    }
    return {};
}

} // namespace

Result<std::vector<MachineInfo>> azureMachines(ArmClient& client, const std::string& subscription, std::stop_token stop)
{
    TY_TRY(auto machines, client.list<VirtualMachine>(listMachines(subscription), stop));
    TY_TRY(const auto states, client.list<VirtualMachine>(listMachines(subscription, Flag::Yes), stop));
    TY_TRY(const auto cards, client.list<NetworkInterface>(listInSubscription(subscription, kNetworkInterfaces), stop));
    TY_TRY(const auto publicIps, client.list<PublicIp>(listInSubscription(subscription, kPublicIps), stop));
    const auto addresses = addressesOf(cards, publicIps);
    std::map<std::string, const VirtualMachine*> stateById;
    for (const VirtualMachine& state : states) {
        stateById[folded(state.id)] = &state;
    }
    std::vector<MachineInfo> infos;
    for (VirtualMachine& machine : machines) {
        const std::string id = folded(machine.id);
        if (const auto state = stateById.find(id); state != stateById.end()) {
            machine.instanceView = state->second->instanceView;
            if (!state->second->provisioningState.empty()) {
                machine.provisioningState = state->second->provisioningState;
            }
        }
        MachineInfo info;
        info.provider = "azure";
        info.state = machine.state();
        info.problem = problemOf(machine);
        info.id = machine.id;
        info.name = machine.name;
        info.group = groupOfId(machine.id);
        info.size = machine.size;
        info.region = machine.location;
        info.zone = machine.zones.empty() ? std::string() : machine.zones.front();
        info.isSpot = isSame(machine.priority, "Spot") || isSame(machine.priority, "Low");
        info.osDisk = machine.storage.osDisk.managedDisk.id;
        for (const DataDisk& disk : machine.storage.dataDisks) {
            info.dataDisks.push_back(disk.managedDisk.id);
        }
        const auto user = machine.tags.find(kUserTag);
        info.user = machine.os.adminUsername.empty() && user != machine.tags.end() ? user->second : machine.os.adminUsername;
        info.created = machine.timeCreated;
        info.since = settledAt(machine.instanceView);
        info.tags = machine.tags;
        if (const auto found = addresses.find(id); found != addresses.end()) {
            info.publicAddress = found->second.publicOne;
            info.privateAddress = found->second.privateOne;
        }
        infos.push_back(std::move(info));
    }
    return infos;
}

} // namespace ty::cloud
