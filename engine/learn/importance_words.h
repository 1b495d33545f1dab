#pragma once

#include <vector>

#include "engine/base/json.h"
#include "engine/trees/feature_table.h"

namespace ty::engine {

/// [{"feature", "impurity"}], the most important first.
Json importanceJson(const std::vector<Feature>& features, const std::vector<double>& importance);

} // namespace ty::engine
