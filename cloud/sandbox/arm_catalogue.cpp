#include "cloud/sandbox/arm_catalogue.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "cloud/sandbox/arm_storage.h"
#include "cloud/sandbox/azure_images.h"
#include "cloud/sandbox/azure_quota.h"
#include "cloud/sandbox/azure_regions.h"
#include "cloud/sandbox/azure_skus.h"
#include "cloud/sandbox/scopes.h"

namespace ty::sandbox {

namespace {

struct Provider {
    const char* name;
    bool isRegistered; ///< in a new subscription
    std::vector<const char*> types;
};

const std::vector<Provider>& providers()
{
    static const std::vector<Provider> all{
        {"Microsoft.Compute", true, {"virtualMachines", "disks", "images", "sshPublicKeys", "virtualMachineScaleSets"}},
        {"Microsoft.Network", true,
         {"virtualNetworks", "networkInterfaces", "publicIPAddresses", "networkSecurityGroups"}},
        {"Microsoft.Resources", true, {"deployments", "resourceGroups", "tags"}},
        {"Microsoft.Storage", true, {"storageAccounts"}},
        {"Microsoft.Insights", true, {"metrics", "metricDefinitions"}},
        {"Microsoft.DevTestLab", false, {"schedules"}},
        {"Microsoft.MachineLearningServices", false, {"workspaces"}},
        {"Microsoft.KeyVault", false, {"vaults"}},
    };
    return all;
}

const Provider* findProvider(const std::string& name)
{
    const auto& all = providers();
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& each) { return equalFold(each.name, name); });
    return found == all.end() ? nullptr : &*found;
}

Json subscriptionJson(const World& world, const Scope& subscription)
{
    const auto& id = subscription.id;
    return {
        {"id", "/subscriptions/" + id},
        {"authorizationSource", "RoleBased"},
        {"managedByTenants", Json::array()},
        {"subscriptionId", id},
        {"tenantId", world.identity.tenantId},
        {"displayName", subscription.name},
        {"state", "Enabled"},
        {"subscriptionPolicies",
         {{"locationPlacementId", "Public_2014-09-01"}, {"quotaId", "PayAsYouGo_2014-09-01"}, {"spendingLimit", "Off"}}}};
}

Json providerJson(const World& world, const Provider& provider, const std::string& subscription)
{
    Json types = Json::array();
    Json places = Json::array();
    for (const auto& region : azureRegions()) {
        places.push_back(region.displayName);
    }
    for (const char* type : provider.types) {
        types.push_back(
            {{"resourceType", type},
             {"locations", places},
             {"apiVersions", {"2026-03-01", "2025-04-01", "2024-03-01", "2023-10-02", "2022-08-01", "2021-04-01"}},
             {"capabilities", "CrossResourceGroupResourceMove, SupportsTags, SupportsLocation"}});
    }
    return {
        {"id", fmt::format("/subscriptions/{}/providers/{}", subscription, provider.name)},
        {"namespace", provider.name},
        {"resourceTypes", std::move(types)},
        {"registrationState", registrationState(world, provider.name)},
        {"registrationPolicy", "RegistrationRequired"}};
}

std::string registrationKey(const std::string& provider)
{
    return "conf/provider/" + lowerCase(provider);
}

Response onProvider(World& world, const ArmCall& call)
{
    const auto& path = call.request.path;
    if (path.size() == 3) {
        Json list = Json::array();
        for (const auto& provider : providers()) {
            list.push_back(providerJson(world, provider, call.path.subscription));
        }
        return listResponse(call.request, list);
    }
    const Provider* provider = findProvider(path[3]);
    if (provider == nullptr) {
        return armError(
            404, "InvalidResourceNamespace", fmt::format("The resource namespace '{}' is invalid.", path[3]));
    }
    if (path.size() == 5 && call.request.method == "POST") {
        const bool isRegister = equalFold(path[4], "register");
        if (isRegister && registrationState(world, provider->name) == "Registered") {
            return jsonResponse(200, providerJson(world, *provider, call.path.subscription));
        }
        // Registering takes a while; the state is read off the clock.
        const auto due = toMicroseconds(world.clock.now() + world.pace.of(20));
        world.store.put(registrationKey(provider->name), {{"registered", isRegister}, {"due", due}});
    }
    return jsonResponse(200, providerJson(world, *provider, call.path.subscription));
}

Json vmSizes(const std::string& region)
{
    Json sizes = Json::array();
    for (const auto& size : azureSizes()) {
        if (azureOffer(size, region, "") != AzureOffer::Absent) {
            sizes.push_back(
                {{"name", size.name},
                 {"numberOfCores", size.cores},
                 {"osDiskSizeInMB", 1047552},
                 {"resourceDiskSizeInMB", size.cores * 8 * 1024},
                 {"memoryInMB", static_cast<int>(size.memoryGiB * 1024)},
                 {"maxDataDiskCount", size.dataDisks}});
        }
    }
    return sizes;
}

