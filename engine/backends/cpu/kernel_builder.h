#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include <oneapi/dnnl/dnnl.hpp>

#include "engine/backends/cpu/kernel.h"
#include "engine/backends/cpu/loops/bfloat16.h"
#include "engine/graph/graph.h"

namespace ty::engine {

/// A value as rows of channels: {batch, outer, spatial, inner}, where outer * inner are the channels. Flat values and
/// pictures of one pixel are {batch, 1, 1, channels}.
struct ChannelView {
    std::int64_t batch = 1;
    std::int64_t outer = 1;
    std::int64_t spatial = 1;
    std::int64_t inner = 1;
};
ChannelView viewOf(const Value& value);

/// What the makers of kernels see.
class KernelBuilder {
public:
    KernelBuilder(const Graph& graph, const dnnl::engine& engine, const dnnl::stream& stream, int threads)
        : m_graph(graph), m_engine(engine), m_stream(stream), m_threads(threads), m_pointers(graph.values().size())
    {
    }

    const Graph& graph() const { return m_graph; }
    const Value& value(ValueId id) const { return m_graph.value(id); }
    const dnnl::engine& engine() const { return m_engine; }
    const dnnl::stream& stream() const { return m_stream; }
    int threads() const { return m_threads; }

    void setPointer(ValueId id, void* pointer) { m_pointers[static_cast<std::size_t>(id)] = pointer; }
    void* pointer(ValueId id) const { return m_pointers[static_cast<std::size_t>(id)]; }
    /// Precondition: the value is float32.
    float* data(ValueId id) const
    {
        assert(value(id).dtype == DType::Float32);
        return static_cast<float*>(pointer(id));
    }
    bool isHalf(ValueId id) const { return value(id).dtype == DType::BFloat16; }
    BFloat16* halves(ValueId id) const { return static_cast<BFloat16*>(pointer(id)); }
    std::byte* bytes(ValueId id) const { return static_cast<std::byte*>(pointer(id)); }

    /// The kernel's own layout of a parameter or of its gradient; plain where none is set.
    void setWeightLayout(ValueId id, const dnnl::memory::desc& desc) { m_weightLayouts[id] = desc; }
    const dnnl::memory::desc* weightLayout(ValueId id) const;

    void wishScratch(std::size_t bytes) { m_scratchBytes = bytes > m_scratchBytes ? bytes : m_scratchBytes; }
    std::size_t scratchBytes() const { return m_scratchBytes; }

private:
    const Graph& m_graph;
    dnnl::engine m_engine;
    dnnl::stream m_stream;
    int m_threads;
    std::vector<void*> m_pointers;
    std::unordered_map<ValueId, dnnl::memory::desc> m_weightLayouts;
    std::size_t m_scratchBytes = 0;
};

/// Throws dnnl::error.
Kernel makeKernel(KernelBuilder& builder, const Node& node);

} // namespace ty::engine
