#pragma once

#include <vector>

#include "engine/base/result.h"
#include "engine/kernels/support_vectors.h"
#include "engine/tensor/tensor.h"

namespace ty::engine {

/// "vectors" {vectors, columns}, "weights" {machines, vectors} float32, and "machines" {machines, 3} float64: rho, slope, offset.
std::vector<NamedTensor> supportVectorTensors(const SupportVectors& svm);

/// The inverse. Errors: InvalidInput for tensors that are missing or do not fit.
/// @param classes  0: a value
Result<SupportVectors> supportVectorsFromTensors(
    const std::vector<NamedTensor>& tensors, const KernelFunction& kernel, int classes, std::size_t columns);

} // namespace ty::engine
