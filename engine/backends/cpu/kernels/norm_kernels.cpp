#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "engine/backends/cpu/kernels/kernels.h"
#include "engine/backends/cpu/loops/norm_loops.h"
#include "engine/backends/cpu/parallel.h"

namespace ty::engine::kernels {

namespace {

using loops::ChannelGroup;

/// How batch norm visits a value: chunks of images whose channels fit the cache, each chunk alone. Chunks do not depend
/// on the thread count, so neither do the sums.
struct NormWork {
    ChannelView view;
    std::int64_t imagesPerChunk = 1;
    std::int64_t chunks = 1;
    std::int64_t channels = 1;
    std::int64_t grain = 1;

    explicit NormWork(const Value& value) : view(viewOf(value))
    {
        constexpr std::int64_t kRows = 256;
        imagesPerChunk = std::clamp<std::int64_t>(kRows / view.spatial, 1, view.batch);
        chunks = (view.batch + imagesPerChunk - 1) / imagesPerChunk;
        channels = view.outer * view.inner;
        grain = std::max<std::int64_t>(
            1, kElementGrain / (imagesPerChunk * view.spatial * view.inner));
    }

    std::int64_t tasks() const { return chunks * view.outer; }
    double samples() const { return static_cast<double>(view.batch * view.spatial); }

    struct Task {
        ChannelGroup group;
        std::int64_t offset = 0;  ///< of the first element
        std::int64_t chunk = 0;
        std::int64_t channel = 0; ///< the first
    };
    Task task(std::int64_t index) const
    {
        Task task;
        task.chunk = index / view.outer;
        const std::int64_t outer = index % view.outer;
        const std::int64_t first = task.chunk * imagesPerChunk;
        task.group.images = std::min(imagesPerChunk, view.batch - first);
        task.group.imageStride = channels * view.spatial;
        task.group.rows = view.spatial;
        task.group.width = view.inner;
        task.channel = outer * view.inner;
        task.offset = first * task.group.imageStride + task.channel * view.spatial;
        return task;
    }
};

std::shared_ptr<std::vector<float>> makeBuffer(std::int64_t count)
{
    return std::make_shared<std::vector<float>>(static_cast<std::size_t>(count));
}

template<typename T>
T* picture(const KernelBuilder& builder, ValueId id)
{
    return static_cast<T*>(builder.pointer(id));
}

template<typename T>
Kernel batchNormOf(KernelBuilder& builder, const Node& node)
{
    const NormWork work(builder.value(node.inputs[0]));
    const auto settings = node.as<NormAttributes>();
    const T* x = picture<T>(builder, node.inputs[0]);
    const float* scale = builder.data(node.inputs[1]);
    const float* shift = builder.data(node.inputs[2]);
    float* runningMean = builder.data(node.inputs[3]);
    float* runningVariance = builder.data(node.inputs[4]);
    T* y = picture<T>(builder, node.outputs[0]);
    float* mean = builder.data(node.outputs[1]);
    float* inverse = builder.data(node.outputs[2]);
    const auto partial = makeBuffer(2 * work.chunks * work.channels);
    const auto factors = makeBuffer(2 * work.channels);
    return [=, threads = builder.threads()](const RunContext&) {
        float* means = partial->data();
        float* squares = means + work.chunks * work.channels;
        parallelRanges(threads, work.tasks(), work.grain, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                const auto task = work.task(i);
                const std::int64_t at = task.chunk * work.channels + task.channel;
                loops::momentsOf(task.group, x + task.offset, means + at, squares + at);
            }
        });

