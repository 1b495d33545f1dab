#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>
#include <vector>

#include <omp.h>

#include "engine/backends/cpu/kernels/kernels.h"
#include "engine/backends/cpu/loops/loss_loops.h"
#include "engine/backends/cpu/parallel.h"

namespace ty::engine::kernels {

namespace {

std::size_t labelOf(float label)
{
    return static_cast<std::size_t>(label);
}

/// Sum of the weights of the batch's labels; losses are divided by it. 1 if all weights are 0: no sample counts.
double weightSum(const float* labels, const float* weights, std::int64_t rows)
{
    double total = 0;
    for (std::int64_t i = 0; i < rows; ++i) {
        total += static_cast<double>(weights[labelOf(labels[i])]);
    }
    return total > 0 ? total : 1;
}

struct RowWork {
    std::int64_t rows = 0;
    std::int64_t columns = 0;
    std::int64_t grain = 1;

    explicit RowWork(const Value& value)
        : rows(value.size() / value.shape.back())
        , columns(value.shape.back())
        , grain(std::max<std::int64_t>(1, kElementGrain / 8 / value.shape.back())) // an exponential is dear
    {
    }
};

/// Rows of a result that are made in float32: in their place, or, where the result is kept in bfloat16, in memory of each
/// thread's own.
class HalfRows {
public:
    HalfRows(KernelBuilder& builder, ValueId id, const RowWork& work)
        : m_columns(work.columns)
        , m_halves(builder.isHalf(id) ? builder.halves(id) : nullptr)
        , m_floats(m_halves == nullptr ? builder.data(id) : nullptr)
    {
        if (m_halves != nullptr) {
            builder.wishScratch(static_cast<std::size_t>(builder.threads() * m_columns) * sizeof(float));
        }
    }

    /// Where row i is to be written.
    float* begin(const RunContext& context, std::int64_t i) const
    {
        return m_floats != nullptr ? m_floats + i * m_columns
                                   : reinterpret_cast<float*>(context.scratch) + omp_get_thread_num() * m_columns;
    }
    /// Once it is written.
    void finish(const float* row, std::int64_t i) const
    {
        if (m_halves != nullptr) {
            loops::convert(row, m_halves + i * m_columns, static_cast<std::size_t>(m_columns));
        }
    }

private:
    std::int64_t m_columns;
    BFloat16* m_halves;
    float* m_floats;
};

} // namespace

Kernel softmax(KernelBuilder& builder, const Node& node)
{
    const RowWork work(builder.value(node.inputs[0]));
    const float* x = builder.data(node.inputs[0]);
    const HalfRows result(builder, node.outputs[0], work);
    const bool isCausal = node.as<SoftmaxAttributes>().isCausal;
    return [=, threads = builder.threads()](const RunContext& context) {
        parallelRanges(threads, work.rows, work.grain, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                const std::int64_t seen = isCausal ? i % work.columns + 1 : work.columns;
                float* row = result.begin(context, i);
                loops::softmaxRow(x + i * work.columns, row, static_cast<std::size_t>(seen));
                std::fill(row + seen, row + work.columns, 0.0F);
                result.finish(row, i);
            }
        });
    };
}

namespace {

template<typename T>
Kernel softmaxGradOf(KernelBuilder& builder, const Node& node)
{
    const RowWork work(builder.value(node.inputs[0]));
    const auto* grad = static_cast<const T*>(builder.pointer(node.inputs[0]));
    const auto* y = static_cast<const T*>(builder.pointer(node.inputs[1]));
    auto* dx = static_cast<T*>(builder.pointer(node.outputs[0]));
    return [=, threads = builder.threads()](const RunContext&) {
        parallelRanges(threads, work.rows, work.grain, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                const std::int64_t at = i * work.columns;
                loops::softmaxGradRow(grad + at, y + at, dx + at, static_cast<std::size_t>(work.columns));
            }
        });
    };
}

} // namespace

