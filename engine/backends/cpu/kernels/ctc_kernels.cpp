#include <memory>
#include <span>
#include <vector>

#include "engine/backends/cpu/kernels/kernels.h"
#include "engine/backends/cpu/parallel.h"
#include "engine/graph/ctc.h"

namespace ty::engine::kernels {

namespace {

/// The samples of a CTC node, in float64: log probabilities of long sequences do not bear float32. The recursion makes
/// its tables in each run, which no other kernel does: how large they are is known only from the labels.
struct CtcSamples {
    const float* logits = nullptr;
    const float* targets = nullptr;
    std::int64_t batch = 0;
    std::int64_t classes = 0;
    std::size_t count = 0; ///< logits of a sample
    std::size_t width = 0; ///< numbers of a target

    CtcSamples(const KernelBuilder& builder, ValueId logitsId, ValueId targetsId)
        : logits(builder.data(logitsId))
        , targets(builder.data(targetsId))
        , batch(builder.value(logitsId).shape[0])
        , classes(builder.value(logitsId).shape[2])
        , count(static_cast<std::size_t>(builder.value(logitsId).size() / batch))
        , width(static_cast<std::size_t>(builder.value(targetsId).size() / batch))
    {
    }

    std::vector<double> logitsOf(std::int64_t n) const
    {
        const float* begin = logits + static_cast<std::size_t>(n) * count;
        return {begin, begin + count};
    }
    CtcTarget targetOf(std::int64_t n) const
    {
        return readCtcTarget(std::span(targets + static_cast<std::size_t>(n) * width, width));
    }
};

} // namespace

Kernel ctcLoss(KernelBuilder& builder, const Node& node)
{
    const CtcSamples samples(builder, node.inputs[0], node.inputs[1]);
    float* loss = builder.data(node.outputs[0]);
    const auto losses = std::make_shared<std::vector<double>>(static_cast<std::size_t>(samples.batch));
    return [=, threads = builder.threads()](const RunContext&) {
        parallelRanges(threads, samples.batch, 1, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t n = begin; n < end; ++n) {
                (*losses)[static_cast<std::size_t>(n)] =
                    engine::ctcLoss(samples.logitsOf(n), samples.classes, samples.targetOf(n), {});
            }
        });
        double total = 0;
        for (const double each : *losses) {
            total += each;
        }
        *loss = static_cast<float>(total / static_cast<double>(samples.batch));
    };
}

Kernel ctcLossGrad(KernelBuilder& builder, const Node& node)
{
    const CtcSamples samples(builder, node.inputs[1], node.inputs[2]);
    const float* grad = builder.data(node.inputs[0]);
    float* dx = builder.data(node.outputs[0]);
    return [=, threads = builder.threads()](const RunContext&) {
        const double factor = static_cast<double>(*grad) / static_cast<double>(samples.batch);
        parallelRanges(threads, samples.batch, 1, [&](std::int64_t begin, std::int64_t end) {
            std::vector<double> gradient(samples.count);
            for (std::int64_t n = begin; n < end; ++n) {
                engine::ctcLoss(samples.logitsOf(n), samples.classes, samples.targetOf(n), gradient);
                for (std::size_t i = 0; i < samples.count; ++i) {
                    dx[static_cast<std::size_t>(n) * samples.count + i] = static_cast<float>(factor * gradient[i]);
                }
            }
        });
    };
}

Kernel ctcCorrect(KernelBuilder& builder, const Node& node)
{
    const CtcSamples samples(builder, node.inputs[0], node.inputs[1]);
    float* correct = builder.data(node.outputs[0]);
    return [=](const RunContext&) {
        std::int64_t count = 0;
        for (std::int64_t n = 0; n < samples.batch; ++n) {
            const CtcTarget target = samples.targetOf(n);
            count += ctcBestPath(samples.logitsOf(n), samples.classes, target.frames) == target.labels ? 1 : 0;
        }
        *correct = static_cast<float>(count);
    };
}

} // namespace ty::engine::kernels
