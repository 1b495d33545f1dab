#include "app/provisioning/machine_disks.h"

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

Result<DiskFacts> readAzureDisk(AzureConnection& connection, const std::string& id, std::stop_token stop)
{
    TY_TRY(
        const auto disk,
        connection.client().get<azure::Disk>({"GET", id, {{"api-version", apiVersionOf(id)}}, {}}, std::move(stop)));
    return factsOf(disk);
}

/// Google tells neither IOPS nor MB/s of its usual kinds.
Result<DiskFacts> readGoogleDisk(GoogleConnection& connection, const std::string& path, std::stop_token stop)
{
    gcp::ComputeRequest request;
    request.path = path;
    TY_TRY(const auto disk, connection.client().get<gcp::Disk>(request, std::move(stop)));
    DiskFacts facts;
    facts.kind = gcp::lastPart(disk.type);
    facts.sizeGiB = disk.sizeGiB;
    facts.created = disk.creationTimestamp;
    return facts;
}

} // namespace

Result<std::vector<DiskFacts>> readDisks(CloudSession& session, const MachineInfo& machine, std::stop_token stop)
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
        auto read = session.google() != nullptr ? readGoogleDisk(*session.google(), id, stop)
                                                : readAzureDisk(session.connection(), id, stop);
        isAnyRead = isAnyRead || read.isOk();
        if (!read && !first) {
            first = read.error();
        }
        DiskFacts facts = read ? std::move(read).value() : DiskFacts();
        facts.id = id;
        facts.name = azure::nameOfId(id);
        facts.isSystem = id == machine.osDisk;
        disks.push_back(std::move(facts));
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
    request.gpu = machine.gpu;
    if (!machine.gpu.empty()) {
        request.gpus = machine.gpus;
    }
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
    CloudSession& session, const MachineInfo& machine, const std::vector<DiskFacts>& disks, const std::string& currency,
    std::stop_token stop)
{
    TY_TRY(CostTable cost, session.provider().cost(requestLike(machine, disks), currency, std::move(stop)));
    // The lines of the disks stand after the machine's and its cards': the system disk, then the data disks, in the order
    // of `disks`.
    std::size_t line = machine.gpu.empty() ? 1 : 2;
    for (const DiskFacts& disk : disks) {
        if (line < cost.lines.size()) {
            cost.lines[line].what += " (" + disk.name + ")";
        }
        ++line;
    }
    return cost;
}

} // namespace ty::app
