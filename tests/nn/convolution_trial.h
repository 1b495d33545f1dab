#pragma once

#include <functional>
#include <string>
#include <vector>

#include <oneapi/dnnl/dnnl.hpp>

#include "engine/backends/cpu/kernel_builder.h"
#include "engine/graph/graph.h"

// One convolution, or one of its gradients, by one kernel beside the reference interpreter.
namespace ty::engine {

/// The graph has one node; pictures have their channel blocks set.
struct ConvolutionTrial {
    const Graph& graph;
    dnnl::memory::desc weight; ///< the layout of the weight or of its gradient
    std::function<Kernel(KernelBuilder&, const Node&)> make;
};

/// The value that is the weight, or its gradient, of a graph of one node.
ValueId weightOf(const Graph& graph);

/// The results of the kernel on normal numbers (rounded, where a value is bfloat16), one after the other; the same numbers for
/// each call.
std::vector<std::vector<float>> computed(const ConvolutionTrial& trial, int threads);

/// What they should be.
std::vector<std::vector<double>> expected(const Graph& graph);

/// Empty, or the first difference beyond `tolerance` of the largest magnitude.
std::string differenceBetween(
    const std::vector<std::vector<float>>& results,
    const std::vector<std::vector<double>>& references,
    double tolerance);

} // namespace ty::engine
