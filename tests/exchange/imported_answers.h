#pragma once

#include <vector>

#include "engine/base/result.h"
#include "engine/exchange/onnx_import.h"
#include "engine/nn/training_session.h"

namespace ty::testing {

/// What a network gives for whole samples, as its file would: with a softmax or a sigmoid at the end if the file has it.
Result<std::vector<float>> answersOf(const engine::ImportedNetwork& network, const std::vector<float>& inputs);
/// Of a description with its parameters. Classification ends with a softmax.
Result<std::vector<float>> answersOf(
    const engine::ModelDescription& model,
    const std::vector<engine::NamedTensor>& parameters,
    const std::vector<float>& inputs,
    engine::LossKind loss);

/// Relative to the largest expected value; 1 where the sizes differ.
double largestDifference(const std::vector<float>& given, const std::vector<float>& expected);

} // namespace ty::testing
