#include "engine/linear/logistic_regression.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>
#include <utility>

#include "engine/base/parallel_ranges.h"
#include "engine/base/processor_clones.h"

namespace ty::engine {

namespace {

constexpr std::size_t kRemembered = 10; ///< steps from which L-BFGS knows the curvature
constexpr std::size_t kRowsAtOnce = 512; ///< summed in float32 before they are added in double
constexpr double kSettled = 2.2e-9; ///< fall of the loss, as a share of it, that is no progress (as L-BFGS-B has it)

double dot(std::span<const double> a, std::span<const double> b)
{
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        sum += a[i] * b[i];
    }
    return sum;
}

/// into[i] = row i times the weights.
TY_FOR_EACH_PROCESSOR
void rowProducts(const float* rows, std::size_t count, std::size_t stride, const float* weights, float* into)
{
    for (std::size_t i = 0; i < count; ++i) {
        const float* const row = rows + i * stride;
        float lanes[DenseRows::kLanes] = {};
        for (std::size_t j = 0; j < stride; j += DenseRows::kLanes) {
            for (std::size_t lane = 0; lane < DenseRows::kLanes; ++lane) {
                lanes[lane] += row[j + lane] * weights[j + lane];
            }
        }
        float sum = 0;
        for (const float lane : lanes) {
            sum += lane;
        }
        into[i] = sum;
    }
}

/// into += sum of the rows, each times its factor.
TY_FOR_EACH_PROCESSOR
void addRowsTimes(const float* rows, std::size_t count, std::size_t stride, const float* factors, float* into)
{
    for (std::size_t i = 0; i < count; ++i) {
        const float* const row = rows + i * stride;
        for (std::size_t j = 0; j < stride; ++j) {
            into[j] += factors[i] * row[j];
        }
    }
}

/// The function that is made small: parameters {outputs, inputs + 1}, the offset last.
class Objective {
public:
    Objective(const DenseRows& rows, std::span<const float> targets, std::size_t outputs, const LogisticSettings& settings)
        : m_rows(rows), m_targets(targets), m_outputs(outputs), m_inputs(rows.columns()), m_settings(settings)
    {
    }

    std::size_t size() const { return m_outputs * (m_inputs + 1); }

    double operator()(std::span<const double> at, std::vector<double>& gradient) const
    {
        const std::size_t parts = (m_rows.rows() + kRowsAtOnce - 1) / kRowsAtOnce;
        std::vector<float> weights(m_outputs * m_rows.stride());
        for (std::size_t o = 0; o < m_outputs; ++o) {
            for (std::size_t j = 0; j < m_inputs; ++j) {
                weights[o * m_rows.stride() + j] = static_cast<float>(at[o * (m_inputs + 1) + j]);
            }
        }
        // A sum a part, added in their order: the same with any number of threads.
        std::vector<std::vector<float>> gradients(parts);
        std::vector<double> losses(parts);
        const auto work = [&](std::size_t first, std::size_t last) -> Result<void> {
            for (std::size_t part = first; part < last; ++part) {
                gradients[part].assign(m_outputs * (m_rows.stride() + 1), 0.0F);
                losses[part] = addPart(part, at, weights, gradients[part]);
            }
            return {};
        };
        (void)parallelRanges(parts, m_settings.threads, work); // nothing in it can fail
        gradient.assign(size(), 0.0);
        double loss = 0;
        for (std::size_t part = 0; part < parts; ++part) {
            loss += losses[part];
            for (std::size_t o = 0; o < m_outputs; ++o) {
                const float* const from = gradients[part].data() + o * (m_rows.stride() + 1);
                for (std::size_t j = 0; j < m_inputs; ++j) {
                    gradient[o * (m_inputs + 1) + j] += static_cast<double>(from[j]);
                }
                gradient[o * (m_inputs + 1) + m_inputs] += static_cast<double>(from[m_rows.stride()]);
            }
        }
        loss *= m_settings.cost;
        for (std::size_t i = 0; i < gradient.size(); ++i) {
            gradient[i] *= m_settings.cost;
            if (i % (m_inputs + 1) != m_inputs) {
                gradient[i] += at[i];
                loss += 0.5 * at[i] * at[i];
            }
        }
        return loss;
    }

private:
    double addPart(std::size_t part, std::span<const double> at, const std::vector<float>& weights, std::vector<float>& gradient) const
    {
        const std::size_t stride = m_rows.stride();
        const std::size_t first = part * kRowsAtOnce;
        const std::size_t count = std::min(m_rows.rows() - first, kRowsAtOnce);
        const float* const rows = m_rows.data() + first * stride;
        std::vector<float> sums(m_outputs * count);
        for (std::size_t o = 0; o < m_outputs; ++o) {
            rowProducts(rows, count, stride, weights.data() + o * stride, sums.data() + o * count);
        }
        std::vector<double> scores(m_outputs);
        double loss = 0;
        for (std::size_t i = 0; i < count; ++i) {
            for (std::size_t o = 0; o < m_outputs; ++o) {
                scores[o] = static_cast<double>(sums[o * count + i]) + at[o * (m_inputs + 1) + m_inputs];
            }
            loss += toErrors(scores, m_targets[first + i]);
            for (std::size_t o = 0; o < m_outputs; ++o) {
                sums[o * count + i] = static_cast<float>(scores[o]); // now the errors
            }
        }
        for (std::size_t o = 0; o < m_outputs; ++o) {
            float* const into = gradient.data() + o * (stride + 1);
            addRowsTimes(rows, count, stride, sums.data() + o * count, into);
            into[stride] += std::accumulate(sums.begin() + static_cast<std::ptrdiff_t>(o * count), sums.begin() + static_cast<std::ptrdiff_t>((o + 1) * count), 0.0F);
        }
        return loss;
    }

