#pragma once

#include <cstdint>
#include <vector>

#include "engine/base/preparation.h"
#include "engine/data/dataset.h"

namespace ty::engine {

/// Makes classes equally frequent among `samples`, ascending: "oversample" repeats samples of rare classes, each as often as the
/// others as far as possible; "undersample" leaves some of frequent classes out. The same seed gives the same samples on any machine.
void balanceClasses(const Dataset& dataset, const PrepareStep& step, std::vector<std::uint32_t>& samples);

} // namespace ty::engine
