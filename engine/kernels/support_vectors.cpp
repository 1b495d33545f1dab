#include "engine/kernels/support_vectors.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "engine/base/parallel_ranges.h"
#include "engine/base/random.h"
#include "engine/kernels/platt.h"

namespace ty::engine {

namespace {

constexpr std::size_t kFolds = 5;

/// One pair of classes; of values all rows twice, with either sign.
struct Pair {
    std::vector<std::uint32_t> rows;  ///< of the table
    std::vector<std::int8_t> signs;   ///< 1: the first class of the two
    SmoSolution solution;
    std::vector<double> decisions; ///< {rows} by the fold that did not see them; of values none
    std::vector<std::uint32_t> shuffled; ///< places in rows
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

/// Both signs of each row, as values need them.
Pair valuePair(std::size_t rows)
{
    Pair pair;
    for (const std::int8_t sign : {std::int8_t{1}, std::int8_t{-1}}) {
        for (std::size_t i = 0; i < rows; ++i) {
            pair.rows.push_back(static_cast<std::uint32_t>(i));
            pair.signs.push_back(sign);
        }
    }
    return pair;
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

std::pair<std::size_t, std::size_t> rangeOfFold(std::size_t rows, std::size_t fold)
{
    return {fold * rows / kFolds, (fold + 1) * rows / kFolds};
}

} // namespace

/// Each machine with each of its five folds is a task of its own: they need nothing of one another. The machines come first,
/// which take longest.
class SupportVectorFit::Work {
public:
    Work(
        const DenseRows& rows, std::span<const float> targets, int classes, const SvmSettings& settings, int threads,
        SvmProgress& progress)
        : m_table(rows)
        , m_rows(settings.kernel, rows)
        , m_targets(targets)
        , m_classes(classes)
        , m_settings(settings)
        , m_threads(std::max(1, threads))
        , m_progress(progress)
    {
        if (classes == 0) {
            m_pairs.push_back(valuePair(targets.size()));
        } else {
            m_pairs = pairsOf(targets, classes, settings.seed);
        }
        const std::size_t tasks = m_pairs.size() * (classes == 0 ? 1 : kFolds + 1);
        m_isDone.assign(tasks, 0);
        m_solvers.resize(tasks);
        for (Pair& pair : m_pairs) {
            pair.solution.alpha.assign(pair.rows.size(), 0.0);
        }
        progress.fits = static_cast<int>(tasks);
    }

    Result<void> restore(const SvmState& state)
    {
        bool fits = state.done.size() == m_isDone.size() && state.alphas.size() == m_pairs.size() && state.rhos.size() == m_pairs.size()
            && state.decisions.size() == m_pairs.size();
        for (std::size_t p = 0; fits && p < m_pairs.size(); ++p) {
            fits = state.alphas[p].size() == m_pairs[p].rows.size() && state.decisions[p].size() == m_pairs[p].decisions.size();
        }
        if (!fits) {
            return Error{ErrorKind::InvalidInput, "the machines that were fitted before do not fit the rows", {}};
        }
        for (std::size_t p = 0; p < m_pairs.size(); ++p) {
            m_pairs[p].solution.alpha = state.alphas[p];
            m_pairs[p].solution.rho = state.rhos[p];
            m_pairs[p].decisions = state.decisions[p];
        }
        std::copy(state.done.begin(), state.done.end(), m_isDone.begin());
        m_progress.fitsDone = static_cast<int>(std::count(m_isDone.begin(), m_isDone.end(), char{1}));
        m_before = state.running;
        return {};
    }

    Result<bool> run()
    {
        std::atomic<std::size_t> next = 0;
        const auto work = [&](std::size_t, std::size_t) -> Result<void> {
            for (std::size_t task = next++; task < m_isDone.size() && !m_progress.isStopWished; task = next++) {
                if (m_isDone[task] == 0) {
                    TY_CHECK(fit(task));
                }
            }
            return {};
        };
        const int workers = static_cast<int>(atOnce());
        TY_CHECK(parallelRanges(static_cast<std::size_t>(workers), workers, work));
        return std::find(m_isDone.begin(), m_isDone.end(), char{0}) == m_isDone.end();
    }

    SvmState state() const
    {
        SvmState state;
        state.done.assign(m_isDone.begin(), m_isDone.end());
        for (const Pair& pair : m_pairs) {
            state.alphas.push_back(pair.solution.alpha);
            state.rhos.push_back(pair.solution.rho);
            state.decisions.push_back(pair.decisions);
        }
        for (const auto& [task, before] : m_before) {
            if (m_isDone[task] == 0) {
                state.running[task] = before;
            }
        }
        for (std::size_t task = 0; task < m_solvers.size(); ++task) {
            if (m_solvers[task]) {
                state.running[task] = m_solvers[task]->state();
            }
        }
        return state;
    }

