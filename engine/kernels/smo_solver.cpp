#include "engine/kernels/smo_solver.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/kernels/smo_loops.h"

namespace ty::engine {

namespace {

constexpr double kTiny = 1e-12; ///< curvature of a pair that has none
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();
constexpr std::int64_t kStepsBetweenReports = 1000;

} // namespace

class SmoSolver::Work {
public:
    Work(const KernelRows& rows, const SmoProblem& problem, const SmoSettings& settings)
        : m_settings(settings)
        , m_rows(rows)
        , m_problem(problem)
        , m_cache(rows, problem.rows, settings.cacheBytes, settings.threads)
        , m_size(problem.signs.size())
        , m_active(m_size)
        , m_y(problem.signs.begin(), problem.signs.end())
        , m_p(problem.linear)
        , m_c(problem.bounds)
        , m_alpha(m_size)
        , m_slope(m_size)
        , m_noUp(m_size)
        , m_noLow(m_size)
        , m_bounded(m_size)
        , m_diagonal(m_size)
        , m_place(m_size)
    {
        for (std::size_t i = 0; i < m_size; ++i) {
            m_place[i] = i;
            m_diagonal[i] = rows.diagonal(m_problem.rows[i]);
            m_slope[i] = m_y[i] * m_p[i];
            noteSides(i);
        }
        m_untilShrink = shrinkInterval() + 1;
    }

    Result<void> restore(const SmoState& state)
    {
        std::vector<bool> isTaken(m_size);
        bool fits = state.alpha.size() == m_size && state.slopes.size() == m_size && state.bounded.size() == m_size
            && state.places.size() == m_size && state.active >= 0 && state.active <= static_cast<std::int64_t>(m_size);
        for (std::size_t i = 0; fits && i < m_size; ++i) {
            const auto place = static_cast<std::size_t>(state.places[i]);
            fits = place < m_size && !isTaken[place];
            if (fits) {
                isTaken[place] = true;
            }
        }
        if (!fits) {
            return Error{ErrorKind::InvalidInput, "what was solved before does not fit the rows", {}};
        }
        m_alpha = state.alpha;
        m_slope = state.slopes;
        m_bounded = state.bounded;
        std::vector<std::uint32_t> order(m_size);
        for (std::size_t i = 0; i < m_size; ++i) {
            m_place[i] = static_cast<std::size_t>(state.places[i]);
            m_y[i] = m_problem.signs[m_place[i]];
            m_p[i] = m_problem.linear[m_place[i]];
            m_c[i] = m_problem.bounds[m_place[i]];
            order[i] = m_problem.rows[m_place[i]];
            m_diagonal[i] = m_rows.diagonal(order[i]);
            noteSides(i);
        }
        m_cache = KernelCache(m_rows, std::move(order), m_settings.cacheBytes, m_settings.threads);
        m_active = static_cast<std::size_t>(state.active);
        m_untilShrink = state.untilShrink;
        m_steps = state.steps;
        m_isUnshrunk = state.isUnshrunk;
        m_isRestoring = state.isRestoring;
        m_isSolved = state.isSolved;
        return {};
    }

    SmoState state() const
    {
        return {
            m_alpha, m_slope, m_bounded, {m_place.begin(), m_place.end()}, static_cast<std::int64_t>(m_active), m_untilShrink, m_steps,
            m_isUnshrunk, m_isRestoring, m_isSolved};
    }

    bool run()
    {
        const auto most = std::max<std::int64_t>(10'000'000, 100 * static_cast<std::int64_t>(m_size));
        while (!m_isSolved && m_steps < most) {
            if (isStopped()) {
                return false;
            }
            std::size_t i = kNone;
            std::size_t j = kNone;
            if (m_isRestoring) {
                if (!restoreSlopes()) {
                    return false;
                }
                m_isRestoring = false;
                if (!choosePair(i, j)) {
                    break;
                }
                m_untilShrink = 1;
            } else {
                if (--m_untilShrink == 0) {
                    m_untilShrink = shrinkInterval();
                    if (m_settings.isShrinking && !shrink()) {
                        m_untilShrink = 1; // it begins with that when it goes on
                        return false;
                    }
                }
                if (!choosePair(i, j)) {
                    m_isRestoring = true; // so that all are looked at
                    continue;
                }
            }
            ++m_steps;
            step(i, j);
            if (m_settings.progress && m_steps % kStepsBetweenReports == 0) {
                m_settings.progress(m_steps, m_gap);
            }
        }
        m_isSolved = true;
        return true;
    }

