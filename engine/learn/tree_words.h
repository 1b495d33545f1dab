#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/data/dataset.h"
#include "engine/data/encoder.h"
#include "engine/trees/feature_table.h"
#include "engine/trees/tree.h"

namespace ty::engine {

/// What the numbers at a tree's leaves are.
enum class TreeAnswers : std::uint8_t {
    Shares,  ///< of the classes
    Value,   ///< the target
    Addition ///< what a boosted tree adds to a class's score, or to the target
};

/// A tree and what is needed to put it into words. Nothing is owned.
struct SpokenTree {
    const Tree& tree;
    const std::vector<Feature>& features;
    const Encoder& encoder;
    TreeAnswers answers = TreeAnswers::Shares;
    std::string addsTo = {}; ///< Addition: the class, or empty for the target
};

/// The tree as values that can be read: nested {"samples", "answer", "shares" {class: share} or "value",
/// and, of a question, "feature", "question" ("width <= 2.45", "colour is green or blue"), "missing" ("yes" or "no": where a
/// missing value goes), "yes" {...}, "no" {...}}. Branches deeper than kMostTreeLevels are left out, which "cut" tells.
Json treeJson(const SpokenTree& spoken);

/// The whole tree as a list that can be drawn: {"answers" ("shares", "value", "addition"), "addsTo", "target", "classes",
/// "depth", "nodes": [{"samples", "shares" [..] or "value", and, of a question, "feature", "question", "missing", "yes", "no":
/// places in the list}]}. Node 0 is the root.
Json treeList(const SpokenTree& spoken);

/// treeList(), and under "way" the nodes from the root to the leaf that `sample` of `dataset` comes to.
/// @param dataset  null: no way. Errors: those of reading a picture.
Result<Json> describedTree(const SpokenTree& spoken, const Dataset* dataset, std::uint32_t sample);

inline constexpr int kMostTreeLevels = 12;

} // namespace ty::engine
