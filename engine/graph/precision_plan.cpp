#include "engine/graph/precision_plan.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "engine/graph/pool_places.h"
#include "engine/graph/rewriter.h"

namespace ty::engine {

namespace {

/// What an op does with bfloat16.
enum class Role {
    Float,   ///< float32 alone
    Product, ///< reads it; its result may be either
    Carrier, ///< computes in float32, but all its operands and results of one size may be kept in bfloat16
    Reader,  ///< reads either, its result is float32
    Writer,  ///< reads float32, its result may be either
};

Role roleOf(const Node& node)
{
    switch (node.kind) {
    case OpKind::Activate:
    case OpKind::ActivateGrad:
    case OpKind::Add:
    case OpKind::Multiply:
    case OpKind::Dropout:
    case OpKind::Elementwise:
    case OpKind::MaxPool:
    case OpKind::AveragePool:
    case OpKind::BatchNorm:
    case OpKind::BatchNormGrad:
    case OpKind::BatchNormInference:
    case OpKind::BatchNormInferenceGrad:
    case OpKind::Concat:
    case OpKind::Slice:
    case OpKind::SoftmaxGrad:
    case OpKind::Reshape: return Role::Carrier;
    case OpKind::MaxPoolGrad:
    case OpKind::AveragePoolGrad: {
        // Windows that overlap add to their pixels, which wants float32.
        const auto& settings = node.as<PoolAttributes>();
        const bool isApart = settings.stride[0] >= settings.kernel[0] && settings.stride[1] >= settings.kernel[1];
        return isApart ? Role::Carrier : Role::Float;
    }
    case OpKind::SumChannels:
    case OpKind::GlobalAveragePool: return Role::Reader;
    case OpKind::Softmax: // of scores as large as 10 rounding to 8 bits makes weights that are off by some percent
    case OpKind::GlobalAveragePoolGrad:
    case OpKind::SoftmaxCrossEntropyGrad:
    case OpKind::SoftmaxCrossEntropyStep: return Role::Writer;
    default: return Role::Float;
    }
}

/// Whether operand `index` of a product or carrier is one that bfloat16 is meant for: no weight that the kernel
/// converts, no bias, no statistics.
bool isCarried(const Node& node, std::size_t index)
{
    switch (node.kind) {
    case OpKind::MatMul:
    case OpKind::Conv2dWeightGrad: return index < 2;
    case OpKind::BatchNorm:
    case OpKind::BatchNormInference: return index == 0 || index == 5;
    case OpKind::BatchNormGrad: return index < 2 || (index == 5 && !node.as<NormAttributes>().isMaskedByShift);
    case OpKind::RecurrentGrad: return false;
    case OpKind::Conv2d:
    case OpKind::Conv2dInputGrad:
    case OpKind::Recurrent:
    case OpKind::BatchNormInferenceGrad:
    case OpKind::MaxPool:
    case OpKind::MaxPoolGrad: return index == 0;
    default: return true;
    }
}

class PrecisionPlanner {
public:
    PrecisionPlanner(const Graph& graph, const ProductChooser& isProduct)
        : m_graph(graph), m_rewriter(graph), m_isWanted(graph.values().size(), false)
    {
        for (const Node& node : graph.nodes()) {
            m_roles.push_back(isProduct(graph, node) ? Role::Product : roleOf(node));
        }
        findWanted();
    }

    Graph run()
    {
        for (std::size_t i = 0; i < m_roles.size(); ++i) {
            place(m_graph.nodes()[i], m_roles[i]);
        }
        for (const ValueId output : m_graph.outputs()) {
            m_rewriter.setMapped(output, inFormat(output, DType::Float32));
        }
        return m_rewriter.finish();
    }

private:
    /// Marks the values that a product reads, directly or through carriers. What the outside reads comes in float32.
    void findWanted()
    {
        std::vector<bool> isOutput(m_isWanted.size(), false);
        for (const ValueId output : m_graph.outputs()) {
            isOutput[static_cast<std::size_t>(output)] = true;
        }
        for (std::size_t i = m_roles.size(); i-- > 0;) {
            const Node& node = m_graph.nodes()[i];
            const bool isPassedOn = m_roles[i] == Role::Carrier && isWanted(node.outputs[0]);
            for (std::size_t k = 0; k < node.inputs.size() && (m_roles[i] == Role::Product || isPassedOn); ++k) {
                const auto input = static_cast<std::size_t>(node.inputs[k]);
                m_isWanted[input] = m_isWanted[input] || (isCarried(node, k) && !isOutput[input]);
            }
        }
    }

