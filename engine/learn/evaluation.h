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
    Json report; ///< as evaluateModel() gives it
    std::string samplesCsv; ///< id,true,predicted,confidence,loss,sample; one line a sample, in their order
};

/// Errors: InvalidInput when no sample has a target or the data does not fit the model.
Result<Evaluation> evaluateInDetail(Model& model, const Dataset& dataset, std::span<const std::uint32_t> samples);

} // namespace ty::engine
