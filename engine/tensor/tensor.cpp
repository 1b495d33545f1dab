#include "engine/tensor/tensor.h"

#include <cassert>
#include <cstring>
#include <new>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ty::engine {

namespace {

constexpr std::align_val_t kAlignment{64};

std::shared_ptr<std::byte[]> allocate(std::size_t bytes)
{
    auto* memory = static_cast<std::byte*>(::operator new(bytes == 0 ? 1 : bytes, kAlignment));
    return {memory, [](std::byte* pointer) { ::operator delete(pointer, kAlignment); }};
}

} // namespace

const char* dtypeName(DType dtype)
{
    switch (dtype) {
    case DType::Float32: return "float32";
    case DType::Float64: return "float64";
    case DType::BFloat16: return "bfloat16";
    case DType::Int32: return "int32";
    case DType::Int64: return "int64";
    case DType::UInt8: return "uint8";
    }
    return "unknown";
}

std::size_t dtypeBytes(DType dtype)
{
    switch (dtype) {
    case DType::Float32:
    case DType::Int32: return 4;
    case DType::Float64:
    case DType::Int64: return 8;
    case DType::BFloat16: return 2;
    case DType::UInt8: return 1;
    }
    return 0;
}

std::int64_t elementCount(const Shape& shape)
{
    std::int64_t count = 1;
    for (const std::int64_t extent : shape) {
        count *= extent;
    }
    return count;
}

std::string toString(const Shape& shape)
{
    return fmt::format("({})", fmt::join(shape, ", "));
}

Tensor::Tensor(DType dtype, Shape shape) : m_dtype(dtype), m_shape(std::move(shape))
{
    m_storage = allocate(bytes());
    std::memset(m_storage.get(), 0, bytes());
}

Tensor Tensor::clone() const
{
    if (isEmpty()) {
        return {};
    }
    Tensor copy(m_dtype, m_shape);
    std::memcpy(copy.data(), data(), bytes());
    return copy;
}

std::span<float> Tensor::floats()
{
    assert(m_dtype == DType::Float32);
    return {reinterpret_cast<float*>(m_storage.get()), static_cast<std::size_t>(size())};
}

std::span<const float> Tensor::floats() const
{
    assert(m_dtype == DType::Float32);
    return {reinterpret_cast<const float*>(m_storage.get()), static_cast<std::size_t>(size())};
}

} // namespace ty::engine
