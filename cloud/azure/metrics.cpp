#include "cloud/azure/metrics.h"

namespace ty::cloud::azure {

std::string metricInterval(std::chrono::hours span)
{
    if (span <= std::chrono::hours(6)) {
        return "PT1M";
    }
    if (span <= std::chrono::hours(24)) {
        return "PT5M";
    }
    return span <= std::chrono::hours(24 * 7) ? "PT1H" : "PT6H";
}

} // namespace ty::cloud::azure
