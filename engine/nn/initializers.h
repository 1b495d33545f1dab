#pragma once

#include <span>

#include "engine/base/random.h"
#include "engine/nn/lowering.h"

namespace ty::engine {

/// Uniform: in [-value, value). Normal: mean 0, deviation `value`. Constant: `value`.
/// HeNormal: deviation sqrt(2 / fanIn), HeUniform: within sqrt(6 / fanIn), for rectifiers (He et al. 2015).
/// GlorotNormal: deviation sqrt(2 / (fanIn + fanOut)), GlorotUniform: within sqrt(6 / (fanIn + fanOut)) (Glorot, Bengio 2010).
/// Orthogonal: matrices {fanOut, fanIn}, one after the other, rows or if there are more of them columns orthonormal: gain 1
/// (Saxe et al. 2014). ForgetGate: 1 for the second fanIn values, those of an LSTM's forget gate, else 0 (Jozefowicz et al.
/// 2015).
/// @param values  row-major; for Orthogonal a multiple of fanOut fanIn
void fillInitial(const Initialisation& initial, Random& random, std::span<float> values);

} // namespace ty::engine
