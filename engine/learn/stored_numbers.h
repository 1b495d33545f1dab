#pragma once

#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/tensor/tensor.h"

namespace ty::engine {

/// Values as a float64 tensor.
NamedTensor storedNumbers(const std::string& name, Shape shape, const std::vector<double>& values);

/// The inverse. Errors: InvalidInput if it is missing, of another type or shape; an extent of -1 may be any.
Result<std::vector<double>> numbersOf(
    const std::vector<NamedTensor>& tensors, const std::string& name, const Shape& shape);

} // namespace ty::engine
