#pragma once

#include <string>

#include "engine/base/json.h"

namespace ty::runner {

/// The table of layers and what a training costs, from what engine::describeRun() gave.
std::string networkTable(const Json& description);

} // namespace ty::runner
