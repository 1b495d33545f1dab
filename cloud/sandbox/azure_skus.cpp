#include "cloud/sandbox/azure_skus.h"

#include <fmt/format.h>

#include "cloud/sandbox/azure_regions.h"
#include "cloud/sandbox/message.h"

namespace ty::sandbox {

namespace {

Json capability(const char* name, const std::string& value)
{
    return {{"name", name}, {"value", value}};
}

Json capabilities(const AzureSize& size)
{
    const auto number = [](auto value) { return fmt::format("{}", value); };
    Json list = Json::array();
    list.push_back(capability("MaxResourceVolumeMB", number(size.cores * 8 * 1024)));
    list.push_back(capability("OSVhdSizeMB", "1047552"));
    list.push_back(capability("vCPUs", number(size.cores)));
    list.push_back(capability("MemoryPreservingMaintenanceSupported", size.gpus > 0 ? "False" : "True"));
    list.push_back(capability("HyperVGenerations", size.isArm ? "V2" : "V1,V2"));
    list.push_back(capability("MemoryGB", number(size.memoryGiB)));
    list.push_back(capability("MaxDataDiskCount", number(size.dataDisks)));
    list.push_back(capability("CpuArchitectureType", size.isArm ? "Arm64" : "x64"));
    list.push_back(capability("LowPriorityCapable", "True"));
    list.push_back(capability("PremiumIO", "True"));
    list.push_back(capability("VMDeploymentTypes", "IaaS"));
    list.push_back(capability("vCPUsAvailable", number(size.cores)));
    if (size.gpus > 0) {
        list.push_back(capability("GPUs", number(size.gpus)));
    }
    list.push_back(capability("vCPUsPerCore", size.gpus > 0 ? "1" : "2"));
    list.push_back(capability("UncachedDiskIOPS", number(size.diskIops)));
    list.push_back(capability("UncachedDiskBytesPerSecond", number(static_cast<long>(size.diskMBps) * 1'000'000)));
    list.push_back(capability("EphemeralOSDiskSupported", "True"));
    list.push_back(capability("EncryptionAtHostSupported", "True"));
    list.push_back(capability("AcceleratedNetworkingEnabled", size.cores > 1 ? "True" : "False"));
    list.push_back(capability("RdmaEnabled", size.gpus == 8 ? "True" : "False"));
    list.push_back(capability("MaxNetworkInterfaces", number(size.networkInterfaces)));
    return list;
}

Json zonesOf(const AzureSize& size, const AzureRegion& region, bool onlyRestricted)
{
    Json zones = Json::array();
    for (const char* zone : {"1", "2", "3"}) {
        const bool isRestricted = azureOffer(size, region.name, zone) == AzureOffer::Restricted;
        if (region.hasZones && (!onlyRestricted || isRestricted)) {
            zones.push_back(zone);
        }
    }
    return zones;
}

Json restrictions(const AzureSize& size, const AzureRegion& region)
{
    Json list = Json::array();
    if (azureOffer(size, region.name, "") != AzureOffer::Restricted) {
        return list;
    }
    list.push_back(
        {{"type", "Location"},
         {"values", {region.name}},
         {"restrictionInfo", {{"locations", {region.name}}}},
         {"reasonCode", "NotAvailableForSubscription"}});
    if (region.hasZones) {
        list.push_back(
            {{"type", "Zone"},
             {"values", {region.name}},
             {"restrictionInfo", {{"locations", {region.name}}, {"zones", zonesOf(size, region, true)}}},
             {"reasonCode", "NotAvailableForSubscription"}});
    }
    return list;
}

Json machineRow(const AzureSize& size, const AzureRegion& region)
{
    return {
        {"resourceType", "virtualMachines"},
        {"name", size.name},
        {"tier", "Standard"},
        {"size", size.name.substr(std::string("Standard_").size())},
        {"family", size.family},
        {"locations", {region.name}},
        {"locationInfo",
         Json::array({{{"location", region.name}, {"zones", zonesOf(size, region, false)}, {"zoneDetails", Json::array()}}})},
        {"capabilities", capabilities(size)},
        {"restrictions", restrictions(size, region)}};
}

Json diskRow(const char* name, const char* tier, const AzureRegion& region)
{
    return {
        {"resourceType", "disks"},
        {"name", name},
        {"tier", tier},
        {"locations", {region.name}},
        {"locationInfo", Json::array({{{"location", region.name}, {"zones", region.hasZones ? Json{"1", "2", "3"} : Json::array()}}})},
        {"capabilities", Json::array()},
        {"restrictions", Json::array()}};
}

} // namespace

Json azureSkus(const std::string& filter)
{
    // location eq 'x': anything else is taken for no filter, as by the real service.
    const auto open = filter.find('\'');
    const auto close = filter.rfind('\'');
    const bool isFiltered = lowerCase(filter).starts_with("location eq") && close > open;
    const std::string wanted = isFiltered ? filter.substr(open + 1, close - open - 1) : std::string();
    const AzureRegion* only = isFiltered ? findAzureRegion(wanted) : nullptr;
    Json rows = Json::array();
    for (const auto& region : azureRegions()) {
        if (isFiltered && &region != only) {
            continue;
        }
        for (const auto& size : azureSizes()) {
            if (azureOffer(size, region.name, "") != AzureOffer::Absent) {
                rows.push_back(machineRow(size, region));
            }
        }
        rows.push_back(diskRow("Premium_LRS", "Premium", region));
        rows.push_back(diskRow("StandardSSD_LRS", "Standard", region));
        rows.push_back(diskRow("Standard_LRS", "Standard", region));
    }
    return rows;
}

} // namespace ty::sandbox
