#pragma once

#include <cstdint>
#include <stop_token>
#include <string>

#include "cloud/azure/arm_client.h"
#include "cloud/azure/metrics.h"
#include "cloud/provision/machine_metrics.h"

namespace ty::cloud {

/// The question for a machine's five metrics in one request; it counts as one read of the machine. `now`: seconds since
/// 1970.
azure::MetricQuery azureMetricQuery(const std::string& machineId, const MetricPeriod& period, std::int64_t now);

/// What the answer tells. Sums of bytes become bytes per second; the interval that `now` lies in is divided by what has
/// passed of it. Intervals that the answer leaves out are gaps.
MachineMetrics azureMetricsOf(const azure::MetricAnswer& answer, std::int64_t now);

/// What Azure Monitor keeps of a machine: its host measures, so that nothing need be installed. Memory and GPU are not
/// seen from there.
Result<MachineMetrics> azureMetrics(
    azure::ArmClient& client, const std::string& machineId, const MetricPeriod& period, std::stop_token stop);

} // namespace ty::cloud
