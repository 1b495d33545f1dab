#include <algorithm>
#include <utility>
#include <vector>

#include "engine/backends/cpu/kernels/kernels.h"
#include "engine/backends/cpu/kernels/library_product.h"
#include "engine/backends/cpu/kernels/strassen_matmul.h"
#include "engine/backends/cpu/loops/elementwise_loops.h"
#include "engine/backends/cpu/loops/small_matmul.h"
#include "engine/backends/cpu/parallel.h"

namespace ty::engine::kernels {

namespace {

/// Extents and strides of one of a node's products.
loops::SmallMatMul matricesOf(const KernelBuilder& builder, const Node& node)
{
    const auto& settings = node.as<MatMulAttributes>();
    const Shape& left = builder.value(node.inputs[0]).shape;
    const Shape& result = builder.value(node.outputs[0]).shape;
    const std::size_t last = result.size() - 1;
    const std::int64_t rows = result[last - 1];
    const std::int64_t columns = result[last];
    const std::int64_t inner = left[settings.isLeftTransposed ? last - 1 : last];
    loops::SmallMatMul shape{rows, inner, columns, inner, 1, columns, 1};
    if (settings.isLeftTransposed) {
        shape.aRow = 1;
        shape.aInner = rows;
    }
    if (settings.isRightTransposed) {
        shape.bInner = 1;
        shape.bColumn = inner;
    }
    return shape;
}

/// Whether our own loop makes all of a node's products.
bool isSmall(const KernelBuilder& builder, const Node& node)
{
    return builder.value(node.outputs[0]).size() * matricesOf(builder, node).inner <= kSmallProduct;
}

/// Of a node with a bias gradient: whether the product makes it too.
bool isSummedInProduct(const KernelBuilder& builder, const Node& node)
{
    return isSmall(builder, node) && matricesOf(builder, node).canSumRows();
}

Kernel productOf(KernelBuilder& builder, const Node& node)
{
    const auto& settings = node.as<MatMulAttributes>();
    loops::SmallMatMul shape = matricesOf(builder, node);
    const Shape& result = builder.value(node.outputs[0]).shape;
    const std::int64_t matrices = elementCount(result) / (shape.rows * shape.columns);
    float* bias = node.inputs.size() > 2 ? builder.data(node.inputs[2]) : nullptr;
    if (isSmall(builder, node)) {
        if (settings.hasBiasGrad && isSummedInProduct(builder, node)) {
            shape.rowSums = builder.data(node.outputs[1]);
        }
        const float* a = builder.data(node.inputs[0]);
        const float* b = builder.data(node.inputs[1]);
        float* c = builder.data(node.outputs[0]);
        return [shape, matrices, a, b, bias, c, activation = settings.activation](const RunContext&) {
            for (std::int64_t i = 0; i < matrices; ++i) {
                loops::smallMatMul(
                    shape,
                    a + i * shape.rows * shape.inner,
                    b + i * shape.inner * shape.columns,
                    bias,
                    c + i * shape.rows * shape.columns);
            }
            if (activation.kind != ActivationKind::None) {
                loops::activate(activation, c, c, static_cast<std::size_t>(matrices * shape.rows * shape.columns));
            }
        };
    }

    if (isStrassenMatMulFaster(builder.graph(), node)) {
        return strassenMatMul(builder, node);
    }

    return libraryProduct(
        builder,
        {shape,
         builder.pointer(node.inputs[0]),
         builder.pointer(node.inputs[1]),
         bias,
         builder.pointer(node.outputs[0]),
         settings.activation,
         result.size() > 2 ? matrices : 0,
         builder.value(node.inputs[0]).dtype,
         builder.value(node.inputs[1]).dtype,
         builder.value(node.outputs[0]).dtype});
}

/// Columns are shared out in runs that are long in memory and whose sums stay in the nearest cache. Floats are added for
/// some rows, then doubles: the same for any thread count.
template<typename T>
Kernel sumRowsOfMatrix(const T* x, float* total, std::int64_t rows, std::int64_t columns, int threads)
{
    static constexpr std::int64_t kColumns = 1024;
    static constexpr std::int64_t kFewestColumns = 256;
    static constexpr std::int64_t kRows = 64;
    static constexpr std::int64_t kTiny = 512; // done before the ranges would be laid out
    if (rows * columns <= kTiny) {
        return [=](const RunContext&) { loops::sumTinyRows(x, total, rows, columns); };
    }
    const std::int64_t atOnce = std::clamp(columns / threads / kFewestColumns * kFewestColumns, kFewestColumns, kColumns);
    const std::int64_t pieces = (columns + atOnce - 1) / atOnce;
    return [=](const RunContext&) {
        const std::int64_t grain = std::max<std::int64_t>(1, kElementGrain * pieces / (rows * columns));
        parallelRanges(threads, pieces, grain, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t piece = begin; piece < end; ++piece) {
                const std::int64_t column = piece * atOnce;
                const std::int64_t width = std::min(atOnce, columns - column);
                double sums[kColumns];
                std::fill(sums, sums + width, 0.0);
                for (std::int64_t row = 0; row < rows; row += kRows) {
                    float partial[kColumns];
                    std::fill(partial, partial + width, 0.0F);
                    loops::sumRows(
                        x + row * columns + column,
                        partial,
                        static_cast<std::size_t>(std::min(kRows, rows - row)),
                        static_cast<std::size_t>(width),
                        static_cast<std::size_t>(columns));
                    for (std::int64_t i = 0; i < width; ++i) {
                        sums[i] += static_cast<double>(partial[i]);
                    }
                }
                for (std::int64_t i = 0; i < width; ++i) {
                    total[column + i] = static_cast<float>(sums[i]);
                }
            }
        });
    };
}

} // namespace

