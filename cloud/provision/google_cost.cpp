#include "cloud/provision/google_cost.h"

#include <utility>

namespace ty::cloud {

namespace {

CostLine line(std::string what, std::optional<double> perHour, bool isPaidWhenOff)
{
    CostLine made;
    made.what = std::move(what);
    made.perHour = perHour;
    made.isPaidWhenOff = isPaidWhenOff;
    return made;
}

CostLine diskLine(const char* role, const DiskRequest& disk, const GooglePrices& prices, const std::string& region)
{
    const std::int64_t size = disk.sizeGiB.value_or(0);
    return line(
        role + std::to_string(size) + " GiB", size > 0 ? prices.diskPerHour(disk.kind, size, region) : std::nullopt, true);
}

} // namespace

CostTable googleCost(
    const MachineRequest& request, const GooglePrices& prices, const std::optional<gcp::MachineType>& type,
    const std::string& currency, const std::string& priceDate)
{
    CostTable table;
    table.currency = currency;
    table.priceDate = priceDate;
    const bool isSpot = request.isSpot.value_or(false);
    const std::string region = request.zone.empty() ? request.region : gcp::regionOfZone(request.zone);
    table.lines.push_back(line(
        request.size + (isSpot ? " (spot)" : ""), type ? prices.machinePerHour(*type, region, isSpot) : std::nullopt, false));
    if (!request.gpu.empty()) {
        const std::int64_t count = request.gpus.value_or(1);
        const auto one = prices.gpuPerHour(request.gpu, region, isSpot);
        table.lines.push_back(line(
            std::to_string(count) + " x " + request.gpu,
            one ? std::optional(*one * static_cast<double>(count)) : std::nullopt, false));
    }
    table.lines.push_back(
        request.isOfMachineImage() ? line("Disks of the machine image", std::nullopt, true)
                                   : diskLine("System disk, ", request.osDisk, prices, region));
    for (const DiskRequest& disk : request.dataDisks) {
        table.lines.push_back(diskLine("Data disk, ", disk, prices, region));
    }
    if (request.hasPublicIp.value_or(true)) {
        // An ephemeral one is given back when the machine stops.
        table.lines.push_back(line("Public address", prices.addressPerHour(isSpot), false));
    }
    return table;
}

} // namespace ty::cloud
