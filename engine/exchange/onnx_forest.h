#pragma once

#include <functional>
#include <string>

#include "engine/base/result.h"
#include "engine/data/encoder.h"
#include "engine/exchange/onnx_graph.h"
#include "engine/exchange/onnx_preprocessing.h"
#include "engine/exchange/onnx_writer.h"
#include "engine/trees/forest.h"

namespace ty::engine {

/// Writes a forest with the inputs, outputs and metadata that writeOnnx gives to networks. Its questions for numbers are those
/// of one TreeEnsembleRegressor (ai.onnx.ml), missing values included; a question for a set of categories becomes a number
/// that the file computes first: 0 where the set holds the category.
/// @param finish  what becomes of the mean of the trees, {N, outputs}; empty: it is the answer
/// Errors: those of writeOnnx.
using ForestFinish = std::function<OnnxAnswer(OnnxGraph& graph, const std::string& mean)>;
Result<OnnxReport> writeForestOnnx(
    const Forest& forest, const Encoder& encoder, const OnnxOptions& options, const std::string& file,
    const ForestFinish& finish = {});

} // namespace ty::engine
