#include "cloud/provision/google_prices.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "cloud/provision/cost.h"

namespace ty::cloud {

namespace {

using namespace gcp;

constexpr double kMiBPerGiB = 1024;
constexpr const char* kHour = "h";
constexpr const char* kGiBHour = "GiBy.h";
constexpr const char* kGiBMonth = "GiBy.mo";
constexpr const char* kGlobal = "global";

/// How the list calls a family of machine types: "NAME Core" and "NAME Ram".
struct Family {
    std::string_view prefix; ///< of the type's name
    const char* name;
    bool isBilledApart = false; ///< its machines bring local disks along, which these parts do not hold
};
// Longer prefixes first.
constexpr std::array kFamilies{
    Family{"a2-ultragpu-", "A2 Instance", true},
    Family{"a2-", "A2 Instance"},
    Family{"c2d-", "C2D AMD Instance"},
    Family{"c2-", "Compute optimized"},
    Family{"c3-", "C3 Instance"},
    Family{"e2-", "E2 Instance"},
    Family{"g2-", "G2 Instance"},
    Family{"n1-", "N1 Predefined Instance"},
    Family{"n2d-", "N2D AMD Instance"},
    Family{"n2-", "N2 Instance"},
    Family{"t2a-", "T2A Arm Instance"},
    Family{"t2d-", "T2D AMD Instance"},
};

/// Types with a part of a processor: what of it is billed.
constexpr std::array kParts{std::pair{"e2-micro", 0.25}, std::pair{"e2-small", 0.5}, std::pair{"e2-medium", 1.0}};

struct Card {
    const char* accelerator;
    std::array<const char*, 2> names; ///< spellings of the list
};
constexpr std::array kCards{
    Card{"nvidia-tesla-t4", {"Nvidia Tesla T4 GPU", "Nvidia T4 GPU"}},
    Card{"nvidia-tesla-v100", {"Nvidia Tesla V100 GPU", "Nvidia V100 GPU"}},
    Card{"nvidia-tesla-p100", {"Nvidia Tesla P100 GPU", "Nvidia P100 GPU"}},
    Card{"nvidia-tesla-p4", {"Nvidia Tesla P4 GPU", "Nvidia P4 GPU"}},
    Card{"nvidia-l4", {"Nvidia L4 GPU", "Nvidia Tesla L4 GPU"}},
    Card{"nvidia-tesla-a100", {"Nvidia Tesla A100 GPU", "Nvidia A100 GPU"}},
    Card{"nvidia-a100-80gb", {"Nvidia Tesla A100 80GB GPU", "Nvidia A100 80GB GPU"}},
};

struct DiskName {
    const char* kind;
    const char* name;
};
constexpr std::array kDisks{
    DiskName{"pd-standard", "Storage PD Capacity"},
    DiskName{"pd-balanced", "Balanced PD Capacity"},
    DiskName{"pd-ssd", "SSD backed PD Capacity"},
};

bool cutAt(std::string& text, std::string_view mark)
{
    const auto at = text.find(mark);
    if (at == std::string::npos) {
        return false;
    }
    text.erase(at);
    return true;
}

/// The description without place and way of paying.
std::string partOf(std::string description)
{
    constexpr std::string_view kSpot = "Spot Preemptible ";
    constexpr std::string_view kPreemptible = "Preemptible ";
    for (const std::string_view front : {kSpot, kPreemptible}) {
        if (description.starts_with(front)) {
            description.erase(0, front.size());
        }
    }
    (void)(cutAt(description, " attached to Spot Preemptible VMs") || cutAt(description, " attached to VMs")
        || cutAt(description, " running in ") || cutAt(description, " in "));
    // One family has been spelt both ways.
    constexpr std::string_view kOptimized = "Compute optimized Instance ";
    if (description.starts_with(kOptimized)) {
        description = "Compute optimized " + description.substr(kOptimized.size());
    }
    return description;
}

/// Whether any price of ours may be made of it.
bool isPart(const std::string& part)
{
    const auto isOf = [&](const Family& family) {
        return part == std::string(family.name) + " Core" || part == std::string(family.name) + " Ram";
    };
    return std::any_of(kFamilies.begin(), kFamilies.end(), isOf)
        || std::any_of(kCards.begin(), kCards.end(), [&](const Card& card) { return part == card.names[0] || part == card.names[1]; })
        || std::any_of(kDisks.begin(), kDisks.end(), [&](const DiskName& disk) { return part == disk.name; })
        || part.starts_with("External IP Charge on a ");
}

const Family* familyOf(const std::string& type)
{
    const auto* found = std::find_if(
        kFamilies.begin(), kFamilies.end(), [&](const Family& family) { return type.starts_with(family.prefix); });
    const bool isKnown = found != kFamilies.end() && !found->isBilledApart && type.find("-lssd") == std::string::npos
        && type.find("-custom-") == std::string::npos && type.find("-metal") == std::string::npos;
    return isKnown ? &*found : nullptr;
}

/// How many cores are billed; nothing: not known.
std::optional<double> billedCores(const MachineType& type)
{
    const auto* part = std::find_if(kParts.begin(), kParts.end(), [&](const auto& each) { return type.name == each.first; });
    if (part != kParts.end()) {
        return part->second;
    }
    return type.vCpus && !type.isSharedCpu.value_or(false) ? std::optional(static_cast<double>(*type.vCpus)) : std::nullopt;
}

} // namespace

std::optional<GoogleRate> GooglePrices::rateOf(const BillingSku& sku)
{
    const bool isSpot = sku.usageType == "Preemptible";
    if ((!isSpot && sku.usageType != "OnDemand") || sku.pricing.empty() || sku.pricing.back().tiers.empty()) {
        return {};
    }
    GoogleRate rate;
    rate.what = partOf(sku.description);
    if (!isPart(rate.what)) {
        return {};
    }
    const PricingInfo& newest = sku.pricing.back();
    rate.unit = newest.usageUnit;
    rate.regions = sku.regions;
    rate.isSpot = isSpot;
    rate.price = newest.tiers.back().unitPrice.amount();
    return rate.price > 0 ? std::optional(std::move(rate)) : std::nullopt;
}

std::optional<double> GooglePrices::rate(
    const std::vector<std::string>& names, const std::string& unit, const std::string& region, bool isSpot) const
{
    std::optional<double> found;
    for (const GoogleRate& each : m_rates) {
        const bool isHere = std::find(each.regions.begin(), each.regions.end(), region) != each.regions.end();
        const bool isNamed = std::find(names.begin(), names.end(), each.what) != names.end();
        if (!isNamed || !isHere || each.unit != unit || each.isSpot.value_or(false) != isSpot || !each.price) {
            continue;
        }
        if (found && *found != *each.price) {
            return {}; // which of the two holds is not known
        }
        found = each.price;
    }
    return found;
}

std::optional<double> GooglePrices::machinePerHour(const MachineType& type, const std::string& region, bool isSpot) const
{
    const Family* family = familyOf(type.name);
    const auto cores = billedCores(type);
    if (family == nullptr || !cores || !type.memoryMiB) {
        return {};
    }
    const std::string name = family->name;
    const auto core = rate({name + " Core"}, kHour, region, isSpot);
    const auto memory = rate({name + " Ram"}, kGiBHour, region, isSpot);
    if (!core || !memory) {
        return {};
    }
    double sum = *core * *cores + *memory * static_cast<double>(*type.memoryMiB) / kMiBPerGiB;
    for (const BuiltInAccelerator& card : type.accelerators) {
        const auto price = gpuPerHour(card.type, region, isSpot);
        if (!price) {
            return {};
        }
        sum += *price * static_cast<double>(card.count.value_or(1));
    }
    return sum;
}

std::optional<double> GooglePrices::gpuPerHour(const std::string& accelerator, const std::string& region, bool isSpot) const
{
    const auto* card
        = std::find_if(kCards.begin(), kCards.end(), [&](const Card& each) { return accelerator == each.accelerator; });
    return card == kCards.end() ? std::nullopt : rate({card->names[0], card->names[1]}, kHour, region, isSpot);
}

std::optional<double> GooglePrices::diskPerHour(
    const std::string& kind, std::int64_t sizeGiB, const std::string& region) const
{
    const auto* disk
        = std::find_if(kDisks.begin(), kDisks.end(), [&](const DiskName& each) { return kind == each.kind; });
    const auto price = disk == kDisks.end() ? std::nullopt : rate({disk->name}, kGiBMonth, region, false);
    return price ? std::optional(*price * static_cast<double>(sizeGiB) / kHoursPerMonth) : std::nullopt;
}

std::optional<double> GooglePrices::addressPerHour(bool isSpotMachine) const
{
    // Both are sold as "OnDemand"; the machine's way of paying is in the name.
    return rate(
        {isSpotMachine ? "External IP Charge on a Spot Preemptible VM" : "External IP Charge on a Standard VM"}, kHour, kGlobal,
        false);
}

} // namespace ty::cloud
