#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "engine/base/result.h"
#include "engine/kernels/dense_rows.h"
#include "engine/kernels/kernel_function.h"
#include "engine/kernels/smo_solver.h"

namespace ty::engine {

/// A machine that tells two classes apart, or gives a value: sum of weights times kernels, minus rho.
struct Machine {
    std::vector<float> weights; ///< {vectors of SupportVectors}: 0 where the machine does not use a vector
    double rho = 0;
    double slope = 0; ///< Platt: probability of the first class is 1 / (1 + exp(slope * decision + offset))
    double offset = 0;
};

/// A support vector machine: for k classes one machine for each pair (0, 1), (0, 2), ... (k-2, k-1), whose decision is above 0
/// for the first of the two; for a value one machine.
struct SupportVectors {
    KernelFunction kernel;
    int classes = 0; ///< 0: a value
    DenseRows vectors;
    std::vector<Machine> machines;

    /// {rows, classes} probabilities, or {rows} values.
    /// Source of the coupling of pairs: Wu, Lin, Weng, Probability Estimates for Multi-class Classification (JMLR 2004), method 2.
    std::vector<double> answers(const DenseRows& rows, int threads) const;
};

struct SvmSettings {
    KernelFunction kernel;
    double cost = 1;      ///< C
    double epsilon = 0.1; ///< of values: errors up to it do not count
    double tolerance = 1e-3;
    std::size_t cacheBytes = std::size_t{128} << 20;
    bool isShrinking = true;
    bool isBorderFitted = true; ///< whether probabilities may move the border between two classes (Platt's offset)
    std::uint64_t seed = 1; ///< of the five folds that probabilities are fitted on
};

/// What the threads that fit tell; safe to read at any time.
struct SvmProgress {
    std::atomic<int> fitsDone = 0;
    std::atomic<int> fits = 1;      ///< machines, and five more for each one's probabilities
    std::atomic<double> gap = 0;    ///< of the machine that was last heard of
    std::atomic<std::int64_t> steps = 0; ///< of all machines
    std::atomic<bool> isStopWished = false; ///< SupportVectorFit::run() comes back
};

/// All that fitting needs to go on.
struct SvmState {
    std::vector<std::int64_t> done;            ///< {machines and folds}: 1 where it is
    std::vector<std::vector<double>> alphas;   ///< {machines}: of those that are done
    std::vector<double> rhos;                  ///< {machines}
    std::vector<std::vector<double>> decisions; ///< {machines}, by the folds that are done
    std::map<std::size_t, SmoState> running;   ///< of machines and folds that are begun
};

/// Fits one machine for each pair of classes, with probabilities by Platt's method on decisions of five-fold cross-validation,
/// or one for values. The result depends neither on the number of threads nor on how often it was interrupted.
class SupportVectorFit {
public:
    /// @param targets  {rows}: class numbers or values
    /// @param classes  0: values. Rows, targets and progress outlive it
    SupportVectorFit(
        const DenseRows& rows, std::span<const float> targets, int classes, const SvmSettings& settings, int threads,
        SvmProgress& progress);
    ~SupportVectorFit();

    /// Goes on from there, before the first run(). Errors: InvalidInput for a state of other rows or settings.
    Result<void> restore(const SvmState& state);
    /// Blocks until all is fitted, or the progress' isStopWished is true; then it can be called again. True: all is fitted.
    /// Errors: InvalidInput for a state that does not fit; OutOfMemory.
    Result<bool> run();
    /// Not while it runs.
    SvmState state() const;
    /// Of what has been done so far: a machine that was not begun says nothing, and one whose folds are missing has rough
    /// probabilities.
    SupportVectors take();

private:
    class Work;
    std::unique_ptr<Work> m_work;
};

/// The whole of it at once.
SupportVectors fitSupportVectors(
    const DenseRows& rows, std::span<const float> targets, int classes, const SvmSettings& settings, int threads,
    SvmProgress& progress);

} // namespace ty::engine
