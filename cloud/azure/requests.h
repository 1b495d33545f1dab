#pragma once

#include <optional>
#include <string>

#include "cloud/azure/metrics.h"
#include "cloud/azure/resource.h"
#include "cloud/azure/subscription.h"
#include "cloud/http/url.h"
#include "engine/base/json.h"

namespace ty::cloud::azure {

/// A request to Azure Resource Manager, without host and token. Plain values in, plain values out.
struct ArmRequest {
    std::string method = "GET";
    std::string path; ///< from the first slash, not encoded
    Query query;      ///< with api-version
    std::optional<Json> body;
};

// Any resource.
ArmRequest putResource(const ResourceRef& resource, Json body);
ArmRequest patchResource(const ResourceRef& resource, Json body);
/// `expand`: what to tell in addition ("instanceView"); may be empty.
ArmRequest getResource(const ResourceRef& resource, const std::string& expand = {});
ArmRequest deleteResource(const ResourceRef& resource);
ArmRequest listInGroup(const std::string& subscription, const std::string& group, const ResourceType& type);
ArmRequest listInSubscription(const std::string& subscription, const ResourceType& type);
/// What lies inside a resource: `parent` with the kind of its children, `names` without the child's.
ArmRequest listChildren(const ResourceRef& parent, const ResourceType& childType);
/// POST to "<resource>/<verb>".
ArmRequest actOn(const ResourceRef& resource, const std::string& verb, std::optional<Json> body = {});

// Subscription and groups.
ArmRequest listSubscriptions();
ArmRequest getSubscription(const std::string& subscription);
ArmRequest listTenants();
/// What the caller may do in the subscription, or in a group of it: azure::Permission.
ArmRequest listPermissions(const std::string& subscription, const std::string& group = {});
enum class EdgeZones { No, Yes };
ArmRequest listLocations(const std::string& subscription, EdgeZones edgeZones = EdgeZones::No);
ArmRequest listProviders(const std::string& subscription);
ArmRequest getProvider(const std::string& subscription, const std::string& name);
ArmRequest registerProvider(const std::string& subscription, const std::string& name);
ArmRequest listGroups(const std::string& subscription, const std::string& filter = {});
ArmRequest getGroup(const std::string& subscription, const std::string& group);
ArmRequest hasGroup(const std::string& subscription, const std::string& group);
ArmRequest putGroup(const std::string& subscription, const ResourceGroup& group);
/// `forceDeletionTypes`: kinds whose machines are not shut down first ("Microsoft.Compute/virtualMachines").
ArmRequest deleteGroup(
    const std::string& subscription, const std::string& group, const std::string& forceDeletionTypes = {});
/// Everything in a group; `filter` as "tagName eq 'trainyard' and tagValue eq '1'".
ArmRequest listResources(const std::string& subscription, const std::string& group, const std::string& filter = {});

// What can be bought.
/// `region` empty: everywhere, which is a very large answer.
ArmRequest listSkus(const std::string& subscription, const std::string& region, EdgeZones edgeZones = EdgeZones::No);
ArmRequest listComputeUsages(const std::string& subscription, const std::string& region);
ArmRequest listNetworkUsages(const std::string& subscription, const std::string& region);

/// Where in the image market: the parts that are given choose the list (none: publishers).
struct MarketPath {
    std::string region;
    std::string publisher;
    std::string offer;
    std::string plan;
    std::string version;
};

ArmRequest listPublishers(const std::string& subscription, const MarketPath& place);
ArmRequest listOffers(const std::string& subscription, const MarketPath& place);
ArmRequest listPlans(const std::string& subscription, const MarketPath& place);
/// `top` 0: all; `orderBy` as "name desc".
ArmRequest listVersions(
    const std::string& subscription,
    const MarketPath& place,
    int top = 0,
    const std::string& orderBy = {},
    const std::string& expand = {});
ArmRequest getMarketImage(const std::string& subscription, const MarketPath& place);

// Metrics.
ArmRequest getMetrics(const MetricQuery& query);
ArmRequest listMetricDefinitions(const std::string& resourceId, const std::string& metricNamespace = {});

} // namespace ty::cloud::azure
