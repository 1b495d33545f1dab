#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace ty::engine {

enum class DType : std::uint8_t { Float32, Float64, BFloat16, Int32, Int64, UInt8 };

const char* dtypeName(DType dtype); ///< "float32", ...
std::size_t dtypeBytes(DType dtype);

using Shape = std::vector<std::int64_t>;

/// Product of the extents; 1 for rank 0.
std::int64_t elementCount(const Shape& shape);
/// "(8, 3)".
std::string toString(const Shape& shape);

/// A dense row-major array in host memory, 64-byte aligned. Copies share the storage; clone() does not.
class Tensor {
public:
    Tensor() = default;
    Tensor(DType dtype, Shape shape); ///< zero-filled

    bool isEmpty() const { return m_storage == nullptr; }
    DType dtype() const { return m_dtype; }
    const Shape& shape() const { return m_shape; }
    std::int64_t size() const { return elementCount(m_shape); }
    std::size_t bytes() const { return static_cast<std::size_t>(size()) * dtypeBytes(m_dtype); }
    Tensor clone() const;

    void* data() { return m_storage.get(); }
    const void* data() const { return m_storage.get(); }
    /// Precondition: dtype() is Float32.
    std::span<float> floats();
    std::span<const float> floats() const;

private:
    DType m_dtype = DType::Float32;
    Shape m_shape;
    std::shared_ptr<std::byte[]> m_storage;
};

struct NamedTensor {
    std::string name;
    Tensor tensor;
};

} // namespace ty::engine