/// .../publishers[/{p}/artifacttypes/vmimage/offers[/{o}/skus[/{s}/versions[/{v}]]]]: bare arrays, the last an object.
Response onImages(const ArmCall& call, const std::string& region, const std::vector<std::string>& names)
{
    const std::size_t level = names.size(); // 0 publishers, 1 offers, 2 skus, 3 versions, 4 one version
    const std::string base = fmt::format(
        "/Subscriptions/{}/Providers/Microsoft.Compute/Locations/{}/Publishers", call.path.subscription, region);
    std::set<std::string> found;
    const AzureImage* exact = nullptr;
    for (const auto& image : azureImages()) {
        const std::array<const std::string*, 3> parts{&image.publisher, &image.offer, &image.sku};
        bool isBelow = true;
        for (std::size_t i = 0; i < std::min<std::size_t>(level, 3); ++i) {
            isBelow = isBelow && equalFold(*parts[i], names[i]);
        }
        if (!isBelow) {
            continue;
        }
        if (level < 3) {
            found.insert(*parts[level]);
        } else {
            exact = &image;
            found.insert(image.versions.begin(), image.versions.end());
        }
    }
    if (level >= 1 && found.empty()) {
        return armError(404, "NotFound", "Artifact: VMImage was not found.");
    }
    std::string folder = base;
    constexpr std::array kFolders{"", "/ArtifactTypes/VMImage/Offers", "/Skus", "/Versions"};
    for (std::size_t i = 0; i < std::min<std::size_t>(level, 3); ++i) {
        folder += "/" + names[i] + kFolders[i + 1];
    }
    if (level == 4) {
        const auto& versions = exact->versions;
        const std::string version = equalFold(names[3], "latest") ? versions.back() : names[3];
        if (std::find(versions.begin(), versions.end(), version) == versions.end()) {
            return armError(404, "NotFound", "Artifact: VMImage was not found.");
        }
        return jsonResponse(
            200,
            {{"location", region},
             {"name", version},
             {"id", folder + "/" + version},
             {"properties",
              {{"osDiskImage", {{"operatingSystem", exact->osType}, {"sizeInGb", exact->diskGiB}}},
               {"dataDiskImages", Json::array()},
               {"automaticOSUpgradeProperties", {{"automaticOSUpgradeSupported", false}}},
               {"hyperVGeneration", exact->generation},
               {"disallowed", {{"vmDiskType", "None"}}},
               {"features", Json::array({{{"name", "IsAcceleratedNetworkSupported"}, {"value", "True"}}})},
               {"architecture", exact->architecture},
               {"imageState", "Active"}}}});
    }
    std::vector<std::string> ordered(found.begin(), found.end());
    if (equalFold(call.request.parameter("$orderby"), "name desc")) {
        std::reverse(ordered.begin(), ordered.end());
    }
    const std::string top = call.request.parameter("$top");
    if (!top.empty()) {
        ordered.resize(std::min(ordered.size(), static_cast<std::size_t>(std::max(0L, std::atol(top.c_str())))));
    }
    Json list = Json::array();
    for (const auto& name : ordered) {
        list.push_back({{"location", region}, {"name", name}, {"id", folder + "/" + name}});
    }
    return jsonResponse(200, list);
}

/// {sub}/providers/{ns}/locations/{location}/...
Response onLocation(World& world, const ArmCall& call, const std::string& provider)
{
    const auto& path = call.request.path;
    const AzureRegion* region = findAzureRegion(path[5]);
    if (region == nullptr) {
        return armError(
            400, "NoRegisteredProviderFound",
            fmt::format("No registered resource provider found for location '{}' and API version '{}' for type 'locations/{}'.",
                        path[5], call.request.parameter("api-version"), path.size() > 6 ? path[6] : ""));
    }
    const std::string what = path.size() > 6 ? lowerCase(path[6]) : "";
    const bool isCompute = equalFold(provider, "Microsoft.Compute");
    if (what == "usages" && isCompute) {
        return jsonResponse(200, {{"value", computeUsages(world, region->name)}});
    }
    if (what == "usages" && equalFold(provider, "Microsoft.Network")) {
        return jsonResponse(200, {{"value", networkUsages(world, region->name)}});
    }
    if (what == "vmsizes" && isCompute) {
        return jsonResponse(200, {{"value", vmSizes(region->name)}});
    }
    if (what == "virtualmachines" && isCompute) {
        ArmPath all;
        all.subscription = call.path.subscription;
        all.provider = "Microsoft.Compute";
        all.types = {"virtualMachines"};
        Json here = Json::array();
        for (const auto& body : ArmStore(world).bodies(all)) {
            if (textAt(body, "location") == region->name) {
                here.push_back(body);
            }
        }
        return listResponse(call.request, here);
    }
    if (what == "publishers" && isCompute) {
        std::vector<std::string> names;
        // publishers/{p}/artifacttypes/vmimage/offers/{o}/skus/{s}/versions/{v}
        for (const std::size_t at : {std::size_t{7}, std::size_t{11}, std::size_t{13}, std::size_t{15}}) {
            if (at < path.size()) {
                names.push_back(path[at]);
            }
        }
        return onImages(call, region->name, names);
    }
    return armError(
        404, "InvalidResourceType",
        fmt::format("The resource type could not be found in the namespace '{}' for api version '{}'.", provider,
                    call.request.parameter("api-version")));
}

} // namespace

