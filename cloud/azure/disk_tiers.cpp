#include "cloud/azure/disk_tiers.h"

#include <algorithm>
#include <array>

namespace ty::cloud::azure {

namespace {

// Source: MicrosoftDocs, disk-storage-premium-ssd-sizes (2023-03), disk-storage-standard-ssd-sizes (2019-03) and
// disks-types (2026-08).
constexpr std::array<DiskTier, 14> kPremium{{
    {"P1", 4, 120, 25, 3500, 170, false},
    {"P2", 8, 120, 25, 3500, 170, false},
    {"P3", 16, 120, 25, 3500, 170, false},
    {"P4", 32, 120, 25, 3500, 170, false},
    {"P6", 64, 240, 50, 3500, 170, false},
    {"P10", 128, 500, 100, 3500, 170, false},
    {"P15", 256, 1100, 125, 3500, 170, false},
    {"P20", 512, 2300, 150, 3500, 170, false},
    {"P30", 1024, 5000, 200, 30000, 1000, true},
    {"P40", 2048, 7500, 250, 30000, 1000, true},
    {"P50", 4096, 7500, 250, 30000, 1000, true},
    {"P60", 8192, 16000, 500, 30000, 1000, true},
    {"P70", 16384, 18000, 750, 30000, 1000, true},
    {"P80", 32767, 20000, 900, 30000, 1000, true},
}};

constexpr std::array<DiskTier, 14> kStandardSsd{{
    {"E1", 4, 120, 25, 0, 0, false},
    {"E2", 8, 120, 25, 0, 0, false},
    {"E3", 16, 120, 25, 0, 0, false},
    {"E4", 32, 120, 25, 0, 0, false},
    {"E6", 64, 240, 50, 0, 0, false},
    {"E10", 128, 500, 60, 0, 0, false},
    {"E15", 256, 500, 60, 0, 0, false},
    {"E20", 512, 500, 60, 0, 0, false},
    {"E30", 1024, 500, 60, 0, 0, false},
    {"E40", 2048, 500, 60, 0, 0, false},
    {"E50", 4096, 500, 60, 0, 0, false},
    {"E60", 8192, 2000, 400, 0, 0, false},
    {"E70", 16384, 4000, 600, 0, 0, false},
    {"E80", 32767, 6000, 750, 0, 0, false},
}};

} // namespace

std::span<const DiskTier> premiumTiers()
{
    return kPremium;
}

std::span<const DiskTier> standardSsdTiers()
{
    return kStandardSsd;
}

const DiskTier* tierOf(const std::string& skuName, std::int64_t sizeGiB)
{
    std::span<const DiskTier> tiers;
    if (skuName.starts_with("Premium_")) {
        tiers = kPremium;
    } else if (skuName.starts_with("StandardSSD_")) {
        tiers = kStandardSsd;
    }
    const auto tier = std::find_if(tiers.begin(), tiers.end(), [&](const DiskTier& t) { return t.sizeGiB >= sizeGiB; });
    return sizeGiB < 1 || tier == tiers.end() ? nullptr : &*tier;
}

std::optional<FlexibleLimits> flexibleLimits(const std::string& skuName, std::int64_t sizeGiB)
{
    const auto atMost = [](std::int64_t value, int most) { return static_cast<int>(std::min<std::int64_t>(value, most)); };
    if (skuName == "PremiumV2_LRS") {
        // 500 IOPS for each GiB above 6; 0.25 MB/s for each IOPS.
        const int iops = sizeGiB <= 6 ? 3000 : atMost(3000 + 500 * (sizeGiB - 6), 80'000);
        return FlexibleLimits{1, 65'536, 3000, iops, 125, std::max(125, atMost(iops / 4, 2000))};
    }
    if (skuName == "UltraSSD_LRS") {
        const int iops = atMost(1000 * sizeGiB, 400'000);
        return FlexibleLimits{4, 65'536, 0, iops, 0, atMost(iops / 4, 10'000)};
    }
    return std::nullopt;
}

} // namespace ty::cloud::azure