    SmoSolution solution() const
    {
        SmoSolution solution;
        solution.steps = m_steps;
        solution.gap = m_gap;
        solution.rho = rho();
        solution.alpha.resize(m_size);
        for (std::size_t i = 0; i < m_size; ++i) {
            solution.alpha[m_place[i]] = m_alpha[i];
        }
        return solution;
    }

private:
    std::int64_t shrinkInterval() const { return std::min<std::int64_t>(static_cast<std::int64_t>(m_size), 1000); }
    bool isStopped() const { return m_settings.stop != nullptr && m_settings.stop->load(std::memory_order_relaxed); }
    bool isUpper(std::size_t i) const { return m_alpha[i] >= m_c[i]; }
    bool isLower(std::size_t i) const { return m_alpha[i] <= 0; }

    /// Which ways a variable can go from where it is.
    void noteSides(std::size_t i)
    {
        constexpr float kNever = std::numeric_limits<float>::infinity();
        m_noUp[i] = (m_y[i] > 0 ? isUpper(i) : isLower(i)) ? kNever : 0;
        m_noLow[i] = (m_y[i] > 0 ? isLower(i) : isUpper(i)) ? kNever : 0;
    }

    /// The pair that breaks the conditions of optimality most, by second order. False: none does by more than the tolerance.
    bool choosePair(std::size_t& first, std::size_t& second)
    {
        const SmoCandidate one = chooseFirst(m_slope.data(), m_noUp.data(), m_active);
        if (one.value == -kInfinity) {
            m_gap = 0;
            return false;
        }
        const float* const row = m_cache.row(one.place, m_active);
        const SmoSecond other = chooseSecond(
            m_slope.data(), m_noLow.data(), row, m_diagonal.data(), m_active, one.value,
            static_cast<double>(m_diagonal[one.place]));
        m_gap = one.value + other.lowest;
        if (m_gap < m_settings.tolerance || other.gain.value == -kInfinity) {
            return false;
        }
        first = one.place;
        second = other.gain.place;
        return true;
    }

    void step(std::size_t i, std::size_t j)
    {
        const float* const rowI = m_cache.row(i, m_active);
        const float* const rowJ = m_cache.row(j, m_active);
        const double ci = m_c[i];
        const double cj = m_c[j];
        const double oldI = m_alpha[i];
        const double oldJ = m_alpha[j];
        const double curvature = std::max(static_cast<double>(m_diagonal[i] + m_diagonal[j]) - 2 * static_cast<double>(rowI[j]), kTiny);
        double ai = oldI;
        double aj = oldJ;
        if (m_y[i] != m_y[j]) {
            const double delta = (-m_y[i] * m_slope[i] - m_y[j] * m_slope[j]) / curvature;
            const double difference = ai - aj;
            ai += delta;
            aj += delta;
            if (difference > 0 && aj < 0) {
                aj = 0;
                ai = difference;
            } else if (difference <= 0 && ai < 0) {
                ai = 0;
                aj = -difference;
            }
            if (difference > ci - cj && ai > ci) {
                ai = ci;
                aj = ci - difference;
            } else if (difference <= ci - cj && aj > cj) {
                aj = cj;
                ai = cj + difference;
            }
        } else {
            const double delta = (m_y[i] * m_slope[i] - m_y[j] * m_slope[j]) / curvature;
            const double sum = ai + aj;
            ai -= delta;
            aj += delta;
            if (sum > ci && ai > ci) {
                ai = ci;
                aj = sum - ci;
            } else if (sum <= ci && aj < 0) {
                aj = 0;
                ai = sum;
            }
            if (sum > cj && aj > cj) {
                aj = cj;
                ai = sum - cj;
            } else if (sum <= cj && ai < 0) {
                ai = 0;
                aj = sum;
            }
        }
        m_alpha[i] = ai;
        m_alpha[j] = aj;
        addRows(m_slope.data(), rowI, (ai - oldI) * m_y[i], rowJ, (aj - oldJ) * m_y[j], m_active);
        noteSides(i);
        noteSides(j);
        updateBounded(i, oldI);
        updateBounded(j, oldJ);
    }

    /// Keeps what variables at their upper bound add to the slopes, from which that of shrunk ones is made again.
    void updateBounded(std::size_t i, double old)
    {
        const bool was = old >= m_c[i];
        if (was == isUpper(i)) {
            return;
        }
        const float* const row = m_cache.row(i, m_size);
        const double change = (was ? -m_c[i] : m_c[i]) * m_y[i];
        for (std::size_t t = 0; t < m_size; ++t) {
            m_bounded[t] += change * static_cast<double>(row[t]);
        }
    }

    /// All places are worked on again. False: it was stopped, and nothing has changed that counts.
    bool restoreSlopes()
    {
        if (m_active == m_size) {
            return true;
        }
        for (std::size_t t = m_active; t < m_size; ++t) {
            m_slope[t] = m_bounded[t] + m_y[t] * m_p[t];
        }
        for (std::size_t i = 0; i < m_active; ++i) {
            if (isUpper(i) || isLower(i)) {
                continue;
            }
            if (isStopped()) {
                return false;
            }
            const float* const row = m_cache.row(i, m_size);
            const double weight = m_alpha[i] * m_y[i];
            for (std::size_t t = m_active; t < m_size; ++t) {
                m_slope[t] += weight * static_cast<double>(row[t]);
            }
        }
        m_active = m_size;
        return true;
    }