std::string registrationState(const World& world, const std::string& name)
{
    const Provider* provider = findProvider(name);
    if (provider == nullptr) {
        return {};
    }
    const Json* kept = world.store.find(registrationKey(name));
    if (kept == nullptr) {
        return provider->isRegistered ? "Registered" : "NotRegistered";
    }
    const bool isDone = kept->value("due", std::int64_t{0}) <= toMicroseconds(world.clock.now());
    const bool isRegister = kept->value("registered", true);
    return isRegister ? (isDone ? "Registered" : "Registering") : (isDone ? "Unregistered" : "Unregistering");
}

bool answerCatalogue(World& world, const ArmCall& call, Response& response)
{
    const auto& path = call.request.path;
    const std::string& subscription = call.path.subscription;
    const auto isWord = [&](std::size_t i, const char* word) { return i < path.size() && equalFold(path[i], word); };
    if (isWord(0, "tenants")) {
        response = jsonResponse(
            200,
            {{"value",
              Json::array({{{"id", "/tenants/" + world.identity.tenantId},
                            {"tenantId", world.identity.tenantId},
                            {"tenantCategory", "Home"},
                            {"displayName", "Trainyard sandbox"},
                            {"defaultDomain", kTenantDomain}}})}});
        return true;
    }
    if (!isWord(0, "subscriptions")) {
        return false;
    }
    if (path.size() == 1) {
        Json list = Json::array();
        for (const Scope& each : subscriptionsOf(world)) {
            list.push_back(subscriptionJson(world, each));
        }
        const std::size_t count = list.size();
        response = jsonResponse(200, {{"value", std::move(list)}, {"count", {{"type", "Total"}, {"value", count}}}});
        return true;
    }
    if (path.size() == 2) {
        const auto all = subscriptionsOf(world);
        const auto found = std::find_if(all.begin(), all.end(), [&](const Scope& each) { return each.id == subscription; });
        response = jsonResponse(200, subscriptionJson(world, found == all.end() ? all.front() : *found));
        return true;
    }
    if (isWord(2, "locations")) {
        Json list = Json::array();
        for (const auto& region : azureRegions()) {
            list.push_back(regionJson(region, subscription));
        }
        response = jsonResponse(200, {{"value", std::move(list)}});
        return true;
    }
    if (!isWord(2, "providers")) {
        return false;
    }
    if (path.size() <= 4 || (path.size() == 5 && (isWord(4, "register") || isWord(4, "unregister")))) {
        response = onProvider(world, call);
        return true;
    }
    if (isWord(3, "Microsoft.Resources") && isWord(4, "checkZonePeers")) {
        Json zones = Json::array();
        for (int zone = 1; zone <= 3; ++zone) {
            zones.push_back(
                {{"availabilityZone", fmt::format("{}", zone)},
                 {"peers", Json::array({{{"subscriptionId", subscription}, {"availabilityZone", fmt::format("{}", zone)}}})}});
        }
        response = jsonResponse(
            200, {{"subscriptionId", subscription}, {"location", textAt(call.body, "location")}, {"availabilityZonePeers", zones}});
        return true;
    }
    if (isWord(3, "Microsoft.Storage") && isWord(4, "checkNameAvailability") && call.request.method == "POST") {
        response = answerStorageName(world, call);
        return true;
    }
    if (isWord(3, "Microsoft.Compute") && isWord(4, "skus")) {
        response = jsonResponse(200, {{"value", azureSkus(call.request.parameter("$filter"))}});
        return true;
    }
    if (path.size() >= 6 && isWord(4, "locations")) {
        response = onLocation(world, call, path[3]);
        return true;
    }
    return false;
}

} // namespace ty::sandbox
