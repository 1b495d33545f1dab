#pragma once

#include <string>

#include "engine/base/result.h"
#include "engine/data/encoder.h"
#include "engine/exchange/onnx_writer.h"
#include "engine/kernels/support_vectors.h"

namespace ty::engine {

/// Writes one machine (two classes or a value) with the inputs, outputs and metadata that writeOnnx gives to networks, its
/// decision as one SVMRegressor (ai.onnx.ml). Errors: Unsupported for more machines; those of writeOnnx.
Result<OnnxReport> writeSvmOnnx(
    const SupportVectors& svm, const Encoder& encoder, const OnnxOptions& options, const std::string& file);

} // namespace ty::engine
