#include "engine/backends/cpu/kernels/share_loss_kernels.h"

#include <memory>
#include <vector>

#include "engine/backends/cpu/kernels/row_work.h"
#include "engine/backends/cpu/loops/share_loss_loops.h"

namespace ty::engine::kernels {

Kernel crossEntropyOfShares(KernelBuilder& builder, const Node& node)
{
    const RowWork work(builder.value(node.inputs[0]));
    const double smoothing = node.as<LossAttributes>().labelSmoothing;
    const float* logits = builder.data(node.inputs[0]);
    const float* shares = builder.data(node.inputs[1]);
    const float* weights = builder.data(node.inputs[2]);
    float* loss = builder.data(node.outputs[0]);
    const auto rows = std::make_shared<std::vector<loops::WeightedLoss>>(static_cast<std::size_t>(work.rows));
    return [=, threads = builder.threads()](const RunContext&) {
        loops::WeightedLoss* each = rows->data();
        parallelRanges(threads, work.rows, work.grain, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                const std::int64_t at = i * work.columns;
                each[i] = loops::crossEntropyOfShares(
                    logits + at, shares + at, weights, smoothing, static_cast<std::size_t>(work.columns));
            }
        });
        double total = 0;
        double weight = 0;
        for (std::int64_t i = 0; i < work.rows; ++i) {
            total += each[i].loss;
            weight += each[i].weight;
        }
        *loss = static_cast<float>(total / divisorOf(weight));
    };
}

Kernel crossEntropyOfSharesGrad(KernelBuilder& builder, const Node& node)
{
    const RowWork work(builder.value(node.outputs[0]));
    const double smoothing = node.as<LossAttributes>().labelSmoothing;
    const float* grad = builder.data(node.inputs[0]);
    const float* logits = builder.data(node.inputs[1]);
    const float* shares = builder.data(node.inputs[2]);
    const float* weights = builder.data(node.inputs[3]);
    const HalfRows result(builder, node.outputs[0], work);
    return [=, threads = builder.threads()](const RunContext& context) {
        const auto classes = static_cast<std::size_t>(work.columns);
        double weight = 0;
        for (std::int64_t i = 0; i < work.rows; ++i) {
            weight += loops::weightOfShares(shares + i * work.columns, weights, classes);
        }
        const auto factor = static_cast<float>(static_cast<double>(*grad) / divisorOf(weight));
        parallelRanges(threads, work.rows, work.grain, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                const std::int64_t at = i * work.columns;
                float* row = result.begin(context, i);
                loops::crossEntropyOfSharesGrad(logits + at, shares + at, weights, smoothing, factor, row, classes);
                result.finish(row, i, 1);
            }
        });
    };
}

Kernel countCorrectShares(KernelBuilder& builder, const Node& node)
{
    const RowWork work(builder.value(node.inputs[0]));
    const float* logits = builder.data(node.inputs[0]);
    const float* shares = builder.data(node.inputs[1]);
    float* correct = builder.data(node.outputs[0]);
    return [=](const RunContext&) {
        const auto classes = static_cast<std::size_t>(work.columns);
        std::int64_t count = 0;
        for (std::int64_t i = 0; i < work.rows; ++i) {
            const std::int64_t at = i * work.columns;
            count += loops::largest(logits + at, classes) == loops::largest(shares + at, classes) ? 1 : 0;
        }
        *correct = static_cast<float>(count);
    };
}

} // namespace ty::engine::kernels
