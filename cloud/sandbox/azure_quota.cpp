#include "cloud/sandbox/azure_quota.h"

#include <map>

#include <fmt/format.h>

namespace ty::sandbox {

namespace {

constexpr int kRegionalCores = 200;
constexpr int kSpotCores = 100;

/// What a pay-as-you-go subscription starts with, roughly: plain families some, large GPU families none.
int familyLimit(const World& world, const std::string& family, const std::string& region)
{
    if (const auto set = world.faults.quota(region, family)) {
        return *set;
    }
    static const std::map<std::string, int> limits{
        {"Standard NCASv3_T4 Family", 64},   {"StandardNVADSA10v5Family", 72},
        {"standardNCSv3Family", 24},         {"StandardNCADSA100v4Family", 48},
        {"StandardNCadsH100v5Family", 40},   {"standardNDSv2Family", 0},
        {"Standard NDASv4_A100 Family", 0},  {"standard NDAMSv4_A100Family", 0},
        {"standardNDSH100v5Family", 0},      {"standardNDISRH200V5Family", 0},
        {"standardNDISv5MI300XFamily", 0}};
    const auto found = limits.find(family);
    return found == limits.end() ? 100 : found->second;
}

struct Used {
    int cores = 0;
    int spotCores = 0;
    int machines = 0;
    std::map<std::string, int> families;
};

Used usedIn(const World& world, const std::string& region)
{
    Used used;
    for (const auto& key : world.store.keysBelow("arm/subscriptions/")) {
        const Json& document = *world.store.find(key);
        const std::string type = document.value("type", "");
        const bool isMachine = type == "microsoft.compute/virtualmachines";
        if ((!isMachine && type != "microsoft.compute/virtualmachinescalesets")
            || textAt(bodyOf(document), "location") != region) {
            continue;
        }
        const Json& body = bodyOf(document);
        const Json properties = propertiesOf(body);
        const AzureSize* size = findAzureSize(
            isMachine ? textAt(properties.value("hardwareProfile", Json::object()), "vmSize")
                      : textAt(body.value("sku", Json::object()), "name"));
        const int count = isMachine ? 1 : body.value("sku", Json::object()).value("capacity", 0);
        // A deallocated machine holds no cores; a failed one did not get any.
        const std::string power = document.value("power", "running");
        if (size == nullptr || power == "deallocated" || document.value("failed", false)) {
            used.machines += count;
            continue;
        }
        used.machines += count;
        if (textAt(properties, "priority") == "Spot") {
            used.spotCores += count * size->cores;
        } else {
            used.cores += count * size->cores;
            used.families[size->family] += count * size->cores;
        }
    }
    return used;
}

Json row(const std::string& value, const std::string& localized, int current, int limit)
{
    return {
        {"limit", limit},
        {"unit", "Count"},
        {"currentValue", current},
        {"name", {{"value", value}, {"localizedValue", localized}}}};
}

std::string exceeded(const std::string& what, const std::string& region, int limit, int usage, int more)
{
    return fmt::format(
        "Operation could not be completed as it results in exceeding approved {} quota. Additional details - Deployment "
        "Model: Resource Manager, Location: {}, Current Limit: {}, Current Usage: {}, Additional Required: {}, (Minimum) New "
        "Limit Required: {}. Setup Alerts when Quota reaches threshold. Learn more at "
        "https://aka.ms/quotamonitoringalerting .",
        what, region, limit, usage, more, usage + more);
}

} // namespace

Json computeUsages(const World& world, const std::string& region)
{
    const Used used = usedIn(world, region);
    const auto limit = [&](const char* name, int usual) { return world.faults.quota(region, name).value_or(usual); };
    Json rows = Json::array();
    rows.push_back(row("availabilitySets", "Availability Sets", 0, 2500));
    rows.push_back(row("cores", "Total Regional vCPUs", used.cores, limit("cores", kRegionalCores)));
    rows.push_back(row("virtualMachines", "Virtual Machines", used.machines, 25000));
    rows.push_back(row("virtualMachineScaleSets", "Virtual Machine Scale Sets", 0, 2500));
    rows.push_back(
        row("lowPriorityCores", "Total Regional Low-priority vCPUs", used.spotCores, limit("lowPriorityCores", kSpotCores)));
    std::map<std::string, bool> listed;
    for (const auto& size : azureSizes()) {
        if (!listed.emplace(size.family, true).second) {
            continue;
        }
        const auto found = used.families.find(size.family);
        rows.push_back(
            row(size.family, size.family + " vCPUs", found == used.families.end() ? 0 : found->second,
                familyLimit(world, size.family, region)));
    }
    return rows;
}

Json networkUsages(const World& world, const std::string& region)
{
    const auto count = [&](const char* type) {
        int number = 0;
        for (const auto& key : world.store.keysBelow("arm/subscriptions/")) {
            const Json& document = *world.store.find(key);
            number += document.value("type", "") == type && textAt(bodyOf(document), "location") == region ? 1 : 0;
        }
        return number;
    };
    Json rows = Json::array();
    const auto add = [&](const char* value, const char* localized, const char* type, int limit) {
        Json entry = row(value, localized, count(type), limit);
        entry["id"] = fmt::format(
            "/subscriptions/{}/providers/Microsoft.Network/locations/{}/usages/{}", world.identity.subscriptionId, region, value);
        rows.push_back(std::move(entry));
    };
    add("VirtualNetworks", "Virtual Networks", "microsoft.network/virtualnetworks", 1000);
    add("StaticPublicIPAddresses", "Static Public IP Addresses", "microsoft.network/publicipaddresses", 1000);
    add("NetworkSecurityGroups", "Network Security Groups", "microsoft.network/networksecuritygroups", 5000);
    add("PublicIPAddresses", "Public IP Addresses", "microsoft.network/publicipaddresses", 1000);
    add("NetworkInterfaces", "Network Interfaces", "microsoft.network/networkinterfaces", 65536);
    return rows;
}

Refusal checkQuota(const World& world, const AzureSize& size, const std::string& region, bool isSpot, int more)
{
    if (more <= 0) {
        return std::nullopt;
    }
    const Used used = usedIn(world, region);
    if (isSpot) {
        const int limit = world.faults.quota(region, "lowPriorityCores").value_or(kSpotCores);
        if (used.spotCores + more > limit) {
            return armError(409, "OperationNotAllowed", exceeded("LowPriorityCores", region, limit, used.spotCores, more));
        }
        return std::nullopt;
    }
    const auto found = used.families.find(size.family);
    const int usage = found == used.families.end() ? 0 : found->second;
    const int limit = familyLimit(world, size.family, region);
    if (usage + more > limit) {
        return armError(409, "OperationNotAllowed", exceeded(size.family + " Cores", region, limit, usage, more));
    }
    const int regional = world.faults.quota(region, "cores").value_or(kRegionalCores);
    if (used.cores + more > regional) {
        return armError(409, "OperationNotAllowed", exceeded("Total Regional Cores", region, regional, used.cores, more));
    }
    return std::nullopt;
}

} // namespace ty::sandbox