    /// Whether a variable at a bound will stay there, as far as can be seen.
    bool isSettled(std::size_t i, double up, double low) const
    {
        if (isUpper(i)) {
            return m_y[i] > 0 ? -m_slope[i] > up : m_slope[i] > low;
        }
        if (isLower(i)) {
            return m_y[i] > 0 ? m_slope[i] > low : -m_slope[i] > up;
        }
        return false;
    }

    /// False: it was stopped before it changed anything.
    bool shrink()
    {
        double up = -kInfinity;
        double low = -kInfinity;
        for (std::size_t i = 0; i < m_active; ++i) {
            const double value = -m_slope[i];
            if (m_y[i] > 0 ? !isUpper(i) : !isLower(i)) {
                up = std::max(up, value);
            }
            if (m_y[i] > 0 ? !isLower(i) : !isUpper(i)) {
                low = std::max(low, -value);
            }
        }
        if (!m_isUnshrunk && up + low <= m_settings.tolerance * 10) {
            if (!restoreSlopes()) {
                return false;
            }
            m_isUnshrunk = true; // near the end all are looked at once more, so that a wrong guess costs little
        }
        for (std::size_t i = 0; i < m_active; ++i) {
            if (!isSettled(i, up, low)) {
                continue;
            }
            --m_active;
            while (m_active > i) {
                if (!isSettled(m_active, up, low)) {
                    swapPlaces(i, m_active);
                    break;
                }
                --m_active;
            }
        }
        return true;
    }

    void swapPlaces(std::size_t a, std::size_t b)
    {
        m_cache.swapPlaces(a, b);
        std::swap(m_y[a], m_y[b]);
        std::swap(m_p[a], m_p[b]);
        std::swap(m_c[a], m_c[b]);
        std::swap(m_alpha[a], m_alpha[b]);
        std::swap(m_slope[a], m_slope[b]);
        std::swap(m_noUp[a], m_noUp[b]);
        std::swap(m_noLow[a], m_noLow[b]);
        std::swap(m_bounded[a], m_bounded[b]);
        std::swap(m_diagonal[a], m_diagonal[b]);
        std::swap(m_place[a], m_place[b]);
    }

    /// Of the places that are worked on: shrunk ones are at a bound, and their slopes out of date.
    double rho() const
    {
        double upper = kInfinity;
        double lower = -kInfinity;
        double sum = 0;
        std::size_t freeOnes = 0;
        for (std::size_t i = 0; i < m_active; ++i) {
            const double value = m_slope[i];
            if (isUpper(i)) {
                (m_y[i] < 0 ? upper : lower) = m_y[i] < 0 ? std::min(upper, value) : std::max(lower, value);
            } else if (isLower(i)) {
                (m_y[i] > 0 ? upper : lower) = m_y[i] > 0 ? std::min(upper, value) : std::max(lower, value);
            } else {
                ++freeOnes;
                sum += value;
            }
        }
        if (freeOnes > 0) {
            return sum / static_cast<double>(freeOnes);
        }
        return std::isfinite(upper) && std::isfinite(lower) ? (upper + lower) / 2 : std::isfinite(upper) ? upper : lower;
    }

    SmoSettings m_settings;
    const KernelRows& m_rows;
    SmoProblem m_problem;
    KernelCache m_cache;
    std::size_t m_size;
    std::size_t m_active; ///< variables before this place are worked on
    std::vector<double> m_y;
    std::vector<double> m_p;
    std::vector<double> m_c;
    std::vector<double> m_alpha;
    std::vector<double> m_slope;  ///< sign times gradient
    std::vector<float> m_noUp;    ///< infinity where sign times alpha cannot grow, else 0
    std::vector<float> m_noLow;   ///< likewise where it cannot fall
    std::vector<double> m_bounded; ///< what variables at their upper bound add to the slopes
    std::vector<float> m_diagonal;
    std::vector<std::size_t> m_place; ///< of each place the variable's own number
    double m_gap = kInfinity;
    std::int64_t m_untilShrink = 0; ///< steps
    std::int64_t m_steps = 0;
    bool m_isUnshrunk = false;
    bool m_isRestoring = false;
    bool m_isSolved = false;
};

SmoSolver::SmoSolver(const KernelRows& rows, const SmoProblem& problem, const SmoSettings& settings)
    : m_work(std::make_unique<Work>(rows, problem, settings))
{
}

SmoSolver::~SmoSolver() = default;

Result<void> SmoSolver::restore(const SmoState& state)
{
    return m_work->restore(state);
}

bool SmoSolver::run()
{
    return m_work->run();
}

SmoState SmoSolver::state() const
{
    return m_work->state();
}

SmoSolution SmoSolver::solution() const
{
    return m_work->solution();
}

} // namespace ty::engine
