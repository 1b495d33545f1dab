#include "engine/exchange/float_weights.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>

#include <fmt/format.h>

namespace ty::engine {

namespace {

template<typename T>
T elementOf(const Tensor& tensor, std::size_t index)
{
    T value{};
    std::memcpy(&value, static_cast<const std::byte*>(tensor.data()) + index * sizeof(T), sizeof(T));
    return value;
}

Error noWeights(const std::string& what, const std::string& type)
{
    return Error{
        ErrorKind::Unsupported, fmt::format("{} is of type {}, which no weights here can be", what, type),
        "Save it as F32, F16, BF16 or F64; quantised weights must be made real numbers first."};
}

Result<Tensor> floatTensor(const NamedTensor& named, const std::string& what)
{
    const Tensor& src = named.tensor;
    if (src.dtype() == DType::Float32) {
        TY_CHECK(checkFinite(src.floats(), what));
        return src;
    }
    if (src.dtype() != DType::BFloat16 && src.dtype() != DType::Float64) {
        return noWeights(what, safetensorsTypeName(src.dtype()));
    }
    Tensor dst(DType::Float32, src.shape());
    const auto values = dst.floats();
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (src.dtype() == DType::BFloat16) {
            values[i] = std::bit_cast<float>(static_cast<std::uint32_t>(elementOf<std::uint16_t>(src, i)) << 16U);
            continue;
        }
        const auto wide = elementOf<double>(src, i);
        values[i] = static_cast<float>(wide);
        if (std::isfinite(wide) && !std::isfinite(values[i])) {
            return Error{
                ErrorKind::InvalidInput, fmt::format("{} holds {}, which is outside the range of float32", what, wide),
                "Networks compute in float32: scale the weights down where the file was made."};
        }
    }
    TY_CHECK(checkFinite(values, what));
    return dst;
}

} // namespace

Result<void> checkFinite(std::span<const float> values, const std::string& what)
{
    const auto found = std::find_if(values.begin(), values.end(), [](float value) { return !std::isfinite(value); });
    if (found == values.end()) {
        return {};
    }
    const char* value = std::isnan(*found) ? "NaN" : "an infinite value";
    return Error{
        ErrorKind::InvalidInput,
        fmt::format("{}: {} at place {} of {}", what, value, found - values.begin() + 1, values.size()),
        "Such a network answers nothing. The training that made it has failed: take weights from before that."};
}

Result<void> makeFloatWeights(SafetensorsFile& file, const std::string& what, const std::set<std::string>* names)
{
    const auto isWeight = [names](const std::string& name) { return names == nullptr || names->contains(name); };
    const auto shown = [&what](const std::string& name) { return fmt::format("{}: tensor \"{}\"", what, name); };
    for (const UnreadTensor& tensor : file.unread) {
        if (isWeight(tensor.name)) {
            return noWeights(shown(tensor.name), tensor.type);
        }
    }
    for (NamedTensor& named : file.tensors) {
        if (isWeight(named.name)) {
            TY_TRY(named.tensor, floatTensor(named, shown(named.name)));
        }
    }
    return {};
}

} // namespace ty::engine