Kernel matMul(KernelBuilder& builder, const Node& node)
{
    const Kernel product = productOf(builder, node);
    const Shape& left = builder.value(node.inputs[0]).shape;
    const auto& settings = node.as<MatMulAttributes>();
    if (!settings.hasBiasGrad || isSummedInProduct(builder, node)) {
        return product;
    }
    const Kernel sums = builder.isHalf(node.inputs[0])
        ? sumRowsOfMatrix(builder.halves(node.inputs[0]), builder.data(node.outputs[1]), left[0], left[1], builder.threads())
        : sumRowsOfMatrix(builder.data(node.inputs[0]), builder.data(node.outputs[1]), left[0], left[1], builder.threads());
    return [product, sums](const RunContext& context) {
        product(context);
        sums(context);
    };
}

Kernel addBias(KernelBuilder& builder, const Node& node)
{
    const ChannelView view = viewOf(builder.value(node.outputs[0]));
    const float* x = builder.data(node.inputs[0]);
    const float* bias = builder.data(node.inputs[1]);
    float* y = builder.data(node.outputs[0]);
    const int threads = builder.threads();
    return [view, x, bias, y, threads](const RunContext&) {
        const std::int64_t plane = view.spatial * view.inner;
        const std::int64_t grain = std::max<std::int64_t>(1, kElementGrain / plane);
        parallelRanges(threads, view.batch * view.outer, grain, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                const std::int64_t channel = i % view.outer * view.inner;
                if (view.inner == 1) {
                    loops::addScalar(
                        x + i * plane, bias[channel], y + i * plane, static_cast<std::size_t>(view.spatial));
                } else {
                    loops::addRows(
                        x + i * plane,
                        bias + channel,
                        y + i * plane,
                        static_cast<std::size_t>(view.spatial),
                        static_cast<std::size_t>(view.inner));
                }
            }
        });
    };
}

namespace {

template<typename T>
Kernel sumChannelsOf(const KernelBuilder& builder, const Node& node, const T* x)
{
    const ChannelView view = viewOf(builder.value(node.inputs[0]));
    float* total = builder.data(node.outputs[0]);
    const int threads = builder.threads();
    if (view.spatial == 1 && view.outer == 1) {
        return sumRowsOfMatrix(x, total, view.batch, view.inner, threads);
    }
    // Columns are shared out, and each one is summed image by image in its order: the same for any thread count.
    static constexpr std::int64_t kColumns = 16;
    const std::int64_t pieces = view.inner == 1 ? 1 : (view.inner + kColumns - 1) / kColumns;
    return [view, x, total, threads, pieces](const RunContext&) {
        const std::int64_t plane = view.spatial * view.inner;
        const std::int64_t grain = std::max<std::int64_t>(1, kElementGrain * pieces / (view.batch * plane));
        parallelRanges(threads, view.outer * pieces, grain, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t task = begin; task < end; ++task) {
                const std::int64_t outer = task / pieces;
                const std::int64_t column = task % pieces * kColumns;
                const std::int64_t width = std::min(kColumns, view.inner - column);
                float* target = total + outer * view.inner + column;
                double sums[kColumns] = {};
                for (std::int64_t image = 0; image < view.batch; ++image) {
                    const T* source = x + (image * view.outer + outer) * plane + column;
                    if (view.inner == 1) {
                        sums[0] += static_cast<double>(loops::sum(source, static_cast<std::size_t>(view.spatial)));
                        continue;
                    }
                    float partial[kColumns] = {};
                    loops::sumRows(
                        source,
                        partial,
                        static_cast<std::size_t>(view.spatial),
                        static_cast<std::size_t>(width),
                        static_cast<std::size_t>(view.inner));
                    for (std::int64_t i = 0; i < width; ++i) {
                        sums[i] += static_cast<double>(partial[i]);
                    }
                }
                for (std::int64_t i = 0; i < width; ++i) {
                    target[i] = static_cast<float>(sums[i]);
                }
            }
        });
    };
}

} // namespace

Kernel sumChannels(KernelBuilder& builder, const Node& node)
{
    return builder.isHalf(node.inputs[0]) ? sumChannelsOf(builder, node, builder.halves(node.inputs[0]))
                                          : sumChannelsOf(builder, node, builder.data(node.inputs[0]));
}

} // namespace ty::engine::kernels
