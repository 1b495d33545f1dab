#include <fmt/format.h>

#include "engine/data/prepare/expression.h"

namespace ty::engine {

namespace {

using Type = ExpressionType;

/// Types of one expression while they are found out.
class TypeCheck {
public:
    TypeCheck(const std::vector<ExpressionNode>& nodes, std::vector<Type>& types)
        : m_nodes(nodes)
        , m_types(types)
    {
    }

    Result<Type> of(const ExpressionNode& node) const
    {
        switch (node.op) {
        case ExpressionOp::Number:
        case ExpressionOp::Column: // the caller's
            return Type::Number;
        case ExpressionOp::Text:
            return Type::Text;
        case ExpressionOp::Not:
        case ExpressionOp::And:
        case ExpressionOp::Or:
            TY_CHECK(need(node, Type::Truth));
            return Type::Truth;
        case ExpressionOp::Equal:
        case ExpressionOp::NotEqual:
            TY_CHECK(needAlike(node, 0));
            return Type::Truth;
        case ExpressionOp::Less:
        case ExpressionOp::LessEqual:
        case ExpressionOp::Greater:
        case ExpressionOp::GreaterEqual:
            if (typeOf(node, 0) == Type::Truth && typeOf(node, 1) == Type::Number) {
                return failed(node, "one comparison after the other; write a < b and b < c");
            }
            TY_CHECK(need(node, Type::Number));
            return Type::Truth;
        case ExpressionOp::If:
            if (typeOf(node, 0) != Type::Truth) {
                return failed(node, std::string("the condition of if is ") + expressionTypeName(typeOf(node, 0)));
            }
            TY_CHECK(needAlike(node, 1));
            return typeOf(node, 1);
        case ExpressionOp::Coalesce:
            TY_CHECK(needAlike(node, 0));
            return typeOf(node, 0);
        case ExpressionOp::IsMissing:
            return Type::Truth;
        default:
            TY_CHECK(need(node, Type::Number));
            return Type::Number;
        }
    }

private:
    Type typeOf(const ExpressionNode& node, std::size_t argument) const
    {
        return m_types[static_cast<std::size_t>(node.arguments[argument])];
    }
    static Error failed(const ExpressionNode& node, const std::string& reason)
    {
        return {ErrorKind::InvalidInput, fmt::format("character {}: {}", node.place, reason), {}};
    }
    Result<void> need(const ExpressionNode& node, Type type) const
    {
        for (std::size_t i = 0; i < node.arguments.size(); ++i) {
            if (typeOf(node, i) != type) {
                const ExpressionNode& operand = m_nodes[static_cast<std::size_t>(node.arguments[i])];
                const std::string what = operand.op == ExpressionOp::Column ? "\"" + operand.text + "\"" : "this";
                return failed(operand, fmt::format("{} is {}, but {} is needed", what, expressionTypeName(typeOf(node, i)),
                                                   expressionTypeName(type)));
            }
        }
        return {};
    }
    Result<void> needAlike(const ExpressionNode& node, std::size_t first) const
    {
        for (std::size_t i = first + 1; i < node.arguments.size(); ++i) {
            if (typeOf(node, i) != typeOf(node, first)) {
                return failed(node, fmt::format("{} and {} do not go together", expressionTypeName(typeOf(node, first)),
                                                expressionTypeName(typeOf(node, i))));
            }
        }
        return {};
    }

    const std::vector<ExpressionNode>& m_nodes;
    std::vector<Type>& m_types;
};

} // namespace

const char* expressionTypeName(ExpressionType type)
{
    return type == Type::Number ? "a number" : type == Type::Truth ? "true or false" : "a text";
}

Result<std::vector<ExpressionType>> Expression::types(
    const std::function<Result<ExpressionType>(const std::string& column)>& columnType) const
{
    std::vector<Type> types;
    for (const ExpressionNode& node : m_nodes) {
        auto type = node.op == ExpressionOp::Column ? columnType(node.text) : TypeCheck(m_nodes, types).of(node);
        if (!type) {
            return std::move(type).error();
        }
        types.push_back(type.value());
    }
    return types;
}

} // namespace ty::engine
