#include "cloud/provision/google_cost.h"

#include <utility>

namespace ty::cloud {

namespace {

CostLine line(std::string what, bool isPaidWhenOff)
{
    CostLine made;
    made.what = std::move(what);
    made.isPaidWhenOff = isPaidWhenOff;
    return made;
}

std::string diskWords(const char* role, const DiskRequest& disk)
{
    return role + std::to_string(disk.sizeGiB.value_or(0)) + " GiB";
}

} // namespace

CostTable googleCost(const MachineRequest& request, const std::string& currency, const std::string& priceDate)
{
    CostTable table;
    table.currency = currency;
    table.priceDate = priceDate;
    table.lines.push_back(line(request.size + (request.isSpot.value_or(false) ? " (spot)" : ""), false));
    if (!request.gpu.empty()) {
        table.lines.push_back(line(std::to_string(request.gpus.value_or(1)) + " x " + request.gpu, false));
    }
    table.lines.push_back(line(diskWords("System disk, ", request.osDisk), true));
    for (const DiskRequest& disk : request.dataDisks) {
        table.lines.push_back(line(diskWords("Data disk, ", disk), true));
    }
    if (request.hasPublicIp.value_or(true)) {
        table.lines.push_back(line("Public address", false)); // an ephemeral one is given back when the machine stops
    }
    return table;
}

} // namespace ty::cloud