    SupportVectors take()
    {
        for (std::size_t p = 0; p < m_pairs.size(); ++p) {
            if (m_isDone[p] == 0 && m_solvers[p]) {
                m_pairs[p].solution = m_solvers[p]->solution();
            }
        }
        SupportVectors made;
        made.kernel = m_settings.kernel;
        made.classes = m_classes;
        VectorKeeper keeper(m_table);
        std::vector<std::vector<double>> weights;
        for (const Pair& pair : m_pairs) {
            // Of values both signs of a row are one weight.
            std::vector<double>& ofPair = weights.emplace_back(m_classes == 0 ? m_targets.size() : pair.rows.size());
            for (std::size_t i = 0; i < pair.rows.size(); ++i) {
                ofPair[i % ofPair.size()] += pair.solution.alpha[i] * pair.signs[i];
            }
            for (std::size_t i = 0; i < ofPair.size(); ++i) {
                if (ofPair[i] != 0) {
                    keeper.use(pair.rows[i]);
                }
            }
        }
        keeper.keep(made);
        for (std::size_t p = 0; p < m_pairs.size(); ++p) {
            Machine machine;
            machine.rho = m_pairs[p].solution.rho;
            machine.weights.resize(made.vectors.rows());
            for (std::size_t i = 0; i < weights[p].size(); ++i) {
                if (weights[p][i] != 0) {
                    machine.weights[keeper.placeOf(m_pairs[p].rows[i])] = static_cast<float>(weights[p][i]);
                }
            }
            if (m_classes > 0) {
                std::tie(machine.slope, machine.offset) = probabilitiesOf(p);
            }
            made.machines.push_back(std::move(machine));
        }
        return made;
    }

private:
    std::size_t atOnce() const { return std::min(m_isDone.size(), static_cast<std::size_t>(m_threads)); }

    SmoProblem problemOf(const Pair& pair, std::span<const std::uint32_t> places) const
    {
        SmoProblem problem;
        for (const std::uint32_t place : places) {
            problem.rows.push_back(pair.rows[place]);
            problem.signs.push_back(pair.signs[place]);
            problem.linear.push_back(
                m_classes > 0 ? -1.0 : m_settings.epsilon - pair.signs[place] * static_cast<double>(m_targets[pair.rows[place]]));
        }
        problem.bounds.assign(problem.rows.size(), m_settings.cost);
        return problem;
    }

    /// The places of a pair's rows that a task fits.
    std::vector<std::uint32_t> placesOf(const Pair& pair, std::optional<std::size_t> fold) const
    {
        std::vector<std::uint32_t> places;
        if (!fold) {
            for (std::size_t i = 0; i < pair.rows.size(); ++i) {
                places.push_back(static_cast<std::uint32_t>(i));
            }
            return places;
        }
        const auto [first, last] = rangeOfFold(pair.rows.size(), *fold);
        places.assign(pair.shuffled.begin(), pair.shuffled.begin() + static_cast<std::ptrdiff_t>(first));
        places.insert(places.end(), pair.shuffled.begin() + static_cast<std::ptrdiff_t>(last), pair.shuffled.end());
        return places;
    }

    /// Does a task to its end, or until a stop is wished.
    Result<void> fit(std::size_t task)
    {
        const bool isWhole = task < m_pairs.size();
        const std::size_t number = isWhole ? task : (task - m_pairs.size()) / kFolds;
        const auto fold = isWhole ? std::nullopt : std::optional<std::size_t>((task - m_pairs.size()) % kFolds);
        Pair& pair = m_pairs[number];
        const SmoProblem problem = problemOf(pair, placesOf(pair, fold));
        const auto positive = std::count(problem.signs.begin(), problem.signs.end(), std::int8_t{1});
        if (fold && (positive == 0 || positive == static_cast<std::ptrdiff_t>(problem.signs.size()))) {
            const auto [first, last] = rangeOfFold(pair.rows.size(), *fold);
            for (std::size_t i = first; i < last; ++i) {
                pair.decisions[pair.shuffled[i]] = positive == 0 ? -1 : 1; // one class is all that there is to say
            }
            finish(task);
            return {};
        }
        TY_CHECK(ensureSolver(task, problem));
        if (!m_solvers[task]->run()) {
            return {};
        }
        SmoSolution solution = m_solvers[task]->solution();
        if (isWhole) {
            pair.solution = std::move(solution);
        } else if (!decide(pair, *fold, problem, solution)) {
            return {};
        }
        finish(task);
        return {};
    }

    void finish(std::size_t task)
    {
        m_solvers[task].reset();
        m_isDone[task] = 1;
        ++m_progress.fitsDone;
    }

