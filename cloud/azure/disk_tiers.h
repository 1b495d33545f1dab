#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace ty::cloud::azure {

/// What a managed disk of one tier can do. It is billed as the smallest tier that holds its size.
struct DiskTier {
    const char* name; ///< "P10"
    int sizeGiB;
    int iops;               ///< sustained; "up to" on Standard SSD
    int megabytesPerSecond; ///< the same; Standard SSD counts MiB
    int burstIops;          ///< 0: no burst
    int burstMegabytesPerSecond;
    bool isBurstOnDemand; ///< costs extra and has to be switched on; else 30 minutes of credit
};

/// P1 to P80, by size.
std::span<const DiskTier> premiumTiers();
/// E1 to E80.
std::span<const DiskTier> standardSsdTiers();

/// The tier a disk of that size is billed as; null for sizes above 32,767 GiB, below 1, and for kinds that have no
/// tiers (Premium v2, Ultra) or none collected here (Standard HDD).
const DiskTier* tierOf(const std::string& skuName, std::int64_t sizeGiB);

/// What a disk whose performance is chosen freely may be given.
struct FlexibleLimits {
    int minSizeGiB;
    int maxSizeGiB;
    int baseIops; ///< free of charge
    int maxIops;
    int baseMegabytesPerSecond;
    int maxMegabytesPerSecond;
};

/// Of PremiumV2_LRS or UltraSSD_LRS at a size; empty for other kinds. Both are data disks only.
std::optional<FlexibleLimits> flexibleLimits(const std::string& skuName, std::int64_t sizeGiB);

} // namespace ty::cloud::azure
