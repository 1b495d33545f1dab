#include "engine/kernels/support_vectors.h"

#include <algorithm>
#include <tuple>

#include "engine/base/parallel_ranges.h"
#include "engine/base/random.h"
#include "engine/kernels/platt.h"
#include "engine/kernels/smo_solver.h"

namespace ty::engine {

namespace {

constexpr std::size_t kFolds = 5;

/// One pair of classes.
struct Pair {
    std::vector<std::uint32_t> rows;  ///< of the table
    std::vector<std::int8_t> signs;   ///< 1: the first class of the two
    SmoSolution solution;
    std::vector<double> decisions; ///< of rows by the fold that did not see them; empty: no probabilities
    std::vector<std::uint32_t> shuffled; ///< places in rows
};

class Fitting {
public:
    Fitting(const DenseRows& rows, const SvmSettings& settings, int threads, SvmProgress& progress)
        : m_rows(settings.kernel, rows), m_settings(settings), m_threads(threads), m_progress(progress)
    {
    }

    SmoSolution solve(const SmoProblem& problem, std::size_t tasks)
    {
        SmoSettings smo;
        smo.tolerance = m_settings.tolerance;
        smo.isShrinking = m_settings.isShrinking;
        const std::size_t atOnce = std::min<std::size_t>(tasks, static_cast<std::size_t>(std::max(1, m_threads)));
        smo.cacheBytes = m_settings.cacheBytes / atOnce;
        smo.threads = std::max(1, m_threads / static_cast<int>(atOnce));
        smo.stop = &m_progress.isStopWished;
        smo.progress = [&](std::int64_t, double gap) {
            m_progress.gap = gap;
            m_progress.steps += 1000;
        };
        SmoSolution solution = solveSmo(m_rows, problem, smo);
        ++m_progress.fitsDone;
        return solution;
    }

    SmoProblem problemOf(const Pair& pair, std::span<const std::uint32_t> places) const
    {
        SmoProblem problem;
        for (const std::uint32_t place : places) {
            problem.rows.push_back(pair.rows[place]);
            problem.signs.push_back(pair.signs[place]);
        }
        problem.linear.assign(problem.rows.size(), -1.0);
        problem.bounds.assign(problem.rows.size(), m_settings.cost);
        return problem;
    }

    void fitWhole(Pair& pair, std::size_t tasks)
    {
        std::vector<std::uint32_t> all(pair.rows.size());
        for (std::size_t i = 0; i < all.size(); ++i) {
            all[i] = static_cast<std::uint32_t>(i);
        }
        pair.solution = solve(problemOf(pair, all), tasks);
    }

    void fitFold(Pair& pair, std::size_t fold, std::size_t tasks)
    {
        const std::size_t count = pair.rows.size();
        const std::size_t first = fold * count / kFolds;
        const std::size_t last = (fold + 1) * count / kFolds;
        std::vector<std::uint32_t> places(pair.shuffled.begin(), pair.shuffled.begin() + static_cast<std::ptrdiff_t>(first));
        places.insert(places.end(), pair.shuffled.begin() + static_cast<std::ptrdiff_t>(last), pair.shuffled.end());
        const SmoProblem problem = problemOf(pair, places);
        const auto positive = std::count(problem.signs.begin(), problem.signs.end(), std::int8_t{1});
        if (positive == 0 || positive == static_cast<std::ptrdiff_t>(problem.signs.size())) {
            for (std::size_t i = first; i < last; ++i) {
                pair.decisions[pair.shuffled[i]] = positive == 0 ? -1 : 1; // one class is all that there is to say
            }
            ++m_progress.fitsDone;
            return;
        }
        const SmoSolution solution = solve(problem, tasks);
        std::vector<std::uint32_t> vectors;
        std::vector<double> weights;
        for (std::size_t i = 0; i < solution.alpha.size(); ++i) {
            if (solution.alpha[i] > 0) {
                vectors.push_back(problem.rows[i]);
                weights.push_back(solution.alpha[i] * problem.signs[i]);
            }
        }
        std::vector<float> kernels(vectors.size());
        for (std::size_t i = first; i < last; ++i) {
            m_rows.compare(m_rows.row(pair.rows[pair.shuffled[i]]), vectors, kernels);
            double sum = -solution.rho;
            for (std::size_t v = 0; v < kernels.size(); ++v) {
                sum += weights[v] * static_cast<double>(kernels[v]);
            }
            pair.decisions[pair.shuffled[i]] = sum;
        }
    }

private:
    KernelRows m_rows;
    const SvmSettings& m_settings;
    int m_threads;
    SvmProgress& m_progress;
};

std::vector<Pair> pairsOf(std::span<const float> targets, int classes, std::uint64_t seed)
{
    std::vector<Pair> pairs;
    for (int a = 0; a < classes; ++a) {
        for (int b = a + 1; b < classes; ++b) {
            Pair pair;
            for (std::size_t i = 0; i < targets.size(); ++i) {
                const int label = static_cast<int>(targets[i]);
                if (label == a || label == b) {
                    pair.rows.push_back(static_cast<std::uint32_t>(i));
                    pair.signs.push_back(label == a ? std::int8_t{1} : std::int8_t{-1});
                }
            }
            pair.decisions.resize(pair.rows.size());
            pair.shuffled.resize(pair.rows.size());
            for (std::size_t i = 0; i < pair.rows.size(); ++i) {
                pair.shuffled[i] = static_cast<std::uint32_t>(i);
            }
            Random(seed, pairs.size()).shuffle(pair.shuffled);
            pairs.push_back(std::move(pair));
        }
    }
    return pairs;
}

/// Keeps the rows that some machine uses.
class VectorKeeper {
public:
    explicit VectorKeeper(const DenseRows& rows) : m_rows(rows), m_isUsed(rows.rows()) {}

