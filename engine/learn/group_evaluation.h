#pragma once

#include <cstdint>
#include <span>

#include "engine/base/result.h"
#include "engine/learn/evaluation.h"

namespace ty::engine {

/// What a model of Task::Grouping says of `samples`: "metrics" (Model::measureGroups() and the number of groups that occur),
/// "groups" [{name, samples, share}] in the model's order, and of tables "profile": by column what is usual in each group
/// (mean of numbers and dates, most frequent category with its share) and in all, columns that differ most between groups first.
/// "true" and "loss" of samplesCsv are empty: nobody knows better. Errors: those of predict().
Result<Evaluation> evaluateGroups(Model& model, const Dataset& dataset, std::span<const std::uint32_t> samples);

} // namespace ty::engine
