#include "app/cli/vm_sizes.h"

#include <algorithm>
#include <cctype>
#include <map>

#include <fmt/format.h>

#include "app/provisioning/cloud_offers.h"
#include "app/provisioning/price_reader.h"

namespace ty::cli {

namespace {

using namespace cloud;

template<typename T>
Json orNull(const std::optional<T>& value)
{
    return value ? Json(*value) : Json(nullptr);
}

std::string number(const std::optional<double>& value)
{
    return value ? fmt::format("{:g}", *value) : std::string("-");
}

} // namespace

Result<int> vmSizes(app::CloudSession& session, const MachineInfo& machine, const VmRequest& request)
{
    TY_TRY(const auto sizes, app::readSizesFor(session, machine, {}));
    TY_TRY(const auto prices, app::readSizePrices(session, machine.region, request.currency, {}));
    const auto priceOf = [&](const app::OfferedSize& size) -> std::optional<double> {
        std::string name = size.size.name;
        std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        const auto found = prices.find(name);
        return found == prices.end() ? std::nullopt
            : machine.isSpot         ? found->second.spotPerHour
                                     : found->second.perHour;
    };
    Json all = Json::array();
    std::vector<std::vector<std::string>> rows;
    for (const app::OfferedSize& each : sizes) {
        const std::string obstacle = each.obstacle();
        const auto price = priceOf(each);
        all.push_back(
            {{"size", each.size.name},
             {"vCpus", orNull(each.size.vCpus)},
             {"memoryGiB", orNull(each.size.memoryGiB)},
             {"gpu", each.size.gpu},
             {"gpus", each.size.gpus},
             {"perHour", orNull(price)},
             {"currency", request.currency},
             {"quotaLeft", orNull(each.coresLeft)},
             {"fits", obstacle.empty()},
             {"reason", obstacle}});
        rows.push_back(
            {each.size.name, number(each.size.vCpus), number(each.size.memoryGiB),
             each.size.gpus > 0 ? fmt::format("{:g} x {}", each.size.gpus, each.size.gpu.empty() ? "GPU" : each.size.gpu) : "-",
             price ? fmt::format("{:.4g} {}", *price, request.currency) : "unknown",
             each.coresLeft ? std::to_string(*each.coresLeft) : "unknown", obstacle.empty() ? "yes" : "no: " + obstacle});
    }
    if (request.form == OutputForm::Json) {
        printJson({{"machine", machine.name}, {"size", machine.size}, {"sizes", std::move(all)}});
    } else {
        printText(table({"SIZE", "VCPU", "RAM GIB", "GPU", "PER HOUR", "QUOTA LEFT", "FITS"}, rows));
        printText("Change it with: trainyard vm resize " + machine.name + " --size SIZE\n");
    }
    return 0;
}

} // namespace ty::cli
