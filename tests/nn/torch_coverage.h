#pragma once

#include <string>
#include <vector>

#include "torch_case.h"

namespace ty::engine {

/// One op, layer type, loss, optimizer, activation or recurrent cell of the engine, and whether a case has it.
struct CoveredItem {
    std::string name;
    bool isCovered = false;
    std::string exception; ///< why no case can have it; empty where one must
};

/// All of the engine. An op counts where a result that is compared depends on it, before or after fusion.
std::vector<CoveredItem> coverageOf(const std::vector<TorchCase>& cases, const std::vector<TorchCase>& trainings);

} // namespace ty::engine
