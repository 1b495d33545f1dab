#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/graph/graph.h"

namespace ty::engine {

/// A small graph around one op. Its parameters are what gradients are taken in; inputs called "labels" hold class
/// numbers, "weights" positive numbers, "readings" the targets of CTC.
struct OpCase {
    std::string name;
    std::function<ValueId(Graph&)> build; ///< gives the result
};

/// Every differentiable op at usual, odd and smallest shapes.
std::vector<OpCase> opCases();

/// Those of sequences, which opCases() includes.
void addSequenceCases(std::vector<OpCase>& cases);

/// Values for what is given from outside, the same for the same seed.
std::vector<double> makeOperand(const Value& value, std::uint64_t seed);

} // namespace ty::engine
