#include <cmath>
#include <type_traits>

#include "engine/backends/cpu/kernels/norm_work.h"

namespace ty::engine::kernels {

namespace {

using loops::ReluMask;

/// y = x factor + offset. The gradient makes the same two numbers again, to know where y was above 0.
void setLine(float scale, float shift, float mean, float inverse, float& factor, float& offset)
{
    const double exact = static_cast<double>(scale) * static_cast<double>(inverse);
    factor = static_cast<float>(exact);
    offset = static_cast<float>(static_cast<double>(shift) - static_cast<double>(mean) * exact);
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
    const T* addend = addendOf<T>(builder, node);
    T* y = picture<T>(builder, node.outputs[0]);
    float* mean = builder.data(node.outputs[1]);
    float* inverse = builder.data(node.outputs[2]);
    const auto partial = makeBuffer(2 * work.chunks * work.channels);
    const auto factors = makeBuffer(2 * work.channels);
    void (*store)(const loops::ChannelGroup&, const T*, const float*, const float*, const T*, bool, T*) = loops::scaleShift;
    if constexpr (std::is_same_v<T, float>) {
        store = work.isLarge() && loops::areStoresPastCachesFaster() ? loops::scaleShiftPastCaches : store;
    }
    return [=, threads = builder.threads()](const RunContext&) {
        float* means = partial->data();
        float* squares = means + work.chunks * work.channels;
        float* factor = factors->data();
        float* offset = factor + work.channels;
        const bool isRelu = settings.activation.kind == ActivationKind::Relu;
        const auto measure = [&](const NormWork::Task& task) {
            const std::int64_t at = task.chunk * work.channels + task.channel;
            loops::momentsOf(task.group, x + task.offset, means + at, squares + at);
        };
        const auto combine = [&](std::int64_t begin, std::int64_t end) {
            // Chan, Golub, LeVeque (1983): moments of chunks give those of the whole without cancellation.
            const double momentum = settings.momentum;
            const double samples = work.samples();
            for (std::int64_t c = begin; c < end; ++c) {
                double count = 0;
                double total = 0;
                double square = 0;
                for (std::int64_t chunk = 0; chunk < work.chunks; ++chunk) {
                    const std::int64_t at = chunk * work.channels + c;
                    const double n = work.samplesOf(chunk);
                    const double delta = static_cast<double>(means[at]) - total;
                    const double sum = count + n;
                    square += static_cast<double>(squares[at]) + delta * delta * count * n / sum;
                    total += delta * n / sum;
                    count = sum;
                }
                const double variance = square / samples;
                mean[c] = static_cast<float>(total);
                inverse[c] = static_cast<float>(1.0 / std::sqrt(variance + settings.epsilon));
                const double unbiased = samples > 1 ? square / (samples - 1) : variance;
                runningMean[c] = static_cast<float>((1 - momentum) * static_cast<double>(runningMean[c]) + momentum * total);
                runningVariance[c] =
                    static_cast<float>((1 - momentum) * static_cast<double>(runningVariance[c]) + momentum * unbiased);
                setLine(scale[c], shift[c], mean[c], inverse[c], factor[c], offset[c]);
            }
        };
        visitTwice(work, threads, measure, combine, [&](const NormWork::Task& task) {
            store(
                task.group,
                x + task.offset,
                factor + task.channel,
                offset + task.channel,
                placeIn(addend, task.offset),
                isRelu,
                y + task.offset);
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
    const bool isMasked = node.inputs.size() > 5;
    const bool isMaskedByShift = isMasked && node.as<NormAttributes>().isMaskedByShift;
    const float* shift = isMaskedByShift ? builder.data(node.inputs[5]) : nullptr;
    const T* result = isMasked && !isMaskedByShift ? picture<T>(builder, node.inputs[5]) : nullptr;
    T* dx = picture<T>(builder, node.outputs[0]);
    float* dscale = builder.data(node.outputs[1]);
    float* dshift = builder.data(node.outputs[2]);
    const auto partial = makeBuffer(2 * work.chunks * work.channels);
    const auto factors = makeBuffer(5 * work.channels);
    return [=, threads = builder.threads()](const RunContext&) {
        float* sums = partial->data();
        float* products = sums + work.chunks * work.channels;
        float* a = factors->data();
        float* b = a + work.channels;
        float* c = b + work.channels;
        float* factor = c + work.channels;
        float* offset = factor + work.channels;
        for (std::int64_t i = 0; i < (shift == nullptr ? 0 : work.channels); ++i) {
            setLine(scale[i], shift[i], mean[i], inverse[i], factor[i], offset[i]);
        }
        const auto maskOf = [&](const NormWork::Task& task) -> ReluMask<T> {
            if (shift != nullptr) {
                return {nullptr, factor + task.channel, offset + task.channel};
            }
            return {placeIn(result, task.offset), nullptr, nullptr};
        };
        const auto sum = [&](const NormWork::Task& task) {
            const std::int64_t at = task.chunk * work.channels + task.channel;
            loops::gradSums(
                task.group,
                grad + task.offset,
                maskOf(task),
                x + task.offset,
                mean + task.channel,
                sums + at,
                products + at);
        };
        const auto combine = [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                double total = 0;
                double product = 0;
                for (std::int64_t chunk = 0; chunk < work.chunks; ++chunk) {
                    total += static_cast<double>(sums[chunk * work.channels + i]);
                    product += static_cast<double>(products[chunk * work.channels + i]);
                }
                const double inv = static_cast<double>(inverse[i]);
                const double slope = static_cast<double>(scale[i]) * inv;
                dshift[i] = static_cast<float>(total);
                dscale[i] = static_cast<float>(product * inv);
                a[i] = static_cast<float>(slope);
                b[i] = static_cast<float>(-slope * inv * inv * product / work.samples());
                c[i] = static_cast<float>(-slope * total / work.samples());
            }
        };
        visitTwice(work, threads, sum, combine, [&](const NormWork::Task& task) {
            loops::gradApply(
                task.group,
                grad + task.offset,
                maskOf(task),
                x + task.offset,
                mean + task.channel,
                a + task.channel,
                b + task.channel,
                c + task.channel,
                dx + task.offset);
        });
    };
}

} // namespace

Kernel batchNorm(KernelBuilder& builder, const Node& node)
{
    return builder.isHalf(node.outputs[0]) ? batchNormOf<BFloat16>(builder, node) : batchNormOf<float>(builder, node);
}

Kernel batchNormGrad(KernelBuilder& builder, const Node& node)
{
    return builder.isHalf(node.outputs[0]) ? batchNormGradOf<BFloat16>(builder, node) : batchNormGradOf<float>(builder, node);
}

} // namespace ty::engine::kernels
