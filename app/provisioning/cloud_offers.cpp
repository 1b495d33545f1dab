#include "app/provisioning/cloud_offers.h"

#include <algorithm>
#include <tuple>

#include "cloud/azure/requests.h"
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
    const double wanted = size.quotaVCpus.value_or(size.vCpus.value_or(0));
    if (coresLeft && static_cast<double>(*coresLeft) < wanted) {
        return "quota: " + std::to_string(*coresLeft) + " vCPU left";
    }
    return {};
}

Result<MachineBasics> readBasics(CloudSession& session, const catalog::Paths& paths, std::stop_token stop)
{
    MachineBasics basics;
    const Account& account = session.account();
    basics.account = account.name;
    basics.scope = account.scope;
    basics.isSandbox = account.isSandbox();
    TY_TRY(
        const auto locations,
        session.connection().client().list<azure::Location>(azure::listLocations(account.scope), std::move(stop)));
    for (const azure::Location& location : locations) {
        if (!location.regionType.empty() && location.regionType != "Physical") {
            continue; // "europe" and the like hold no machines
        }
        CloudRegion region{location.name, location.displayName, {}};
        for (const azure::ZoneMapping& zone : location.zones) {
            region.zones.push_back(zone.logicalZone);
        }
        basics.regions.push_back(std::move(region));
    }
    std::sort(basics.regions.begin(), basics.regions.end(), [](const CloudRegion& a, const CloudRegion& b) {
        return a.displayName < b.displayName;
    });
    TY_TRY(const auto pair, KeyPair::openOrCreate(paths.dataFolder() + "/keys", "trainyard"));
    basics.publicKey = pair.publicLine;
    return basics;
}

Result<std::vector<OfferedSize>> readSizes(
    CloudSession& session, const std::string& region, bool isSpot, std::stop_token stop)
{
    auto& client = session.connection().client();
    const std::string& scope = session.account().scope;
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
    std::sort(sizes.begin(), sizes.end(), [](const OfferedSize& a, const OfferedSize& b) {
        return std::make_tuple(a.size.gpus > 0, a.size.family, a.size.vCpus, a.size.name)
            < std::make_tuple(b.size.gpus > 0, b.size.family, b.size.vCpus, b.size.name);
    });
    return sizes;
}

} // namespace ty::app
