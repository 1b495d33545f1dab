#pragma once

#include <string>

#include "engine/base/result.h"
#include "engine/data/encoder.h"
#include "engine/exchange/onnx_writer.h"
#include "engine/kernels/support_vectors.h"

namespace ty::engine {

/// Writes the machines with the inputs, outputs and metadata that writeOnnx gives to networks, each decision as an SVMRegressor
/// (ai.onnx.ml); of more than two classes their probabilities are coupled by plain nodes.
/// Errors: Unsupported for more than 20 classes and for files that would be too large; those of writeOnnx.
Result<OnnxReport> writeSvmOnnx(
    const SupportVectors& svm, const Encoder& encoder, const OnnxOptions& options, const std::string& file);

} // namespace ty::engine
