#pragma once

#include <vector>

#include "engine/base/json.h"
#include "engine/trees/feature_table.h"

namespace ty::engine {

/// [{"feature", measure}], the largest first, signs aside. @param measure  "impurity", "gain", "coefficient"
Json importanceJson(const std::vector<Feature>& features, const std::vector<double>& importance, const char* measure);

} // namespace ty::engine
