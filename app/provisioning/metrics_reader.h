#pragma once

#include <stop_token>

#include "app/provisioning/cloud_session.h"
#include "cloud/provision/machine_info.h"
#include "cloud/provision/machine_metrics.h"

namespace ty::app {

/// What a machine used, as its provider measured it from outside. Blocks. Errors: Unsupported, with the reason, where the
/// provider's interface for machines has no curves (Google's), and those of the provider.
Result<cloud::MachineMetrics> readMetrics(
    CloudSession& session, const cloud::MachineInfo& machine, const cloud::MetricPeriod& period, std::stop_token stop);

} // namespace ty::app
