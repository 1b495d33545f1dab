#include <algorithm>
#include <cstring>
#include <vector>

#include "engine/backends/cpu/convolution_planner.h"
#include "engine/backends/cpu/kernels/kernels.h"
#include "engine/backends/cpu/kernels/primitive_kernel.h"
#include "engine/backends/cpu/loops/elementwise_loops.h"
#include "engine/backends/cpu/parallel.h"

namespace ty::engine::kernels {

namespace {

/// A plain value as {outer, extent of one axis, inner}.
struct AxisView {
    std::int64_t outer = 1;
    std::int64_t extent = 1;
    std::int64_t inner = 1;

    AxisView(const Shape& shape, std::int64_t axis)
    {
        for (std::size_t i = 0; i < shape.size(); ++i) {
            const auto at = static_cast<std::int64_t>(i);
            (at < axis ? outer : at == axis ? extent : inner) *= shape[i];
        }
    }

    std::int64_t row() const { return extent * inner; } ///< elements of one outer place
    std::int64_t grain() const { return std::max<std::int64_t>(1, kElementGrain / row()); }
};

void copy(float* target, const float* source, std::int64_t count)
{
    std::memcpy(target, source, static_cast<std::size_t>(count) * sizeof(float));
}

} // namespace

Kernel concat(KernelBuilder& builder, const Node& node)
{
    struct Piece {
        const std::byte* source;
        std::int64_t bytes; ///< of one outer place
    };
    const std::int64_t axis = node.as<AxisAttributes>().axis;
    const Value& result = builder.value(node.outputs[0]);
    const auto width = static_cast<std::int64_t>(dtypeBytes(result.dtype));
    const AxisView whole(result.shape, axis);
    std::vector<Piece> pieces;
    for (const ValueId input : node.inputs) {
        pieces.push_back({builder.bytes(input), AxisView(builder.value(input).shape, axis).row() * width});
    }
    std::byte* y = builder.bytes(node.outputs[0]);
    return [pieces, y, whole, width, threads = builder.threads()](const RunContext&) {
        parallelRanges(threads, whole.outer, whole.grain(), [&](std::int64_t begin, std::int64_t end) {
            std::byte* target = y + begin * whole.row() * width;
            for (std::int64_t i = begin; i < end; ++i) {
                for (const Piece& piece : pieces) {
                    std::memcpy(target, piece.source + i * piece.bytes, static_cast<std::size_t>(piece.bytes));
                    target += piece.bytes;
                }
            }
        });
    };
}

Kernel slice(KernelBuilder& builder, const Node& node)
{
    const auto& settings = node.as<SliceAttributes>();
    const Value& result = builder.value(node.outputs[0]);
    const auto width = static_cast<std::int64_t>(dtypeBytes(result.dtype));
    const AxisView whole(builder.value(node.inputs[0]).shape, settings.axis);
    const AxisView part(result.shape, settings.axis);
    const std::int64_t rowBytes = part.row() * width;
    const std::byte* x = builder.bytes(node.inputs[0]) + settings.begin * whole.inner * width;
    std::byte* y = builder.bytes(node.outputs[0]);
    return [=, threads = builder.threads()](const RunContext&) {
        parallelRanges(threads, part.outer, part.grain(), [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                std::memcpy(y + i * rowBytes, x + i * whole.row() * width, static_cast<std::size_t>(rowBytes));
            }
        });
    };
}

Kernel pad(KernelBuilder& builder, const Node& node)
{
    const auto& settings = node.as<SliceAttributes>();
    const AxisView whole(builder.value(node.outputs[0]).shape, settings.axis);
    const AxisView part(builder.value(node.inputs[0]).shape, settings.axis);
    const std::int64_t before = settings.begin * whole.inner;
    const std::int64_t after = whole.row() - part.row() - before;
    const float* x = builder.data(node.inputs[0]);
    float* y = builder.data(node.outputs[0]);
    return [=, threads = builder.threads()](const RunContext&) {
        parallelRanges(threads, whole.outer, whole.grain(), [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                float* target = y + i * whole.row();
                loops::fill(0.0F, target, static_cast<std::size_t>(before));
                copy(target + before, x + i * part.row(), part.row());
                loops::fill(0.0F, target + before + part.row(), static_cast<std::size_t>(after));
            }
        });
    };
}

Kernel permute(KernelBuilder& builder, const Node& node)
{
    // The result's axes with the strides that they have in the operand: a reorder to plain rows.
    const auto& order = node.as<PermuteAttributes>().order;
    const Shape& source = builder.value(node.inputs[0]).shape;
    const Shape& result = builder.value(node.outputs[0]).shape;
    dnnl::memory::dims plain(source.size(), 1);
    for (std::size_t i = source.size(); i-- > 1;) {
        plain[i - 1] = plain[i] * source[i];
    }
    dnnl::memory::dims strides;
    for (const std::int64_t axis : order) {
        strides.push_back(plain[static_cast<std::size_t>(axis)]);
    }
    const dnnl::memory::desc src(result, dnnl::memory::data_type::f32, strides);
    const dnnl::memory::desc dst = plainDesc(result);
    const dnnl::reorder::primitive_desc chosen(
        builder.engine(), src, builder.engine(), dst, PrimitiveKernel::attributes());
    PrimitiveKernel kernel(builder, dnnl::reorder(chosen), chosen.scratchpad_desc());
    kernel.bind(DNNL_ARG_FROM, src, builder.data(node.inputs[0]));
    kernel.bind(DNNL_ARG_TO, dst, builder.data(node.outputs[0]));
    return kernel.finish(builder);
}

Kernel sumAxis(KernelBuilder& builder, const Node& node)
{
    const AxisView view(builder.value(node.inputs[0]).shape, node.as<AxisAttributes>().axis);
    const float* x = builder.data(node.inputs[0]);
    float* y = builder.data(node.outputs[0]);
    return [=, threads = builder.threads()](const RunContext&) {
        parallelRanges(threads, view.outer, view.grain(), [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                const float* source = x + i * view.row();
                float* target = y + i * view.inner;
                if (view.inner == 1) {
                    *target = loops::sum(source, static_cast<std::size_t>(view.extent));
                    continue;
                }
                const auto width = static_cast<std::size_t>(view.inner);
                loops::fill(0.0F, target, width);
                loops::sumRows(source, target, static_cast<std::size_t>(view.extent), width, width);
            }
        });
    };
}

Kernel repeatAxis(KernelBuilder& builder, const Node& node)
{
    const AxisView view(builder.value(node.outputs[0]).shape, node.as<RepeatAttributes>().axis);
    const float* x = builder.data(node.inputs[0]);
    float* y = builder.data(node.outputs[0]);
    return [=, threads = builder.threads()](const RunContext&) {
        parallelRanges(threads, view.outer, view.grain(), [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                const float* source = x + i * view.inner;
                float* target = y + i * view.row();
                if (view.inner == 1) {
                    loops::fill(*source, target, static_cast<std::size_t>(view.extent));
                    continue;
                }
                for (std::int64_t k = 0; k < view.extent; ++k) {
                    copy(target + k * view.inner, source, view.inner);
                }
            }
        });
    };
}

} // namespace ty::engine::kernels
