#include "app/provisioning/google_offers.h"

#include <algorithm>
#include <map>

#include "cloud/gcp/compute_catalog.h"

namespace ty::app {

namespace {

using namespace cloud;
using namespace cloud::gcp;

constexpr double kMiBPerGiB = 1024;
constexpr const char* kCpuQuota = "CPUS";

std::optional<std::int64_t> wholeLeft(const std::vector<Quota>& quotas, const std::string& metric)
{
    const auto left = quotaLeft(quotas, metric);
    return left ? std::optional(static_cast<std::int64_t>(*left)) : std::nullopt;
}

/// "n1-standard" of "n1-standard-4".
std::string familyOf(const std::string& machineType)
{
    return machineType.substr(0, machineType.rfind('-'));
}

azure::VmSize sizeOf(const MachineType& type)
{
    azure::VmSize size;
    size.name = type.name;
    size.family = familyOf(type.name);
    if (type.vCpus) {
        size.vCpus = static_cast<double>(*type.vCpus);
        size.quotaVCpus = size.vCpus;
    }
    if (type.memoryMiB) {
        size.memoryGiB = static_cast<double>(*type.memoryMiB) / kMiBPerGiB;
    }
    if (!type.accelerators.empty()) {
        size.gpu = type.accelerators.front().type;
        size.gpus = static_cast<double>(type.accelerators.front().count.value_or(1));
    }
    if (type.maximumDisks) {
        size.maxDataDisks = static_cast<int>(*type.maximumDisks) - 1; // the system disk counts
    }
    size.architecture = type.name.starts_with("t2a-") || type.name.starts_with("c4a-") ? "Arm64" : "x64";
    size.isGeneration2 = true;
    size.canSpot = true;
    return size;
}

bool isGone(const Deprecation& deprecation)
{
    return deprecation.state == "OBSOLETE" || deprecation.state == "DELETED";
}

} // namespace

Result<std::vector<CloudRegion>> readGoogleRegions(GoogleConnection& connection, std::stop_token stop)
{
    TY_TRY(const auto zones, connection.client().list<Zone>(listZones(connection.account().scope), std::move(stop)));
    std::map<std::string, CloudRegion> byName;
    for (const Zone& zone : zones) {
        if (zone.status == "DOWN") {
            continue;
        }
        CloudRegion& region = byName[regionOfZone(zone.name)];
        region.name = regionOfZone(zone.name);
        region.displayName = region.name;
        region.zones.push_back(zone.name);
    }
    std::vector<CloudRegion> regions;
    for (auto& [name, region] : byName) {
        std::sort(region.zones.begin(), region.zones.end());
        regions.push_back(std::move(region));
    }
    return regions;
}

Result<std::vector<OfferedSize>> readGoogleSizes(
    GoogleConnection& connection, const std::string& region, std::stop_token stop)
{
    auto& client = connection.client();
    const std::string& project = connection.account().scope;
    TY_TRY(const auto known, client.get<Region>(getRegion(project, region), stop));
    const auto left = wholeLeft(known.quotas, kCpuQuota);
    std::map<std::string, OfferedSize> byName;
    for (const std::string& address : known.zones) {
        const std::string zone = lastPart(address);
        TY_TRY(const auto types, client.list<MachineType>(listMachineTypes(project, zone), stop));
        for (const MachineType& type : types) {
            if (isGone(type.deprecated)) {
                continue;
            }
            OfferedSize& offered = byName[type.name];
            offered.size = sizeOf(type);
            offered.offer.isOffered = true;
            offered.offer.zones.push_back(zone);
            offered.coresLeft = left;
        }
    }
    std::vector<OfferedSize> sizes;
    for (auto& [name, offered] : byName) {
        std::sort(offered.offer.zones.begin(), offered.offer.zones.end());
        sizes.push_back(std::move(offered));
    }
    return sizes;
}

Result<std::vector<OfferedAccelerator>> readGoogleAccelerators(
    GoogleConnection& connection, const std::string& region, bool isSpot, std::stop_token stop)
{
    auto& client = connection.client();
    const std::string& project = connection.account().scope;
    TY_TRY(const auto known, client.get<Region>(getRegion(project, region), stop));
    std::map<std::string, OfferedAccelerator> byName;
    for (const std::string& address : known.zones) {
        const std::string zone = lastPart(address);
        TY_TRY(const auto types, client.list<AcceleratorType>(listAcceleratorTypes(project, zone), stop));
        for (const AcceleratorType& type : types) {
            if (isGone(type.deprecated)) {
                continue;
            }
            OfferedAccelerator& offered = byName[type.name];
            offered.name = type.name;
            offered.description = type.description;
            offered.mostInOne = static_cast<int>(type.maximumPerInstance.value_or(1));
            offered.left = wholeLeft(known.quotas, gpuQuotaMetric(type.name, isSpot));
            offered.zones.push_back(zone);
        }
    }
    std::vector<OfferedAccelerator> accelerators;
    for (auto& [name, offered] : byName) {
        accelerators.push_back(std::move(offered));
    }
    return accelerators;
}

} // namespace ty::app