        // Chan, Golub, LeVeque (1983): moments of chunks give those of the whole without cancellation.
        const double momentum = settings.momentum;
        const double samples = work.samples();
        for (std::int64_t c = 0; c < work.channels; ++c) {
            double count = 0;
            double total = 0;
            double square = 0;
            for (std::int64_t chunk = 0; chunk < work.chunks; ++chunk) {
                const std::int64_t at = chunk * work.channels + c;
                const double n = static_cast<double>(work.task(chunk * work.view.outer).group.images * work.view.spatial);
                const double delta = static_cast<double>(means[at]) - total;
                const double sum = count + n;
                square += static_cast<double>(squares[at]) + delta * delta * count * n / sum;
                total += delta * n / sum;
                count = sum;
            }
            const double variance = square / samples;
            const double inverseDeviation = 1.0 / std::sqrt(variance + settings.epsilon);
            mean[c] = static_cast<float>(total);
            inverse[c] = static_cast<float>(inverseDeviation);
            const double unbiased = samples > 1 ? square / (samples - 1) : variance;
            runningMean[c] = static_cast<float>((1 - momentum) * static_cast<double>(runningMean[c]) + momentum * total);
            runningVariance[c] =
                static_cast<float>((1 - momentum) * static_cast<double>(runningVariance[c]) + momentum * unbiased);
            const double factor = static_cast<double>(scale[c]) * inverseDeviation;
            (*factors)[static_cast<std::size_t>(c)] = static_cast<float>(factor);
            (*factors)[static_cast<std::size_t>(work.channels + c)] =
                static_cast<float>(static_cast<double>(shift[c]) - total * factor);
        }

        const float* factor = factors->data();
        const float* offset = factor + work.channels;
        const bool isRelu = settings.activation.kind == ActivationKind::Relu;
        parallelRanges(threads, work.tasks(), work.grain, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                const auto task = work.task(i);
                loops::scaleShift(
                    task.group, x + task.offset, factor + task.channel, offset + task.channel, isRelu, y + task.offset);
            }
        });
    };
}

template<typename T>
Kernel batchNormInferenceOf(KernelBuilder& builder, const Node& node)
{
    const NormWork work(builder.value(node.inputs[0]));
    const auto settings = node.as<NormAttributes>();
    const T* x = picture<T>(builder, node.inputs[0]);
    const float* scale = builder.data(node.inputs[1]);
    const float* shift = builder.data(node.inputs[2]);
    const float* mean = builder.data(node.inputs[3]);
    const float* variance = builder.data(node.inputs[4]);
    T* y = picture<T>(builder, node.outputs[0]);
    const auto factors = makeBuffer(2 * work.channels);
    return [=, threads = builder.threads()](const RunContext&) {
        float* factor = factors->data();
        float* offset = factor + work.channels;
        for (std::int64_t c = 0; c < work.channels; ++c) {
            factor[c] = scale[c] / std::sqrt(variance[c] + static_cast<float>(settings.epsilon));
            offset[c] = shift[c] - mean[c] * factor[c];
        }
        const bool isRelu = settings.activation.kind == ActivationKind::Relu;
        parallelRanges(threads, work.tasks(), work.grain, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                const auto task = work.task(i);
                loops::scaleShift(
                    task.group, x + task.offset, factor + task.channel, offset + task.channel, isRelu, y + task.offset);
            }
        });
    };
}

