#include "engine/backends/cpu/cpu_executable.h"

#include <cassert>
#include <cstring>

#include <omp.h>

#include "engine/backends/cpu/gradient_joins.h"
#include "engine/backends/cpu/guarded.h"
#include "engine/backends/cpu/joint_gradients.h"
#include "engine/backends/cpu/kernels/kernels.h"
#include "engine/backends/cpu/strassen_rule.h"
#include "engine/backends/cpu/winograd_rule.h"
#include "engine/graph/fusion.h"
#include "engine/graph/layout_plan.h"
#include "engine/graph/memory_plan.h"
#include "engine/graph/op_rule.h"
#include "engine/graph/precision_plan.h"
#include "engine/graph/rewriter.h"

namespace ty::engine {

namespace {

/// Below this many elementary operations in one run a second thread costs more than it brings.
constexpr double kParallelWork = 2.0e6;

double workOf(const Graph& graph)
{
    double work = 0;
    for (const Node& node : graph.nodes()) {
        const double size = static_cast<double>(graph.value(node.outputs[0]).size());
        switch (node.kind) {
        case OpKind::MatMul: {
            const auto& settings = node.as<MatMulAttributes>();
            const Shape& left = graph.shape(node.inputs[0]);
            work += 2.0 * size * static_cast<double>(left[left.size() - (settings.isLeftTransposed ? 2 : 1)]);
            break;
        }
        case OpKind::Conv2d:
        case OpKind::Conv2dInputGrad:
        case OpKind::Conv2dWeightGrad: {
            const ConvolutionShapes shapes = convolutionShapes(graph, node);
            work += 2.0 * static_cast<double>(elementCount(shapes.result))
                * static_cast<double>(elementCount(shapes.weight) / shapes.weight[0]);
            break;
        }
        case OpKind::Recurrent: {
            const double gates = static_cast<double>(graph.value(node.outputs[1]).size());
            const Shape& weight = graph.shape(node.inputs[1]);
            const Shape& recurrent = graph.shape(node.inputs[2]);
            work += 2.0 * gates * static_cast<double>(weight[1] + recurrent[1]);
            break;
        }
        case OpKind::RecurrentGrad: {
            const double gates = static_cast<double>(graph.value(node.outputs[0]).size());
            work += 4.0 * gates * static_cast<double>(graph.shape(node.inputs[1])[1]);
            break;
        }
        default: work += 4.0 * size; break;
        }
    }
    return work;
}

std::size_t alignedBytes(const Value& value)
{
    return (static_cast<std::size_t>(value.size()) * dtypeBytes(value.dtype) + 63) / 64 * 64;
}

/// Multiplications of a product.
std::int64_t multiplications(const Graph& graph, const Node& node)
{
    const auto& settings = node.as<MatMulAttributes>();
    const Shape& left = graph.shape(node.inputs[0]);
    return graph.value(node.outputs[0]).size() * left[left.size() - (settings.isLeftTransposed ? 2 : 1)];
}

/// Multiplications of one step's product with the state; y {N, T, H}.
std::int64_t stateProduct(const Graph& graph, const Node& node, ValueId y)
{
    const Shape& shape = graph.shape(y);
    return shape[0] * shape[2] * shape[2] * node.as<RecurrentAttributes>().gateCount();
}

/// Small products stay float32: our own loop has done them before a primitive has started.
Graph inPrecision(Graph graph, ConvolutionPlanner& planner, DType products)
{
    if (products == DType::Float32) {
        return graph;
    }
    return planPrecision(graph, [&planner](const Graph& g, const Node& node) {
        switch (node.kind) {
        case OpKind::MatMul: return multiplications(g, node) > kernels::kSmallProduct;
        case OpKind::Conv2d:
        case OpKind::Conv2dInputGrad:
        case OpKind::Conv2dWeightGrad:
            return planner.isHalfFast(convolutionShapes(g, node), node.as<ConvolutionAttributes>());
        case OpKind::Recurrent: return stateProduct(g, node, node.outputs[0]) > kernels::kSmallProduct;
        case OpKind::RecurrentGrad: return stateProduct(g, node, node.inputs[2]) > kernels::kSmallProduct;
        default: return false;
        }
    });
}

/// Gradients are joined where a convolution of one pixel by our own kernels makes one of them.
Graph withJoins(const Graph& graph, const std::function<ExternalMemory(const std::string&)>& parameterOf)
{
    constexpr std::int64_t kBlock = 16;
    return joinGradients(graph, [&](const Node& node) {
        const auto isBlocked = [&graph](ValueId id) {
            return graph.value(id).channelBlock == canonicalBlock(graph.shape(id), kBlock);
        };
        const Value& weight = graph.value(node.inputs[1]);
        const auto& settings = node.as<ConvolutionAttributes>();
        if (weight.role == ValueRole::Result || weight.role == ValueRole::Input || settings.stride[0] != 1
            || !isBlocked(node.inputs[0]) || !isBlocked(node.outputs[0])
            || !isStrassenFaster(
                convolutionShapes(graph, node), settings, graph.shape(node.inputs[0])[1], graph.shape(node.outputs[0])[1])) {
            return false;
        }
        const auto layout = parameterOf(weight.name).layout;
        return layout.has_value() && *layout == winogradWeightDesc(weight.shape);
    });
}

bool isPrimitive(OpKind kind)
{
    return kind == OpKind::Conv2d || kind == OpKind::Conv2dInputGrad || kind == OpKind::Conv2dWeightGrad
        || kind == OpKind::MatMul || kind == OpKind::Reorder || kind == OpKind::Permute
        || kind == OpKind::Recurrent || kind == OpKind::RecurrentGrad;
}

} // namespace

CpuExecutable::CpuExecutable(
    const Graph& graph,
    const dnnl::engine& engine,
    ConvolutionPlanner& planner,
    const std::function<ExternalMemory(const std::string&)>& parameterOf,
    const std::vector<ExternalMemory>& outputs,
    int threads,
    DType products)
    : m_graph(withJoins(
        planLayouts(
            inPrecision(fuseGraph(removeUnused(graph)), planner, products),
            [&planner](const ConvolutionShapes& shapes, const ConvolutionAttributes& attributes) {
                return planner.planOf(shapes, attributes).layout;
            }),
        parameterOf))
    , m_threads(workOf(graph) < kParallelWork ? 1 : threads)
{
    assert(outputs.size() == graph.outputs().size());
    omp_set_num_threads(m_threads); // primitives are made for, and run with, this number
    KernelBuilder builder(m_graph, engine, dnnl::stream(engine), m_threads);
    placeValues(builder, parameterOf, outputs);
    constexpr std::size_t kKernelsAtOnce = 16; // the question costs a tenth of a millisecond
    std::size_t made = 0;
    const Node* before = nullptr;
    for (const Node& node : m_graph.nodes()) {
        if (made++ % kKernelsAtOnce == 0) {
            requireRoomForKernels();
        }
        const Kernel kernel = makeKernel(builder, node);
        if (!kernel) {
            continue;
        }
        Step step;
        step.run = kernel;
        step.name = std::string(ruleOf(node.kind).name) + " " + node.name;
        step.isPrimitive = isPrimitive(node.kind);
        for (const auto* ids : {&node.inputs, &node.outputs}) {
            for (const ValueId id : *ids) {
                const Value& value = m_graph.value(id);
                step.bytes += static_cast<double>(value.size()) * static_cast<double>(dtypeBytes(value.dtype));
            }
        }
        const Kernel joint
            = before != nullptr ? jointGradients(builder, *before, m_steps.back().run, node, kernel) : Kernel();
        if (joint) {
            builder.wishScratch(joint.parts()->scratchBytes);
            m_steps.back().run = joint;
            m_steps.back().name += ", " + step.name;
            m_steps.back().bytes += step.bytes;
        } else {
            m_steps.push_back(std::move(step));
        }
        before = joint ? nullptr : &node;
    }
    // An output that is an input, or that has two places, is copied there at the end.
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        const ValueId id = m_graph.outputs()[i];
        float* source = builder.data(id);
        if (outputs[i].data != nullptr && outputs[i].data != source) {
            Step step;
            step.name = "Copy";
            step.bytes = 2.0 * static_cast<double>(alignedBytes(m_graph.value(id)));
            step.run = [source, target = outputs[i].data, bytes = m_graph.value(id).size() * 4](const RunContext&) {
                std::memcpy(target, source, static_cast<std::size_t>(bytes));
            };
            m_steps.push_back(std::move(step));
        }
        m_outputs.push_back(source);
    }
    m_scratch = AlignedBuffer(builder.scratchBytes());
}

