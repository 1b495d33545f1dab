#pragma once

#include <cstddef>

#include "engine/base/parameter.h"
#include "engine/base/result.h"
#include "engine/data/dataset.h"
#include "engine/trees/forest.h"

namespace ty::engine {

/// The learners that grow trees.
enum class ForestKind {
    RandomForest,
    ExtraTrees,
    SilasLike, ///< a random forest with the settings of the forest tool Silas
    Tree       ///< one tree
};

ParameterTable makeForestTable(ForestKind kind);
Json forestPreset(ForestKind kind, const std::string& preset);

/// Complete settings as numbers. Errors: InvalidInput for a feature proportion that is none.
/// @param features  columns that there are
Result<ForestSettings> forestSettings(ForestKind kind, const Json& settings, Task task, std::size_t features, std::uint64_t seed);

} // namespace ty::engine
