#pragma once

#include <cstdint>

#include "engine/base/result.h"
#include "engine/groups/gaussian_mixture.h"
#include "engine/groups/k_means.h"
#include "engine/learn/fit_progress.h"

// Where grouping stands, as a checkpoint keeps it. The inverses fail with InvalidInput when tensors are missing or do not fit.
namespace ty::engine {

FitState stateOf(const KMeansState& state, std::int64_t step);
Result<KMeansState> kMeansStateOf(const FitState& state, std::size_t groups, const DenseRows& rows);

FitState stateOf(const MixtureState& state);
Result<MixtureState> mixtureStateOf(const FitState& state, const MixtureSettings& settings, std::size_t columns);

} // namespace ty::engine
