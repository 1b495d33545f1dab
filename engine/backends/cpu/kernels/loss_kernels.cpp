#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>
#include <vector>

#include "engine/backends/cpu/kernels/kernels.h"
#include "engine/backends/cpu/kernels/row_work.h"
#include "engine/backends/cpu/kernels/share_loss_kernels.h"
#include "engine/backends/cpu/loops/elementwise_loops.h"
#include "engine/backends/cpu/loops/loss_loops.h"

namespace ty::engine::kernels {

namespace {

std::size_t labelOf(float label)
{
    return static_cast<std::size_t>(label);
}

} // namespace

Kernel softmax(KernelBuilder& builder, const Node& node)
{
    const RowWork work(builder.value(node.inputs[0]));
    const float* x = builder.data(node.inputs[0]);
    const HalfRows result(builder, node.outputs[0], work);
    const auto columns = static_cast<std::size_t>(work.columns);
    const int threads = builder.threads();
    if (!node.as<SoftmaxAttributes>().isCausal) {
        return [=](const RunContext& context) {
            work.forRows(threads, [&](std::int64_t i, std::size_t rows) {
                float* made = result.begin(context, i);
                loops::softmaxRows(x + i * work.columns, made, rows, columns);
                result.finish(made, i, rows);
            });
        };
    }
    return [=](const RunContext& context) {
        parallelRanges(threads, work.rows, work.grain, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                const std::int64_t seen = i % work.columns + 1;
                float* row = result.begin(context, i);
                loops::softmaxRow(x + i * work.columns, row, static_cast<std::size_t>(seen));
                std::fill(row + seen, row + work.columns, 0.0F);
                result.finish(row, i, 1);
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
        work.forRows(threads, [&](std::int64_t i, std::size_t rows) {
            const std::int64_t at = i * work.columns;
            loops::softmaxGradRows(grad + at, y + at, dx + at, rows, static_cast<std::size_t>(work.columns));
        });
    };
}

} // namespace

Kernel softmaxGrad(KernelBuilder& builder, const Node& node)
{
    return builder.isHalf(node.outputs[0]) ? softmaxGradOf<BFloat16>(builder, node) : softmaxGradOf<float>(builder, node);
}

namespace {

bool areEqualToOne(const float* weights, std::int64_t classes)
{
    return std::all_of(weights, weights + classes, [](float weight) { return weight == 1.0F; });
}

/// factors[i] = grad times the weight of label i, divided by the sum of all weights.
/// @param areEqual  all weights are 1
void weightRows(const float* labels, const float* weights, bool areEqual, double grad, std::vector<float>& factors)
{
    if (areEqual) {
        std::fill(factors.begin(), factors.end(), static_cast<float>(grad / static_cast<double>(factors.size())));
        return;
    }
    double count = 0;
    for (std::size_t i = 0; i < factors.size(); ++i) {
        factors[i] = weights[labelOf(labels[i])];
        count += static_cast<double>(factors[i]);
    }
    const auto scale = static_cast<float>(grad / divisorOf(count));
    for (float& factor : factors) {
        factor *= scale;
    }
}

/// The mean of the losses, each counting as its label's weight.
float meanLoss(const std::vector<double>& losses, const float* labels, const float* weights, bool areEqual)
{
    if (areEqual) {
        return static_cast<float>(loops::sum(losses.data(), losses.size()) / static_cast<double>(losses.size()));
    }
    double total = 0;
    double count = 0;
    for (std::size_t i = 0; i < losses.size(); ++i) {
        const auto weight = static_cast<double>(weights[labelOf(labels[i])]);
        total += weight * losses[i];
        count += weight;
    }
    return static_cast<float>(total / divisorOf(count));
}

} // namespace

Kernel softmaxCrossEntropy(KernelBuilder& builder, const Node& node)
{
    if (builder.value(node.inputs[1]).shape.size() == 2) {
        return crossEntropyOfShares(builder, node);
    }
    const RowWork work(builder.value(node.inputs[0]));
    const double smoothing = node.as<LossAttributes>().labelSmoothing;
    const float* logits = builder.data(node.inputs[0]);
    const float* labels = builder.data(node.inputs[1]);
    const float* weights = builder.data(node.inputs[2]);
    float* loss = builder.data(node.outputs[0]);
    const auto losses = std::make_shared<std::vector<double>>(static_cast<std::size_t>(work.rows));
    return [=, threads = builder.threads()](const RunContext&) {
        double* each = losses->data();
        work.forRows(threads, [&](std::int64_t i, std::size_t rows) {
            loops::crossEntropyRows(
                logits + i * work.columns, labels + i, smoothing, each + i, rows, static_cast<std::size_t>(work.columns));
        });
        *loss = meanLoss(*losses, labels, weights, areEqualToOne(weights, work.columns));
    };
}

Kernel softmaxCrossEntropyGrad(KernelBuilder& builder, const Node& node)
{
    if (builder.value(node.inputs[2]).shape.size() == 2) {
        return crossEntropyOfSharesGrad(builder, node);
    }
    const RowWork work(builder.value(node.outputs[0]));
    const double smoothing = node.as<LossAttributes>().labelSmoothing;
    const float* grad = builder.data(node.inputs[0]);
    const float* logits = builder.data(node.inputs[1]);
    const float* labels = builder.data(node.inputs[2]);
    const float* weights = builder.data(node.inputs[3]);
    const HalfRows result(builder, node.outputs[0], work);
    const auto factors = std::make_shared<std::vector<float>>(static_cast<std::size_t>(work.rows));
    return [=, threads = builder.threads()](const RunContext& context) {
        float* each = factors->data();
        weightRows(labels, weights, areEqualToOne(weights, work.columns), static_cast<double>(*grad), *factors);
        work.forRows(threads, [&](std::int64_t i, std::size_t rows) {
            float* made = result.begin(context, i);
            loops::crossEntropyGradRows(
                logits + i * work.columns, labels + i, smoothing, each + i, made, rows, static_cast<std::size_t>(work.columns));
            result.finish(made, i, rows);
        });
    };
}

namespace {

/// Sums of the columns of rows that are made one by one: each block of rows in floats, then the blocks in their order,
/// the same for any thread count.
class ColumnSums {
public:
    /// With room for the blocks from float `place` of the scratch on; of nothing for a null total.
    ColumnSums(KernelBuilder& builder, const RowWork& work, float* total, std::int64_t place)
        : m_rows(work.rows), m_columns(work.columns), m_place(place), m_total(total), m_threads(builder.threads())
    {
        if (total != nullptr) {
            builder.wishScratch(static_cast<std::size_t>(place + blocks() * m_columns) * sizeof(float));
        }
    }

