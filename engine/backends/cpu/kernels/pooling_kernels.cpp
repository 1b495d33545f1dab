#include <algorithm>

#include "engine/backends/cpu/kernels/kernels.h"
#include "engine/backends/cpu/loops/elementwise_loops.h"
#include "engine/backends/cpu/loops/pooling_loops.h"
#include "engine/backends/cpu/parallel.h"

namespace ty::engine::kernels {

namespace {

/// A pool over every plane of a picture.
struct PoolWork {
    loops::PoolPlane plane;
    std::int64_t planes = 0;
    std::int64_t largePlane = 0; ///< elements
    std::int64_t smallPlane = 0;
    std::int64_t grain = 1;
};

PoolWork poolWork(const Value& large, const Value& small, const PoolAttributes& settings)
{
    PoolWork work;
    const std::int64_t channels = large.shape[1];
    // One pixel may be left of either picture: its channels then lie beside each other in every layout.
    const bool isPixel = large.shape[2] * large.shape[3] == 1;
    const std::int64_t inner = isPixel ? channels : large.channelBlock;
    work.plane.height = large.shape[2];
    work.plane.width = large.shape[3];
    work.plane.resultHeight = small.shape[2];
    work.plane.resultWidth = small.shape[3];
    work.plane.inner = inner;
    work.plane.kernel = settings.kernel;
    work.plane.stride = settings.stride;
    work.plane.offset = {settings.padding[0], settings.padding[1]};
    work.planes = large.shape[0] * channels / inner;
    work.largePlane = large.shape[2] * large.shape[3] * inner;
    work.smallPlane = small.shape[2] * small.shape[3] * inner;
    work.grain = std::max<std::int64_t>(1, kElementGrain / work.largePlane);
    return work;
}

} // namespace

namespace {

template<typename T, typename Place>
Kernel maxPoolOf(KernelBuilder& builder, const Node& node)
{
    const PoolWork work = poolWork(
        builder.value(node.inputs[0]), builder.value(node.outputs[0]), node.as<PoolAttributes>());
    const T* x = static_cast<const T*>(builder.pointer(node.inputs[0]));
    T* y = static_cast<T*>(builder.pointer(node.outputs[0]));
    auto* place = static_cast<Place*>(builder.pointer(node.outputs[1]));
    return [work, x, y, place, threads = builder.threads()](const RunContext&) {
        parallelRanges(threads, work.planes, work.grain, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                loops::maxPool(
                    work.plane, x + i * work.largePlane, y + i * work.smallPlane, place + i * work.smallPlane);
            }
        });
    };
}

template<typename T, typename Place>
Kernel maxPoolGradOf(KernelBuilder& builder, const Node& node)
{
    const PoolWork work = poolWork(
        builder.value(node.outputs[0]), builder.value(node.inputs[0]), node.as<PoolAttributes>());
    const T* grad = static_cast<const T*>(builder.pointer(node.inputs[0]));
    const auto* place = static_cast<const Place*>(builder.pointer(node.inputs[1]));
    T* dx = static_cast<T*>(builder.pointer(node.outputs[0]));
    return [work, grad, place, dx, threads = builder.threads()](const RunContext&) {
        parallelRanges(threads, work.planes, work.grain, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                loops::maxPoolGrad(
                    work.plane, grad + i * work.smallPlane, place + i * work.smallPlane, dx + i * work.largePlane);
            }
        });
    };
}

/// Whether the places fit into bytes: placeType() of the window.
bool areBytes(const KernelBuilder& builder, ValueId places)
{
    return builder.value(places).dtype == DType::UInt8;
}

template<typename T>
Kernel maxPoolFor(KernelBuilder& builder, const Node& node)
{
    return areBytes(builder, node.outputs[1]) ? maxPoolOf<T, std::uint8_t>(builder, node)
                                              : maxPoolOf<T, std::int32_t>(builder, node);
}

template<typename T>
Kernel maxPoolGradFor(KernelBuilder& builder, const Node& node)
{
    return areBytes(builder, node.inputs[1]) ? maxPoolGradOf<T, std::uint8_t>(builder, node)
                                             : maxPoolGradOf<T, std::int32_t>(builder, node);
}

} // namespace

Kernel maxPool(KernelBuilder& builder, const Node& node)
{
    return builder.isHalf(node.outputs[0]) ? maxPoolFor<BFloat16>(builder, node) : maxPoolFor<float>(builder, node);
}

Kernel maxPoolGrad(KernelBuilder& builder, const Node& node)
{
    return builder.isHalf(node.outputs[0]) ? maxPoolGradFor<BFloat16>(builder, node)
                                           : maxPoolGradFor<float>(builder, node);
}

namespace {

template<typename T>
Kernel averagePoolOf(KernelBuilder& builder, const Node& node)
{
    const PoolWork work = poolWork(
        builder.value(node.inputs[0]), builder.value(node.outputs[0]), node.as<PoolAttributes>());
    const auto* x = static_cast<const T*>(builder.pointer(node.inputs[0]));
    auto* y = static_cast<T*>(builder.pointer(node.outputs[0]));
    return [work, x, y, threads = builder.threads()](const RunContext&) {
        parallelRanges(threads, work.planes, work.grain, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                loops::averagePool(work.plane, x + i * work.largePlane, y + i * work.smallPlane);
            }
        });
    };
}

