#pragma once

#include <string>
#include <vector>

#include "engine/base/json.h"

namespace ty::engine {

/// What is known of one learner of a cross-validation.
struct ValidatedLearner {
    std::string learner;
    std::string label;
    Json settings;
    std::vector<Json> fits; ///< as StudyTold gets them
    std::string problem;
};

/// The fields "metric", "learners", "comparisons" and "curve" of validateLearners(), of what there is.
/// @param heldShare  samples that judge for each sample that is fitted on
Json validationResult(const std::vector<ValidatedLearner>& learners, const std::string& metric, double heldShare);

} // namespace ty::engine