    Result<void> ensureSolver(std::size_t task, const SmoProblem& problem)
    {
        if (m_solvers[task]) {
            return {};
        }
        SmoSettings smo;
        smo.tolerance = m_settings.tolerance;
        smo.isShrinking = m_settings.isShrinking;
        smo.cacheBytes = m_settings.cacheBytes / atOnce();
        smo.threads = std::max(1, m_threads / static_cast<int>(atOnce()));
        smo.stop = &m_progress.isStopWished;
        smo.progress = [this](std::int64_t, double gap) {
            m_progress.gap = gap;
            m_progress.steps += 1000;
        };
        m_solvers[task] = std::make_unique<SmoSolver>(m_rows, problem, smo);
        if (const auto before = m_before.find(task); before != m_before.end()) {
            TY_CHECK(m_solvers[task]->restore(before->second));
        }
        return {};
    }

    /// What the machine of a fold says of the rows that it did not see. False: a stop was wished.
    bool decide(Pair& pair, std::size_t fold, const SmoProblem& problem, const SmoSolution& solution)
    {
        std::vector<std::uint32_t> vectors;
        std::vector<double> weights;
        for (std::size_t i = 0; i < solution.alpha.size(); ++i) {
            if (solution.alpha[i] > 0) {
                vectors.push_back(problem.rows[i]);
                weights.push_back(solution.alpha[i] * problem.signs[i]);
            }
        }
        std::vector<float> kernels(vectors.size());
        const auto [first, last] = rangeOfFold(pair.rows.size(), fold);
        for (std::size_t i = first; i < last; ++i) {
            if (m_progress.isStopWished) {
                return false;
            }
            m_rows.compare(m_rows.row(pair.rows[pair.shuffled[i]]), vectors, kernels);
            double sum = -solution.rho;
            for (std::size_t v = 0; v < kernels.size(); ++v) {
                sum += weights[v] * static_cast<double>(kernels[v]);
            }
            pair.decisions[pair.shuffled[i]] = sum;
        }
        return true;
    }

    /// Slope and offset by the folds that are done.
    std::pair<double, double> probabilitiesOf(std::size_t number) const
    {
        const Pair& pair = m_pairs[number];
        std::vector<double> decisions;
        std::vector<std::int8_t> signs;
        for (std::size_t fold = 0; fold < kFolds; ++fold) {
            if (m_isDone[m_pairs.size() + number * kFolds + fold] == 0) {
                continue;
            }
            const auto [first, last] = rangeOfFold(pair.rows.size(), fold);
            for (std::size_t i = first; i < last; ++i) {
                decisions.push_back(pair.decisions[pair.shuffled[i]]);
                signs.push_back(pair.signs[pair.shuffled[i]]);
            }
        }
        if (decisions.size() == pair.rows.size()) {
            return fitPlatt(pair.decisions, pair.signs, m_settings.isBorderFitted); // in the rows' order
        }
        const auto positive = std::count(signs.begin(), signs.end(), std::int8_t{1});
        if (positive == 0 || positive == static_cast<std::ptrdiff_t>(signs.size())) {
            return {-1, 0}; // nothing says how sure the machine is
        }
        return fitPlatt(decisions, signs, m_settings.isBorderFitted);
    }

    const DenseRows& m_table;
    KernelRows m_rows;
    std::span<const float> m_targets;
    int m_classes;
    SvmSettings m_settings;
    int m_threads;
    SvmProgress& m_progress;
    std::vector<Pair> m_pairs;
    std::vector<char> m_isDone; ///< {tasks}; not of bits: threads write them
    std::vector<std::unique_ptr<SmoSolver>> m_solvers; ///< {tasks}: of those that are begun
    std::map<std::size_t, SmoState> m_before; ///< of tasks that another process began
};

SupportVectorFit::SupportVectorFit(
    const DenseRows& rows, std::span<const float> targets, int classes, const SvmSettings& settings, int threads, SvmProgress& progress)
    : m_work(std::make_unique<Work>(rows, targets, classes, settings, threads, progress))
{
}

SupportVectorFit::~SupportVectorFit() = default;

Result<void> SupportVectorFit::restore(const SvmState& state)
{
    return m_work->restore(state);
}

Result<bool> SupportVectorFit::run()
{
    return m_work->run();
}

SvmState SupportVectorFit::state() const
{
    return m_work->state();
}

SupportVectors SupportVectorFit::take()
{
    return m_work->take();
}

SupportVectors fitSupportVectors(
    const DenseRows& rows, std::span<const float> targets, int classes, const SvmSettings& settings, int threads, SvmProgress& progress)
{
    SupportVectorFit fit(rows, targets, classes, settings, threads, progress);
    (void)fit.run();
    return fit.take();
}

} // namespace ty::engine
