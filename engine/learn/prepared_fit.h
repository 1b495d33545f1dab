#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/data/encoder.h"
#include "engine/learn/fit_plan.h"
#include "engine/learn/learner.h"
#include "engine/nn/adaptation.h"
#include "engine/nn/training_session.h"
#include "engine/train/sample_source.h"

namespace ty::engine {

/// Makes the network for encoded data.
/// @param outputs  of a sample: one a class, 1 for regression and losses of two classes that take one, all inputs for a
///                 reconstruction, {steps, words} for a running text
using NetworkMaker =
    std::function<Result<AdaptedNetwork>(const Encoder& encoder, const Shape& outputs, std::uint64_t samples)>;

/// All that stands before the first step: encoded samples, the network that fits them, and every choice made.
struct PreparedFit {
    Encoder encoder;
    AdaptedNetwork made;
    ModelSummary summary;
    std::unique_ptr<SampleSource> training;   ///< look at `encoder`
    std::unique_ptr<SampleSource> validation; ///< may hold no sample
    FitPlan plan;
    std::unique_ptr<Backend> backend;
    std::unique_ptr<TrainingSession> session;
};

/// What a resumed run was computed with: the memory that is free now, or an option that is not given again, would choose
/// something else, and sums of another order. 0: a new run.
struct ResumedPlan {
    std::int64_t trainingBatch = 0;
    std::int64_t evaluationBatch = 0;
    int threads = 0; ///< unless the request says how many
};

/// Errors: InvalidInput naming both shapes when the network does not fit, those of planFit() and createSession().
Result<std::unique_ptr<PreparedFit>> prepareFit(
    const FitRequest& request, const NetworkMaker& makeNetwork, const ResumedPlan& resumed);

} // namespace ty::engine