Kernel softmaxGrad(KernelBuilder& builder, const Node& node)
{
    return builder.isHalf(node.outputs[0]) ? softmaxGradOf<BFloat16>(builder, node) : softmaxGradOf<float>(builder, node);
}

Kernel softmaxCrossEntropy(KernelBuilder& builder, const Node& node)
{
    const RowWork work(builder.value(node.inputs[0]));
    const double smoothing = node.as<LossAttributes>().labelSmoothing;
    const float* logits = builder.data(node.inputs[0]);
    const float* labels = builder.data(node.inputs[1]);
    const float* weights = builder.data(node.inputs[2]);
    float* loss = builder.data(node.outputs[0]);
    const auto losses = std::make_shared<std::vector<double>>(static_cast<std::size_t>(work.rows));
    return [=, threads = builder.threads()](const RunContext&) {
        double* each = losses->data();
        parallelRanges(threads, work.rows, work.grain, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                const std::size_t label = labelOf(labels[i]);
                each[i] = static_cast<double>(weights[label])
                    * loops::crossEntropyRow(
                          logits + i * work.columns, label, smoothing, static_cast<std::size_t>(work.columns));
            }
        });
        double total = 0;
        for (std::int64_t i = 0; i < work.rows; ++i) {
            total += each[i];
        }
        *loss = static_cast<float>(total / weightSum(labels, weights, work.rows));
    };
}

Kernel softmaxCrossEntropyGrad(KernelBuilder& builder, const Node& node)
{
    const RowWork work(builder.value(node.outputs[0]));
    const double smoothing = node.as<LossAttributes>().labelSmoothing;
    const float* grad = builder.data(node.inputs[0]);
    const float* logits = builder.data(node.inputs[1]);
    const float* labels = builder.data(node.inputs[2]);
    const float* weights = builder.data(node.inputs[3]);
    const HalfRows result(builder, node.outputs[0], work);
    return [=, threads = builder.threads()](const RunContext& context) {
        const double scale = static_cast<double>(*grad) / weightSum(labels, weights, work.rows);
        parallelRanges(threads, work.rows, work.grain, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                const std::size_t label = labelOf(labels[i]);
                float* row = result.begin(context, i);
                loops::crossEntropyGradRow(
                    logits + i * work.columns,
                    label,
                    smoothing,
                    static_cast<float>(scale * static_cast<double>(weights[label])),
                    row,
                    static_cast<std::size_t>(work.columns));
                result.finish(row, i);
            }
        });
    };
}

Kernel regressionLoss(KernelBuilder& builder, const Node& node)
{
    const std::int64_t count = builder.value(node.inputs[0]).size();
    const RegressionLossKind kind = node.as<LossAttributes>().kind;
    const double smoothing = node.as<LossAttributes>().labelSmoothing;
    const float* prediction = builder.data(node.inputs[0]);
    const float* target = builder.data(node.inputs[1]);
    float* loss = builder.data(node.outputs[0]);
    return [=](const RunContext&) {
        double total = 0;
        for (std::int64_t i = 0; i < count; ++i) {
            const double error = static_cast<double>(prediction[i]) - static_cast<double>(target[i]);
            const double size = std::abs(error);
            switch (kind) {
            case RegressionLossKind::Squared: total += error * error; break;
            case RegressionLossKind::Absolute: total += size; break;
            case RegressionLossKind::Huber: total += size <= 1 ? 0.5 * error * error : size - 0.5; break;
            case RegressionLossKind::BinaryCrossEntropy: {
                const double p = static_cast<double>(prediction[i]);
                const double t = static_cast<double>(target[i]) * (1 - smoothing) + 0.5 * smoothing;
                total += std::max(p, 0.0) - p * t + std::log1p(std::exp(-std::abs(p)));
                break;
            }
            case RegressionLossKind::Hinge:
                total += std::max(0.0, 1.0 - static_cast<double>(prediction[i]) * static_cast<double>(target[i]));
                break;
            }
        }
        *loss = static_cast<float>(total / static_cast<double>(count));
    };
}