    /// Rows that one thread is to add in their order.
    std::int64_t block() const { return m_total != nullptr ? kRows : 1; }

    /// Rows from `i` on of one block, in their order.
    void add(const RunContext& context, const float* made, std::int64_t i, std::size_t rows) const
    {
        if (m_total == nullptr) {
            return;
        }
        float* sums = sumsOf(context, i / kRows);
        if (i % kRows == 0) {
            std::fill(sums, sums + m_columns, 0.0F);
        }
        loops::sumRows(
            made, sums, rows, static_cast<std::size_t>(m_columns), static_cast<std::size_t>(m_columns));
    }

    void finish(const RunContext& context) const
    {
        if (m_total == nullptr) {
            return;
        }
        constexpr std::int64_t kGrain = 256;
        parallelRanges(m_threads, m_columns, kGrain, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t first = begin; first < end; first += kGrain) {
                const std::int64_t width = std::min(kGrain, end - first);
                double sums[kGrain] = {};
                for (std::int64_t block = 0; block < blocks(); ++block) {
                    const float* some = sumsOf(context, block) + first;
                    for (std::int64_t k = 0; k < width; ++k) {
                        sums[k] += static_cast<double>(some[k]);
                    }
                }
                for (std::int64_t k = 0; k < width; ++k) {
                    m_total[first + k] = static_cast<float>(sums[k]);
                }
            }
        });
    }

private:
    static constexpr std::int64_t kRows = 64;
    std::int64_t blocks() const { return (m_rows + kRows - 1) / kRows; }
    float* sumsOf(const RunContext& context, std::int64_t block) const
    {
        return reinterpret_cast<float*>(context.scratch) + m_place + block * m_columns;
    }

    std::int64_t m_rows;
    std::int64_t m_columns;
    std::int64_t m_place;
    float* m_total;
    int m_threads;
};

} // namespace

