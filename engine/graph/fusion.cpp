#include "engine/graph/fusion.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <variant>

#include "engine/graph/elementwise_fusion.h"
#include "engine/graph/fusion_pass.h"
#include "engine/graph/loss_fusion.h"
#include "engine/graph/norm_fusion.h"

namespace ty::engine {

namespace {

class BiasPass final : public FusionPass {
public:
    using FusionPass::FusionPass;

protected:
    void plan(NodeId id) override
    {
        const Node& node = graph().node(id);
        if (node.kind != OpKind::AddBias || !isUsedOnce(node.inputs[0])) {
            return;
        }
        const Node* product = producerOf(node.inputs[0]);
        if (product != nullptr && (product->kind == OpKind::MatMul || product->kind == OpKind::Conv2d)
            && product->inputs.size() == 2) {
            const NodeId absorbed = graph().value(node.inputs[0]).producer;
            absorb(absorbed);
            m_productOf[id] = absorbed;
        }
    }

    bool write(NodeId id) override
    {
        const auto found = m_productOf.find(id);
        if (found == m_productOf.end()) {
            return false;
        }
        const Node& node = graph().node(id);
        const Node& product = graph().node(found->second);
        std::vector<ValueId> inputs = mapped(product.inputs);
        inputs.push_back(rewriter().mapped(node.inputs[1]));
        emit(product.kind, std::move(inputs), product.attributes, product.name, node.outputs);
        return true;
    }

private:
    std::map<NodeId, NodeId> m_productOf;
};

/// The attributes with the activation inside, or nothing if this op cannot take it.
std::optional<Attributes> withActivation(const Node& node, const Activation& activation)
{
    if (activation.kind == ActivationKind::HardSwish) {
        return std::nullopt; // releases of oneDNN differ in what they compute
    }
    switch (node.kind) {
    case OpKind::MatMul: {
        auto settings = node.as<MatMulAttributes>();
        settings.activation = activation;
        return settings;
    }
    case OpKind::Conv2d: {
        auto settings = node.as<ConvolutionAttributes>();
        settings.activation = activation;
        return settings;
    }
    case OpKind::BatchNorm:
    case OpKind::BatchNormInference: {
        auto settings = node.as<NormAttributes>();
        if (activation.kind != ActivationKind::Relu) {
            return std::nullopt;
        }
        settings.activation = activation;
        return settings;
    }
    default: return std::nullopt;
    }
}

class ActivationPass final : public FusionPass {
public:
    using FusionPass::FusionPass;

protected:
    void plan(NodeId id) override
    {
        const Node& node = graph().node(id);
        if (node.kind != OpKind::Activate || !isUsedOnce(node.inputs[0])) {
            return;
        }
        const Node* producer = producerOf(node.inputs[0]);
        if (producer != nullptr && withActivation(*producer, node.as<ActivationAttributes>().activation)) {
            const NodeId absorbed = graph().value(node.inputs[0]).producer;
            absorb(absorbed);
            m_producerOf[id] = absorbed;
        }
    }

    bool write(NodeId id) override
    {
        const auto found = m_producerOf.find(id);
        if (found == m_producerOf.end()) {
            return false;
        }
        const Node& node = graph().node(id);
        const Node& producer = graph().node(found->second);
        std::vector<ValueId> outputs = producer.outputs;
        outputs[0] = node.outputs[0];
        emit(
            producer.kind,
            mapped(producer.inputs),
            *withActivation(producer, node.as<ActivationAttributes>().activation),
            producer.name,
            outputs);
        return true;
    }

private:
    std::map<NodeId, NodeId> m_producerOf;
};

class BiasGradientPass final : public FusionPass {
public:
    using FusionPass::FusionPass;

protected:
    void plan(NodeId id) override
    {
        const Node& node = graph().node(id);
        if (node.kind == OpKind::SumChannels) {
            const std::vector<ValueId>& outputs = graph().outputs();
            // It moves down to the weight's gradient: allowed where only the outside reads it.
            if (isUsedOnce(node.outputs[0])
                && std::find(outputs.begin(), outputs.end(), node.outputs[0]) != outputs.end()) {
                m_sumOf[node.inputs[0]] = id;
            }
        } else if (isWeightGradient(node)) {
            const auto found = m_sumOf.find(node.inputs[0]);
            if (found != m_sumOf.end() && !isAbsorbed(found->second)) {
                absorb(found->second);
                m_biasOf[id] = found->second;
            }
        }
    }

