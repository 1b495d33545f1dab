#pragma once

#include "engine/base/json.h"
#include "engine/data/encoder.h"
#include "engine/trees/forest.h"

namespace ty::engine {

/// The first tree of a forest as values that can be drawn: nested {"samples", "answer", "shares" {class: share} or "value",
/// and, of a question, "feature", "question" ("width <= 2.45", "colour is green or blue"), "missing" ("yes" or "no": where a
/// missing value goes), "yes" {...}, "no" {...}}. Branches deeper than kMostTreeLevels are left out, which "cut" tells.
Json treeJson(const Forest& forest, const Encoder& encoder);

inline constexpr int kMostTreeLevels = 12;

} // namespace ty::engine