template<typename T>
Kernel batchNormGradOf(KernelBuilder& builder, const Node& node)
{
    const NormWork work(builder.value(node.inputs[1]));
    const T* grad = picture<T>(builder, node.inputs[0]);
    const T* x = picture<T>(builder, node.inputs[1]);
    const float* scale = builder.data(node.inputs[2]);
    const float* mean = builder.data(node.inputs[3]);
    const float* inverse = builder.data(node.inputs[4]);
    const T* result = node.inputs.size() > 5 ? picture<T>(builder, node.inputs[5]) : nullptr;
    T* dx = picture<T>(builder, node.outputs[0]);
    float* dscale = builder.data(node.outputs[1]);
    float* dshift = builder.data(node.outputs[2]);
    const auto partial = makeBuffer(2 * work.chunks * work.channels);
    const auto factors = makeBuffer(3 * work.channels);
    return [=, threads = builder.threads()](const RunContext&) {
        float* sums = partial->data();
        float* products = sums + work.chunks * work.channels;
        const auto maskAt = [result](std::int64_t offset) { return result == nullptr ? nullptr : result + offset; };
        parallelRanges(threads, work.tasks(), work.grain, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                const auto task = work.task(i);
                const std::int64_t at = task.chunk * work.channels + task.channel;
                loops::gradSums(
                    task.group,
                    grad + task.offset,
                    maskAt(task.offset),
                    x + task.offset,
                    mean + task.channel,
                    sums + at,
                    products + at);
            }
        });

        float* a = factors->data();
        float* b = a + work.channels;
        float* offset = b + work.channels;
        for (std::int64_t c = 0; c < work.channels; ++c) {
            double sum = 0;
            double product = 0;
            for (std::int64_t chunk = 0; chunk < work.chunks; ++chunk) {
                sum += static_cast<double>(sums[chunk * work.channels + c]);
                product += static_cast<double>(products[chunk * work.channels + c]);
            }
            const double inv = static_cast<double>(inverse[c]);
            const double factor = static_cast<double>(scale[c]) * inv;
            dshift[c] = static_cast<float>(sum);
            dscale[c] = static_cast<float>(product * inv);
            a[c] = static_cast<float>(factor);
            b[c] = static_cast<float>(-factor * inv * inv * product / work.samples());
            offset[c] = static_cast<float>(-factor * sum / work.samples());
        }

        parallelRanges(threads, work.tasks(), work.grain, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                const auto task = work.task(i);
                loops::gradApply(
                    task.group,
                    grad + task.offset,
                    maskAt(task.offset),
                    x + task.offset,
                    mean + task.channel,
                    a + task.channel,
                    b + task.channel,
                    offset + task.channel,
                    dx + task.offset);
            }
        });
    };
}

template<typename T>
Kernel batchNormInferenceGradOf(KernelBuilder& builder, const Node& node)
{
    const NormWork work(builder.value(node.inputs[0]));
    const auto settings = node.as<NormAttributes>();
    const T* grad = picture<T>(builder, node.inputs[0]);
    const float* scale = builder.data(node.inputs[1]);
    const float* variance = builder.data(node.inputs[2]);
    T* dx = picture<T>(builder, node.outputs[0]);
    const auto factors = makeBuffer(2 * work.channels); // the second half stays 0: no offset
    return [=, threads = builder.threads()](const RunContext&) {
        float* factor = factors->data();
        const float* offset = factor + work.channels;
        for (std::int64_t c = 0; c < work.channels; ++c) {
            factor[c] = scale[c] / std::sqrt(variance[c] + static_cast<float>(settings.epsilon));
        }
        parallelRanges(threads, work.tasks(), work.grain, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                const auto task = work.task(i);
                loops::scaleShift(
                    task.group, grad + task.offset, factor + task.channel, offset + task.channel, false, dx + task.offset);
            }
        });
    };
}

} // namespace

Kernel batchNorm(KernelBuilder& builder, const Node& node)
{
    return builder.isHalf(node.outputs[0]) ? batchNormOf<BFloat16>(builder, node) : batchNormOf<float>(builder, node);
}

Kernel batchNormInference(KernelBuilder& builder, const Node& node)
{
    return builder.isHalf(node.outputs[0]) ? batchNormInferenceOf<BFloat16>(builder, node) : batchNormInferenceOf<float>(builder, node);
}

Kernel batchNormGrad(KernelBuilder& builder, const Node& node)
{
    return builder.isHalf(node.outputs[0]) ? batchNormGradOf<BFloat16>(builder, node) : batchNormGradOf<float>(builder, node);
}

Kernel batchNormInferenceGrad(KernelBuilder& builder, const Node& node)
{
    return builder.isHalf(node.outputs[0]) ? batchNormInferenceGradOf<BFloat16>(builder, node) : batchNormInferenceGradOf<float>(builder, node);
}

} // namespace ty::engine::kernels
