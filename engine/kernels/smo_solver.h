#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "engine/base/result.h"
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
    const std::atomic<bool>* stop = nullptr; ///< run() comes back when it becomes true
    std::function<void(std::int64_t step, double gap)> progress; ///< now and then, on the solving thread
};

struct SmoSolution {
    std::vector<double> alpha;
    double rho = 0;
    double gap = 0;
    std::int64_t steps = 0;
};

/// All that solving needs to go on.
struct SmoState {
    std::vector<double> alpha;   ///< {variables}, all by place
    std::vector<double> slopes;  ///< sign times gradient; of places that are shrunk out of date
    std::vector<double> bounded; ///< what variables at their upper bound add to the slopes
    std::vector<std::int64_t> places; ///< of each place the variable's number
    std::int64_t active = 0;     ///< places before this one are worked on
    std::int64_t untilShrink = 0;
    std::int64_t steps = 0;
    bool isUnshrunk = false;
    bool isRestoring = false;    ///< the slopes of shrunk places are to be made again next
    bool isSolved = false;
};

/// Sequential minimal optimisation with second-order choice of the working pair, shrinking and a cache of kernel rows.
/// Sources: Fan, Chen, Lin, Working Set Selection Using Second Order Information (JMLR 2005); Chang, Lin, LIBSVM (ACM TIST 2011),
/// sections 4 and 5.
class SmoSolver {
public:
    /// `rows` outlives it.
    SmoSolver(const KernelRows& rows, const SmoProblem& problem, const SmoSettings& settings);
    ~SmoSolver();

    /// Goes on from there. Errors: InvalidInput for a state of another problem.
    Result<void> restore(const SmoState& state);
    /// Works until it is solved, or the settings' `stop` is true; then it can be called again. True: solved.
    bool run();
    /// Not while it runs.
    SmoState state() const;
    /// Of what has been done so far.
    SmoSolution solution() const;

private:
    class Work;
    std::unique_ptr<Work> m_work;
};

} // namespace ty::engine
