#pragma once

#include "engine/base/result.h"
#include "engine/kernels/support_vectors.h"
#include "engine/learn/fit_progress.h"

namespace ty::engine {

/// Where the fitting of machines stands, as a checkpoint keeps it.
FitState stateOf(const SvmState& state, std::int64_t step);

/// The inverse. Errors: InvalidInput when tensors are missing or of another form.
Result<SvmState> svmStateOf(const FitState& state);

} // namespace ty::engine
