#include "engine/graph/norm_fusion.h"

#include <map>

#include "engine/graph/fusion_pass.h"

namespace ty::engine {

namespace {

constexpr std::size_t kNormOperands = 5; ///< without an addend

class NormAdditionPass final : public FusionPass {
public:
    using FusionPass::FusionPass;

protected:
    void plan(NodeId id) override
    {
        const Node& node = graph().node(id);
        if (node.kind != OpKind::Add || graph().shape(node.inputs[0]) != graph().shape(node.inputs[1])) {
            return;
        }
        for (const ValueId operand : node.inputs) {
            const NodeId producer = graph().value(operand).producer;
            const bool isNorm = producer != kNone
                && (graph().node(producer).kind == OpKind::BatchNorm
                    || graph().node(producer).kind == OpKind::BatchNormInference);
            if (isNorm && isUsedOnce(operand) && graph().node(producer).inputs.size() == kNormOperands) {
                absorb(producer);
                m_normOf[id] = producer;
                return;
            }
        }
    }

    bool write(NodeId id) override
    {
        const auto found = m_normOf.find(id);
        if (found == m_normOf.end()) {
            return false;
        }
        const Node& node = graph().node(id);
        const Node& norm = graph().node(found->second);
        std::vector<ValueId> inputs = norm.inputs;
        inputs.push_back(node.inputs[0] == norm.outputs[0] ? node.inputs[1] : node.inputs[0]);
        std::vector<ValueId> outputs = norm.outputs;
        outputs[0] = node.outputs[0];
        emit(norm.kind, mapped(inputs), norm.attributes, norm.name, outputs);
        return true;
    }

private:
    std::map<NodeId, NodeId> m_normOf;
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
        auto settings = node.as<NormAttributes>();
        settings.activation = activation.as<ActivationAttributes>().activation;
        const Node* forward = producerOf(activation.inputs[1]);
        settings.isMaskedByShift = forward != nullptr && forward->kind == OpKind::BatchNorm
            && forward->inputs.size() == kNormOperands && forward->inputs[0] == node.inputs[1];
        inputs.push_back(settings.isMaskedByShift ? forward->inputs[2] : activation.inputs[1]);
        emit(node.kind, mapped(inputs), settings, node.name, node.outputs);
        return true;
    }

private:
    std::map<NodeId, NodeId> m_activationOf;
};

} // namespace

Graph fuseNormAdditions(const Graph& graph)
{
    return NormAdditionPass(graph).run();
}

Graph fuseNormGradients(const Graph& graph)
{
    return NormGradientPass(graph).run();
}

} // namespace ty::engine
