#include "cloud/azure/sku.h"

#include <algorithm>
#include <charconv>

#include "cloud/azure/gpu_table.h"

namespace ty::cloud::azure {

namespace {

std::optional<double> number(const ResourceSku& sku, const char* name)
{
    const std::string text = sku.capability(name);
    double value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    return code == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

std::optional<int> wholeNumber(const ResourceSku& sku, const char* name)
{
    const auto value = number(sku, name);
    return value ? std::optional(static_cast<int>(*value)) : std::nullopt;
}

bool isTrue(const ResourceSku& sku, const char* name)
{
    return isSame(sku.capability(name), "True");
}

bool holds(const std::vector<std::string>& list, const std::string& name)
{
    return std::any_of(list.begin(), list.end(), [&](const std::string& each) { return isSame(each, name); });
}

} // namespace

std::string ResourceSku::capability(const std::string& wanted) const
{
    for (const SkuCapability& each : capabilities) {
        if (each.name == wanted) {
            return each.value;
        }
    }
    return {};
}

VmSize vmSizeOf(const ResourceSku& sku)
{
    VmSize size;
    size.name = sku.name;
    size.family = sku.family;
    size.quotaVCpus = number(sku, "vCPUs");
    size.vCpus = number(sku, "vCPUsAvailable");
    if (!size.vCpus) {
        size.vCpus = size.quotaVCpus;
    }
    size.memoryGiB = number(sku, "MemoryGB"); // GiB, whatever it is called
    size.maxDataDisks = wholeNumber(sku, "MaxDataDiskCount");
    size.maxNetworkInterfaces = wholeNumber(sku, "MaxNetworkInterfaces");
    size.uncachedIops = number(sku, "UncachedDiskIOPS");
    if (const auto bytes = number(sku, "UncachedDiskBytesPerSecond")) {
        size.uncachedMegabytesPerSecond = *bytes / 1e6;
    }
    size.architecture = sku.capability("CpuArchitectureType");
    const std::string generations = sku.capability("HyperVGenerations");
    size.isGeneration1 = generations.find("V1") != std::string::npos;
    size.isGeneration2 = generations.find("V2") != std::string::npos;
    size.canSpot = isTrue(sku, "LowPriorityCapable");
    size.hasPremiumDisks = isTrue(sku, "PremiumIO");
    size.hasAcceleratedNetworking = isTrue(sku, "AcceleratedNetworkingEnabled");
    size.hasEphemeralOsDisk = isTrue(sku, "EphemeralOSDiskSupported");
    size.hasRdma = isTrue(sku, "RdmaEnabled");

    const GpuFamily* cards = gpuFamily(sku.family);
    if (cards != nullptr && !cards->isGpu) {
        return size;
    }
    // The list says 1 for a sixth of a card; the table knows better where it has the size.
    size.gpus = gpusOfSize(sku.name).value_or(number(sku, "GPUs").value_or(0));
    if (cards != nullptr && size.gpus > 0) {
        size.gpu = cards->gpu;
        if (cards->memoryGB > 0) {
            size.gpuMemoryGiB = cards->memoryGB;
        }
    }
    return size;
}

SizeOffer offerOf(const ResourceSku& sku, const std::string& region)
{
    SizeOffer offer;
    const auto info = std::find_if(sku.locationInfo.begin(), sku.locationInfo.end(), [&](const SkuLocationInfo& each) {
        return isSame(each.location, region);
    });
    if (info == sku.locationInfo.end()) {
        if (!holds(sku.locations, region)) {
            offer.reason = "not in this region";
            return offer;
        }
    } else {
        offer.zones = info->zones;
        std::sort(offer.zones.begin(), offer.zones.end());
    }
    const bool hadZones = !offer.zones.empty();
    offer.isOffered = true;
    for (const SkuRestriction& each : sku.restrictions) {
        const bool isHere = holds(each.locations, region) || holds(each.values, region);
        if (isSame(each.type, "Location") && isHere) {
            offer = {false, {}, each.reasonCode};
            return offer;
        }
        if (isSame(each.type, "Zone") && (each.locations.empty() || holds(each.locations, region))) {
            std::erase_if(offer.zones, [&](const std::string& zone) { return holds(each.zones, zone); });
            offer.reason = each.reasonCode;
        }
    }
    if (hadZones && offer.zones.empty()) {
        offer.isOffered = false; // every zone is closed
    } else {
        offer.reason.clear();
    }
    return offer;
}

} // namespace ty::cloud::azure
