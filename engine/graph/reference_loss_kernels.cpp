#include <algorithm>
#include <cmath>
#include <span>

#include "engine/graph/ctc.h"
#include "engine/graph/reference_kernels.h"

namespace ty::engine::reference {

namespace {

double smoothedTarget(std::size_t k, std::size_t label, double smoothing, std::size_t classes)
{
    return (k == label ? 1 - smoothing : 0.0) + smoothing / static_cast<double>(classes);
}

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

double weightOf(const Values& labels, const Values& weights, std::size_t row)
{
    return weights[static_cast<std::size_t>(labels[row])];
}

double weightSum(const Values& labels, const Values& weights)
{
    double total = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        total += weightOf(labels, weights, i);
    }
    return total > 0 ? total : 1;
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
    const auto classes = static_cast<std::size_t>(store.inShape(node, 0)[1]);
    const double smoothing = node.as<LossAttributes>().labelSmoothing;
    Values row(classes);
    double total = 0;
    for (std::size_t n = 0; n < store.in(node, 1).size(); ++n) {
        softmaxRow(store.in(node, 0).data() + n * classes, row.data(), classes);
        const auto label = static_cast<std::size_t>(store.in(node, 1)[n]);
        for (std::size_t k = 0; k < classes; ++k) {
            total -= weightOf(store.in(node, 1), store.in(node, 2), n) * smoothedTarget(k, label, smoothing, classes)
                * std::log(row[k]);
        }
    }
    store.out(node, 0)[0] = total / weightSum(store.in(node, 1), store.in(node, 2));
}

void softmaxCrossEntropyGrad(const Store& store, const Node& node)
{
    const auto classes = static_cast<std::size_t>(store.outShape(node, 0)[1]);
    const double smoothing = node.as<LossAttributes>().labelSmoothing;
    const Values& labels = store.in(node, 2);
    const Values& weights = store.in(node, 3);
    Values row(classes);
    for (std::size_t n = 0; n < labels.size(); ++n) {
        softmaxRow(store.in(node, 1).data() + n * classes, row.data(), classes);
        const double factor = store.in(node, 0)[0] * weightOf(labels, weights, n) / weightSum(labels, weights);
        for (std::size_t k = 0; k < classes; ++k) {
            store.out(node, 0)[n * classes + k] =
                factor * (row[k] - smoothedTarget(k, static_cast<std::size_t>(labels[n]), smoothing, classes));
        }
    }
}

void regressionLoss(const Store& store, const Node& node)
{
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
            total += std::max(p, 0.0) - p * t + std::log1p(std::exp(-std::abs(p)));
            break;
        }
        case RegressionLossKind::Hinge:
            total += std::max(0.0, 1 - store.in(node, 1)[i] * store.in(node, 0)[i]);
            break;
        }
    }
    store.out(node, 0)[0] = total / static_cast<double>(store.in(node, 0).size());
}

void regressionLossGrad(const Store& store, const Node& node)
{
    const double scale = store.in(node, 0)[0] / static_cast<double>(store.in(node, 1).size());
    for (std::size_t i = 0; i < store.in(node, 1).size(); ++i) {
        const double error = store.in(node, 1)[i] - store.in(node, 2)[i];
        double slope = 2 * error;
        switch (node.as<LossAttributes>().kind) {
        case RegressionLossKind::Squared: break;
        case RegressionLossKind::Absolute: slope = error > 0 ? 1 : error < 0 ? -1 : 0; break;
        case RegressionLossKind::Huber: slope = std::clamp(error, -1.0, 1.0); break;
        case RegressionLossKind::BinaryCrossEntropy:
            slope = 1 / (1 + std::exp(-store.in(node, 1)[i])) - smoothedBinary(store.in(node, 2)[i], node);
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
    const auto classes = static_cast<std::ptrdiff_t>(store.inShape(node, 0)[1]);
    double correct = 0;
    for (std::size_t n = 0; n < store.in(node, 1).size(); ++n) {
        const auto row = store.in(node, 0).begin() + static_cast<std::ptrdiff_t>(n) * classes;
        correct += std::max_element(row, row + classes) - row == static_cast<std::ptrdiff_t>(store.in(node, 1)[n]) ? 1 : 0;
    }
    store.out(node, 0)[0] = correct;
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
