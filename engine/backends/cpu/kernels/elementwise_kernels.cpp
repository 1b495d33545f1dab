#include <algorithm>
#include <array>
#include <cassert>
#include <type_traits>
#include <vector>

#include "engine/backends/cpu/kernels/kernels.h"
#include "engine/backends/cpu/loops/elementwise_loops.h"
#include "engine/backends/cpu/parallel.h"

namespace ty::engine::kernels {

namespace {

DropoutMask maskOf(const DropoutAttributes& settings, const RunContext& context)
{
    return dropoutMask(settings, context.dropoutKey0, context.dropoutKey1);
}

/// A loop over all elements of the node's result, shared out to the threads.
template<typename Loop>
Kernel overElements(const KernelBuilder& builder, const Node& node, Loop loop)
{
    const std::int64_t count = builder.value(node.outputs[0]).size();
    return [count, loop, threads = builder.threads()](const RunContext& context) {
        parallelRanges(threads, count, kElementGrain, [&](std::int64_t begin, std::int64_t end) {
            loop(context, begin, static_cast<std::size_t>(end - begin));
        });
    };
}

/// The node's steps; a kind of its own is one step.
std::vector<ElementwiseStep> stepsOf(const Node& node)
{
    ElementwiseStep step{node.kind, {}, {}, 0, node.inputs.size() > 1 ? 1 : -1};
    switch (node.kind) {
    case OpKind::Elementwise: return node.as<ElementwiseAttributes>().steps;
    case OpKind::Dropout: step.dropout = node.as<DropoutAttributes>(); break;
    case OpKind::Activate:
    case OpKind::ActivateGrad: step.activation = node.as<ActivationAttributes>().activation; break;
    default: break;
    }
    return {step};
}

/// The steps run over tiles that stay in the first-level cache: memory is read and written once for all of them. Tiles
/// are float32, whatever the operands and the result, which have one format.
template<typename T>
Kernel inTiles(KernelBuilder& builder, const Node& node)
{
    static constexpr std::int64_t kTile = 1024;
    static constexpr std::size_t kMaxSteps = 8;
    static constexpr bool isHalf = std::is_same_v<T, BFloat16>;
    static constexpr std::size_t kMaxInputs = isHalf ? kMaxSteps + 1 : 1; // each step adds one to the first
    std::vector<const T*> inputs;
    for (const ValueId input : node.inputs) {
        inputs.push_back(static_cast<const T*>(builder.pointer(input)));
    }
    assert(!isHalf || inputs.size() <= kMaxInputs);
    T* result = static_cast<T*>(builder.pointer(node.outputs[0]));
    const auto run = [inputs, result, steps = stepsOf(node)](
                         const RunContext& context, std::int64_t begin, std::size_t count) {
        alignas(64) std::array<std::array<float, kTile>, kMaxSteps> tiles;
        [[maybe_unused]] alignas(64) std::array<std::array<float, isHalf ? kTile : 1>, kMaxInputs> read;
        const auto end = begin + static_cast<std::int64_t>(count);
        for (std::int64_t at = begin; at < end; at += kTile) {
            const auto length = static_cast<std::size_t>(std::min(kTile, end - at));
            if constexpr (isHalf) {
                for (std::size_t i = 0; i < inputs.size(); ++i) {
                    loops::convert(inputs[i] + at, read[i].data(), length);
                }
            }
            const auto operand = [&](int number) -> const float* {
                const auto index = static_cast<std::size_t>(number);
                if (index >= inputs.size()) {
                    return tiles[index - inputs.size()].data();
                }
                if constexpr (isHalf) {
                    return read[index].data();
                } else {
                    return inputs[index] + at;
                }
            };
            for (std::size_t i = 0; i < steps.size(); ++i) {
                const ElementwiseStep& step = steps[i];
                float* target = tiles[i].data();
                if constexpr (!isHalf) {
                    target = i + 1 == steps.size() ? result + at : target;
                }
                const float* left = operand(step.left);
                switch (step.op) {
                case OpKind::Add: loops::add(left, operand(step.right), target, length); break;
                case OpKind::Multiply: loops::multiply(left, operand(step.right), target, length); break;
                case OpKind::ActivateGrad:
                    loops::activateGrad(step.activation, left, operand(step.right), target, length);
                    break;
                case OpKind::Dropout: {
                    const DropoutMask mask = maskOf(step.dropout, context);
                    const auto first = static_cast<std::size_t>(at);
                    loops::dropout(mask, left - first, target - first, first, first + length);
                    break;
                }
                default: loops::activate(step.activation, left, target, length); break;
                }
            }
            if constexpr (isHalf) {
                loops::convert(tiles[steps.size() - 1].data(), result + at, length);
            }
        }
    };
    return overElements(builder, node, run);
}

} // namespace

Kernel dropout(KernelBuilder& builder, const Node& node)
{
    if (builder.isHalf(node.outputs[0])) {
        return inTiles<BFloat16>(builder, node);
    }
    const float* x = builder.data(node.inputs[0]);
    float* y = builder.data(node.outputs[0]);
    return overElements(
        builder,
        node,
        [x, y, settings = node.as<DropoutAttributes>()](
            const RunContext& context, std::int64_t begin, std::size_t count) {
            const auto first = static_cast<std::size_t>(begin);
            loops::dropout(maskOf(settings, context), x, y, first, first + count);
        });
}

Kernel activate(KernelBuilder& builder, const Node& node)
{
    if (builder.isHalf(node.outputs[0])) {
        return inTiles<BFloat16>(builder, node);
    }
    const float* x = builder.data(node.inputs[0]);
    float* y = builder.data(node.outputs[0]);
    return overElements(
        builder,
        node,
        [x, y, activation = node.as<ActivationAttributes>().activation](
            const RunContext&, std::int64_t begin, std::size_t count) {
            loops::activate(activation, x + begin, y + begin, count);
        });
}

Kernel activateGrad(KernelBuilder& builder, const Node& node)
{
    if (builder.isHalf(node.outputs[0])) {
        return inTiles<BFloat16>(builder, node);
    }
    const float* grad = builder.data(node.inputs[0]);
    const float* reference = builder.data(node.inputs[1]);
    float* dx = builder.data(node.outputs[0]);
    return overElements(
        builder,
        node,
        [grad, reference, dx, activation = node.as<ActivationAttributes>().activation](
            const RunContext&, std::int64_t begin, std::size_t count) {
            loops::activateGrad(activation, grad + begin, reference + begin, dx + begin, count);
        });
}

Kernel add(KernelBuilder& builder, const Node& node)
{
    if (builder.isHalf(node.outputs[0])) {
        return inTiles<BFloat16>(builder, node);
    }
    const float* a = builder.data(node.inputs[0]);
    const float* b = builder.data(node.inputs[1]);
    float* y = builder.data(node.outputs[0]);
    return overElements(builder, node, [a, b, y](const RunContext&, std::int64_t begin, std::size_t count) {
        loops::add(a + begin, b + begin, y + begin, count);
    });
}

Kernel multiply(KernelBuilder& builder, const Node& node)
{
    if (builder.isHalf(node.outputs[0])) {
        return inTiles<BFloat16>(builder, node);
    }
    const float* a = builder.data(node.inputs[0]);
    const float* b = builder.data(node.inputs[1]);
    float* y = builder.data(node.outputs[0]);
    return overElements(builder, node, [a, b, y](const RunContext&, std::int64_t begin, std::size_t count) {
        loops::multiply(a + begin, b + begin, y + begin, count);
    });
}

Kernel elementwise(KernelBuilder& builder, const Node& node)
{
    return builder.isHalf(node.outputs[0]) ? inTiles<BFloat16>(builder, node) : inTiles<float>(builder, node);
}

Kernel cast(KernelBuilder& builder, const Node& node)
{
    if (builder.isHalf(node.outputs[0])) {
        const float* x = builder.data(node.inputs[0]);
        BFloat16* y = builder.halves(node.outputs[0]);
        return overElements(builder, node, [x, y](const RunContext&, std::int64_t begin, std::size_t count) {
            loops::convert(x + begin, y + begin, count);
        });
    }
    const BFloat16* x = builder.halves(node.inputs[0]);
    float* y = builder.data(node.outputs[0]);
    return overElements(builder, node, [x, y](const RunContext&, std::int64_t begin, std::size_t count) {
        loops::convert(x + begin, y + begin, count);
    });
}

Kernel fill(KernelBuilder& builder, const Node& node)
{
    float* y = builder.data(node.outputs[0]);
    const auto value = static_cast<float>(node.as<FillAttributes>().value);
    return overElements(builder, node, [y, value](const RunContext&, std::int64_t begin, std::size_t count) {
        loops::fill(value, y + begin, count);
    });
}

} // namespace ty::engine::kernels