    bool write(NodeId id) override
    {
        const auto found = m_biasOf.find(id);
        if (found == m_biasOf.end()) {
            return false;
        }
        const Node& node = graph().node(id);
        Attributes attributes = node.attributes;
        if (auto* product = std::get_if<MatMulAttributes>(&attributes)) {
            product->hasBiasGrad = true;
        } else {
            std::get<ConvolutionAttributes>(attributes).hasBiasGrad = true;
        }
        emit(
            node.kind,
            mapped(node.inputs),
            std::move(attributes),
            node.name,
            {node.outputs[0], graph().node(found->second).outputs[0]});
        return true;
    }

private:
    /// One that can sum up its first operand for a bias as well: that of any convolution, and that of a dense layer so small
    /// that a node of its own takes longer than the sums.
    bool isWeightGradient(const Node& node) const
    {
        if (node.kind == OpKind::Conv2dWeightGrad) {
            return !node.as<ConvolutionAttributes>().hasBiasGrad;
        }
        if (node.kind != OpKind::MatMul) {
            return false;
        }
        constexpr std::int64_t kMostSummed = 512;
        constexpr std::int64_t kMostProducts = 20'000; // less than what may be made in bfloat16
        const auto& settings = node.as<MatMulAttributes>();
        const Shape& summed = graph().shape(node.inputs[0]);
        return settings.isLeftTransposed && !settings.isRightTransposed && !settings.hasBiasGrad && summed.size() == 2
            && node.inputs.size() == 2 && elementCount(summed) <= kMostSummed
            && elementCount(summed) * graph().shape(node.inputs[1])[1] <= kMostProducts;
    }

    std::map<ValueId, NodeId> m_sumOf;
    std::map<NodeId, NodeId> m_biasOf;
};

class PoolingGradientPass final : public FusionPass {
public:
    using FusionPass::FusionPass;

protected:
    void plan(NodeId id) override
    {
        const Node& node = graph().node(id);
        if (node.kind != OpKind::ActivateGrad || !isUsedOnce(node.inputs[0])
            || !isDerivativeFromResult(node.as<ActivationAttributes>().activation.kind)) {
            return;
        }
        const Node* pool = producerOf(node.inputs[0]);
        if (pool == nullptr || pool->kind != OpKind::MaxPoolGrad) {
            return;
        }
        const Node* forward = producerOf(pool->inputs[1]);
        if (forward != nullptr && forward->kind == OpKind::MaxPool && forward->inputs[0] == node.inputs[1]) {
            absorb(graph().value(node.inputs[0]).producer);
            m_pooledOf[id] = forward->outputs[0];
        }
    }

    bool write(NodeId id) override
    {
        const auto found = m_pooledOf.find(id);
        if (found == m_pooledOf.end()) {
            return false;
        }
        const Node& node = graph().node(id);
        const Node& pool = *producerOf(node.inputs[0]);
        const ValueId small = rewriter().result().apply(
            OpKind::ActivateGrad,
            {rewriter().mapped(pool.inputs[0]), rewriter().mapped(found->second)},
            node.attributes,
            node.name);
        emit(pool.kind, {small, rewriter().mapped(pool.inputs[1])}, pool.attributes, pool.name, node.outputs);
        return true;
    }

private:
    std::map<NodeId, ValueId> m_pooledOf;
};

} // namespace

Graph fuseGraph(const Graph& graph)
{
    Graph fused = BiasPass(graph).run();
    fused = fuseNormAdditions(fused);
    fused = ActivationPass(fused).run();
    fused = BiasGradientPass(fused).run();
    fused = PoolingGradientPass(fused).run();
    fused = fuseLossAndGradient(fused);
    fused = fuseNormGradients(fused);
    return fuseElementwise(fused);
}

} // namespace ty::engine