Kernel softmaxCrossEntropyStep(KernelBuilder& builder, const Node& node)
{
    const RowWork work(builder.value(node.inputs[0]));
    const double smoothing = node.as<LossAttributes>().labelSmoothing;
    const float* logits = builder.data(node.inputs[0]);
    const float* labels = builder.data(node.inputs[1]);
    const float* weights = builder.data(node.inputs[2]);
    const HalfRows result(builder, node.outputs[0], work);
    float* loss = builder.data(node.outputs[1]);
    float* correct = builder.data(node.outputs[2]);
    const auto rowCount = static_cast<std::size_t>(work.rows);
    const auto losses = std::make_shared<std::vector<double>>(rowCount);
    const auto factors = std::make_shared<std::vector<float>>(rowCount);
    const auto equal = std::make_shared<const std::vector<float>>(rowCount, static_cast<float>(1.0 / static_cast<double>(rowCount)));
    const auto rights = std::make_shared<std::vector<std::size_t>>(rowCount); // at the first row of those that are done at once
    const ColumnSums sums(
        builder, work, node.as<LossAttributes>().areSumsMade ? builder.data(node.outputs[3]) : nullptr, result.scratchFloats(builder.threads()));
    return [=, threads = builder.threads()](const RunContext& context) {
        double* each = losses->data();
        std::size_t* right = rights->data();
        const bool areEqual = areEqualToOne(weights, work.columns);
        if (!areEqual) {
            weightRows(labels, weights, false, 1.0, *factors);
        }
        const float* factor = areEqual ? equal->data() : factors->data();
        const auto makeRows = [&](std::int64_t i, std::size_t rows) {
            float* made = result.begin(context, i);
            right[i] = loops::crossEntropyStepRows(
                logits + i * work.columns,
                labels + i,
                smoothing,
                factor + i,
                made,
                each + i,
                rows,
                static_cast<std::size_t>(work.columns));
            sums.add(context, made, i, rows);
            result.finish(made, i, rows);
        };
        work.forRows(threads, makeRows, sums.block());
        sums.finish(context);
        *loss = meanLoss(*losses, labels, weights, areEqual);
        std::size_t all = 0;
        for (std::int64_t i = 0; i < work.rows; ++i) {
            all += right[i];
        }
        *correct = static_cast<float>(all);
    };
}

namespace {

/// What each pair of values counts: by its target, where the node has weights of no and yes, else 1.
class AnswerWeights {
public:
    AnswerWeights(const KernelBuilder& builder, const Node& node, std::size_t operand, const float* targets, std::int64_t count)
        : m_weights(node.inputs.size() > operand ? builder.data(node.inputs[operand]) : nullptr)
        , m_targets(targets)
        , m_count(count)
    {
    }

    double of(std::int64_t i) const
    {
        if (m_weights == nullptr) {
            return 1;
        }
        const auto yes = static_cast<double>(m_targets[i]);
        return (1 - yes) * static_cast<double>(m_weights[0]) + yes * static_cast<double>(m_weights[1]);
    }
    /// What the sum of the losses is divided by.
    double total() const
    {
        if (m_weights == nullptr) {
            return static_cast<double>(m_count);
        }
        double sum = 0;
        for (std::int64_t i = 0; i < m_count; ++i) {
            sum += of(i);
        }
        return divisorOf(sum);
    }

private:
    const float* m_weights;
    const float* m_targets;
    std::int64_t m_count;
};

} // namespace

Kernel regressionLoss(KernelBuilder& builder, const Node& node)
{
    const std::int64_t count = builder.value(node.inputs[0]).size();
    const RegressionLossKind kind = node.as<LossAttributes>().kind;
    const double smoothing = node.as<LossAttributes>().labelSmoothing;
    const float* prediction = builder.data(node.inputs[0]);
    const float* target = builder.data(node.inputs[1]);
    float* loss = builder.data(node.outputs[0]);
    const AnswerWeights weights(builder, node, 2, target, count);
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
                total += weights.of(i) * (std::max(p, 0.0) - p * t + std::log1p(std::exp(-std::abs(p))));
                break;
            }
            case RegressionLossKind::Hinge:
                total += std::max(0.0, 1.0 - static_cast<double>(prediction[i]) * static_cast<double>(target[i]));
                break;
            }
        }
        *loss = static_cast<float>(total / weights.total());
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
    const AnswerWeights weights(builder, node, 3, target, count);
    return [=](const RunContext&) {
        const float scale = *grad / static_cast<float>(weights.total());
        for (std::int64_t i = 0; i < count; ++i) {
            const float error = prediction[i] - target[i];
            const float sign = error > 0 ? 1.0F : error < 0 ? -1.0F : 0.0F;
            switch (kind) {
            case RegressionLossKind::Squared: dx[i] = scale * 2.0F * error; break;
            case RegressionLossKind::Absolute: dx[i] = scale * sign; break;
            case RegressionLossKind::Huber: dx[i] = scale * std::clamp(error, -1.0F, 1.0F); break;
            case RegressionLossKind::BinaryCrossEntropy: {
                const float t = target[i] * (1.0F - smoothing) + 0.5F * smoothing;
                dx[i] = scale * static_cast<float>(weights.of(i)) * (1.0F / (1.0F + std::exp(-prediction[i])) - t);
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
    if (builder.value(node.inputs[1]).shape.size() == 2) {
        return countCorrectShares(builder, node);
    }
    const RowWork work(builder.value(node.inputs[0]));
    const float* logits = builder.data(node.inputs[0]);
    const float* labels = builder.data(node.inputs[1]);
    float* correct = builder.data(node.outputs[0]);
    const int threads = builder.threads();
    return [=](const RunContext&) {
        std::atomic<std::size_t> total{0}; // whole numbers: the same in any order
        work.forRows(threads, [&](std::int64_t i, std::size_t rows) {
            total += loops::countLargest(
                logits + i * work.columns, labels + i, rows, static_cast<std::size_t>(work.columns));
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
