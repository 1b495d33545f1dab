#include "cloud/gcp/compute_catalog.h"

#include <algorithm>
#include <cctype>

namespace ty::cloud::gcp {

std::string lastPart(const std::string& address)
{
    const auto slash = address.rfind('/');
    return slash == std::string::npos ? address : address.substr(slash + 1);
}

std::string regionOfZone(const std::string& zone)
{
    const std::string name = lastPart(zone);
    const auto dash = name.rfind('-');
    return dash == std::string::npos ? name : name.substr(0, dash);
}

std::optional<double> quotaLeft(const std::vector<Quota>& quotas, const std::string& metric)
{
    const auto row = std::find_if(quotas.begin(), quotas.end(), [&](const Quota& q) { return q.metric == metric; });
    if (row == quotas.end() || !row->limit) {
        return std::nullopt;
    }
    return std::max(*row->limit - row->usage.value_or(0), 0.0);
}

std::string gpuQuotaMetric(const std::string& acceleratorType, bool isSpot)
{
    std::string name = lastPart(acceleratorType);
    for (const char* part : {"-tesla", "-vws"}) { // "nvidia-tesla-t4" counts as NVIDIA_T4
        if (const auto at = name.find(part); at != std::string::npos) {
            name.erase(at, std::string(part).size());
        }
    }
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
        return c == '-' ? '_' : static_cast<char>(std::toupper(c));
    });
    return (isSpot ? "PREEMPTIBLE_" : "") + name + "_GPUS";
}

} // namespace ty::cloud::gcp
