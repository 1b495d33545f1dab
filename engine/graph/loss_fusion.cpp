#include "engine/graph/loss_fusion.h"

#include <algorithm>
#include <map>
#include <vector>

#include "engine/graph/fusion_pass.h"

namespace ty::engine {

namespace {

class LossPass final : public FusionPass {
public:
    using FusionPass::FusionPass;

protected:
    void plan(NodeId id) override
    {
        const Node& node = graph().node(id);
        switch (node.kind) {
        case OpKind::SoftmaxCrossEntropy:
            if (graph().shape(node.inputs[1]).size() == 1) {
                m_open.push_back({id, kNone, kNone});
            }
            break;
        case OpKind::CountCorrect:
            for (Trio& trio : m_open) {
                const Node& loss = graph().node(trio.loss);
                if (std::equal(node.inputs.begin(), node.inputs.end(), loss.inputs.begin())) {
                    trio.count = id;
                }
            }
            break;
        case OpKind::SoftmaxCrossEntropyGrad: planGradient(id); break;
        default: break;
        }
    }

    bool write(NodeId id) override
    {
        const auto found = m_fused.find(id);
        if (found == m_fused.end()) {
            return false;
        }
        const Node& loss = graph().node(id);
        emit(
            OpKind::SoftmaxCrossEntropyStep,
            mapped(loss.inputs),
            loss.attributes,
            loss.name,
            {graph().node(found->second.gradient).outputs[0], loss.outputs[0], graph().node(found->second.count).outputs[0]});
        return true;
    }

private:
    struct Trio {
        NodeId loss = kNone;
        NodeId count = kNone;
        NodeId gradient = kNone;
    };

    void planGradient(NodeId id)
    {
        const Node& node = graph().node(id);
        const Node* seed = producerOf(node.inputs[0]);
        if (seed == nullptr || seed->kind != OpKind::Fill || seed->as<FillAttributes>().value != 1.0) {
            return;
        }
        for (Trio& trio : m_open) {
            const Node& loss = graph().node(trio.loss);
            const bool isOfLoss = std::equal(node.inputs.begin() + 1, node.inputs.end(), loss.inputs.begin())
                && node.as<LossAttributes>() == loss.as<LossAttributes>();
            if (isOfLoss && trio.count != kNone && trio.gradient == kNone) {
                trio.gradient = id;
                absorb(trio.count);
                absorb(id);
                if (isUsedOnce(node.inputs[0])) {
                    absorb(graph().value(node.inputs[0]).producer);
                }
                m_fused[trio.loss] = trio;
            }
        }
    }

    std::vector<Trio> m_open;
    std::map<NodeId, Trio> m_fused;
};

} // namespace

Graph fuseLossAndGradient(const Graph& graph)
{
    return LossPass(graph).run();
}

} // namespace ty::engine