    /// The loss of a row; its scores become the derivatives of the loss.
    double toErrors(std::vector<double>& scores, float target) const
    {
        if (m_outputs == 1) { // two classes
            const double z = target > 0.5F ? scores[0] : -scores[0];
            const double loss = z > 0 ? std::log1p(std::exp(-z)) : -z + std::log1p(std::exp(z));
            const double wrong = 1 / (1 + std::exp(z));
            scores[0] = target > 0.5F ? -wrong : wrong;
            return loss;
        }
        const double highest = *std::max_element(scores.begin(), scores.end());
        const auto label = static_cast<std::size_t>(target);
        double sum = 0;
        for (const double score : scores) {
            sum += std::exp(score - highest);
        }
        const double loss = std::log(sum) + highest - scores[label];
        for (std::size_t o = 0; o < scores.size(); ++o) {
            scores[o] = std::exp(scores[o] - highest) / sum - (o == label ? 1.0 : 0.0);
        }
        return loss;
    }

    const DenseRows& m_rows;
    std::span<const float> m_targets;
    std::size_t m_outputs;
    std::size_t m_inputs;
    LogisticSettings m_settings;
};

/// The steps of the last passes, from which the next direction is made.
class Curvature {
public:
    void remember(std::vector<double> step, std::vector<double> change)
    {
        const double product = dot(step, change);
        if (product <= 1e-12 * dot(change, change)) {
            return; // nothing is learned from a step along which the derivative did not rise
        }
        m_steps.push_back({std::move(step), std::move(change), 1 / product});
        if (m_steps.size() > kRemembered) {
            m_steps.pop_front();
        }
    }
    std::vector<double> direction(const std::vector<double>& gradient) const
    {
        std::vector<double> q(gradient);
        std::vector<double> factors(m_steps.size());
        for (std::size_t i = m_steps.size(); i-- > 0;) {
            factors[i] = m_steps[i].inverse * dot(m_steps[i].step, q);
            for (std::size_t j = 0; j < q.size(); ++j) {
                q[j] -= factors[i] * m_steps[i].change[j];
            }
        }
        double scale = 1 / std::max(1.0, std::sqrt(dot(gradient, gradient)));
        if (!m_steps.empty()) {
            const Step& last = m_steps.back();
            scale = 1 / (last.inverse * dot(last.change, last.change));
        }
        for (double& value : q) {
            value *= scale;
        }
        for (std::size_t i = 0; i < m_steps.size(); ++i) {
            const double back = m_steps[i].inverse * dot(m_steps[i].change, q);
            for (std::size_t j = 0; j < q.size(); ++j) {
                q[j] += (factors[i] - back) * m_steps[i].step[j];
            }
        }
        for (double& value : q) {
            value = -value;
        }
        return q;
    }
    void forget() { m_steps.clear(); }

private:
    struct Step {
        std::vector<double> step;
        std::vector<double> change;
        double inverse = 0;
    };
    std::deque<Step> m_steps;
};

LinearOutputs toOutputs(const std::vector<double>& at, std::size_t outputs, std::size_t inputs)
{
    LinearOutputs made;
    if (outputs == 1) { // the softmax of (0, z) is the sigmoid of z
        made.weights.assign(inputs, 0.0);
        made.offsets.assign(1, 0.0);
    }
    for (std::size_t o = 0; o < outputs; ++o) {
        const auto begin = at.begin() + static_cast<std::ptrdiff_t>(o * (inputs + 1));
        made.weights.insert(made.weights.end(), begin, begin + static_cast<std::ptrdiff_t>(inputs));
        made.offsets.push_back(at[o * (inputs + 1) + inputs]);
    }
    return made;
}

} // namespace

