#include <algorithm>
#include <cmath>
#include <span>

#include "engine/graph/ctc.h"
#include "engine/graph/reference_kernels.h"

namespace ty::engine::reference {

namespace {

void softmaxRow(const double* x, double* y, std::size_t classes)
{
    const double best = *std::max_element(x, x + classes);
    double total = 0;
    for (std::size_t k = 0; k < classes; ++k) {
        y[k] = std::exp(x[k] - best);
        total += y[k];
    }
    for (std::size_t k = 0; k < classes; ++k) {
        y[k] /= total;
    }
}

/// What softmax cross-entropy is taken against: the share of each class times its weight, and the sum of a row.
struct WeightedShares {
    Values shares; ///< {N, C}
    Values sums;   ///< {N}
    double total = 0;

    /// @param first  operand with the labels {N}, or with shares {N, C}; the weights follow
    WeightedShares(const Store& store, const Node& node, std::size_t first)
        : shares(static_cast<std::size_t>(store.inShape(node, first)[0]) * store.in(node, first + 1).size())
        , sums(static_cast<std::size_t>(store.inShape(node, first)[0]))
    {
        const Values& labels = store.in(node, first);
        const Values& weights = store.in(node, first + 1);
        const std::size_t rows = sums.size();
        const std::size_t classes = weights.size();
        const bool areShares = store.inShape(node, first).size() == 2;
        for (std::size_t n = 0; n < rows; ++n) {
            for (std::size_t k = 0; k < classes; ++k) {
                const bool isLabel = !areShares && static_cast<std::size_t>(labels[n]) == k;
                const double share = areShares ? labels[n * classes + k] : isLabel ? 1.0 : 0.0;
                shares[n * classes + k] = share * weights[k];
                sums[n] += share * weights[k];
            }
            total += sums[n];
        }
        total = total > 0 ? total : 1;
    }

