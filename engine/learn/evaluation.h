#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/learn/learner.h"

namespace ty::engine {

/// An evaluation with what it rests on.
struct Evaluation {
    /// As evaluateModel() gives it; with "baseline", what an answer that is always the same would have scored, where it is known
    /// what the model learned from.
    Json report;
    std::string samplesCsv; ///< id,true,predicted,confidence,loss,sample; one line a sample, in their order
};

/// Errors: InvalidInput when no sample has a target or the data does not fit the model.
/// @param baseline  baselineFacts() of what the model learned from; null: those of its model.json
Result<Evaluation> evaluateInDetail(
    Model& model, const Dataset& dataset, std::span<const std::uint32_t> samples, const Json& baseline = {});

} // namespace ty::engine
