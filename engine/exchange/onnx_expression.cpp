#include "engine/exchange/onnx_expression.h"

#include <cmath>
#include <limits>
#include <numbers>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace ty::engine {

namespace {

constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();

class ExpressionNodes {
public:
    ExpressionNodes(ColumnMath& math, const Expression& expression, const GraphNames& names)
        : m_math(math), m_expression(expression), m_names(names)
    {
    }

    Result<GraphColumn> run()
    {
        TY_TRY(m_types, m_expression.types([this](const std::string& name) -> Result<ExpressionType> {
            const GraphColumn* column = m_names.find(name);
            if (column == nullptr) {
                return Error{ErrorKind::InvalidInput, fmt::format("there is no column \"{}\"", name), {}};
            }
            return column->isWords ? ExpressionType::Text : ExpressionType::Number;
        }));
        for (std::size_t i = 0; i < m_expression.nodes().size(); ++i) {
            const ExpressionNode& node = m_expression.nodes()[i];
            TY_TRY(std::string value, m_types[i] == ExpressionType::Text ? textOf(node) : numberOf(node));
            m_values.push_back(std::move(value));
        }
        if (m_types.back() == ExpressionType::Text) {
            return GraphColumn{m_values.back(), true, false};
        }
        const std::string held = m_math.rounded(m_values.back()); // a column of float32 holds it, or it is missing
        return GraphColumn{m_math.choose(m_math.isInfiniteOrMissing(held), m_math.number(kNoNumber), held), false, false};
    }

private:
    const std::string& argument(const ExpressionNode& node, std::size_t i) const
    {
        return m_values[static_cast<std::size_t>(node.arguments[i])];
    }
    std::string missing() { return m_math.number(kNoNumber); }
    std::string anyMissing(const std::string& a, const std::string& b)
    {
        return m_math.combine("Or", m_math.isMissing(a), m_math.isMissing(b));
    }
    /// Missing where a side is.
    std::string guarded(const std::string& a, const std::string& b, const std::string& value)
    {
        return m_math.choose(anyMissing(a, b), missing(), value);
    }

    Result<std::string> textOf(const ExpressionNode& node)
    {
        if (node.op == ExpressionOp::Text) {
            return m_math.number(m_names.codeOf(node.text));
        }
        if (node.op == ExpressionOp::Column) {
            return m_names.find(node.text)->value;
        }
        if (node.op == ExpressionOp::If) {
            const std::string& condition = argument(node, 0);
            const auto chosen = m_math.choose(m_math.isTrue(condition), argument(node, 1), argument(node, 2));
            return m_math.choose(m_math.isMissing(condition), m_math.number(ColumnMath::kMissingWord), chosen);
        }
        std::string first = argument(node, 0); // coalesce
        for (std::size_t i = 1; i < node.arguments.size(); ++i) {
            first = m_math.choose(m_math.isCode(first, ColumnMath::kMissingWord), argument(node, i), first);
        }
        return first;
    }

    Result<std::string> comparedTexts(const ExpressionNode& node)
    {
        const std::string& a = argument(node, 0);
        if (node.op == ExpressionOp::IsMissing) {
            return m_math.truthOf(m_math.isCode(a, ColumnMath::kMissingWord));
        }
        const auto isConstant = [&](std::size_t i) {
            return m_expression.nodes()[static_cast<std::size_t>(node.arguments[i])].op == ExpressionOp::Text;
        };
        if (!isConstant(0) && !isConstant(1)) {
            return Error{ErrorKind::Unsupported, "ONNX cannot tell whether two columns of words are alike", {}};
        }
        const std::string& b = argument(node, 1);
        const auto equal = m_math.truthOf(m_math.compare("Equal", a, b));
        const auto truth = node.op == ExpressionOp::Equal ? equal : m_math.apply("Sub", m_math.number(1), equal);
        const auto gone = m_math.combine("Or", m_math.isCode(a, ColumnMath::kMissingWord), m_math.isCode(b, ColumnMath::kMissingWord));
        return m_math.choose(gone, missing(), truth);
    }

    Result<std::string> numberOf(const ExpressionNode& node)
    {
        switch (node.op) {
        case ExpressionOp::Number:
            return m_math.number(node.number);
        case ExpressionOp::Column:
            return m_names.find(node.text)->value;
        case ExpressionOp::If: {
            const std::string& condition = argument(node, 0);
            const auto chosen = m_math.choose(m_math.isTrue(condition), argument(node, 1), argument(node, 2));
            return m_math.choose(m_math.isMissing(condition), missing(), chosen);
        }
        default:
            break;
        }
        if (m_types[static_cast<std::size_t>(node.arguments.front())] == ExpressionType::Text) {
            return comparedTexts(node);
        }
        if (node.op == ExpressionOp::IsMissing) {
            return m_math.truthOf(m_math.isInfiniteOrMissing(argument(node, 0)));
        }
        const bool isOfOne = node.arguments.size() == 1 && node.op != ExpressionOp::Minimum && node.op != ExpressionOp::Maximum;
        if (isOfOne && node.op != ExpressionOp::Coalesce) {
            return ofOne(node.op, argument(node, 0));
        }
        std::string value = argument(node, 0);
        for (std::size_t i = 1; i < node.arguments.size(); ++i) {
            value = ofTwo(node.op, value, argument(node, i));
        }
        return value;
    }

    std::string compared(const char* op, const std::string& a, const std::string& b)
    {
        return guarded(a, b, m_math.truthOf(m_math.compare(op, a, b)));
    }

