#include "cloud/azure/requests.h"

namespace ty::cloud::azure {

namespace {

constexpr const char* kSubscriptionsVersion = "2022-12-01";
constexpr const char* kResourcesVersion = "2024-03-01";
constexpr const char* kComputeVersion = "2024-03-01";
constexpr const char* kNetworkVersion = "2024-01-01";
constexpr const char* kAuthorizationVersion = "2022-04-01";
constexpr const char* kSkusVersion = "2021-07-01";
constexpr const char* kMetricsVersion = "2024-02-01";

ArmRequest request(const char* method, std::string path, const char* apiVersion)
{
    return ArmRequest{method, std::move(path), {{"api-version", apiVersion}}, {}};
}

void addUnlessEmpty(ArmRequest& request, const char* name, const std::string& value)
{
    if (!value.empty()) {
        request.query.emplace_back(name, value);
    }
}

std::string inSubscription(const std::string& subscription)
{
    return "/subscriptions/" + subscription;
}

std::string groupPath(const std::string& subscription, const std::string& group)
{
    return inSubscription(subscription) + "/resourcegroups/" + group;
}

std::string joined(const std::vector<std::string>& parts)
{
    std::string text;
    for (const std::string& part : parts) {
        text += (text.empty() ? "" : ",") + part;
    }
    return text;
}

std::string withFirstSlash(const std::string& id)
{
    return id.starts_with('/') ? id : "/" + id;
}

std::string market(const std::string& subscription, const MarketPath& place)
{
    return inSubscription(subscription) + "/providers/Microsoft.Compute/locations/" + place.region + "/publishers";
}

std::string offers(const std::string& subscription, const MarketPath& place)
{
    return market(subscription, place) + "/" + place.publisher + "/artifacttypes/vmimage/offers";
}

std::string plans(const std::string& subscription, const MarketPath& place)
{
    return offers(subscription, place) + "/" + place.offer + "/skus";
}

std::string versions(const std::string& subscription, const MarketPath& place)
{
    return plans(subscription, place) + "/" + place.plan + "/versions";
}

} // namespace

ArmRequest putResource(const ResourceRef& resource, Json body)
{
    ArmRequest made = request("PUT", resource.id(), resource.type.apiVersion);
    made.body = std::move(body);
    return made;
}

ArmRequest patchResource(const ResourceRef& resource, Json body)
{
    ArmRequest made = request("PATCH", resource.id(), resource.type.apiVersion);
    made.body = std::move(body);
    return made;
}

ArmRequest getResource(const ResourceRef& resource, const std::string& expand)
{
    ArmRequest made = request("GET", resource.id(), resource.type.apiVersion);
    addUnlessEmpty(made, "$expand", expand);
    return made;
}

ArmRequest deleteResource(const ResourceRef& resource)
{
    return request("DELETE", resource.id(), resource.type.apiVersion);
}

ArmRequest listInGroup(const std::string& subscription, const std::string& group, const ResourceType& type)
{
    return request(
        "GET",
        inSubscription(subscription) + "/resourceGroups/" + group + "/providers/" + type.path,
        type.apiVersion);
}

ArmRequest listInSubscription(const std::string& subscription, const ResourceType& type)
{
    return request("GET", inSubscription(subscription) + "/providers/" + type.path, type.apiVersion);
}

ArmRequest listChildren(const ResourceRef& parent, const ResourceType& childType)
{
    const std::string path(childType.path);
    return request("GET", parent.id() + path.substr(path.rfind('/')), childType.apiVersion);
}

ArmRequest actOn(const ResourceRef& resource, const std::string& verb, std::optional<Json> body)
{
    ArmRequest made = request("POST", resource.id() + "/" + verb, resource.type.apiVersion);
    made.body = std::move(body);
    return made;
}

ArmRequest listSubscriptions()
{
    return request("GET", "/subscriptions", kSubscriptionsVersion);
}

ArmRequest getSubscription(const std::string& subscription)
{
    return request("GET", inSubscription(subscription), kSubscriptionsVersion);
}

ArmRequest listTenants()
{
    return request("GET", "/tenants", kSubscriptionsVersion);
}

ArmRequest listPermissions(const std::string& subscription, const std::string& group)
{
    const std::string scope = group.empty() ? inSubscription(subscription) : groupPath(subscription, group);
    return request("GET", scope + "/providers/Microsoft.Authorization/permissions", kAuthorizationVersion);
}

ArmRequest listLocations(const std::string& subscription, EdgeZones edgeZones)
{
    ArmRequest made = request("GET", inSubscription(subscription) + "/locations", kSubscriptionsVersion);
    addUnlessEmpty(made, "includeExtendedLocations", edgeZones == EdgeZones::Yes ? "true" : "");
    return made;
}

ArmRequest listProviders(const std::string& subscription)
{
    return request("GET", inSubscription(subscription) + "/providers", kResourcesVersion);
}

ArmRequest getProvider(const std::string& subscription, const std::string& name)
{
    return request("GET", inSubscription(subscription) + "/providers/" + name, kResourcesVersion);
}

ArmRequest registerProvider(const std::string& subscription, const std::string& name)
{
    return request("POST", inSubscription(subscription) + "/providers/" + name + "/register", kResourcesVersion);
}

ArmRequest listGroups(const std::string& subscription, const std::string& filter)
{
    ArmRequest made = request("GET", inSubscription(subscription) + "/resourcegroups", kResourcesVersion);
    addUnlessEmpty(made, "$filter", filter);
    return made;
}

ArmRequest getGroup(const std::string& subscription, const std::string& group)
{
    return request("GET", groupPath(subscription, group), kResourcesVersion);
}

ArmRequest hasGroup(const std::string& subscription, const std::string& group)
{
    return request("HEAD", groupPath(subscription, group), kResourcesVersion);
}

ArmRequest putGroup(const std::string& subscription, const ResourceGroup& group)
{
    ResourceGroup asked = group;
    asked.name.clear(); // stands in the path
    ArmRequest made = request("PUT", groupPath(subscription, group.name), kResourcesVersion);
    made.body = toJson(asked);
    return made;
}

ArmRequest deleteGroup(const std::string& subscription, const std::string& group, const std::string& forceDeletionTypes)
{
    ArmRequest made = request("DELETE", groupPath(subscription, group), kResourcesVersion);
    addUnlessEmpty(made, "forceDeletionTypes", forceDeletionTypes);
    return made;
}

ArmRequest listResources(const std::string& subscription, const std::string& group, const std::string& filter)
{
    ArmRequest made = request(
        "GET", inSubscription(subscription) + "/resourceGroups/" + group + "/resources", kResourcesVersion);
    addUnlessEmpty(made, "$filter", filter);
    return made;
}

ArmRequest listSkus(const std::string& subscription, const std::string& region, EdgeZones edgeZones)
{
    ArmRequest made = request("GET", inSubscription(subscription) + "/providers/Microsoft.Compute/skus", kSkusVersion);
    addUnlessEmpty(made, "$filter", region.empty() ? "" : "location eq '" + region + "'");
    addUnlessEmpty(made, "includeExtendedLocations", edgeZones == EdgeZones::Yes ? "true" : "");
    return made;
}

ArmRequest listComputeUsages(const std::string& subscription, const std::string& region)
{
    return request(
        "GET",
        inSubscription(subscription) + "/providers/Microsoft.Compute/locations/" + region + "/usages",
        kComputeVersion);
}

ArmRequest listNetworkUsages(const std::string& subscription, const std::string& region)
{
    return request(
        "GET",
        inSubscription(subscription) + "/providers/Microsoft.Network/locations/" + region + "/usages",
        kNetworkVersion);
}

ArmRequest listPublishers(const std::string& subscription, const MarketPath& place)
{
    return request("GET", market(subscription, place), kComputeVersion);
}

ArmRequest listOffers(const std::string& subscription, const MarketPath& place)
{
    return request("GET", offers(subscription, place), kComputeVersion);
}

ArmRequest listPlans(const std::string& subscription, const MarketPath& place)
{
    return request("GET", plans(subscription, place), kComputeVersion);
}

ArmRequest listVersions(
    const std::string& subscription,
    const MarketPath& place,
    int top,
    const std::string& orderBy,
    const std::string& expand)
{
    ArmRequest made = request("GET", versions(subscription, place), kComputeVersion);
    addUnlessEmpty(made, "$expand", expand);
    addUnlessEmpty(made, "$top", top > 0 ? std::to_string(top) : "");
    addUnlessEmpty(made, "$orderby", orderBy);
    return made;
}

ArmRequest getMarketImage(const std::string& subscription, const MarketPath& place)
{
    return request("GET", versions(subscription, place) + "/" + place.version, kComputeVersion);
}

ArmRequest getMetrics(const MetricQuery& query)
{
    ArmRequest made
        = request("GET", withFirstSlash(query.resourceId) + "/providers/Microsoft.Insights/metrics", kMetricsVersion);
    addUnlessEmpty(made, "timespan", query.timespan);
    addUnlessEmpty(made, "interval", query.interval);
    addUnlessEmpty(made, "metricnames", joined(query.names));
    addUnlessEmpty(made, "aggregation", joined(query.aggregations));
    addUnlessEmpty(made, "metricnamespace", query.metricNamespace);
    addUnlessEmpty(made, "$filter", query.filter);
    addUnlessEmpty(made, "top", query.top);
    addUnlessEmpty(made, "orderby", query.orderBy);
    addUnlessEmpty(made, "resultType", query.resultType);
    addUnlessEmpty(made, "AutoAdjustTimegrain", query.canAdjustInterval ? "true" : "");
    if (query.validateDimensions) {
        made.query.emplace_back("ValidateDimensions", *query.validateDimensions ? "true" : "false");
    }
    return made;
}

ArmRequest listMetricDefinitions(const std::string& resourceId, const std::string& metricNamespace)
{
    ArmRequest made = request(
        "GET", withFirstSlash(resourceId) + "/providers/Microsoft.Insights/metricDefinitions", kMetricsVersion);
    addUnlessEmpty(made, "metricnamespace", metricNamespace);
    return made;
}

} // namespace ty::cloud::azure
