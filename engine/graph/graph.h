#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/result.h"
#include "engine/graph/op.h"
#include "engine/tensor/tensor.h"

namespace ty::engine {

using ValueId = std::int32_t;
using NodeId = std::int32_t;
inline constexpr std::int32_t kNone = -1;

/// Where a value comes from. Inputs, parameters and states are given from outside; states may be moved by a node.
enum class ValueRole : std::uint8_t { Input, Parameter, State, Result };

struct Value {
    Shape shape;
    DType dtype = DType::Float32;
    ValueRole role = ValueRole::Result;
    std::string name;       ///< "conv1.weight"; of results: the layer that asked for it
    NodeId producer = kNone; ///< of results
    /// Channels that lie beside each other in memory: 1 is {N, C, H, W}, C is channels-last, 8 and 16 are blocked
    /// {N, C / b, H, W, b}. Chosen by planLayouts; 1 before, and for all but pictures.
    std::int64_t channelBlock = 1;

    std::int64_t size() const { return elementCount(shape); }
};

struct Node {
    OpKind kind = OpKind::Add;
    std::vector<ValueId> inputs;
    std::vector<ValueId> outputs;
    Attributes attributes;
    std::string name; ///< the layer it came from, for messages

    template<typename T>
    const T& as() const
    {
        return std::get<T>(attributes);
    }
};

/// A computation with static shapes, in an order in which it can run. Values and nodes are numbered from 0 and never
/// removed while a graph grows; passes return a new graph or mark nodes.
class Graph {
public:
    ValueId addInput(const std::string& name, Shape shape);
    ValueId addParameter(const std::string& name, Shape shape);
    ValueId addState(const std::string& name, Shape shape);

    /// Appends a node; its shape rule gives the results. The error names the op and the shapes.
    Result<NodeId> append(
        OpKind kind, std::vector<ValueId> inputs, Attributes attributes = {}, const std::string& name = {});
    /// The same for nodes whose shapes are known to fit (gradients, passes); gives one of its results.
    ValueId apply(
        OpKind kind,
        std::vector<ValueId> inputs,
        Attributes attributes = {},
        const std::string& name = {},
        std::size_t output = 0);

    const std::vector<Value>& values() const { return m_values; }
    const std::vector<Node>& nodes() const { return m_nodes; }
    const Value& value(ValueId id) const { return m_values[static_cast<std::size_t>(id)]; }
    const Node& node(NodeId id) const { return m_nodes[static_cast<std::size_t>(id)]; }
    const Shape& shape(ValueId id) const { return value(id).shape; }
    /// The value of that name among inputs, parameters and states; kNone if there is none.
    ValueId find(const std::string& name) const;

    void setChannelBlock(ValueId id, std::int64_t block);
    void setDType(ValueId id, DType dtype);
    /// What the outside wants to read after a run; kept by every pass.
    void setOutputs(std::vector<ValueId> outputs) { m_outputs = std::move(outputs); }
    const std::vector<ValueId>& outputs() const { return m_outputs; }

    /// One line a node, for messages and tests: "%7 (8, 10) = MatMul(%0, %1, %2)".
    std::string toText() const;

private:
    friend class GraphRewriter;

    ValueId addValue(ValueRole role, const std::string& name, Shape shape, DType dtype, NodeId producer);

    std::vector<Value> m_values;
    std::vector<Node> m_nodes;
    std::vector<ValueId> m_outputs;
};

} // namespace ty::engine
