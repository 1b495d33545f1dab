#include "app/provisioning/cloud_offers.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <sstream>
#include <tuple>

#include "app/provisioning/google_offers.h"
#include "app/provisioning/rights.h"
#include "cloud/auth/process.h"
#include "cloud/azure/requests.h"
#include "cloud/azure/resource.h"
#include "cloud/azure/subscription.h"
#include "cloud/azure/usage.h"
#include "cloud/ssh/key_pair.h"

namespace ty::app {

using namespace cloud;

std::string OfferedSize::obstacle() const
{
    if (!offer.isOffered) {
        return offer.reason == "NotAvailableForSubscription" ? "not for this subscription"
            : offer.reason == "QuotaId"                      ? "not with this kind of subscription"
                                                             : offer.reason;
    }
    if (!unfit.empty()) {
        return unfit;
    }
    const double wanted = size.quotaVCpus.value_or(size.vCpus.value_or(0));
    if (coresLeft && static_cast<double>(*coresLeft) < wanted) {
        return "quota: " + std::to_string(*coresLeft) + " vCPU left";
    }
    return {};
}

namespace {

Result<std::vector<CloudRegion>> readAzureRegions(AzureConnection& connection, std::stop_token stop)
{
    TY_TRY(
        const auto locations,
        connection.client().list<azure::Location>(azure::listLocations(connection.account().scope), std::move(stop)));
    std::vector<CloudRegion> regions;
    for (const azure::Location& location : locations) {
        if (!location.regionType.empty() && location.regionType != "Physical") {
            continue; // "europe" and the like hold no machines
        }
        CloudRegion region{location.name, location.displayName, {}};
        for (const azure::ZoneMapping& zone : location.zones) {
            region.zones.push_back(zone.logicalZone);
        }
        regions.push_back(std::move(region));
    }
    return regions;
}

Result<std::vector<OfferedSize>> readAzureSizes(
    AzureConnection& connection, const std::string& region, bool isSpot, std::stop_token stop)
{
    auto& client = connection.client();
    const std::string& scope = connection.account().scope;
    TY_TRY(const auto skus, client.list<azure::ResourceSku>(azure::listSkus(scope, region), stop));
    TY_TRY(const auto usages, client.list<azure::Usage>(azure::listComputeUsages(scope, region), stop));
    std::vector<OfferedSize> sizes;
    for (const azure::ResourceSku& sku : skus) {
        if (sku.resourceType != "virtualMachines") {
            continue;
        }
        OfferedSize size;
        size.size = azure::vmSizeOf(sku);
        size.offer = azure::offerOf(sku, region);
        size.coresLeft = azure::coresLeft(usages, sku.family, isSpot);
        sizes.push_back(std::move(size));
    }
    return sizes;
}

/// None without an agent, or when it holds none.
std::vector<std::string> readAgentKeys(std::stop_token stop)
{
    constexpr std::chrono::seconds kPatience{3};
    std::vector<std::string> keys;
    if (std::getenv("SSH_AUTH_SOCK") == nullptr) {
        return keys;
    }
    const auto said = runProgram("ssh-add", {"-L"}, kPatience, std::move(stop));
    std::istringstream lines(said && said->exitCode == 0 ? said->standardOutput : std::string());
    for (std::string line; std::getline(lines, line);) {
        keys.push_back(line);
    }
    return keys;
}

} // namespace

Result<std::vector<CloudRegion>> readRegions(CloudSession& session, std::stop_token stop)
{
    TY_TRY(
        auto regions,
        session.google() != nullptr ? readGoogleRegions(*session.google(), std::move(stop))
                                    : readAzureRegions(session.connection(), std::move(stop)));
    std::sort(regions.begin(), regions.end(), [](const CloudRegion& a, const CloudRegion& b) {
        return a.displayName < b.displayName;
    });
    return regions;
}

Result<MachineBasics> readBasics(CloudSession& session, const catalog::Paths& paths, std::stop_token stop)
{
    MachineBasics basics;
    const Account& account = session.account();
    basics.provider = account.provider;
    basics.account = account.name;
    basics.scope = account.scope;
    basics.isSandbox = account.isSandbox();
    TY_TRY(basics.regions, readRegions(session, stop));
    const auto missing = missingRights(session, {}, stop);
    basics.roleProblem = missing ? rightsProblem(account, *missing) : std::string();
    // Who may not list images can still make machines.
    auto images = readOwnImages(session, stop);
    basics.images = images ? std::move(images).value() : std::vector<OwnImage>();
    TY_TRY(const auto pair, KeyPair::openOrCreate(paths.dataFolder() + "/keys", "trainyard"));
    basics.publicKey = pair.publicLine;
    basics.agentKeys = readAgentKeys(std::move(stop));
    if (const auto home = homePlace()) {
        std::vector<std::string> names;
        for (const CloudRegion& region : basics.regions) {
            names.push_back(region.name);
        }
        basics.nearRegion = nearestRegion(names, home->point);
        basics.timeZone = home->timeZone;
    }
    return basics;
}

Result<std::vector<OfferedSize>> readSizes(
    CloudSession& session, const std::string& region, bool isSpot, std::stop_token stop)
{
    TY_TRY(
        auto sizes,
        session.google() != nullptr ? readGoogleSizes(*session.google(), region, std::move(stop))
                                    : readAzureSizes(session.connection(), region, isSpot, std::move(stop)));
    std::sort(sizes.begin(), sizes.end(), [](const OfferedSize& a, const OfferedSize& b) {
        return std::make_tuple(a.size.gpus > 0, a.size.family, a.size.vCpus, a.size.name)
            < std::make_tuple(b.size.gpus > 0, b.size.family, b.size.vCpus, b.size.name);
    });
    return sizes;
}

Result<std::vector<OfferedSize>> readSizesFor(CloudSession& session, const MachineInfo& machine, std::stop_token stop)
{
    TY_TRY(auto sizes, readSizes(session, machine.region, machine.isSpot, std::move(stop)));
    return sizesFor(machine, std::move(sizes));
}

std::vector<OfferedSize> sizesFor(const MachineInfo& machine, std::vector<OfferedSize> sizes)
{
    const auto current = std::find_if(
        sizes.begin(), sizes.end(), [&](const OfferedSize& each) { return azure::isSame(each.size.name, machine.size); });
    if (current == sizes.end()) {
        return sizes; // nothing is known of what it is: nothing can be ruled out
    }
    const azure::VmSize now = current->size;
    const bool holdsQuota = machine.state != MachineState::Off;
    for (OfferedSize& each : sizes) {
        const azure::VmSize& size = each.size;
        const auto disks = static_cast<int>(machine.dataDisks.size());
        const auto& zones = each.offer.zones;
        if (azure::isSame(size.name, now.name)) {
            each.unfit = "what it is now";
        } else if (!size.architecture.empty() && !now.architecture.empty() && size.architecture != now.architecture) {
            each.unfit = "other processors (" + size.architecture + "): its system would not start";
        } else if (size.maxDataDisks && *size.maxDataDisks < disks) {
            each.unfit = "takes " + std::to_string(*size.maxDataDisks) + " data disks, it has " + std::to_string(disks);
        } else if (!machine.zone.empty() && std::find(zones.begin(), zones.end(), machine.zone) == zones.end()) {
            each.unfit = "not in zone " + machine.zone;
        } else if (machine.isSpot && !size.canSpot) {
            each.unfit = "not as a spot machine";
        }
        if (holdsQuota && each.coresLeft && size.family == now.family) {
            *each.coresLeft += static_cast<std::int64_t>(now.quotaVCpus.value_or(now.vCpus.value_or(0)));
        }
    }
    return sizes;
}

Result<std::vector<OfferedAccelerator>> readAccelerators(
    CloudSession& session, const std::string& region, bool isSpot, std::stop_token stop)
{
    if (session.google() == nullptr) {
        return std::vector<OfferedAccelerator>{};
    }
    return readGoogleAccelerators(*session.google(), region, isSpot, std::move(stop));
}

} // namespace ty::app