    std::string ofTwo(ExpressionOp op, const std::string& a, const std::string& b)
    {
        switch (op) {
        case ExpressionOp::Add:
            return m_math.apply("Add", a, b);
        case ExpressionOp::Subtract:
            return m_math.apply("Sub", a, b);
        case ExpressionOp::Multiply:
            return m_math.apply("Mul", a, b);
        case ExpressionOp::Divide:
            return m_math.apply("Div", a, b);
        case ExpressionOp::Power:
            return guarded(a, b, m_math.apply("Pow", a, b));
        case ExpressionOp::Equal:
            return compared("Equal", a, b);
        case ExpressionOp::NotEqual:
            return m_math.apply("Sub", m_math.number(1), compared("Equal", a, b));
        case ExpressionOp::Less:
            return compared("Less", a, b);
        case ExpressionOp::LessEqual:
            return compared("LessOrEqual", a, b);
        case ExpressionOp::Greater:
            return compared("Greater", a, b);
        case ExpressionOp::GreaterEqual:
            return compared("GreaterOrEqual", a, b);
        case ExpressionOp::And: { // a product keeps what is missing; a side that is false decides
            const auto isAnyFalse = m_math.combine("Or", m_math.isCode(a, 0), m_math.isCode(b, 0));
            return m_math.choose(isAnyFalse, m_math.number(0), m_math.apply("Mul", a, b));
        }
        case ExpressionOp::Or: { // of two that are not true a sum is false or missing
            const auto isAnyTrue = m_math.combine("Or", m_math.isCode(a, 1), m_math.isCode(b, 1));
            return m_math.choose(isAnyTrue, m_math.number(1), m_math.apply("Add", a, b));
        }
        case ExpressionOp::Minimum:
            return guarded(a, b, m_math.choose(isLess(b, a), b, a));
        case ExpressionOp::Maximum:
            return guarded(a, b, m_math.choose(isLess(a, b), b, a));
        default: // Coalesce
            return m_math.choose(m_math.isInfiniteOrMissing(a), b, a);
        }
    }

    /// In float64, which comparisons of a person are not.
    std::string isLess(const std::string& a, const std::string& b) { return m_math.combine("Less", a, b); }

    std::string ofOne(ExpressionOp op, const std::string& x)
    {
        switch (op) {
        case ExpressionOp::Negate:
            return m_math.apply("Neg", x);
        case ExpressionOp::Not:
            return m_math.apply("Sub", m_math.number(1), x);
        case ExpressionOp::Absolute:
            return m_math.apply("Abs", x);
        case ExpressionOp::Log:
            return m_math.apply("Log", x);
        case ExpressionOp::Log10:
            return m_math.apply("Div", m_math.apply("Log", x), m_math.number(std::numbers::ln10));
        case ExpressionOp::Exp:
            return m_math.apply("Exp", x);
        case ExpressionOp::Sqrt:
            return m_math.apply("Sqrt", x);
        case ExpressionOp::Floor:
            return m_math.apply("Floor", x);
        case ExpressionOp::Ceil:
            return m_math.apply("Ceil", x);
        case ExpressionOp::Round:
            return m_math.apply("Round", x);
        default:
            return ofDay(op, x);
        }
    }

    std::string floorOf(const std::string& x, double divisor)
    {
        return m_math.apply("Floor", m_math.apply("Div", x, m_math.number(divisor)));
    }
    std::string plus(const std::string& x, double number) { return m_math.apply("Add", x, m_math.number(number)); }
    std::string times(const std::string& x, double number) { return m_math.apply("Mul", x, m_math.number(number)); }
    std::string minus(const std::string& a, const std::string& b) { return m_math.apply("Sub", a, b); }

    /// Days since 1970-01-01 in the calendar of Gregory. Source: Hinnant, chrono-Compatible Low-Level Date Algorithms.
    std::string ofDay(ExpressionOp op, const std::string& x)
    {
        constexpr double kMostDays = 3e6;
        const auto isKnown = m_math.combine("Less", m_math.apply("Abs", x), m_math.number(kMostDays));
        const auto day = m_math.apply("Floor", x);
        std::string value;
        if (op == ExpressionOp::Weekday) { // 1970-01-01 was a Thursday
            const auto shifted = plus(day, 3);
            value = plus(minus(shifted, times(floorOf(shifted, 7), 7)), 1);
        } else {
            const auto z = plus(day, 719468);
            const auto era = floorOf(z, 146097);
            const auto ofEra = minus(z, times(era, 146097));
            const auto leapless = minus(m_math.apply("Add", minus(ofEra, floorOf(ofEra, 1460)), floorOf(ofEra, 36524)), floorOf(ofEra, 146096));
            const auto yearOfEra = floorOf(leapless, 365);
            const auto before = minus(m_math.apply("Add", times(yearOfEra, 365), floorOf(yearOfEra, 4)), floorOf(yearOfEra, 100));
            const auto dayOfYear = minus(ofEra, before); // from the first of March on
            const auto month = floorOf(plus(times(dayOfYear, 5), 2), 153);
            const auto isNextYear = floorOf(month, 10);
            if (op == ExpressionOp::Day) {
                value = plus(minus(dayOfYear, floorOf(plus(times(month, 153), 2), 5)), 1);
            } else if (op == ExpressionOp::Month) {
                value = minus(plus(month, 3), times(isNextYear, 12));
            } else {
                value = m_math.apply("Add", m_math.apply("Add", yearOfEra, times(era, 400)), isNextYear);
            }
        }
        return m_math.choose(isKnown, value, missing());
    }

    ColumnMath& m_math;
    const Expression& m_expression;
    const GraphNames& m_names;
    std::vector<ExpressionType> m_types;
    std::vector<std::string> m_values; ///< by node
};

} // namespace

Result<GraphColumn> addExpression(ColumnMath& math, const Expression& expression, const GraphNames& names)
{
    return ExpressionNodes(math, expression, names).run();
}

} // namespace ty::engine
