#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/learn/learner.h"

namespace ty::engine {

struct ImportanceSettings {
    int repeats = 5;      ///< times that a column is shuffled, at least 1
    std::string score;    ///< "accuracy", "auc", "loss", "r2", "rmse"; empty: accuracy of classes, r2 of values
    std::uint64_t seed = 1;
};

/// What a column is worth to a model.
struct ColumnImportance {
    std::string column;
    double mean = 0;      ///< by which the score gets worse without the column's values; about 0: it is not looked at
    double deviation = 0; ///< standard, of the repeats
    std::vector<double> repeats;
};

struct PermutationImportance {
    std::string score;
    double baseline = 0; ///< the score with all columns as they are
    std::uint64_t samples = 0;
    std::vector<ColumnImportance> columns; ///< the most important first

    Json toJson() const; ///< {"score", "baseline", "samples", "columns": [{"column", "mean", "deviation", "repeats"}]}
};

/// Told after each column. False: what there is is enough.
using ImportanceTold = std::function<Result<bool>(std::size_t done, std::size_t all, const ColumnImportance& column)>;

/// How much worse a model answers when the values of a column have changed places: of any learner of tables. Take samples
/// that the model has not learned from. Columns that say the same as one another each look unimportant. Blocks.
/// @param samples  of `dataset`, with a target. Errors: Unsupported for pictures and for samples that are their own target;
/// InvalidInput for a score that does not fit the task.
/// Source: Breiman, Random Forests (2001), section 10; Fisher, Rudin, Dominici, All Models are Wrong, but Many are Useful (2019).
Result<PermutationImportance> permutationImportance(
    Model& model, const Dataset& dataset, std::span<const std::uint32_t> samples, const ImportanceSettings& settings,
    const ImportanceTold& told);

} // namespace ty::engine
