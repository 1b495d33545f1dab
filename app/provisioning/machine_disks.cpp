#include "app/provisioning/machine_disks.h"

#include "app/provisioning/price_reader.h"
#include "cloud/azure/disk.h"
#include "cloud/provision/azure_driver.h"

namespace ty::app {

using namespace cloud;

namespace {

DiskFacts factsOf(const azure::Disk& disk)
{
    DiskFacts facts;
    facts.kind = disk.skuName;
    facts.sizeGiB = disk.sizeGiB;
    facts.iops = disk.iops;
    facts.megabytesPerSecond = disk.megabytesPerSecond;
    facts.created = disk.timeCreated;
    return facts;
}

} // namespace

Result<std::vector<DiskFacts>> readDisks(AzureConnection& connection, const MachineInfo& machine, std::stop_token stop)
{
    std::vector<std::string> ids;
    if (!machine.osDisk.empty()) {
        ids.push_back(machine.osDisk);
    }
    ids.insert(ids.end(), machine.dataDisks.begin(), machine.dataDisks.end());
    std::vector<DiskFacts> disks;
    std::optional<Error> first;
    bool isAnyRead = ids.empty();
    for (const std::string& id : ids) {
        const auto disk = connection.client().get<azure::Disk>({"GET", id, {{"api-version", apiVersionOf(id)}}, {}}, stop);
        DiskFacts facts = disk ? factsOf(*disk) : DiskFacts();
        facts.id = id;
        facts.name = azure::nameOfId(id);
        facts.isSystem = id == machine.osDisk;
        disks.push_back(std::move(facts));
        isAnyRead = isAnyRead || disk.isOk();
        if (!disk && !first) {
            first = disk.error();
        }
    }
    if (!isAnyRead) {
        return *first;
    }
    return disks;
}

MachineRequest requestLike(const MachineInfo& machine, const std::vector<DiskFacts>& disks)
{
    MachineRequest request;
    request.provider = machine.provider;
    request.group = machine.group;
    request.region = machine.region;
    request.zone = machine.zone;
    request.size = machine.size;
    request.isSpot = machine.isSpot;
    request.user = machine.user;
    request.hasPublicIp = !machine.publicAddress.empty();
    for (const DiskFacts& disk : disks) {
        const DiskRequest wanted{disk.sizeGiB, disk.kind, {}};
        if (disk.isSystem) {
            request.osDisk = wanted;
        } else {
            request.dataDisks.push_back(wanted);
        }
    }
    return request;
}

Result<CostTable> readMachineCost(
    AzureConnection& connection, const MachineInfo& machine, const std::vector<DiskFacts>& disks, const std::string& currency,
    std::stop_token stop)
{
    TY_TRY(CostTable cost, readCost(connection, requestLike(machine, disks), currency, std::move(stop)));
    // The lines of the disks stand after the machine's: the system disk, then the data disks, in the order of `disks`.
    std::size_t line = 1;
    for (const DiskFacts& disk : disks) {
        if (line < cost.lines.size()) {
            cost.lines[line].what += " (" + disk.name + ")";
        }
        ++line;
    }
    return cost;
}

} // namespace ty::app
