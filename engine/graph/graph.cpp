#include "engine/graph/graph.h"

#include <cassert>

#include <fmt/format.h>

#include "engine/graph/op_rule.h"

namespace ty::engine {

ValueId Graph::addValue(ValueRole role, const std::string& name, Shape shape, DType dtype, NodeId producer)
{
    Value value;
    value.shape = std::move(shape);
    value.dtype = dtype;
    value.role = role;
    value.name = name;
    value.producer = producer;
    m_values.push_back(std::move(value));
    return static_cast<ValueId>(m_values.size()) - 1;
}

ValueId Graph::addInput(const std::string& name, Shape shape)
{
    return addValue(ValueRole::Input, name, std::move(shape), DType::Float32, kNone);
}

ValueId Graph::addParameter(const std::string& name, Shape shape)
{
    return addValue(ValueRole::Parameter, name, std::move(shape), DType::Float32, kNone);
}

ValueId Graph::addState(const std::string& name, Shape shape)
{
    return addValue(ValueRole::State, name, std::move(shape), DType::Float32, kNone);
}

Result<NodeId> Graph::append(
    OpKind kind, std::vector<ValueId> inputs, Attributes attributes, const std::string& name)
{
    std::vector<const Value*> operands;
    operands.reserve(inputs.size());
    for (const ValueId input : inputs) {
        operands.push_back(&value(input));
    }
    TY_TRY(const std::vector<ValueSpec> specs, ruleOf(kind).infer(operands, attributes));

    const auto id = static_cast<NodeId>(m_nodes.size());
    Node node;
    node.kind = kind;
    node.inputs = std::move(inputs);
    node.attributes = std::move(attributes);
    node.name = name;
    for (const ValueSpec& spec : specs) {
        node.outputs.push_back(addValue(ValueRole::Result, name, spec.shape, spec.dtype, id));
    }
    m_nodes.push_back(std::move(node));
    return id;
}

ValueId Graph::apply(
    OpKind kind,
    std::vector<ValueId> inputs,
    Attributes attributes,
    const std::string& name,
    std::size_t output)
{
    const auto id = append(kind, std::move(inputs), std::move(attributes), name);
    assert(id.isOk());
    return node(*id).outputs[output];
}

ValueId Graph::find(const std::string& name) const
{
    for (std::size_t i = 0; i < m_values.size(); ++i) {
        if (m_values[i].role != ValueRole::Result && m_values[i].name == name) {
            return static_cast<ValueId>(i);
        }
    }
    return kNone;
}

void Graph::setChannelBlock(ValueId id, std::int64_t block)
{
    m_values[static_cast<std::size_t>(id)].channelBlock = block;
}

void Graph::setDType(ValueId id, DType dtype)
{
    m_values[static_cast<std::size_t>(id)].dtype = dtype;
}

std::string Graph::toText() const
{
    std::string text;
    for (const Node& node : m_nodes) {
        std::string left;
        for (const ValueId output : node.outputs) {
            left += fmt::format("{}%{} {}", left.empty() ? "" : ", ", output, toString(shape(output)));
            if (value(output).dtype == DType::BFloat16) {
                left += " bfloat16";
            }
            if (value(output).channelBlock != 1) {
                left += fmt::format("/{}", value(output).channelBlock);
            }
        }
        std::string right;
        for (const ValueId input : node.inputs) {
            const std::string& name = value(input).role == ValueRole::Result ? "" : value(input).name;
            right += fmt::format("{}%{}{}{}", right.empty() ? "" : ", ", input, name.empty() ? "" : " ", name);
        }
        text += fmt::format("{} = {}({})\n", left, ruleOf(node.kind).name, right);
    }
    return text;
}

} // namespace ty::engine
