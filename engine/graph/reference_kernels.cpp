#include "engine/graph/reference_kernels.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "engine/graph/layout_plan.h"

namespace ty::engine::reference {

namespace {

std::size_t at4(const Shape& shape, std::int64_t n, std::int64_t c, std::int64_t h, std::int64_t w)
{
    return static_cast<std::size_t>(((n * shape[1] + c) * shape[2] + h) * shape[3] + w);
}

/// {batch, channels, the rest}.
std::array<std::int64_t, 3> channelExtents(const Shape& shape)
{
    return {shape[0], shape[1], elementCount(shape) / (shape[0] * shape[1])};
}

/// Calls visit(large index, small index, number inside the window) for every place of every window inside the picture.
template<typename Visit>
void overWindows(const Shape& large, const Shape& small, const PoolAttributes& pool, Visit visit)
{
    for (std::int64_t n = 0; n < small[0]; ++n) {
        for (std::int64_t c = 0; c < small[1]; ++c) {
            for (std::int64_t i = 0; i < small[2]; ++i) {
                for (std::int64_t j = 0; j < small[3]; ++j) {
                    for (std::int64_t y = 0; y < pool.kernel[0]; ++y) {
                        for (std::int64_t x = 0; x < pool.kernel[1]; ++x) {
                            const std::int64_t h = i * pool.stride[0] - pool.padding[0] + y;
                            const std::int64_t w = j * pool.stride[1] - pool.padding[1] + x;
                            if (h >= 0 && h < large[2] && w >= 0 && w < large[3]) {
                                visit(at4(large, n, c, h, w), at4(small, n, c, i, j), y * pool.kernel[1] + x);
                            }
                        }
                    }
                }
            }
        }
    }
}

Values windowCounts(const Shape& large, const Shape& small, const PoolAttributes& pool)
{
    Values counts(static_cast<std::size_t>(elementCount(small)), 0.0);
    overWindows(large, small, pool, [&](std::size_t, std::size_t at, std::int64_t) { counts[at] += 1; });
    return counts;
}

} // namespace

double activate(const Activation& activation, double x)
{
    const double alpha = static_cast<double>(activation.alpha);
    switch (activation.kind) {
    case ActivationKind::None: return x;
    case ActivationKind::Relu: return std::max(x, 0.0);
    case ActivationKind::LeakyRelu: return x > 0 ? x : alpha * x;
    case ActivationKind::Elu: return x > 0 ? x : alpha * std::expm1(x);
    case ActivationKind::Gelu: return 0.5 * x * (1 + std::erf(x / std::numbers::sqrt2));
    case ActivationKind::Silu: return x / (1 + std::exp(-x));
    case ActivationKind::Sigmoid: return 1 / (1 + std::exp(-x));
    case ActivationKind::Tanh: return std::tanh(x);
    case ActivationKind::HardSigmoid: return std::clamp(x / 6 + 0.5, 0.0, 1.0);
    case ActivationKind::HardSwish: return x * std::clamp(x / 6 + 0.5, 0.0, 1.0);
    case ActivationKind::HardTanh: return std::clamp(x, -1.0, 1.0);
    case ActivationKind::Scale: return alpha * x;
    }
    return x;
}

double activateGrad(const Activation& activation, double grad, double reference)
{
    const double alpha = static_cast<double>(activation.alpha);
    switch (activation.kind) {
    case ActivationKind::None: return grad;
    case ActivationKind::Relu: return reference > 0 ? grad : 0;
    case ActivationKind::LeakyRelu: return reference > 0 ? grad : alpha * grad;
    case ActivationKind::Elu: return reference > 0 ? grad : grad * (reference + alpha);
    case ActivationKind::Gelu: {
        const double density = std::exp(-0.5 * reference * reference) / std::sqrt(2 * std::numbers::pi);
        return grad * (0.5 * (1 + std::erf(reference / std::numbers::sqrt2)) + reference * density);
    }
    case ActivationKind::Silu: {
        const double s = 1 / (1 + std::exp(-reference));
        return grad * s * (1 + reference * (1 - s));
    }
    case ActivationKind::Sigmoid: return grad * reference * (1 - reference);
    case ActivationKind::Tanh: return grad * (1 - reference * reference);
    case ActivationKind::HardSigmoid: return reference > 0 && reference < 1 ? grad / 6 : 0;
    case ActivationKind::HardSwish:
        return reference <= -3 ? 0 : reference >= 3 ? grad : grad * (reference / 3 + 0.5);
    case ActivationKind::HardTanh: return reference > -1 && reference < 1 ? grad : 0;
    case ActivationKind::Scale: return alpha * grad;
    }
    return grad;
}

void matMul(const Store& store, const Node& node)
{
    const auto& settings = node.as<MatMulAttributes>();
    const Shape& left = store.inShape(node, 0);
    const Shape& right = store.inShape(node, 1);
    const Shape& result = store.outShape(node, 0);
    const std::size_t last = left.size() - 1;
    const std::int64_t rows = result[last - 1];
    const std::int64_t columns = result[last];
    const std::int64_t inner = left[settings.isLeftTransposed ? last - 1 : last];
    for (std::int64_t m = 0; m < elementCount(result) / (rows * columns); ++m) {
        const double* leftMatrix = store.in(node, 0).data() + m * rows * inner;
        const double* rightMatrix = store.in(node, 1).data() + m * inner * columns;
        for (std::int64_t i = 0; i < rows; ++i) {
            for (std::int64_t j = 0; j < columns; ++j) {
                double total = node.inputs.size() > 2 ? store.in(node, 2)[static_cast<std::size_t>(j)] : 0;
                for (std::int64_t k = 0; k < inner; ++k) {
                    const std::int64_t a = settings.isLeftTransposed ? k * left[last] + i : i * left[last] + k;
                    const std::int64_t b = settings.isRightTransposed ? j * right[last] + k : k * right[last] + j;
                    total += leftMatrix[a] * rightMatrix[b];
                }
                store.out(node, 0)[static_cast<std::size_t>((m * rows + i) * columns + j)] =
                    activate(settings.activation, total);
            }
        }
    }
    if (settings.hasBiasGrad) {
        Values& sums = store.out(node, 1);
        std::fill(sums.begin(), sums.end(), 0.0);
        for (std::size_t i = 0; i < store.in(node, 0).size(); ++i) {
            sums[i % sums.size()] += store.in(node, 0)[i];
        }
    }
}

void addBias(const Store& store, const Node& node)
{
    const auto [batch, channels, rest] = channelExtents(store.inShape(node, 0));
    const Values& x = store.in(node, 0);
    for (std::size_t i = 0; i < x.size(); ++i) {
        const std::int64_t channel = static_cast<std::int64_t>(i) / rest % channels;
        store.out(node, 0)[i] = x[i] + store.in(node, 1)[static_cast<std::size_t>(channel)];
    }
}

void sumChannels(const Store& store, const Node& node)
{
    const auto [batch, channels, rest] = channelExtents(store.inShape(node, 0));
    const Values& x = store.in(node, 0);
    Values& total = store.out(node, 0);
    std::fill(total.begin(), total.end(), 0.0);
    for (std::size_t i = 0; i < x.size(); ++i) {
        total[static_cast<std::size_t>(static_cast<std::int64_t>(i) / rest % channels)] += x[i];
    }
}

void convolution(const Store& store, const Node& node)
{
    const auto& settings = node.as<ConvolutionAttributes>();
    const ConvolutionShapes shapes = convolutionShapes(store.graph, node);
    const Shape& input = shapes.input;
    const Shape& weight = shapes.weight;
    const Shape& result = shapes.result;
    const bool isForward = node.kind == OpKind::Conv2d;
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
        std::fill(store.out(node, i).begin(), store.out(node, i).end(), 0.0);
    }
    const std::int64_t filtersPerGroup = weight[0] / settings.groups;
    for (std::int64_t n = 0; n < result[0]; ++n) {
        for (std::int64_t f = 0; f < result[1]; ++f) {
            for (std::int64_t i = 0; i < result[2]; ++i) {
                for (std::int64_t j = 0; j < result[3]; ++j) {
                    const std::size_t at = at4(result, n, f, i, j);
                    double total = isForward && node.inputs.size() > 2 ? store.in(node, 2)[static_cast<std::size_t>(f)] : 0;
                    for (std::int64_t c = 0; c < weight[1]; ++c) {
                        const std::int64_t channel = f / filtersPerGroup * weight[1] + c;
                        for (std::int64_t y = 0; y < weight[2]; ++y) {
                            for (std::int64_t x = 0; x < weight[3]; ++x) {
                                const std::int64_t h =
                                    i * settings.stride[0] - settings.padding[0] + y * settings.dilation[0];
                                const std::int64_t w =
                                    j * settings.stride[1] - settings.padding[1] + x * settings.dilation[1];
                                if (h < 0 || h >= input[2] || w < 0 || w >= input[3]) {
                                    continue;
                                }
                                const std::size_t from = at4(input, n, channel, h, w);
                                const std::size_t by = at4(weight, f, c, y, x);
                                if (isForward) {
                                    total += store.in(node, 0)[from] * store.in(node, 1)[by];
                                } else if (node.kind == OpKind::Conv2dInputGrad) {
                                    store.out(node, 0)[from] += store.in(node, 0)[at] * store.in(node, 1)[by];
                                } else {
                                    store.out(node, 0)[by] += store.in(node, 0)[at] * store.in(node, 1)[from];
                                }
                            }
                        }
                    }
                    if (isForward) {
                        store.out(node, 0)[at] = activate(settings.activation, total);
                    } else if (settings.hasBiasGrad && node.kind == OpKind::Conv2dWeightGrad) {
                        store.out(node, 1)[static_cast<std::size_t>(f)] += store.in(node, 0)[at];
                    }
                }
            }
        }
    }
    for (std::size_t i = 0; node.kind == OpKind::Conv2dInputGrad && node.inputs.size() > 2 && i < store.out(node, 0).size(); ++i) {
        const bool isCleared = node.inputs.size() > 3 && !(store.in(node, 3)[i] > 0);
        store.out(node, 0)[i] = isCleared ? 0 : store.out(node, 0)[i] + store.in(node, 2)[i];
    }
}

