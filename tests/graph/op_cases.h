#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/graph/graph.h"

namespace ty::engine {

/// A small graph around one op. Its parameters are what gradients are taken in; inputs called "labels" hold 0 or
/// 1, "numbers" 0 to 7, "weights" positive numbers, "shares" those of classes, "readings" and "words" the targets of CTC.
struct OpCase {
    std::string name;
    std::function<ValueId(Graph&)> build; ///< gives the result
};

/// Every differentiable op at usual, odd and smallest shapes.
std::vector<OpCase> opCases();

/// Those of sequences, which opCases() includes.
void addSequenceCases(std::vector<OpCase>& cases);

/// Each differentiable op alone, at smallest shapes, at windows as large as their pictures, and at shapes drawn by chance:
/// the same in every run, and told by the name.
std::vector<OpCase> randomOpCases();

/// Values for what is given from outside, the same for the same seed.
std::vector<double> makeOperand(const Value& value, std::uint64_t seed);

} // namespace ty::engine
