#pragma once

#include <span>

#include "engine/base/random.h"
#include "engine/nn/lowering.h"

namespace ty::engine {

/// HeNormal: deviation sqrt(2 / fanIn), for rectifiers. GlorotUniform: within sqrt(6 / (fanIn + fanOut)).
void fillInitial(const Initialisation& initial, Random& random, std::span<float> values);

} // namespace ty::engine
