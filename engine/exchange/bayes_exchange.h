#pragma once

#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/data/encoder.h"
#include "engine/exchange/onnx_writer.h"
#include "engine/linear/naive_bayes.h"
#include "engine/tensor/tensor.h"

namespace ty::engine {

const char* bayesName(BayesKind kind); ///< "bernoulli", "gaussian", "multinomial"
BayesKind bayesKind(const std::string& name); ///< the inverse; Bernoulli for an unknown name

/// "thresholds" {inputs} (Bernoulli), "offsets" {classes}, "weights" and "curvatures" (Gaussian) {classes, inputs}, float64
/// but for the first.
std::vector<NamedTensor> bayesTensors(const NaiveBayes& bayes);
/// The inverse. Errors: InvalidInput for tensors that are missing or do not fit.
Result<NaiveBayes> bayesFromTensors(
    const std::vector<NamedTensor>& tensors, BayesKind kind, std::size_t classes, std::size_t inputs);

/// Writes the scores as products with the inputs, outputs and metadata that writeOnnx gives to networks.
/// Errors: those of writeOnnx.
Result<OnnxReport> writeBayesOnnx(
    const NaiveBayes& bayes, const Encoder& encoder, const OnnxOptions& options, const std::string& file);

} // namespace ty::engine
