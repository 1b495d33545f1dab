#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "engine/backends/cpu/kernels/kernels.h"
#include "engine/backends/cpu/loops/row_norm_loops.h"
#include "engine/backends/cpu/parallel.h"

namespace ty::engine::kernels {

namespace {

std::shared_ptr<std::vector<float>> makeBuffer(std::int64_t count)
{
    return std::make_shared<std::vector<float>>(static_cast<std::size_t>(count));
}

/// How group norm visits a plain value: rows of channels, each with its pixels.
struct GroupWork {
    std::int64_t rows = 1;     ///< samples times groups
    std::int64_t groups = 1;
    std::int64_t channels = 1; ///< of one group
    std::int64_t spatial = 1;
    std::int64_t grain = 1;

    GroupWork(const Value& value, std::int64_t groupCount)
        : rows(value.shape[0] * groupCount)
        , groups(groupCount)
        , channels(value.shape[1] / groupCount)
        , spatial(value.size() / (value.shape[0] * value.shape[1]))
        , grain(std::max<std::int64_t>(1, kElementGrain / rowSize()))
    {
    }

    std::int64_t rowSize() const { return channels * spatial; }
    /// The first channel of a row among all channels of its sample.
    std::int64_t firstChannel(std::int64_t row) const { return row % groups * channels; }
};

} // namespace

Kernel layerNorm(KernelBuilder& builder, const Node& node)
{
    const Value& value = builder.value(node.inputs[0]);
    const std::int64_t count = builder.value(node.inputs[1]).size();
    const std::int64_t rows = value.size() / count;
    const float epsilon = static_cast<float>(node.as<NormAttributes>().epsilon);
    const float* x = builder.data(node.inputs[0]);
    const float* scale = builder.data(node.inputs[1]);
    const float* shift = builder.data(node.inputs[2]);
    float* y = builder.data(node.outputs[0]);
    float* mean = builder.data(node.outputs[1]);
    float* inverse = builder.data(node.outputs[2]);
    return [=, threads = builder.threads()](const RunContext&) {
        const std::int64_t grain = std::max<std::int64_t>(1, kElementGrain / count);
        parallelRanges(threads, rows, grain, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                loops::layerNormRow(
                    x + i * count,
                    scale,
                    shift,
                    epsilon,
                    static_cast<std::size_t>(count),
                    y + i * count,
                    mean + i,
                    inverse + i);
            }
        });
    };
}

Kernel layerNormGrad(KernelBuilder& builder, const Node& node)
{
    const Value& value = builder.value(node.inputs[1]);
    const std::int64_t count = builder.value(node.inputs[2]).size();
    const std::int64_t rows = value.size() / count;
    const float* grad = builder.data(node.inputs[0]);
    const float* x = builder.data(node.inputs[1]);
    const float* scale = builder.data(node.inputs[2]);
    const float* mean = builder.data(node.inputs[3]);
    const float* inverse = builder.data(node.inputs[4]);
    float* dx = builder.data(node.outputs[0]);
    float* dscale = builder.data(node.outputs[1]);
    float* dshift = builder.data(node.outputs[2]);
    // Blocks of rows have their own sums, added in order: the same for any thread count.
    static constexpr std::int64_t kRows = 32;
    const std::int64_t blocks = (rows + kRows - 1) / kRows;
    const auto partial = makeBuffer(2 * blocks * count);
    return [=, threads = builder.threads()](const RunContext&) {
        std::fill(partial->begin(), partial->end(), 0.0F);
        float* sums = partial->data();
        const std::int64_t grain = std::max<std::int64_t>(1, kElementGrain / (count * kRows));
        parallelRanges(threads, blocks, grain, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t block = begin; block < end; ++block) {
                for (std::int64_t i = block * kRows; i < std::min(rows, (block + 1) * kRows); ++i) {
                    loops::layerNormGradRow(
                        grad + i * count,
                        x + i * count,
                        scale,
                        mean[i],
                        inverse[i],
                        static_cast<std::size_t>(count),
                        dx + i * count,
                        sums + 2 * block * count,
                        sums + (2 * block + 1) * count);
                }
            }
        });
        for (std::int64_t c = 0; c < count; ++c) {
            double scaleSum = 0;
            double shiftSum = 0;
            for (std::int64_t block = 0; block < blocks; ++block) {
                scaleSum += static_cast<double>(sums[2 * block * count + c]);
                shiftSum += static_cast<double>(sums[(2 * block + 1) * count + c]);
            }
            dscale[c] = static_cast<float>(scaleSum);
            dshift[c] = static_cast<float>(shiftSum);
        }
    };
}

