#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>

#include <oneapi/dnnl/dnnl.hpp>

#include "engine/backends/cpu/kernel_builder.h"
#include "engine/backends/cpu/loops/small_matmul.h"

namespace ty::engine::kernels {

/// Places of a kernel's temporary memory, counted out one after the other.
class ScratchPlan {
public:
    /// The offset of `bytes`.
    std::size_t add(std::size_t bytes)
    {
        const std::size_t offset = m_bytes;
        m_bytes += (bytes + 4095) / 4096 * 4096;
        return offset;
    }
    std::size_t addFloats(std::int64_t count) { return add(static_cast<std::size_t>(count) * sizeof(float)); }
    std::size_t bytes() const { return m_bytes; }

private:
    std::size_t m_bytes = 0;
};

/// c = a b (+ bias) as a part of a larger kernel, run many times with other pointers: by our own loop where it is small,
/// else by oneDNN. Allocates when it is made, never when it runs.
class Gemm {
public:
    /// Whether b is put into oneDNN's own order first; it then serves for all runs until the next pack().
    enum class Packing { No, Yes };
    /// Formats in memory. Products on bfloat16 read a in it, and b as it comes: packing converts it.
    struct Formats {
        DType products = DType::Float32;
        DType b = DType::Float32;
    };

    /// Throws dnnl::error.
    Gemm(
        KernelBuilder& builder,
        ScratchPlan& plan,
        const loops::SmallMatMul& shape,
        bool hasBias,
        Packing packing,
        Formats formats);

    /// Before the first run of a step.
    void pack(const RunContext& context, void* b);
    void run(const RunContext& context, const void* a, const float* bias, float* c);
    /// Both at once.
    void run(const RunContext& context, const void* a, void* b, const float* bias, float* c);

private:
    loops::SmallMatMul m_shape;
    bool m_isSmall = false;
    const float* m_b = nullptr; ///< of the small one
    dnnl::stream m_stream;
    dnnl::primitive m_primitive;
    std::optional<dnnl::reorder> m_reorder;
    dnnl::memory m_given;
    std::unordered_map<int, dnnl::memory> m_arguments;
    std::size_t m_packedOffset = 0;
    std::size_t m_scratchOffset = 0;
};

} // namespace ty::engine::kernels