template<typename T>
Kernel averagePoolGradOf(KernelBuilder& builder, const Node& node)
{
    const PoolWork work = poolWork(
        builder.value(node.outputs[0]), builder.value(node.inputs[0]), node.as<PoolAttributes>());
    const auto* grad = static_cast<const T*>(builder.pointer(node.inputs[0]));
    auto* dx = static_cast<T*>(builder.pointer(node.outputs[0]));
    return [work, grad, dx, threads = builder.threads()](const RunContext&) {
        parallelRanges(threads, work.planes, work.grain, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                loops::averagePoolGrad(work.plane, grad + i * work.smallPlane, dx + i * work.largePlane);
            }
        });
    };
}

/// Means of pictures kept as T; they are float32.
template<typename T>
Kernel globalAveragePoolOf(KernelBuilder& builder, const Node& node)
{
    const ChannelView view = viewOf(builder.value(node.inputs[0]));
    const auto* x = static_cast<const T*>(builder.pointer(node.inputs[0]));
    float* y = builder.data(node.outputs[0]);
    return [view, x, y, threads = builder.threads()](const RunContext&) {
        const std::int64_t plane = view.spatial * view.inner;
        const float factor = 1.0F / static_cast<float>(view.spatial);
        const std::int64_t grain = std::max<std::int64_t>(1, kElementGrain / plane);
        parallelRanges(threads, view.batch * view.outer, grain, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                float* target = y + i * view.inner;
                if (view.inner == 1) {
                    *target = loops::sum(x + i * plane, static_cast<std::size_t>(view.spatial)) * factor;
                    continue;
                }
                const auto width = static_cast<std::size_t>(view.inner);
                loops::fill(0.0F, target, width);
                loops::sumRows(x + i * plane, target, static_cast<std::size_t>(view.spatial), width, width);
                for (std::int64_t c = 0; c < view.inner; ++c) {
                    target[c] *= factor;
                }
            }
        });
    };
}

/// The gradient of means, which is float32, for pictures kept as T.
template<typename T>
Kernel globalAveragePoolGradOf(KernelBuilder& builder, const Node& node)
{
    const ChannelView view = viewOf(builder.value(node.outputs[0]));
    const float* grad = builder.data(node.inputs[0]);
    auto* dx = static_cast<T*>(builder.pointer(node.outputs[0]));
    return [view, grad, dx, threads = builder.threads()](const RunContext&) {
        const std::int64_t plane = view.spatial * view.inner;
        const float factor = 1.0F / static_cast<float>(view.spatial);
        const std::int64_t grain = std::max<std::int64_t>(1, kElementGrain / plane);
        parallelRanges(threads, view.batch * view.outer, grain, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                const float* source = grad + i * view.inner;
                T* target = dx + i * plane;
                if (view.inner == 1) {
                    std::fill(target, target + plane, loops::fromFloat<T>(*source * factor));
                    continue;
                }
                for (std::int64_t s = 0; s < view.spatial; ++s) {
                    for (std::int64_t c = 0; c < view.inner; ++c) {
                        target[s * view.inner + c] = loops::fromFloat<T>(source[c] * factor);
                    }
                }
            }
        });
    };
}

} // namespace

Kernel averagePool(KernelBuilder& builder, const Node& node)
{
    return builder.isHalf(node.outputs[0]) ? averagePoolOf<BFloat16>(builder, node) : averagePoolOf<float>(builder, node);
}

Kernel averagePoolGrad(KernelBuilder& builder, const Node& node)
{
    return builder.isHalf(node.outputs[0]) ? averagePoolGradOf<BFloat16>(builder, node)
                                           : averagePoolGradOf<float>(builder, node);
}

Kernel globalAveragePool(KernelBuilder& builder, const Node& node)
{
    return builder.isHalf(node.inputs[0]) ? globalAveragePoolOf<BFloat16>(builder, node)
                                          : globalAveragePoolOf<float>(builder, node);
}

Kernel globalAveragePoolGrad(KernelBuilder& builder, const Node& node)
{
    return builder.isHalf(node.outputs[0]) ? globalAveragePoolGradOf<BFloat16>(builder, node)
                                           : globalAveragePoolGradOf<float>(builder, node);
}

namespace {

PoolWork upsampleWork(const Value& large, const Value& small, const UpsampleAttributes& settings)
{
    PoolAttributes tiles;
    tiles.kernel = settings.factor;
    tiles.stride = settings.factor;
    return poolWork(large, small, tiles);
}

} // namespace

Kernel upsample(KernelBuilder& builder, const Node& node)
{
    const PoolWork work = upsampleWork(
        builder.value(node.outputs[0]), builder.value(node.inputs[0]), node.as<UpsampleAttributes>());
    const float* x = builder.data(node.inputs[0]);
    float* y = builder.data(node.outputs[0]);
    return [work, x, y, threads = builder.threads()](const RunContext&) {
        parallelRanges(threads, work.planes, work.grain, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                loops::upsample(work.plane, x + i * work.smallPlane, y + i * work.largePlane);
            }
        });
    };
}

Kernel upsampleGrad(KernelBuilder& builder, const Node& node)
{
    const PoolWork work = upsampleWork(
        builder.value(node.inputs[0]), builder.value(node.outputs[0]), node.as<UpsampleAttributes>());
    const float* grad = builder.data(node.inputs[0]);
    float* dx = builder.data(node.outputs[0]);
    return [work, grad, dx, threads = builder.threads()](const RunContext&) {
        parallelRanges(threads, work.planes, work.grain, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                loops::upsampleGrad(work.plane, grad + i * work.largePlane, dx + i * work.smallPlane);
            }
        });
    };
}

} // namespace ty::engine::kernels