std::vector<double> LinearOutputs::outputs(const DenseRows& rows, int threads) const
{
    const std::size_t count = offsets.size();
    std::vector<double> given(rows.rows() * count);
    const auto ask = [&](std::size_t first, std::size_t last) -> Result<void> {
        for (std::size_t i = first; i < last; ++i) {
            const auto row = rows.row(i);
            for (std::size_t o = 0; o < count; ++o) {
                double sum = offsets[o];
                for (std::size_t j = 0; j < row.size(); ++j) {
                    sum += weights[o * row.size() + j] * static_cast<double>(row[j]);
                }
                given[i * count + o] = sum;
            }
        }
        return {};
    };
    (void)parallelRanges(rows.rows(), threads, ask); // nothing in it can fail
    return given;
}

Result<LinearOutputs> fitLogistic(
    const DenseRows& rows, std::span<const float> targets, int classes, const LogisticSettings& settings, const PassTold& told)
{
    const std::size_t outputs = classes == 2 ? 1 : static_cast<std::size_t>(classes);
    const Objective objective(rows, targets, outputs, settings);
    std::vector<double> at(objective.size());
    std::vector<double> gradient;
    double loss = objective(at, gradient);
    Curvature curvature;
    for (int pass = 1; pass <= settings.mostPasses; ++pass) {
        std::vector<double> direction = curvature.direction(gradient);
        double slope = dot(direction, gradient);
        if (slope >= 0) {
            curvature.forget();
            direction = curvature.direction(gradient);
            slope = dot(direction, gradient);
        }
        std::vector<double> next(at.size());
        std::vector<double> nextGradient;
        double nextLoss = loss;
        double size = 1;
        bool isFound = false;
        for (int attempt = 0; attempt < 30 && !isFound; ++attempt, size *= isFound ? 1.0 : 0.5) {
            for (std::size_t i = 0; i < at.size(); ++i) {
                next[i] = at[i] + size * direction[i];
            }
            nextLoss = objective(next, nextGradient);
            isFound = nextLoss <= loss + 1e-4 * size * slope;
        }
        if (!isFound) {
            break; // the rounding of float32 is all that is left
        }
        std::vector<double> step(at.size());
        std::vector<double> change(at.size());
        for (std::size_t i = 0; i < at.size(); ++i) {
            step[i] = next[i] - at[i];
            change[i] = nextGradient[i] - gradient[i];
        }
        curvature.remember(std::move(step), std::move(change));
        const bool isSettled = loss - nextLoss <= kSettled * std::max({std::abs(loss), std::abs(nextLoss), 1.0});
        at.swap(next);
        gradient.swap(nextGradient);
        loss = nextLoss;
        const double scale = settings.cost * static_cast<double>(rows.rows());
        TY_TRY(const bool mayGoOn, told(pass, loss / scale, toOutputs(at, outputs, rows.columns())));
        double largest = 0;
        for (const double value : gradient) {
            largest = std::max(largest, std::abs(value));
        }
        if (!mayGoOn || isSettled || largest <= settings.tolerance) {
            break;
        }
    }
    return toOutputs(at, outputs, rows.columns());
}

} // namespace ty::engine