void CpuExecutable::placeValues(
    KernelBuilder& builder,
    const std::function<ExternalMemory(const std::string&)>& parameterOf,
    const std::vector<ExternalMemory>& outputs)
{
    const std::vector<Value>& values = m_graph.values();
    std::vector<bool> isOutside(values.size(), false);
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        const ValueId id = m_graph.outputs()[i];
        const auto index = static_cast<std::size_t>(id);
        const bool isView = values[index].role != ValueRole::Result
            || m_graph.node(values[index].producer).kind == OpKind::Reshape;
        if (outputs[i].data != nullptr && !isOutside[index] && !isView) {
            isOutside[index] = true;
            builder.setPointer(id, outputs[i].data);
            if (outputs[i].layout) {
                builder.setWeightLayout(id, *outputs[i].layout);
            }
        }
    }
    const MemoryPlan plan = planMemory(m_graph, isOutside);
    m_arena = AlignedBuffer(static_cast<std::size_t>(plan.arenaBytes));

    std::size_t inputBytes = 0;
    for (const Value& value : values) {
        inputBytes += value.role == ValueRole::Input ? alignedBytes(value) : 0;
    }
    m_inputs = AlignedBuffer(inputBytes);

    std::size_t inputOffset = 0;
    m_pointers.resize(values.size(), nullptr);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto id = static_cast<ValueId>(i);
        const Value& value = values[i];
        if (value.role == ValueRole::Input) {
            builder.setPointer(id, m_inputs.data() + inputOffset);
            inputOffset += alignedBytes(value);
        } else if (value.role != ValueRole::Result) {
            const ExternalMemory memory = parameterOf(value.name);
            builder.setPointer(id, memory.data);
            if (memory.layout) {
                builder.setWeightLayout(id, *memory.layout);
            }
        } else if (plan.viewOf[i] != kNone) {
            builder.setPointer(id, builder.pointer(plan.viewOf[i]));
        } else if (!isOutside[i]) {
            builder.setPointer(id, m_arena.data() + plan.offsets[i]);
        }
        m_pointers[i] = builder.pointer(id);
    }
}

float* CpuExecutable::input(const std::string& name)
{
    const ValueId id = m_graph.find(name);
    return id == kNone ? nullptr : static_cast<float*>(m_pointers[static_cast<std::size_t>(id)]);
}

const float* CpuExecutable::output(std::size_t index) const
{
    return m_outputs[index];
}

void CpuExecutable::run(std::uint32_t dropoutKey0, std::uint32_t dropoutKey1)
{
    omp_set_num_threads(m_threads);
    const RunContext context{m_scratch.data(), dropoutKey0, dropoutKey1};
    for (const Step& step : m_steps) {
        step.run(context);
    }
}

} // namespace ty::engine