    void use(std::size_t row) { m_isUsed[row] = true; }
    void keep(SupportVectors& made)
    {
        m_place.resize(m_isUsed.size());
        std::size_t count = 0;
        for (std::size_t row = 0; row < m_isUsed.size(); ++row) {
            m_place[row] = count;
            count += m_isUsed[row] ? 1 : 0;
        }
        made.vectors = DenseRows(count, m_rows.columns());
        for (std::size_t row = 0; row < m_isUsed.size(); ++row) {
            if (m_isUsed[row]) {
                std::copy_n(m_rows.row(row).begin(), m_rows.columns(), made.vectors.row(m_place[row]).begin());
            }
        }
    }
    std::size_t placeOf(std::size_t row) const { return m_place[row]; }

private:
    const DenseRows& m_rows;
    std::vector<bool> m_isUsed;
    std::vector<std::size_t> m_place;
};

/// Each machine with each of its five folds is a task of its own: they need nothing of one another.
void fitPairs(Fitting& fitting, std::vector<Pair>& pairs, int threads)
{
    const std::size_t tasks = pairs.size() * (kFolds + 1);
    std::atomic<std::size_t> next = 0;
    const auto work = [&](std::size_t, std::size_t) -> Result<void> {
        for (std::size_t task = next++; task < tasks; task = next++) {
            // The longest first: the whole of each pair.
            if (task < pairs.size()) {
                fitting.fitWhole(pairs[task], tasks);
            } else {
                fitting.fitFold(pairs[(task - pairs.size()) / kFolds], (task - pairs.size()) % kFolds, tasks);
            }
        }
        return {};
    };
    const std::size_t workers = std::min<std::size_t>(static_cast<std::size_t>(std::max(1, threads)), tasks);
    (void)parallelRanges(workers, static_cast<int>(workers), work); // nothing in it can fail
}

SupportVectors fitValues(
    const DenseRows& rows, std::span<const float> targets, const SvmSettings& settings, int threads, SvmProgress& progress)
{
    progress.fits = 1;
    SmoProblem problem;
    for (const std::int8_t sign : {std::int8_t{1}, std::int8_t{-1}}) {
        for (std::size_t i = 0; i < targets.size(); ++i) {
            problem.rows.push_back(static_cast<std::uint32_t>(i));
            problem.signs.push_back(sign);
            problem.linear.push_back(settings.epsilon - sign * static_cast<double>(targets[i]));
            problem.bounds.push_back(settings.cost);
        }
    }
    Fitting fitting(rows, settings, threads, progress);
    const SmoSolution solution = fitting.solve(problem, 1);
    VectorKeeper keeper(rows);
    std::vector<double> weights(targets.size());
    for (std::size_t i = 0; i < targets.size(); ++i) {
        weights[i] = solution.alpha[i] - solution.alpha[i + targets.size()];
        if (weights[i] != 0) {
            keeper.use(i);
        }
    }
    SupportVectors made;
    made.kernel = settings.kernel;
    keeper.keep(made);
    Machine machine;
    machine.rho = solution.rho;
    machine.weights.resize(made.vectors.rows());
    for (std::size_t i = 0; i < targets.size(); ++i) {
        if (weights[i] != 0) {
            machine.weights[keeper.placeOf(i)] = static_cast<float>(weights[i]);
        }
    }
    made.machines.push_back(std::move(machine));
    return made;
}

} // namespace

SupportVectors fitSupportVectors(
    const DenseRows& rows, std::span<const float> targets, int classes, const SvmSettings& settings, int threads,
    SvmProgress& progress)
{
    if (classes == 0) {
        return fitValues(rows, targets, settings, threads, progress);
    }
    std::vector<Pair> pairs = pairsOf(targets, classes, settings.seed);
    progress.fits = static_cast<int>(pairs.size() * (kFolds + 1));
    Fitting fitting(rows, settings, threads, progress);
    fitPairs(fitting, pairs, threads);
    SupportVectors made;
    made.kernel = settings.kernel;
    made.classes = classes;
    VectorKeeper keeper(rows);
    for (const Pair& pair : pairs) {
        for (std::size_t i = 0; i < pair.rows.size(); ++i) {
            if (pair.solution.alpha[i] > 0) {
                keeper.use(pair.rows[i]);
            }
        }
    }
    keeper.keep(made);
    for (const Pair& pair : pairs) {
        Machine machine;
        machine.rho = pair.solution.rho;
        machine.weights.resize(made.vectors.rows());
        for (std::size_t i = 0; i < pair.rows.size(); ++i) {
            if (pair.solution.alpha[i] > 0) {
                machine.weights[keeper.placeOf(pair.rows[i])] = static_cast<float>(pair.solution.alpha[i] * pair.signs[i]);
            }
        }
        std::tie(machine.slope, machine.offset) = fitPlatt(pair.decisions, pair.signs, settings.isBorderFitted);
        made.machines.push_back(std::move(machine));
    }
    return made;
}

} // namespace ty::engine