Kernel regressionLossGrad(KernelBuilder& builder, const Node& node)
{
    const std::int64_t count = builder.value(node.outputs[0]).size();
    const RegressionLossKind kind = node.as<LossAttributes>().kind;
    const auto smoothing = static_cast<float>(node.as<LossAttributes>().labelSmoothing);
    const float* grad = builder.data(node.inputs[0]);
    const float* prediction = builder.data(node.inputs[1]);
    const float* target = builder.data(node.inputs[2]);
    float* dx = builder.data(node.outputs[0]);
    return [=](const RunContext&) {
        const float scale = *grad / static_cast<float>(count);
        for (std::int64_t i = 0; i < count; ++i) {
            const float error = prediction[i] - target[i];
            const float sign = error > 0 ? 1.0F : error < 0 ? -1.0F : 0.0F;
            switch (kind) {
            case RegressionLossKind::Squared: dx[i] = scale * 2.0F * error; break;
            case RegressionLossKind::Absolute: dx[i] = scale * sign; break;
            case RegressionLossKind::Huber: dx[i] = scale * std::clamp(error, -1.0F, 1.0F); break;
            case RegressionLossKind::BinaryCrossEntropy: {
                const float t = target[i] * (1.0F - smoothing) + 0.5F * smoothing;
                dx[i] = scale * (1.0F / (1.0F + std::exp(-prediction[i])) - t);
                break;
            }
            case RegressionLossKind::Hinge:
                dx[i] = prediction[i] * target[i] < 1.0F ? -scale * target[i] : 0.0F;
                break;
            }
        }
    };
}

Kernel countCorrect(KernelBuilder& builder, const Node& node)
{
    const RowWork work(builder.value(node.inputs[0]));
    const float* logits = builder.data(node.inputs[0]);
    const float* labels = builder.data(node.inputs[1]);
    float* correct = builder.data(node.outputs[0]);
    const int threads = builder.threads();
    return [=](const RunContext&) {
        std::atomic<std::int64_t> total{0}; // whole numbers: the same in any order
        parallelRanges(threads, work.rows, work.grain, [&](std::int64_t begin, std::int64_t end) {
            std::int64_t count = 0;
            for (std::int64_t i = begin; i < end; ++i) {
                const std::size_t best =
                    loops::largest(logits + i * work.columns, static_cast<std::size_t>(work.columns));
                count += best == labelOf(labels[i]) ? 1 : 0;
            }
            total += count;
        });
        *correct = static_cast<float>(total.load());
    };
}

Kernel countSigns(KernelBuilder& builder, const Node& node)
{
    const std::int64_t count = builder.value(node.inputs[0]).size();
    const float* prediction = builder.data(node.inputs[0]);
    const float* target = builder.data(node.inputs[1]);
    float* correct = builder.data(node.outputs[0]);
    return [=](const RunContext&) {
        std::int64_t same = 0;
        for (std::int64_t i = 0; i < count; ++i) {
            same += (prediction[i] > 0.0F) == (target[i] > 0.5F) ? 1 : 0;
        }
        *correct = static_cast<float>(same);
    };
}

Kernel errorSums(KernelBuilder& builder, const Node& node)
{
    const std::int64_t count = builder.value(node.inputs[0]).size();
    const float* prediction = builder.data(node.inputs[0]);
    const float* target = builder.data(node.inputs[1]);
    float* sums = builder.data(node.outputs[0]);
    return [=](const RunContext&) {
        double absolute = 0;
        double squared = 0;
        for (std::int64_t i = 0; i < count; ++i) {
            const double error = static_cast<double>(prediction[i]) - static_cast<double>(target[i]);
            absolute += std::abs(error);
            squared += error * error;
        }
        sums[0] = static_cast<float>(absolute);
        sums[1] = static_cast<float>(squared);
    };
}

} // namespace ty::engine::kernels
