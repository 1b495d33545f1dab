#include "engine/graph/fusion.h"

#include <algorithm>
#include <map>
#include <optional>

#include "engine/graph/elementwise_fusion.h"
#include "engine/graph/rewriter.h"

namespace ty::engine {

namespace {

/// One pass over a graph: says which node is absorbed by which later one, and writes the fused nodes.
class FusionPass {
public:
    explicit FusionPass(const Graph& graph)
        : m_graph(graph), m_rewriter(graph), m_uses(countUses(graph)), m_isAbsorbed(graph.nodes().size(), false)
    {
    }
    virtual ~FusionPass() = default;

    Graph run()
    {
        const auto count = static_cast<NodeId>(m_graph.nodes().size());
        for (NodeId id = 0; id < count; ++id) {
            plan(id);
        }
        for (NodeId id = 0; id < count; ++id) {
            if (!m_isAbsorbed[static_cast<std::size_t>(id)] && !write(id)) {
                m_rewriter.copyNode(m_graph.node(id));
            }
        }
        return m_rewriter.finish();
    }

protected:
    /// Notes what node `id` absorbs.
    virtual void plan(NodeId id) = 0;
    /// Writes the fused node that `id` became; false if it is to be copied.
    virtual bool write(NodeId id) = 0;

    const Graph& graph() const { return m_graph; }
    GraphRewriter& rewriter() { return m_rewriter; }
    void absorb(NodeId id) { m_isAbsorbed[static_cast<std::size_t>(id)] = true; }
    bool isAbsorbed(NodeId id) const { return m_isAbsorbed[static_cast<std::size_t>(id)]; }
    bool isUsedOnce(ValueId value) const { return m_uses[static_cast<std::size_t>(value)] == 1; }
    const Node* producerOf(ValueId value) const
    {
        const NodeId id = m_graph.value(value).producer;
        return id == kNone ? nullptr : &m_graph.node(id);
    }

    std::vector<ValueId> mapped(const std::vector<ValueId>& values)
    {
        std::vector<ValueId> made;
        for (const ValueId value : values) {
            made.push_back(m_rewriter.mapped(value));
        }
        return made;
    }

    /// Writes a node whose results stand for `outputs` of the old graph.
    void emit(
        OpKind kind,
        std::vector<ValueId> inputs,
        Attributes attributes,
        const std::string& name,
        const std::vector<ValueId>& outputs)
    {
        const ValueId first = m_rewriter.result().apply(kind, std::move(inputs), std::move(attributes), name);
        const Node& made = m_rewriter.result().node(m_rewriter.result().value(first).producer);
        for (std::size_t i = 0; i < outputs.size(); ++i) {
            m_rewriter.setMapped(outputs[i], made.outputs[i]);
        }
    }

private:
    const Graph& m_graph;
    GraphRewriter m_rewriter;
    std::vector<int> m_uses;
    std::vector<bool> m_isAbsorbed;
};

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
        } else if (node.kind == OpKind::Conv2dWeightGrad && !node.as<ConvolutionAttributes>().hasBiasGrad) {
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
        auto settings = node.as<ConvolutionAttributes>();
        settings.hasBiasGrad = true;
        emit(
            node.kind,
            mapped(node.inputs),
            settings,
            node.name,
            {node.outputs[0], graph().node(found->second).outputs[0]});
        return true;
    }

private:
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

class NormGradientPass final : public FusionPass {
public:
    using FusionPass::FusionPass;

protected:
    void plan(NodeId id) override
    {
        const Node& node = graph().node(id);
        if (node.kind != OpKind::BatchNormGrad || node.inputs.size() != 5 || !isUsedOnce(node.inputs[0])) {
            return;
        }
        const Node* activation = producerOf(node.inputs[0]);
        if (activation != nullptr && activation->kind == OpKind::ActivateGrad
            && activation->as<ActivationAttributes>().activation.kind == ActivationKind::Relu) {
            absorb(graph().value(node.inputs[0]).producer);
            m_activationOf[id] = graph().value(node.inputs[0]).producer;
        }
    }

    bool write(NodeId id) override
    {
        const auto found = m_activationOf.find(id);
        if (found == m_activationOf.end()) {
            return false;
        }
        const Node& node = graph().node(id);
        const Node& activation = graph().node(found->second);
        std::vector<ValueId> inputs = node.inputs;
        inputs[0] = activation.inputs[0];
        inputs.push_back(activation.inputs[1]);
        auto settings = node.as<NormAttributes>();
        settings.activation = activation.as<ActivationAttributes>().activation;
        emit(node.kind, mapped(inputs), settings, node.name, node.outputs);
        return true;
    }

private:
    std::map<NodeId, NodeId> m_activationOf;
};

} // namespace

Graph fuseGraph(const Graph& graph)
{
    Graph fused = BiasPass(graph).run();
    fused = ActivationPass(fused).run();
    fused = BiasGradientPass(fused).run();
    fused = PoolingGradientPass(fused).run();
    fused = NormGradientPass(fused).run();
    return fuseElementwise(fused);
}

} // namespace ty::engine
