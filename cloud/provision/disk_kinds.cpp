#include "cloud/provision/disk_kinds.h"

#include <algorithm>
#include <array>

#include "cloud/azure/disk_tiers.h"

namespace ty::cloud {

namespace {

constexpr std::array kAzure{
    DiskKind{"Premium_LRS", "Premium SSD", false, false},
    DiskKind{"StandardSSD_LRS", "Standard SSD", false, false},
    DiskKind{"Standard_LRS", "Standard hard disk", false, false},
    DiskKind{"PremiumV2_LRS", "Premium SSD v2", true, true},
};

constexpr std::array kGoogle{
    DiskKind{"pd-ssd", "SSD", false, false},
    DiskKind{"pd-balanced", "Balanced SSD", false, false},
    DiskKind{"pd-standard", "Hard disk", false, false},
};

} // namespace

std::span<const DiskKind> diskKinds(const std::string& provider)
{
    return provider == "google" ? std::span<const DiskKind>(kGoogle) : std::span<const DiskKind>(kAzure);
}

const DiskKind* findDiskKind(const std::string& provider, const std::string& id)
{
    const auto kinds = diskKinds(provider);
    const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const DiskKind& kind) { return id == kind.id; });
    return found == kinds.end() ? nullptr : &*found;
}

std::string diskWords(const std::string& provider, const std::string& kind, std::int64_t sizeGiB)
{
    if (provider == "google") {
        return {};
    }
    if (const azure::DiskTier* tier = azure::tierOf(kind, sizeGiB); tier != nullptr) {
        const char* most = kind.starts_with("StandardSSD") ? "up to " : "";
        return std::string(tier->name) + " (" + std::to_string(tier->sizeGiB) + " GiB): " + most + std::to_string(tier->iops)
            + " IOPS, " + most + std::to_string(tier->megabytesPerSecond) + " MB/s";
    }
    if (const auto limits = azure::flexibleLimits(kind, sizeGiB)) {
        return std::to_string(limits->baseIops) + " IOPS and " + std::to_string(limits->baseMegabytesPerSecond)
            + " MB/s without extra cost";
    }
    return {};
}

} // namespace ty::cloud
