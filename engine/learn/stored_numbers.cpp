#include "engine/learn/stored_numbers.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace ty::engine {

namespace {

Result<const Tensor*> storedTensor(
    const std::vector<NamedTensor>& tensors, const std::string& name, DType dtype, const Shape& shape)
{
    const auto found = std::find_if(tensors.begin(), tensors.end(), [&](const NamedTensor& one) { return one.name == name; });
    if (found == tensors.end()) {
        return Error{ErrorKind::InvalidInput, fmt::format("the tensor \"{}\" is missing", name), {}};
    }
    const Shape& there = found->tensor.shape();
    const bool fits = std::equal(there.begin(), there.end(), shape.begin(), shape.end(), [](std::int64_t a, std::int64_t b) {
        return b < 0 || a == b;
    });
    if (found->tensor.dtype() != dtype || !fits) {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format(
                "the tensor \"{}\" is {} {}, not {} {}", name, dtypeName(found->tensor.dtype()), toString(there), dtypeName(dtype),
                toString(shape)),
            {}};
    }
    return &found->tensor;
}

} // namespace

NamedTensor storedNumbers(const std::string& name, Shape shape, const std::vector<double>& values)
{
    NamedTensor named{name, Tensor(DType::Float64, std::move(shape))};
    std::copy(values.begin(), values.end(), static_cast<double*>(named.tensor.data()));
    return named;
}

Result<std::vector<double>> numbersOf(
    const std::vector<NamedTensor>& tensors, const std::string& name, const Shape& shape)
{
    TY_TRY(const Tensor* tensor, storedTensor(tensors, name, DType::Float64, shape));
    const auto* const values = static_cast<const double*>(tensor->data());
    std::vector<double> read(values, values + tensor->size());
    if (std::any_of(read.begin(), read.end(), [](double value) { return std::isnan(value); })) {
        return Error{ErrorKind::InvalidInput, fmt::format("the tensor \"{}\" holds values that are no numbers", name), {}};
    }
    return read;
}

NamedTensor storedCounts(const std::string& name, const std::vector<std::int64_t>& values)
{
    NamedTensor named{name, Tensor(DType::Int64, {static_cast<std::int64_t>(values.size())})};
    std::copy(values.begin(), values.end(), static_cast<std::int64_t*>(named.tensor.data()));
    return named;
}

Result<std::vector<std::int64_t>> countsOf(
    const std::vector<NamedTensor>& tensors, const std::string& name, std::int64_t count)
{
    TY_TRY(const Tensor* tensor, storedTensor(tensors, name, DType::Int64, {count}));
    const auto* const values = static_cast<const std::int64_t*>(tensor->data());
    return std::vector<std::int64_t>(values, values + tensor->size());
}

} // namespace ty::engine
