#pragma once

#include <string>

#include "engine/base/result.h"
#include "engine/data/encoder.h"
#include "engine/exchange/onnx_writer.h"
#include "engine/trees/forest.h"

namespace ty::engine {

/// Writes a forest with the inputs, outputs and metadata that writeOnnx gives to networks. Its questions for numbers are those
/// of one TreeEnsembleRegressor (ai.onnx.ml), missing values included; a question for a set of categories becomes a number
/// that the file computes first: 0 where the set holds the category.
/// Errors: those of writeOnnx.
Result<OnnxReport> writeForestOnnx(
    const Forest& forest, const Encoder& encoder, const OnnxOptions& options, const std::string& file);

} // namespace ty::engine
