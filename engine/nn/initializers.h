#pragma once

#include <span>

#include "engine/base/random.h"
#include "engine/nn/lowering.h"

namespace ty::engine {

/// Uniform: in [-value, value). Normal: deviation `value`. Constant: `value`. HeUniform: within sqrt(6 / fanIn).
/// GlorotNormal: deviation sqrt(2 / (fanIn + fanOut)). HeNormal: deviation sqrt(2 / fanIn), for rectifiers. GlorotUniform: within sqrt(6 / (fanIn + fanOut)).
/// Orthogonal: matrices {fanOut, fanIn}, one after the other (Saxe et al. 2014). ForgetGate: 1 for the second fanIn values,
/// those of an LSTM's forget gate, else 0 (Jozefowicz et al. 2015).
void fillInitial(const Initialisation& initial, Random& random, std::span<float> values);

} // namespace ty::engine
