#pragma once

#include <cstddef>
#include <unordered_map>
#include <vector>

#include "engine/backends/cpu/kernel_builder.h"

namespace ty::engine::kernels {

/// A oneDNN primitive with its memories, and the reorders of small operands (weights) that go before and after it.
/// All temporary memory is the executable's scratch: a run allocates nothing.
class PrimitiveKernel {
public:
    PrimitiveKernel(KernelBuilder& builder, const dnnl::primitive& primitive, const dnnl::memory::desc& scratchpad);

    void bind(int argument, const dnnl::memory::desc& desc, void* data);
    /// An operand that lies as `given` and is wanted as `wanted`.
    void bindInput(int argument, const dnnl::memory::desc& wanted, const dnnl::memory::desc& given, void* data);
    /// A result that comes as `made` and is kept as `wanted`.
    void bindOutput(int argument, const dnnl::memory::desc& made, const dnnl::memory::desc& wanted, void* data);
    /// A result that the caller reads from the scratch, at the offset that is returned.
    std::size_t bindScratch(int argument, const dnnl::memory::desc& desc);
    std::size_t scratchBytes() const { return m_scratchBytes; }
    /// The kernel; call once, last.
    Kernel finish(KernelBuilder& builder);

    static dnnl::primitive_attr attributes();

private:
    struct Reorder {
        dnnl::reorder primitive;
        dnnl::memory src;
        dnnl::memory dst;
    };
    dnnl::memory scratchMemory(const dnnl::memory::desc& desc);

    dnnl::engine m_engine;
    dnnl::stream m_stream;
    dnnl::primitive m_primitive;
    std::unordered_map<int, dnnl::memory> m_arguments;
    std::vector<Reorder> m_before;
    std::vector<Reorder> m_after;
    std::vector<std::pair<dnnl::memory, std::size_t>> m_inScratch; ///< memory and its offset
    std::size_t m_scratchBytes = 0;
};

} // namespace ty::engine::kernels