void maxPool(const Store& store, const Node& node)
{
    const Values& x = store.in(node, 0);
    Values& y = store.out(node, 0);
    Values& place = store.out(node, 1);
    std::fill(place.begin(), place.end(), -1.0);
    overWindows(
        store.inShape(node, 0),
        store.outShape(node, 0),
        node.as<PoolAttributes>(),
        [&](std::size_t from, std::size_t at, std::int64_t number) {
            if (place[at] < 0 || x[from] > y[at]) {
                y[at] = x[from];
                place[at] = static_cast<double>(number);
            }
        });
}

void maxPoolGrad(const Store& store, const Node& node)
{
    Values& dx = store.out(node, 0);
    std::fill(dx.begin(), dx.end(), 0.0);
    overWindows(
        store.outShape(node, 0),
        store.inShape(node, 0),
        node.as<PoolAttributes>(),
        [&](std::size_t from, std::size_t at, std::int64_t number) {
            if (store.in(node, 1)[at] == static_cast<double>(number)) {
                dx[from] += store.in(node, 0)[at];
            }
        });
}

void averagePool(const Store& store, const Node& node)
{
    const Shape& large = store.inShape(node, 0);
    const Shape& small = store.outShape(node, 0);
    const auto& pool = node.as<PoolAttributes>();
    const Values counts = windowCounts(large, small, pool);
    Values& y = store.out(node, 0);
    std::fill(y.begin(), y.end(), 0.0);
    overWindows(large, small, pool, [&](std::size_t from, std::size_t at, std::int64_t) {
        y[at] += store.in(node, 0)[from] / counts[at];
    });
}

