#include "cloud/provision/machine_metrics.h"

#include <algorithm>

namespace ty::cloud {

Result<MetricPeriod> metricPeriod(const std::string& name)
{
    std::string names;
    for (const MetricPeriod& period : kMetricPeriods) {
        if (name == period.name) {
            return period;
        }
        names += names.empty() ? period.name : std::string(", ") + period.name;
    }
    return Error{ErrorKind::Usage, "\"" + name + "\" is no period", "Choose one of " + names + "."};
}

bool MachineMetrics::isEmpty() const
{
    return std::all_of(samples.begin(), samples.end(), [](const MetricSample& sample) { return sample.isGap(); });
}

} // namespace ty::cloud
