#include "cloud/provision/azure_cost.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "cloud/azure/disk_tiers.h"
#include "cloud/azure/resource.h"

namespace ty::cloud {

namespace {

using namespace azure;

constexpr const char* kStorage = "Storage";
constexpr const char* kNetwork = "Virtual Network";
constexpr const char* kBandwidth = "Bandwidth";
constexpr const char* kTrafficProduct = "Rtn Preference: MGN";
constexpr const char* kTrafficMeter = "Standard Data Transfer Out";
constexpr const char* kAddressMeter = "Standard IPv4 Static Public IP";

/// "Premium_SSD_Managed_Disk_P10"; empty for disks without tiers.
std::string billedAs(const DiskRequest& disk)
{
    const DiskTier* tier = tierOf(disk.kind, disk.sizeGiB.value_or(0));
    if (tier == nullptr) {
        return {};
    }
    const std::string name = tier->name;
    return (name.front() == 'P' ? "Premium_SSD_Managed_Disk_" : "Standard_SSD_Managed_Disk_") + name;
}

std::vector<const DiskRequest*> disksOf(const MachineRequest& request)
{
    std::vector<const DiskRequest*> disks{&request.osDisk};
    for (const DiskRequest& disk : request.dataDisks) {
        disks.push_back(&disk);
    }
    return disks;
}

/// The newest row of ours among `items` that `fits`, per hour.
template<typename Fits>
std::optional<double> pricePerHour(const std::vector<PriceItem>& items, const Fits& fits)
{
    const PriceItem* newest = nullptr;
    for (const PriceItem& item : items) {
        const bool isPlain = item.type == "Consumption" && item.tierMinimumUnits.value_or(0.0) == 0.0 && item.retailPrice;
        if (isPlain && fits(item) && (newest == nullptr || newest->effectiveStartDate < item.effectiveStartDate)) {
            newest = &item;
        }
    }
    if (newest == nullptr) {
        return {};
    }
    const bool isMonthly = newest->unitOfMeasure.find("Month") != std::string::npos;
    return isMonthly ? *newest->retailPrice / kHoursPerMonth : *newest->retailPrice;
}

CostLine diskLine(const MachineRequest& request, const DiskRequest& disk, const std::vector<PriceItem>& items)
{
    CostLine line;
    line.what = (&disk == &request.osDisk ? "System disk, " : "Data disk, ")
        + std::to_string(disk.sizeGiB.value_or(0)) + " GiB";
    line.isPaidWhenOff = true;
    line.perHour = azureDiskPerHour(disk, request.region, items);
    return line;
}

} // namespace

std::optional<PriceQuery> azureDiskQuery(const DiskRequest& disk, const std::string& region, const std::string& currency)
{
    const std::string billed = billedAs(disk);
    return billed.empty() ? std::nullopt : std::optional(PriceQuery{currency, region, billed, kStorage});
}

PriceQuery azureAddressQuery(const std::string& region, const std::string& currency)
{
    return {currency, region, {}, kNetwork};
}

std::optional<double> azureDiskPerHour(
    const DiskRequest& disk, const std::string& region, const std::vector<PriceItem>& items)
{
    const std::string billed = billedAs(disk);
    return pricePerHour(items, [&](const PriceItem& item) {
        // A second meter of the same name counts hosts that share the disk.
        return !billed.empty() && item.armSkuName == billed && item.meterName.ends_with(" LRS Disk")
            && isSame(item.armRegionName, region);
    });
}

std::optional<double> azureAddressPerHour(const std::string& region, const std::vector<PriceItem>& items)
{
    return pricePerHour(items, [&](const PriceItem& item) {
        return item.meterName == kAddressMeter && (item.armRegionName.empty() || isSame(item.armRegionName, region));
    });
}

PriceQuery azureTrafficQuery(const std::string& region, const std::string& currency)
{
    return {currency, region, {}, kBandwidth};
}

std::optional<double> azureTrafficPerMonth(double gib, const std::string& region, const std::vector<PriceItem>& items)
{
    std::map<double, const PriceItem*> tiers; // by the units before them
    for (const PriceItem& item : items) {
        const bool isIt = item.type == "Consumption" && item.retailPrice && item.productName == kTrafficProduct
            && item.meterName == kTrafficMeter && isSame(item.armRegionName, region);
        if (!isIt) {
            continue;
        }
        const PriceItem*& tier = tiers[item.tierMinimumUnits.value_or(0.0)];
        if (tier == nullptr || tier->effectiveStartDate < item.effectiveStartDate) {
            tier = &item;
        }
    }
    if (tiers.empty() || tiers.begin()->first > 0.0) {
        return {};
    }
    double sum = 0;
    for (auto tier = tiers.begin(); tier != tiers.end(); ++tier) {
        const auto next = std::next(tier);
        const double end = next == tiers.end() ? gib : std::min(gib, next->first);
        sum += std::max(0.0, end - tier->first) * *tier->second->retailPrice;
    }
    return sum;
}

std::vector<PriceQuery> azurePriceQueries(const MachineRequest& request, const std::string& currency)
{
    std::vector<PriceQuery> queries;
    queries.push_back({currency, request.region, request.size, "Virtual Machines"});
    std::vector<std::string> asked;
    for (const DiskRequest* disk : disksOf(request)) {
        const std::string billed = billedAs(*disk);
        if (!billed.empty() && std::find(asked.begin(), asked.end(), billed) == asked.end()) {
            asked.push_back(billed);
            queries.push_back({currency, request.region, billed, kStorage});
        }
    }
    if (request.hasPublicIp.value_or(true)) {
        queries.push_back(azureAddressQuery(request.region, currency));
    }
    return queries;
}

CostTable azureCost(
    const MachineRequest& request, const std::vector<PriceItem>& items, const std::string& currency,
    const std::string& priceDate)
{
    CostTable table;
    table.currency = currency;
    table.priceDate = priceDate;
    CostLine machine;
    machine.what = request.size;
    for (const VmPrice& price : vmPrices(items)) {
        if (isSame(price.vmSize, request.size) && isSame(price.region, request.region)) {
            machine.perHour = request.isSpot.value_or(false) ? price.spotPerHour : price.perHour;
        }
    }
    if (request.isSpot.value_or(false)) {
        machine.what += " (spot)";
    }
    table.lines.push_back(std::move(machine));
    for (const DiskRequest* disk : disksOf(request)) {
        table.lines.push_back(diskLine(request, *disk, items));
    }
    if (request.hasPublicIp.value_or(true)) {
        CostLine address;
        address.what = "Public address";
        address.isPaidWhenOff = true;
        address.perHour = azureAddressPerHour(request.region, items);
        table.lines.push_back(std::move(address));
    }
    return table;
}

} // namespace ty::cloud
