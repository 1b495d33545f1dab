#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <oneapi/dnnl/dnnl.hpp>

#include "engine/backends/cpu/aligned_buffer.h"
#include "engine/backends/cpu/convolution_planner.h"
#include "engine/backends/cpu/kernel_builder.h"
#include "engine/graph/graph.h"

namespace ty::engine {

/// Memory of the caller that a graph reads or writes in place.
struct ExternalMemory {
    float* data = nullptr;
    std::optional<dnnl::memory::desc> layout; ///< of a convolution's weight; plain if not set
};

/// A graph compiled for the processor: all primitives made, all memory placed. Running it allocates nothing and decides
/// nothing. Source of its memory for parameters, states and gradients: the caller.
class CpuExecutable {
public:
    /// One node, or two that run beside each other.
    struct Step {
        Kernel run;
        std::string name;    ///< "Conv2d conv1"; of two nodes with a comma
        bool isPrimitive = false; ///< by oneDNN, or a convolution of ours: its time alone is its floor
        double bytes = 0;    ///< read and written
    };

    /// @param parameterOf  memory of a parameter or state, by name
    /// @param outputs      for each of graph.outputs(): memory to write it to, or null data to keep it inside
    /// @param threads      largest number of threads; small graphs take one
    /// @param products     Float32, or BFloat16: what products multiply where there are fast kernels for it
    /// Throws dnnl::error and std::bad_alloc.
    CpuExecutable(
        const Graph& graph,
        const dnnl::engine& engine,
        ConvolutionPlanner& planner,
        const std::function<ExternalMemory(const std::string&)>& parameterOf,
        const std::vector<ExternalMemory>& outputs,
        int threads,
        DType products = DType::Float32);

    /// Where the caller writes an input before a run.
    float* input(const std::string& name);
    /// Where the result of output `index` lies after a run.
    const float* output(std::size_t index) const;
    void run(std::uint32_t dropoutKey0, std::uint32_t dropoutKey1);

    int threads() const { return m_threads; }
    std::size_t arenaBytes() const { return m_arena.bytes() + m_inputs.bytes() + m_scratch.bytes(); }
    const Graph& graph() const { return m_graph; }
    const std::vector<Step>& steps() const { return m_steps; }
    RunContext context() const { return {m_scratch.data(), 0, 0}; }

private:
    void placeValues(
        KernelBuilder& builder,
        const std::function<ExternalMemory(const std::string&)>& parameterOf,
        const std::vector<ExternalMemory>& outputs);

    Graph m_graph;
    int m_threads;
    AlignedBuffer m_inputs;
    AlignedBuffer m_arena;
    AlignedBuffer m_scratch;
    std::vector<void*> m_pointers;
    std::vector<const float*> m_outputs;
    std::vector<Step> m_steps;
};

} // namespace ty::engine
