#include <algorithm>
#include <cstring>
#include <memory>

#include "engine/backends/cpu/kernels/gemm.h"
#include "engine/backends/cpu/kernels/kernels.h"
#include "engine/backends/cpu/loops/elementwise_loops.h"
#include "engine/backends/cpu/loops/recurrent_loops.h"
#include "engine/backends/cpu/parallel.h"

namespace ty::engine::kernels {

namespace {

/// Extents, and where a sample's step lies.
struct Walk {
    RecurrentAttributes settings;
    std::int64_t batch = 0;
    std::int64_t steps = 0;
    std::int64_t units = 0;
    std::int64_t gates = 0; ///< columns of a product with the recurrent weight
    std::int64_t kept = 0;  ///< columns of `gates`

    Walk(const Node& node, const Shape& y)
        : settings(node.as<RecurrentAttributes>())
        , batch(y[0])
        , steps(y[1])
        , units(y[2])
        , gates(settings.gateCount() * y[2])
        , kept(settings.biasCount() * y[2])
    {
    }

    std::int64_t step(std::int64_t index) const { return settings.isReverse ? steps - 1 - index : index; }
    /// Row of y and its like.
    std::int64_t row(std::int64_t sample, std::int64_t index) const { return sample * steps + step(index); }
    std::int64_t grain() const { return std::max<std::int64_t>(1, kElementGrain / 8 / kept); } // exponentials are dear
    bool isHalf() const { return settings.products == DType::BFloat16; }
    std::size_t width() const { return static_cast<std::size_t>(units); }
};

float* floatsAt(const RunContext& context, std::size_t offset)
{
    return reinterpret_cast<float*>(context.scratch + offset);
}

BFloat16* halvesAt(const RunContext& context, std::size_t offset)
{
    return reinterpret_cast<BFloat16*>(context.scratch + offset);
}

/// Elements of an operand that products on bfloat16 read from memory of their own.
std::size_t addHalves(ScratchPlan& plan, const Walk& walk, std::int64_t count)
{
    return plan.add(walk.isHalf() ? static_cast<std::size_t>(count) * sizeof(BFloat16) : 0);
}

} // namespace

Kernel recurrent(KernelBuilder& builder, const Node& node)
{
    const Walk walk(node, builder.value(node.outputs[0]).shape);
    const bool isLstm = walk.settings.cell == RecurrentCell::Lstm;
    const std::int64_t features = builder.value(node.inputs[0]).shape[2];
    ScratchPlan plan;
    // The input's part of all gates of all steps is one product; only the state's part needs a product each step.
    const auto project = std::make_shared<Gemm>(
        builder,
        plan,
        loops::SmallMatMul{walk.batch * walk.steps, features, walk.gates, features, 1, 1, features, walk.kept},
        true,
        Gemm::Packing::No,
        Gemm::Formats{walk.settings.products, DType::Float32});
    const auto recur = std::make_shared<Gemm>(
        builder,
        plan,
        loops::SmallMatMul{walk.batch, walk.units, walk.gates, walk.units, 1, 1, walk.units},
        false,
        Gemm::Packing::Yes,
        Gemm::Formats{walk.settings.products, DType::Float32});
    const std::size_t stateOffset = plan.addFloats(walk.batch * walk.units);
    const std::size_t productOffset = plan.addFloats(walk.batch * walk.gates);
    const std::size_t halvesOffset = addHalves(plan, walk, walk.batch * walk.units);
    builder.wishScratch(plan.bytes());

    const void* x = builder.pointer(node.inputs[0]);
    float* weight = builder.data(node.inputs[1]);
    float* recurrentWeight = builder.data(node.inputs[2]);
    const float* bias = builder.data(node.inputs[3]);
    const float* h0 = builder.data(node.inputs[4]);
    const float* c0 = isLstm ? builder.data(node.inputs[5]) : nullptr;
    float* y = builder.data(node.outputs[0]);
    float* gates = builder.data(node.outputs[1]);
    float* cells = isLstm ? builder.data(node.outputs[2]) : nullptr;
    return [=, threads = builder.threads()](const RunContext& context) {
        float* state = floatsAt(context, stateOffset);
        float* product = floatsAt(context, productOffset);
        BFloat16* halves = halvesAt(context, halvesOffset);
        const void* read = walk.isHalf() ? static_cast<const void*>(halves) : state;
        project->run(context, x, weight, bias, gates);
        recur->pack(context, recurrentWeight);
        std::memcpy(state, h0, static_cast<std::size_t>(walk.batch * walk.units) * sizeof(float));
        if (walk.isHalf()) {
            loops::convert(h0, halves, static_cast<std::size_t>(walk.batch * walk.units));
        }
        for (std::int64_t index = 0; index < walk.steps; ++index) {
            recur->run(context, read, nullptr, product);
            parallelRanges(threads, walk.batch, walk.grain(), [&](std::int64_t begin, std::int64_t end) {
                for (std::int64_t n = begin; n < end; ++n) {
                    const std::int64_t row = walk.row(n, index);
                    float* own = gates + row * walk.kept;
                    const float* part = product + n * walk.gates;
                    float* h = y + row * walk.units;
                    float* next = state + n * walk.units;
                    switch (walk.settings.cell) {
                    case RecurrentCell::Lstm: {
                        const float* before =
                            index == 0 ? c0 + n * walk.units : cells + walk.row(n, index - 1) * walk.units;
                        loops::lstmStep(part, before, own, cells + row * walk.units, h, next, walk.width());
                        break;
                    }
                    case RecurrentCell::Gru:
                        loops::gruStep(part, bias + walk.gates, next, own, h, next, walk.width());
                        break;
                    case RecurrentCell::Tanh: loops::simpleStep(false, part, own, h, next, walk.width()); break;
                    case RecurrentCell::Relu: loops::simpleStep(true, part, own, h, next, walk.width()); break;
                    }
                    if (walk.isHalf()) {
                        loops::convert(next, halves + n * walk.units, walk.width());
                    }
                }
            });
        }
    };
}

Kernel recurrentGrad(KernelBuilder& builder, const Node& node)
{
    const Walk walk(node, builder.value(node.inputs[2]).shape);
    const RecurrentCell cell = walk.settings.cell;
    const bool isLstm = cell == RecurrentCell::Lstm;
    const bool isGru = cell == RecurrentCell::Gru;
    const std::int64_t rows = walk.batch * walk.steps;
    ScratchPlan plan;
    const auto back = std::make_shared<Gemm>(
        builder,
        plan,
        loops::SmallMatMul{walk.batch, walk.gates, walk.units, walk.gates, 1, walk.units, 1},
        false,
        Gemm::Packing::Yes,
        Gemm::Formats{walk.settings.products, DType::Float32});
    // The weight's gradient is one product over all steps: of the gates' gradients, and of the states before them. The
    // third gate of a GRU takes its state through q, whose gradient stands in the fourth place.
    const std::int64_t firstRows = isGru ? 2 * walk.units : walk.gates;
    const auto weigh = std::make_shared<Gemm>(
        builder,
        plan,
        loops::SmallMatMul{firstRows, rows, walk.units, 1, walk.kept, walk.units, 1},
        false,
        Gemm::Packing::No,
        Gemm::Formats{walk.settings.products, walk.settings.products});
    const auto weighQ = !isGru ? nullptr
                               : std::make_shared<Gemm>(
                                     builder,
                                     plan,
                                     loops::SmallMatMul{walk.units, rows, walk.units, 1, walk.kept, walk.units, 1},
                                     false,
                                     Gemm::Packing::No,
                                     Gemm::Formats{walk.settings.products, walk.settings.products});
    const std::size_t copyOffset = plan.addFloats(walk.batch * walk.gates);
    const std::size_t beforeOffset = plan.addFloats(rows * walk.units);
    const std::size_t directOffset = plan.addFloats(isGru ? walk.batch * walk.units : 0);
    const std::size_t copyHalvesOffset = addHalves(plan, walk, walk.batch * walk.gates);
    const std::size_t beforeHalvesOffset = addHalves(plan, walk, rows * walk.units);
    const std::size_t dzHalvesOffset = addHalves(plan, walk, rows * walk.kept);
    builder.wishScratch(plan.bytes());

    const float* grad = builder.data(node.inputs[0]);
    float* recurrentWeight = builder.data(node.inputs[1]);
    const float* y = builder.data(node.inputs[2]);
    const float* gates = builder.data(node.inputs[3]);
    const float* h0 = builder.data(node.inputs[4]);
    const float* cells = isLstm ? builder.data(node.inputs[5]) : nullptr;
    const float* c0 = isLstm ? builder.data(node.inputs[6]) : nullptr;
    float* dz = builder.data(node.outputs[0]);
    float* dweight = builder.data(node.outputs[1]);
    float* dh = builder.data(node.outputs[2]);
    float* dc = isLstm ? builder.data(node.outputs[3]) : nullptr;
    return [=, threads = builder.threads()](const RunContext& context) {
        float* copy = floatsAt(context, copyOffset);
        float* before = floatsAt(context, beforeOffset);
        float* direct = floatsAt(context, directOffset);
        BFloat16* copyHalves = halvesAt(context, copyHalvesOffset);
        BFloat16* beforeHalves = halvesAt(context, beforeHalvesOffset);
        BFloat16* dzHalves = halvesAt(context, dzHalvesOffset);
        const void* passed = walk.isHalf() ? static_cast<const void*>(copyHalves) : copy;
        const auto states = static_cast<std::size_t>(walk.batch * walk.units);
        loops::fill(0.0F, dh, states);
        if (isLstm) {
            loops::fill(0.0F, dc, states);
        }
        // States before each step, in the order of y.
        for (std::int64_t n = 0; n < walk.batch; ++n) {
            for (std::int64_t index = 0; index < walk.steps; ++index) {
                const float* source = index == 0 ? h0 + n * walk.units : y + walk.row(n, index - 1) * walk.units;
                std::memcpy(before + walk.row(n, index) * walk.units, source, walk.width() * sizeof(float));
            }
        }
        back->pack(context, recurrentWeight);
        for (std::int64_t index = walk.steps; index-- > 0;) {
            parallelRanges(threads, walk.batch, walk.grain(), [&](std::int64_t begin, std::int64_t end) {
                for (std::int64_t n = begin; n < end; ++n) {
                    const std::int64_t row = walk.row(n, index);
                    const float* above = grad + row * walk.units;
                    const float* after = dh + n * walk.units;
                    const float* own = gates + row * walk.kept;
                    float* result = dz + row * walk.kept;
                    float* beside = copy + n * walk.gates;
                    switch (cell) {
                    case RecurrentCell::Lstm:
                        loops::lstmStepGrad(
                            above,
                            after,
                            own,
                            cells + row * walk.units,
                            index == 0 ? c0 + n * walk.units : cells + walk.row(n, index - 1) * walk.units,
                            dc + n * walk.units,
                            result,
                            beside,
                            walk.width());
                        break;
                    case RecurrentCell::Gru:
                        loops::gruStepGrad(
                            above,
                            after,
                            own,
                            before + row * walk.units,
                            result,
                            beside,
                            direct + n * walk.units,
                            walk.width());
                        break;
                    case RecurrentCell::Tanh:
                    case RecurrentCell::Relu:
                        loops::simpleStepGrad(
                            cell == RecurrentCell::Relu, above, after, own, result, beside, walk.width());
                        break;
                    }
                    if (walk.isHalf()) {
                        loops::convert(
                            beside, copyHalves + n * walk.gates, static_cast<std::size_t>(walk.gates));
                        loops::convert(
                            result, dzHalves + row * walk.kept, static_cast<std::size_t>(walk.kept));
                        loops::convert(
                            before + row * walk.units, beforeHalves + row * walk.units, walk.width());
                    }
                }
            });
            back->run(context, passed, nullptr, dh);
            if (isGru) {
                loops::add(dh, direct, dh, states);
            }
        }
        // Columns of dz from `column` on, times the states before each step.
        const auto weighFrom = [&](Gemm& gemm, std::int64_t column, float* result) {
            if (walk.isHalf()) {
                gemm.run(context, dzHalves + column, beforeHalves, nullptr, result);
            } else {
                gemm.run(context, dz + column, before, nullptr, result);
            }
        };
        weighFrom(*weigh, 0, dweight);
        if (isGru) {
            weighFrom(*weighQ, 3 * walk.units, dweight + 2 * walk.units * walk.units);
        }
    };
}

} // namespace ty::engine::kernels
