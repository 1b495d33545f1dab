#include <algorithm>
#include <cstring>

#include "engine/backends/cpu/kernels/kernels.h"
#include "engine/backends/cpu/loops/elementwise_loops.h"
#include "engine/backends/cpu/parallel.h"

namespace ty::engine::kernels {

namespace {

/// The row of the table that a number means; -1 if there is none: a wrong number must not reach foreign memory.
std::int64_t rowOf(float number, std::int64_t rows)
{
    return number >= 0.0F && number < static_cast<float>(rows) ? static_cast<std::int64_t>(number) : -1;
}

} // namespace

Kernel embedding(KernelBuilder& builder, const Node& node)
{
    const Shape& table = builder.value(node.inputs[1]).shape;
    const std::int64_t count = builder.value(node.inputs[0]).size();
    const std::int64_t rows = table[0];
    const std::int64_t width = table[1];
    const float* numbers = builder.data(node.inputs[0]);
    const float* weights = builder.data(node.inputs[1]);
    float* y = builder.data(node.outputs[0]);
    return [=, threads = builder.threads()](const RunContext&) {
        const std::int64_t grain = std::max<std::int64_t>(1, kElementGrain / width);
        parallelRanges(threads, count, grain, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                const std::int64_t row = rowOf(numbers[i], rows);
                if (row < 0) {
                    loops::fill(0.0F, y + i * width, static_cast<std::size_t>(width));
                } else {
                    std::memcpy(y + i * width, weights + row * width, static_cast<std::size_t>(width) * sizeof(float));
                }
            }
        });
    };
}

Kernel embeddingGrad(KernelBuilder& builder, const Node& node)
{
    const Shape& table = builder.value(node.outputs[0]).shape;
    const std::int64_t count = builder.value(node.inputs[1]).size();
    const std::int64_t rows = table[0];
    const std::int64_t width = table[1];
    const float* grad = builder.data(node.inputs[0]);
    const float* numbers = builder.data(node.inputs[1]);
    float* result = builder.data(node.outputs[0]);
    return [=, threads = builder.threads()](const RunContext&) {
        // Each thread owns a range of rows and adds what belongs there in the order of the batch: the same for any
        // number of threads.
        const std::int64_t grain = std::max<std::int64_t>(1, kElementGrain / width);
        parallelRanges(threads, rows, grain, [&](std::int64_t begin, std::int64_t end) {
            loops::fill(0.0F, result + begin * width, static_cast<std::size_t>((end - begin) * width));
            for (std::int64_t i = 0; i < count; ++i) {
                const std::int64_t row = rowOf(numbers[i], rows);
                if (row >= begin && row < end) {
                    float* target = result + row * width;
                    loops::add(target, grad + i * width, target, static_cast<std::size_t>(width));
                }
            }
        });
    };
}

} // namespace ty::engine::kernels