void averagePoolGrad(const Store& store, const Node& node)
{
    const Shape& large = store.outShape(node, 0);
    const Shape& small = store.inShape(node, 0);
    const auto& pool = node.as<PoolAttributes>();
    const Values counts = windowCounts(large, small, pool);
    Values& dx = store.out(node, 0);
    std::fill(dx.begin(), dx.end(), 0.0);
    overWindows(large, small, pool, [&](std::size_t from, std::size_t at, std::int64_t) {
        dx[from] += store.in(node, 0)[at] / counts[at];
    });
}

void globalAveragePool(const Store& store, const Node& node)
{
    const auto [batch, channels, rest] = channelExtents(store.inShape(node, 0));
    Values& y = store.out(node, 0);
    std::fill(y.begin(), y.end(), 0.0);
    for (std::size_t i = 0; i < store.in(node, 0).size(); ++i) {
        y[static_cast<std::size_t>(static_cast<std::int64_t>(i) / rest)] +=
            store.in(node, 0)[i] / static_cast<double>(rest);
    }
}

void globalAveragePoolGrad(const Store& store, const Node& node)
{
    const auto [batch, channels, rest] = channelExtents(store.outShape(node, 0));
    Values& dx = store.out(node, 0);
    for (std::size_t i = 0; i < dx.size(); ++i) {
        dx[i] = store.in(node, 0)[static_cast<std::size_t>(static_cast<std::int64_t>(i) / rest)]
            / static_cast<double>(rest);
    }
}

} // namespace ty::engine::reference
