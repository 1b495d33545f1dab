#pragma once

#include <cstdint>
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

/// The same for whole numbers, as an int64 tensor of one row.
NamedTensor storedCounts(const std::string& name, const std::vector<std::int64_t>& values);

/// The inverse. Errors: InvalidInput if it is missing, of another type, or holds another number of values; -1: any.
Result<std::vector<std::int64_t>> countsOf(
    const std::vector<NamedTensor>& tensors, const std::string& name, std::int64_t count);

} // namespace ty::engine
