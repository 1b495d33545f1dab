#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "engine/kernels/kernel_cache.h"

namespace ty::engine {

/// min 1/2 a'Qa + p'a with y'a = 0 and 0 <= a_i <= C_i, Q_ij = y_i y_j K(row of i, row of j).
struct SmoProblem {
    std::vector<std::int8_t> signs;   ///< y: 1 or -1
    std::vector<double> linear;       ///< p
    std::vector<double> bounds;       ///< C
    std::vector<std::uint32_t> rows;  ///< of the table, one a variable; two variables may share a row
};

struct SmoSettings {
    double tolerance = 1e-3;           ///< of the gap at which the solution is good enough
    std::size_t cacheBytes = std::size_t{200} << 20;
    bool isShrinking = true;
    int threads = 1;
    const std::atomic<bool>* stop = nullptr; ///< ends the solving early when it becomes true
    std::function<void(std::int64_t step, double gap)> progress; ///< now and then, on the solving thread
};

struct SmoSolution {
    std::vector<double> alpha;
    double rho = 0;
    double gap = 0;
    std::int64_t steps = 0;
};

/// Sequential minimal optimisation with second-order choice of the working pair, shrinking and a cache of kernel rows.
/// Sources: Fan, Chen, Lin, Working Set Selection Using Second Order Information (JMLR 2005); Chang, Lin, LIBSVM (ACM TIST 2011),
/// sections 4 and 5.
SmoSolution solveSmo(const KernelRows& rows, const SmoProblem& problem, const SmoSettings& settings);

} // namespace ty::engine
