#include "engine/learn/stored_numbers.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace ty::engine {

NamedTensor storedNumbers(const std::string& name, Shape shape, const std::vector<double>& values)
{
    NamedTensor named{name, Tensor(DType::Float64, std::move(shape))};
    std::copy(values.begin(), values.end(), static_cast<double*>(named.tensor.data()));
    return named;
}

Result<std::vector<double>> numbersOf(
    const std::vector<NamedTensor>& tensors, const std::string& name, const Shape& shape)
{
    const auto found = std::find_if(tensors.begin(), tensors.end(), [&](const NamedTensor& one) { return one.name == name; });
    if (found == tensors.end()) {
        return Error{ErrorKind::InvalidInput, fmt::format("the tensor \"{}\" is missing", name), {}};
    }
    const Shape& there = found->tensor.shape();
    const bool fits = std::equal(there.begin(), there.end(), shape.begin(), shape.end(), [](std::int64_t a, std::int64_t b) {
        return b < 0 || a == b;
    });
    if (found->tensor.dtype() != DType::Float64 || !fits) {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format("the tensor \"{}\" is {} {}, not float64 {}", name, dtypeName(found->tensor.dtype()), toString(there), toString(shape)),
            {}};
    }
    const auto* const values = static_cast<const double*>(found->tensor.data());
    std::vector<double> read(values, values + found->tensor.size());
    if (std::any_of(read.begin(), read.end(), [](double value) { return std::isnan(value); })) {
        return Error{ErrorKind::InvalidInput, fmt::format("the tensor \"{}\" holds values that are no numbers", name), {}};
    }
    return read;
}

} // namespace ty::engine
