#include <algorithm>
#include <cmath>

#include "engine/graph/reference_kernels.h"

namespace ty::engine::reference {

namespace {

/// Which group an element of batch norm (its channel), layer norm or group norm (its row) belongs to.
struct Groups {
    std::int64_t rest = 1;
    std::int64_t count = 1;

    std::size_t of(std::size_t i) const { return static_cast<std::size_t>(static_cast<std::int64_t>(i) / rest % count); }
};

Groups channelsOf(const Shape& shape)
{
    return {elementCount(shape) / (shape[0] * shape[1]), shape[1]};
}

/// As many rows of equal length as `moments` holds.
Groups rowsOf(const Values& x, const Values& moments)
{
    const auto rows = static_cast<std::int64_t>(moments.size());
    return {static_cast<std::int64_t>(x.size()) / rows, rows};
}

struct Moments {
    Values mean;
    Values variance;
    double size = 0; ///< of a group
};

Moments momentsOf(const Values& x, const Groups& groups)
{
    Moments moments;
    moments.mean.assign(static_cast<std::size_t>(groups.count), 0.0);
    moments.variance = moments.mean;
    moments.size = static_cast<double>(x.size()) / static_cast<double>(groups.count);
    for (std::size_t i = 0; i < x.size(); ++i) {
        moments.mean[groups.of(i)] += x[i] / moments.size;
    }
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double d = x[i] - moments.mean[groups.of(i)];
        moments.variance[groups.of(i)] += d * d / moments.size;
    }
    return moments;
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

} // namespace

namespace {

/// What a normalised element becomes: scaled, shifted, added to and activated.
double finished(const Store& store, const Node& node, double normal, std::size_t channel, std::size_t i)
{
    const double addend = node.inputs.size() > 5 ? store.in(node, 5)[i] : 0;
    return activate(
        node.as<NormAttributes>().activation, normal * store.in(node, 1)[channel] + store.in(node, 2)[channel] + addend);
}

} // namespace

void batchNorm(const Store& store, const Node& node)
{
    const auto& settings = node.as<NormAttributes>();
    const Groups channels = channelsOf(store.inShape(node, 0));
    const Values& x = store.in(node, 0);
    const Moments moments = momentsOf(x, channels);
    Values& runningMean = store.values[static_cast<std::size_t>(node.inputs[3])];
    Values& runningVariance = store.values[static_cast<std::size_t>(node.inputs[4])];
    for (std::size_t c = 0; c < moments.mean.size(); ++c) {
        store.out(node, 1)[c] = moments.mean[c];
        store.out(node, 2)[c] = 1 / std::sqrt(moments.variance[c] + settings.epsilon);
        const double unbiased = moments.variance[c] * moments.size / std::max(moments.size - 1, 1.0);
        runningMean[c] += settings.momentum * (moments.mean[c] - runningMean[c]);
        runningVariance[c] += settings.momentum * (unbiased - runningVariance[c]);
    }
    for (std::size_t i = 0; i < x.size(); ++i) {
        const std::size_t c = channels.of(i);
        const double normal = (x[i] - store.out(node, 1)[c]) * store.out(node, 2)[c];
        store.out(node, 0)[i] = finished(store, node, normal, c, i);
    }
}

void batchNormInference(const Store& store, const Node& node)
{
    const auto& settings = node.as<NormAttributes>();
    const Groups channels = channelsOf(store.inShape(node, 0));
    for (std::size_t i = 0; i < store.in(node, 0).size(); ++i) {
        const std::size_t c = channels.of(i);
        const double normal =
            (store.in(node, 0)[i] - store.in(node, 3)[c]) / std::sqrt(store.in(node, 4)[c] + settings.epsilon);
        store.out(node, 0)[i] = finished(store, node, normal, c, i);
    }
}

void batchNormGrad(const Store& store, const Node& node)
{
    const Groups channels = channelsOf(store.inShape(node, 1));
    const Values& x = store.in(node, 1);
    const Values& mean = store.in(node, 3);
    const Values& inverse = store.in(node, 4);
    Values& dscale = store.out(node, 1);
    Values& dshift = store.out(node, 2);
    std::fill(dscale.begin(), dscale.end(), 0.0);
    std::fill(dshift.begin(), dshift.end(), 0.0);
    Values grad = store.in(node, 0);
    for (std::size_t i = 0; i < x.size(); ++i) {
        const std::size_t c = channels.of(i);
        const auto& settings = node.as<NormAttributes>();
        if (node.inputs.size() > 5) {
            const double y = settings.isMaskedByShift
                ? (x[i] - mean[c]) * inverse[c] * store.in(node, 2)[c] + store.in(node, 5)[c]
                : store.in(node, 5)[i];
            grad[i] = activateGrad(settings.activation, grad[i], y);
        }
        dscale[c] += grad[i] * (x[i] - mean[c]) * inverse[c];
        dshift[c] += grad[i];
    }
    const double size = static_cast<double>(x.size()) / static_cast<double>(channels.count);
    for (std::size_t i = 0; i < x.size(); ++i) {
        const std::size_t c = channels.of(i);
        const double normal = (x[i] - mean[c]) * inverse[c];
        store.out(node, 0)[i] =
            store.in(node, 2)[c] * inverse[c] * (grad[i] - dshift[c] / size - normal * dscale[c] / size);
    }
}

void batchNormInferenceGrad(const Store& store, const Node& node)
{
    const Groups channels = channelsOf(store.inShape(node, 0));
    for (std::size_t i = 0; i < store.in(node, 0).size(); ++i) {
        const std::size_t c = channels.of(i);
        store.out(node, 0)[i] = store.in(node, 0)[i] * store.in(node, 1)[c]
            / std::sqrt(store.in(node, 2)[c] + node.as<NormAttributes>().epsilon);
    }
}

namespace {

/// Layer norm and group norm: `parameterOf` tells which scale and shift an element has.
template<typename ParameterOf>
void rowNorm(const Store& store, const Node& node, ParameterOf parameterOf)
{
    const Values& x = store.in(node, 0);
    const Groups rows = rowsOf(x, store.out(node, 1));
    const Moments moments = momentsOf(x, rows);
    store.out(node, 1) = moments.mean;
    for (std::size_t n = 0; n < moments.mean.size(); ++n) {
        store.out(node, 2)[n] = 1 / std::sqrt(moments.variance[n] + node.as<NormAttributes>().epsilon);
    }
    for (std::size_t i = 0; i < x.size(); ++i) {
        const std::size_t n = rows.of(i);
        const std::size_t p = parameterOf(i);
        store.out(node, 0)[i] =
            (x[i] - moments.mean[n]) * store.out(node, 2)[n] * store.in(node, 1)[p] + store.in(node, 2)[p];
    }
}

template<typename ParameterOf>
void rowNormGrad(const Store& store, const Node& node, ParameterOf parameterOf)
{
    const Values& grad = store.in(node, 0);
    const Values& x = store.in(node, 1);
    const Values& scale = store.in(node, 2);
    const Groups rows = rowsOf(x, store.in(node, 3));
    Values& dscale = store.out(node, 1);
    Values& dshift = store.out(node, 2);
    std::fill(dscale.begin(), dscale.end(), 0.0);
    std::fill(dshift.begin(), dshift.end(), 0.0);
    Values sums(static_cast<std::size_t>(rows.count), 0.0);
    Values products = sums;
    const double size = static_cast<double>(rows.rest);
    const auto normalAt = [&](std::size_t i) {
        return (x[i] - store.in(node, 3)[rows.of(i)]) * store.in(node, 4)[rows.of(i)];
    };
    for (std::size_t i = 0; i < x.size(); ++i) {
        const std::size_t p = parameterOf(i);
        dscale[p] += grad[i] * normalAt(i);
        dshift[p] += grad[i];
        sums[rows.of(i)] += grad[i] * scale[p] / size;
        products[rows.of(i)] += grad[i] * scale[p] * normalAt(i) / size;
    }
    for (std::size_t i = 0; i < x.size(); ++i) {
        const std::size_t n = rows.of(i);
        store.out(node, 0)[i] =
            store.in(node, 4)[n] * (grad[i] * scale[parameterOf(i)] - sums[n] - normalAt(i) * products[n]);
    }
}

} // namespace

void layerNorm(const Store& store, const Node& node)
{
    rowNorm(store, node, [features = store.in(node, 1).size()](std::size_t i) { return i % features; });
}

void layerNormGrad(const Store& store, const Node& node)
{
    rowNormGrad(store, node, [features = store.in(node, 2).size()](std::size_t i) { return i % features; });
}

void groupNorm(const Store& store, const Node& node)
{
    rowNorm(store, node, [channels = channelsOf(store.inShape(node, 0))](std::size_t i) { return channels.of(i); });
}

void groupNormGrad(const Store& store, const Node& node)
{
    rowNormGrad(store, node, [channels = channelsOf(store.inShape(node, 1))](std::size_t i) { return channels.of(i); });
}

void softmax(const Store& store, const Node& node)
{
    const auto columns = static_cast<std::size_t>(store.inShape(node, 0).back());
    const bool isCausal = node.as<SoftmaxAttributes>().isCausal;
    Values& y = store.out(node, 0);
    std::fill(y.begin(), y.end(), 0.0);
    for (std::size_t row = 0; row * columns < y.size(); ++row) {
        const std::size_t seen = isCausal ? row % columns + 1 : columns;
        softmaxRow(store.in(node, 0).data() + row * columns, y.data() + row * columns, seen);
    }
}

void softmaxGrad(const Store& store, const Node& node)
{
    const auto columns = static_cast<std::size_t>(store.inShape(node, 0).back());
    const Values& grad = store.in(node, 0);
    const Values& y = store.in(node, 1);
    for (std::size_t at = 0; at < y.size(); at += columns) {
        double total = 0;
        for (std::size_t k = at; k < at + columns; ++k) {
            total += grad[k] * y[k];
        }
        for (std::size_t k = at; k < at + columns; ++k) {
            store.out(node, 0)[k] = y[k] * (grad[k] - total);
        }
    }
}

} // namespace ty::engine::reference