    /// Of class k in row n, with a part of the row taken from its classes and given to all of them alike.
    double smoothed(std::size_t n, std::size_t k, double smoothing) const
    {
        const std::size_t classes = shares.size() / sums.size();
        return (1 - smoothing) * shares[n * classes + k] + smoothing * sums[n] / static_cast<double>(classes);
    }
};

/// The mean loss of operands 0 to 2.
double crossEntropy(const Store& store, const Node& node)
{
    const auto classes = static_cast<std::size_t>(store.inShape(node, 0)[1]);
    const double smoothing = node.as<LossAttributes>().labelSmoothing;
    const WeightedShares targets(store, node, 1);
    Values row(classes);
    double total = 0;
    for (std::size_t n = 0; n < targets.sums.size(); ++n) {
        softmaxRow(store.in(node, 0).data() + n * classes, row.data(), classes);
        for (std::size_t k = 0; k < classes; ++k) {
            total -= targets.smoothed(n, k, smoothing) * std::log(row[k]);
        }
    }
    return total / targets.total;
}

/// `grad` times the derivative of the mean loss to the first result; `logits` is the operand with these.
void crossEntropyGradient(const Store& store, const Node& node, std::size_t logits, double grad)
{
    const auto classes = static_cast<std::size_t>(store.outShape(node, 0)[1]);
    const double smoothing = node.as<LossAttributes>().labelSmoothing;
    const WeightedShares targets(store, node, logits + 1);
    const double factor = grad / targets.total;
    Values row(classes);
    for (std::size_t n = 0; n < targets.sums.size(); ++n) {
        softmaxRow(store.in(node, logits).data() + n * classes, row.data(), classes);
        for (std::size_t k = 0; k < classes; ++k) {
            store.out(node, 0)[n * classes + k] = factor * (targets.sums[n] * row[k] - targets.smoothed(n, k, smoothing));
        }
    }
}

/// Rows of operand 0 whose largest value stands at the label, or where the largest share does.
double correctRows(const Store& store, const Node& node)
{
    const Shape& shape = store.inShape(node, 0);
    const Values& labels = store.in(node, 1);
    const auto largest = [columns = shape[1]](const Values& values, std::size_t row) {
        const auto begin = values.begin() + static_cast<std::ptrdiff_t>(row) * columns;
        return std::max_element(begin, begin + columns) - begin;
    };
    double correct = 0;
    for (std::size_t n = 0; n < static_cast<std::size_t>(shape[0]); ++n) {
        const std::ptrdiff_t label =
            store.inShape(node, 1).size() == 1 ? static_cast<std::ptrdiff_t>(labels[n]) : largest(labels, n);
        correct += largest(store.in(node, 0), n) == label ? 1 : 0;
    }
    return correct;
}

double smoothedBinary(double target, const Node& node)
{
    const double smoothing = node.as<LossAttributes>().labelSmoothing;
    return target * (1 - smoothing) + smoothing / 2;
}

/// Calls visit(number of the first logit, logits, target) for each sample; `first` is the operand with the logits.
template<typename Visit>
void overSamples(const Store& store, const Node& node, std::size_t first, Visit visit)
{
    const std::span<const double> logits(store.in(node, first));
    const std::span<const double> targets(store.in(node, first + 1));
    const auto batch = static_cast<std::size_t>(store.inShape(node, first)[0]);
    for (std::size_t n = 0; n < batch; ++n) {
        const std::size_t count = logits.size() / batch;
        const std::size_t width = targets.size() / batch;
        visit(n * count, logits.subspan(n * count, count), readCtcTarget(targets.subspan(n * width, width)));
    }
}

} // namespace

void softmaxCrossEntropy(const Store& store, const Node& node)
{
    store.out(node, 0)[0] = crossEntropy(store, node);
}

void softmaxCrossEntropyGrad(const Store& store, const Node& node)
{
    crossEntropyGradient(store, node, 1, store.in(node, 0)[0]);
}

void softmaxCrossEntropyStep(const Store& store, const Node& node)
{
    crossEntropyGradient(store, node, 0, 1);
    store.out(node, 1)[0] = crossEntropy(store, node);
    store.out(node, 2)[0] = correctRows(store, node);
    if (node.as<LossAttributes>().areSumsMade) {
        Values& sums = store.out(node, 3);
        std::fill(sums.begin(), sums.end(), 0.0);
        const Values& gradient = store.out(node, 0);
        for (std::size_t i = 0; i < gradient.size(); ++i) {
            sums[i % sums.size()] += gradient[i];
        }
    }
}

/// Of each pair of values; {1, 1} where none are given.
class PairWeights {
public:
    PairWeights(const Store& store, const Node& node, std::size_t target)
        : m_targets(store.in(node, target))
        , m_weights(node.inputs.size() > target + 1 ? store.in(node, target + 1) : Values{1, 1})
    {
    }
    double of(std::size_t i) const { return (1 - m_targets[i]) * m_weights[0] + m_targets[i] * m_weights[1]; }
    double total() const
    {
        double sum = 0;
        for (std::size_t i = 0; i < m_targets.size(); ++i) {
            sum += of(i);
        }
        return sum > 0 ? sum : 1;
    }

private:
    const Values& m_targets;
    Values m_weights;
};

void regressionLoss(const Store& store, const Node& node)
{
    const PairWeights weights(store, node, 1);
    double total = 0;
    for (std::size_t i = 0; i < store.in(node, 0).size(); ++i) {
        const double error = store.in(node, 0)[i] - store.in(node, 1)[i];
        const double size = std::abs(error);
        switch (node.as<LossAttributes>().kind) {
        case RegressionLossKind::Squared: total += error * error; break;
        case RegressionLossKind::Absolute: total += size; break;
        case RegressionLossKind::Huber: total += size <= 1 ? error * error / 2 : size - 0.5; break;
        case RegressionLossKind::BinaryCrossEntropy: {
            const double p = store.in(node, 0)[i];
            const double t = smoothedBinary(store.in(node, 1)[i], node);
            total += weights.of(i) * (std::max(p, 0.0) - p * t + std::log1p(std::exp(-std::abs(p))));
            break;
        }
        case RegressionLossKind::Hinge:
            total += std::max(0.0, 1 - store.in(node, 1)[i] * store.in(node, 0)[i]);
            break;
        }
    }
    store.out(node, 0)[0] = total / weights.total();
}

void regressionLossGrad(const Store& store, const Node& node)
{
    const PairWeights weights(store, node, 2);
    const double scale = store.in(node, 0)[0] / weights.total();
    for (std::size_t i = 0; i < store.in(node, 1).size(); ++i) {
        const double error = store.in(node, 1)[i] - store.in(node, 2)[i];
        double slope = 2 * error;
        switch (node.as<LossAttributes>().kind) {
        case RegressionLossKind::Squared: break;
        case RegressionLossKind::Absolute: slope = error > 0 ? 1 : error < 0 ? -1 : 0; break;
        case RegressionLossKind::Huber: slope = std::clamp(error, -1.0, 1.0); break;
        case RegressionLossKind::BinaryCrossEntropy:
            slope = weights.of(i) * (1 / (1 + std::exp(-store.in(node, 1)[i])) - smoothedBinary(store.in(node, 2)[i], node));
            break;
        case RegressionLossKind::Hinge:
            slope = store.in(node, 2)[i] * store.in(node, 1)[i] < 1 ? -store.in(node, 2)[i] : 0;
            break;
        }
        store.out(node, 0)[i] = scale * slope;
    }
}

void ctcLoss(const Store& store, const Node& node)
{
    double total = 0;
    overSamples(store, node, 0, [&](std::size_t, std::span<const double> logits, const CtcTarget& target) {
        total += engine::ctcLoss(logits, store.inShape(node, 0)[2], target, {});
    });
    store.out(node, 0)[0] = total / static_cast<double>(store.inShape(node, 0)[0]);
}

void ctcLossGrad(const Store& store, const Node& node)
{
    const Shape& shape = store.inShape(node, 1);
    const double factor = store.in(node, 0)[0] / static_cast<double>(shape[0]);
    overSamples(store, node, 1, [&](std::size_t begin, std::span<const double> logits, const CtcTarget& target) {
        const auto gradient = std::span(store.out(node, 0)).subspan(begin, logits.size());
        engine::ctcLoss(logits, shape[2], target, gradient);
        for (double& value : gradient) {
            value *= factor;
        }
    });
}

void ctcCorrect(const Store& store, const Node& node)
{
    double correct = 0;
    overSamples(store, node, 0, [&](std::size_t, std::span<const double> logits, const CtcTarget& target) {
        correct += ctcBestPath(logits, store.inShape(node, 0)[2], target.frames) == target.labels ? 1 : 0;
    });
    store.out(node, 0)[0] = correct;
}

void countSigns(const Store& store, const Node& node)
{
    double correct = 0;
    for (std::size_t i = 0; i < store.in(node, 0).size(); ++i) {
        correct += (store.in(node, 0)[i] > 0) == (store.in(node, 1)[i] > 0.5) ? 1 : 0;
    }
    store.out(node, 0)[0] = correct;
}

void countCorrect(const Store& store, const Node& node)
{
    store.out(node, 0)[0] = correctRows(store, node);
}

void errorSums(const Store& store, const Node& node)
{
    Values& sums = store.out(node, 0);
    sums = {0, 0};
    for (std::size_t i = 0; i < store.in(node, 0).size(); ++i) {
        const double error = store.in(node, 0)[i] - store.in(node, 1)[i];
        sums[0] += std::abs(error);
        sums[1] += error * error;
    }
}

} // namespace ty::engine::reference
