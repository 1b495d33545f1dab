#pragma once

#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/data/dataset.h"

namespace ty::engine {

/// Sentences about settings of a network that the person changed and that change nothing, for these data or beside the other
/// settings. `settings` is complete (ParameterTable::complete) and its choices are of the table's.
std::vector<std::string> idleSettings(const Json& settings, Task task, DataKind kind);

} // namespace ty::engine