Kernel groupNorm(KernelBuilder& builder, const Node& node)
{
    const auto& settings = node.as<NormAttributes>();
    const GroupWork work(builder.value(node.inputs[0]), settings.groups);
    const float epsilon = static_cast<float>(settings.epsilon);
    const float* x = builder.data(node.inputs[0]);
    const float* scale = builder.data(node.inputs[1]);
    const float* shift = builder.data(node.inputs[2]);
    float* y = builder.data(node.outputs[0]);
    float* mean = builder.data(node.outputs[1]);
    float* inverse = builder.data(node.outputs[2]);
    return [=, threads = builder.threads()](const RunContext&) {
        parallelRanges(threads, work.rows, work.grain, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                const float* row = x + i * work.rowSize();
                loops::rowMoments(row, static_cast<std::size_t>(work.rowSize()), epsilon, mean + i, inverse + i);
                for (std::int64_t c = 0; c < work.channels; ++c) {
                    const std::int64_t channel = work.firstChannel(i) + c;
                    const std::int64_t at = i * work.rowSize() + c * work.spatial;
                    const float factor = inverse[i] * scale[channel];
                    loops::scaleAround(
                        x + at, mean[i], factor, shift[channel], static_cast<std::size_t>(work.spatial), y + at);
                }
            }
        });
    };
}

Kernel groupNormGrad(KernelBuilder& builder, const Node& node)
{
    const GroupWork work(builder.value(node.inputs[1]), node.as<NormAttributes>().groups);
    const float* grad = builder.data(node.inputs[0]);
    const float* x = builder.data(node.inputs[1]);
    const float* scale = builder.data(node.inputs[2]);
    const float* mean = builder.data(node.inputs[3]);
    const float* inverse = builder.data(node.inputs[4]);
    float* dx = builder.data(node.outputs[0]);
    float* dscale = builder.data(node.outputs[1]);
    float* dshift = builder.data(node.outputs[2]);
    // Each sample's channels have their own sums, added in order: the same for any thread count.
    const auto partial = makeBuffer(2 * work.rows * work.channels);
    return [=, threads = builder.threads()](const RunContext&) {
        float* shifts = partial->data();
        float* scales = shifts + work.rows * work.channels;
        parallelRanges(threads, work.rows, work.grain, [&](std::int64_t begin, std::int64_t end) {
            const auto count = static_cast<std::size_t>(work.spatial);
            for (std::int64_t i = begin; i < end; ++i) {
                float sum = 0;
                float product = 0;
                for (std::int64_t c = 0; c < work.channels; ++c) {
                    const std::int64_t at = i * work.rowSize() + c * work.spatial;
                    const std::int64_t slot = i * work.channels + c;
                    loops::rowGradSums(grad + at, x + at, mean[i], inverse[i], count, shifts + slot, scales + slot);
                    sum += scale[work.firstChannel(i) + c] * shifts[slot];
                    product += scale[work.firstChannel(i) + c] * scales[slot];
                }
                sum /= static_cast<float>(work.rowSize());
                product /= static_cast<float>(work.rowSize());
                for (std::int64_t c = 0; c < work.channels; ++c) {
                    const std::int64_t at = i * work.rowSize() + c * work.spatial;
                    loops::rowGradApply(
                        grad + at,
                        x + at,
                        mean[i],
                        inverse[i],
                        scale[work.firstChannel(i) + c],
                        sum,
                        product,
                        count,
                        dx + at);
                }
            }
        });
        for (std::int64_t channel = 0; channel < work.groups * work.channels; ++channel) {
            double scaleSum = 0;
            double shiftSum = 0;
            for (std::int64_t slot = channel; slot < work.rows * work.channels; slot += work.groups * work.channels) {
                scaleSum += static_cast<double>(scales[slot]);
                shiftSum += static_cast<double>(shifts[slot]);
            }
            dscale[channel] = static_cast<float>(scaleSum);
            dshift[channel] = static_cast<float>(shiftSum);
        }
    };
}

} // namespace ty::engine::kernels
