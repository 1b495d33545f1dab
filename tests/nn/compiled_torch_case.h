#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/backends/cpu/cpu_executable.h"
#include "engine/backends/cpu/parameter_store.h"
#include "torch_case.h"

namespace ty::engine {

/// A case on the processor, with parameters and their gradients in the layouts of the kernels, as in training.
class CompiledTorchCase {
public:
    explicit CompiledTorchCase(const TorchCase& from);

    /// What TorchGraph names, in its order.
    std::vector<std::vector<double>> run(std::uint32_t dropoutKey0, std::uint32_t dropoutKey1);
    /// For each convolution, whose loops compute it: "winograd", "strassen", "strided window", or "" for oneDNN's kernels.
    std::vector<std::string> convolutions() const;

private:
    /// The parameter whose gradient a result is.
    const ParameterStore::Entry* learnedEntry(const std::string& result) const;
    void give(const TorchCase& from);

    TorchGraph m_made;
    dnnl::engine m_engine;
    ConvolutionPlanner m_planner;
    ParameterStore m_store;
    std::unique_ptr<CpuExecutable> m_executable;
};

} // namespace ty::engine
