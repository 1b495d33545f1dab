#include <cmath>

#include "engine/backends/cpu/kernels/norm_work.h"

namespace ty::engine::kernels {

namespace {

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
    const T* addend = addendOf<T>(builder, node);
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
                    task.group,
                    x + task.offset,
                    factor + task.channel,
                    offset + task.channel,
                    placeIn(addend, task.offset),
                    isRelu,
                    y + task.offset);
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
                    task.group,
                    grad + task.offset,
                    factor + task.channel,
                    offset + task.channel,
                    static_cast<const T*>(nullptr),
                    false,
                    dx + task.offset);
            }
        });
    };
}

} // namespace

Kernel batchNormInference(KernelBuilder& builder, const Node& node)
{
    return builder.isHalf(node.outputs[0]) ? batchNormInferenceOf<BFloat16>(builder, node) : batchNormInferenceOf<float>(builder, node);
}

Kernel batchNormInferenceGrad(KernelBuilder& builder, const Node& node)
{
    return builder.isHalf(node.outputs[0]) ? batchNormInferenceGradOf<BFloat16>(builder, node) : batchNormInferenceGradOf<float>(builder, node);
}

} // namespace ty::engine::kernels
