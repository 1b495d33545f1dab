#pragma once

#include "cloud/sandbox/arm_call.h"

namespace ty::sandbox {

/// {resource}/providers/Microsoft.Insights/metrics and metricDefinitions of machines.
/// @param rest  what follows the resource in the path
/// @return false when the path is neither
bool answerMetrics(World& world, const ArmCall& call, const std::vector<std::string>& rest, Response& response);

} // namespace ty::sandbox
