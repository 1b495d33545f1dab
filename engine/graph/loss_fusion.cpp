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
                m_open.push_back({id, kNone, kNone, kNone});
            }
            break;
        case OpKind::CountCorrect:
            for (Fused& fused : m_open) {
                const Node& loss = graph().node(fused.loss);
                if (std::equal(node.inputs.begin(), node.inputs.end(), loss.inputs.begin())) {
                    fused.count = id;
                }
            }
            break;
        case OpKind::SoftmaxCrossEntropyGrad: planGradient(id); break;
        case OpKind::SumChannels: planSums(id); break;
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
        const Fused& fused = found->second;
        std::vector<ValueId> results{
            graph().node(fused.gradient).outputs[0], loss.outputs[0], graph().node(fused.count).outputs[0]};
        auto attributes = loss.as<LossAttributes>();
        if (fused.sums != kNone) {
            attributes.areSumsMade = true;
            results.push_back(graph().node(fused.sums).outputs[0]);
        }
        emit(OpKind::SoftmaxCrossEntropyStep, mapped(loss.inputs), attributes, loss.name, results);
        return true;
    }

private:
    struct Fused {
        NodeId loss = kNone;
        NodeId count = kNone;
        NodeId gradient = kNone;
        NodeId sums = kNone;
    };

    void planGradient(NodeId id)
    {
        const Node& node = graph().node(id);
        const Node* seed = producerOf(node.inputs[0]);
        if (seed == nullptr || seed->kind != OpKind::Fill || seed->as<FillAttributes>().value != 1.0) {
            return;
        }
        for (Fused& fused : m_open) {
            const Node& loss = graph().node(fused.loss);
            const bool isOfLoss = std::equal(node.inputs.begin() + 1, node.inputs.end(), loss.inputs.begin())
                && node.as<LossAttributes>() == loss.as<LossAttributes>();
            if (isOfLoss && fused.count != kNone && fused.gradient == kNone) {
                fused.gradient = id;
                absorb(fused.count);
                absorb(id);
                if (isUsedOnce(node.inputs[0])) {
                    absorb(graph().value(node.inputs[0]).producer);
                }
                m_fused[fused.loss] = fused;
            }
        }
    }

    void planSums(NodeId id)
    {
        // Fewer are summed in no time.
        constexpr std::int64_t kFewest = 1 << 20;
        constexpr std::int64_t kFewestColumns = 256;
        const ValueId summed = graph().node(id).inputs[0];
        const Shape& shape = graph().shape(summed);
        if (shape.size() != 2 || shape[1] < kFewestColumns || elementCount(shape) < kFewest) {
            return;
        }
        ValueId gradient = summed;
        for (const Node* node = producerOf(gradient); node != nullptr && node->kind == OpKind::Reshape; node = producerOf(gradient)) {
            gradient = node->inputs[0];
        }
        for (auto& [loss, fused] : m_fused) {
            if (graph().node(fused.gradient).outputs[0] == gradient && graph().shape(gradient) == shape && fused.sums == kNone) {
                fused.sums = id;
                absorb(id);
            }
        }
    }

    std::vector<Fused> m_open;
    std::map<NodeId, Fused> m_fused;
};

} // namespace

Graph fuseLossAndGradient(const Graph& graph)
{
    return LossPass(graph).run();
}

} // namespace ty::engine