    bool isWanted(ValueId value) const { return m_isWanted[static_cast<std::size_t>(value)]; }

    DType formatOf(ValueId old) { return m_rewriter.result().value(m_rewriter.mapped(old)).dtype; }

    /// The new value of `old` in this format; what is neither (the places of maxima) as it is.
    ValueId inFormat(ValueId old, DType format)
    {
        const ValueId value = m_rewriter.mapped(old);
        if (const DType own = formatOf(old); own == format || isPlace(own)) {
            return value;
        }
        const auto [found, isNew] = m_cast.try_emplace(value, kNone); // the other format is the only one
        if (isNew) {
            found->second =
                m_rewriter.result().apply(OpKind::Cast, {value}, CastAttributes{format}, m_graph.value(old).name);
        }
        return found->second;
    }

    /// The values that would have to be cast if the carrier computed on this format.
    std::int64_t castsFor(const Node& node, DType format)
    {
        std::int64_t values = 0;
        for (std::size_t k = 0; k < node.inputs.size(); ++k) {
            const DType own = formatOf(node.inputs[k]);
            const bool isThere = own == format || isPlace(own) || m_cast.contains(m_rewriter.mapped(node.inputs[k]));
            values += isCarried(node, k) && !isThere ? m_graph.value(node.inputs[k]).size() : 0;
        }
        const bool isResultCast = isWanted(node.outputs[0]) != (format == DType::BFloat16);
        return values + (isResultCast ? m_graph.value(node.outputs[0]).size() : 0);
    }

    DType carrierFormat(const Node& node)
    {
        return castsFor(node, DType::BFloat16) < castsFor(node, DType::Float32)
                || (isWanted(node.outputs[0]) && formatOf(node.inputs[0]) == DType::BFloat16)
            ? DType::BFloat16
            : DType::Float32;
    }

    void place(const Node& node, Role role)
    {
        const DType wanted = isWanted(node.outputs[0]) ? DType::BFloat16 : DType::Float32;
        switch (role) {
        case Role::Product: write(node, DType::BFloat16, node.kind == OpKind::Recurrent ? DType::Float32 : wanted); break;
        case Role::Carrier: {
            const DType format = carrierFormat(node);
            write(node, format, format);
            break;
        }
        case Role::Reader: write(node, formatOf(node.inputs[0]), DType::Float32); break;
        case Role::Writer: write(node, DType::Float32, wanted); break;
        case Role::Float: write(node, DType::Float32, DType::Float32); break;
        }
    }

    /// Copies a node that carries `read` and writes its first result as `made`; the others are float32.
    void write(const Node& node, DType read, DType made)
    {
        std::vector<ValueId> inputs;
        for (std::size_t k = 0; k < node.inputs.size(); ++k) {
            inputs.push_back(inFormat(node.inputs[k], isCarried(node, k) ? read : DType::Float32));
        }
        Node copied = node;
        if (auto* recurrent = std::get_if<RecurrentAttributes>(&copied.attributes)) {
            recurrent->products = read;
        }
        const NodeId id = m_rewriter.copyNode(copied, std::move(inputs));
        if (made == DType::BFloat16 && node.kind != OpKind::RecurrentGrad) {
            m_rewriter.result().setDType(m_rewriter.result().node(id).outputs[0], made);
        }
    }

    const Graph& m_graph;
    GraphRewriter m_rewriter;
    std::vector<Role> m_roles;
    std::vector<bool> m_isWanted; ///< in bfloat16, by value
    std::map<ValueId, ValueId> m_cast; ///< the same value in the other format
};

} // namespace

Graph planPrecision(const Graph& graph, const ProductChooser& isProduct)
{
    return PrecisionPlanner(graph, isProduct).run();
}

} // namespace ty::engine
