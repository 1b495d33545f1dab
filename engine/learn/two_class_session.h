#pragma once

#include <memory>

#include "engine/base/result.h"
#include "engine/nn/training_session.h"

namespace ty::engine {

/// A network whose one output z tells two classes apart, as one that gives both their probabilities, as other models do:
/// a layer more puts a 0 before z, and the softmax of (0, z) is (1 - s, s) with s the sigmoid of z. Same weights, by the
/// same names. Errors: those of Backend::createSession().
Result<std::unique_ptr<TrainingSession>> makeTwoClassSession(Backend& backend, const TrainingSession& trained);

} // namespace ty::engine
