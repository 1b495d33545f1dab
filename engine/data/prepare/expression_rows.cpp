#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/data/prepare/expression.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

constexpr double kNoValue = std::numeric_limits<double>::quiet_NaN();

double asTruth(bool isTrue)
{
    return isTrue ? 1.0 : 0.0;
}

double both(double a, double b)
{
    return a == 0 || b == 0 ? 0.0 : std::isnan(a) || std::isnan(b) ? kNoValue : 1.0;
}

double either(double a, double b)
{
    return a == 1 || b == 1 ? 1.0 : std::isnan(a) || std::isnan(b) ? kNoValue : 0.0;
}

template<typename Compare>
double compared(double a, double b, Compare compare)
{
    return std::isnan(a) || std::isnan(b) ? kNoValue : asTruth(compare(static_cast<float>(a), static_cast<float>(b)));
}

double ofDay(ExpressionOp op, double days)
{
    if (!(std::abs(days) < 3e6)) { // eight thousand years; NaN too
        return kNoValue;
    }
    if (op == ExpressionOp::Weekday) { // 1970-01-01 was a Thursday
        const auto whole = static_cast<std::int64_t>(std::floor(days));
        return static_cast<double>(((whole + 3) % 7 + 7) % 7 + 1);
    }
    const CalendarDay day = calendarDay(days);
    return op == ExpressionOp::Year ? day.year : op == ExpressionOp::Month ? day.month : day.day;
}

double ofOne(ExpressionOp op, double x)
{
    switch (op) {
    case ExpressionOp::Negate:
        return -x;
    case ExpressionOp::Not:
        return std::isnan(x) ? x : 1 - x;
    case ExpressionOp::Absolute:
        return std::abs(x);
    case ExpressionOp::Log:
        return std::log(x);
    case ExpressionOp::Log10:
        return std::log10(x);
    case ExpressionOp::Exp:
        return std::exp(x);
    case ExpressionOp::Sqrt:
        return std::sqrt(x);
    case ExpressionOp::Floor:
        return std::floor(x);
    case ExpressionOp::Ceil:
        return std::ceil(x);
    case ExpressionOp::Round:
        return std::nearbyint(x);
    default:
        return ofDay(op, x);
    }
}

double ofTwo(ExpressionOp op, double a, double b)
{
    switch (op) {
    case ExpressionOp::Add:
        return a + b;
    case ExpressionOp::Subtract:
        return a - b;
    case ExpressionOp::Multiply:
        return a * b;
    case ExpressionOp::Divide:
        return a / b;
    case ExpressionOp::Power:
        return std::isnan(a) || std::isnan(b) ? kNoValue : std::pow(a, b); // pow(NaN, 0) would be 1
    case ExpressionOp::Equal:
        return compared(a, b, std::equal_to<>());
    case ExpressionOp::NotEqual:
        return compared(a, b, std::not_equal_to<>());
    case ExpressionOp::Less:
        return compared(a, b, std::less<>());
    case ExpressionOp::LessEqual:
        return compared(a, b, std::less_equal<>());
    case ExpressionOp::Greater:
        return compared(a, b, std::greater<>());
    case ExpressionOp::GreaterEqual:
        return compared(a, b, std::greater_equal<>());
    case ExpressionOp::And:
        return both(a, b);
    case ExpressionOp::Or:
        return either(a, b);
    case ExpressionOp::Minimum:
        return std::isnan(a) || std::isnan(b) ? kNoValue : std::min(a, b);
    case ExpressionOp::Maximum:
        return std::isnan(a) || std::isnan(b) ? kNoValue : std::max(a, b);
    default: // Coalesce
        return std::isfinite(a) ? a : b;
    }
}

} // namespace

ExpressionRows::ExpressionRows(
    const Expression& expression, std::vector<ExpressionType> types, std::vector<ExpressionColumn> columns)
    : m_expression(expression)
    , m_types(std::move(types))
    , m_columns(std::move(columns))
    , m_shared(m_columns.size())
    , m_values(expression.nodes().size())
{
    for (std::size_t c = 0; c < m_columns.size(); ++c) {
        const StringPool* texts = m_columns[c].texts;
        for (std::size_t i = 0; texts != nullptr && i < texts->size(); ++i) {
            m_shared[c].push_back(m_pool.intern(texts->at(static_cast<std::int32_t>(i))));
        }
    }
    for (const ExpressionNode& node : expression.nodes()) {
        const auto found = std::find_if(
            m_columns.begin(), m_columns.end(), [&](const ExpressionColumn& one) { return one.name == node.text; });
        m_columnOf.push_back(static_cast<std::size_t>(found - m_columns.begin()));
        m_constants.push_back(node.op == ExpressionOp::Text ? m_pool.intern(node.text) : StringPool::kNone);
    }
}

std::span<const double> ExpressionRows::numbers(std::uint64_t first, std::size_t count)
{
    compute(first, count);
    std::vector<double>& values = m_values.back().numbers;
    for (double& value : values) { // a column of float32 holds it, or it is missing
        value = std::isfinite(static_cast<float>(value)) ? value : kNoValue;
    }
    return {values.data(), count};
}

std::span<const std::int32_t> ExpressionRows::codes(std::uint64_t first, std::size_t count)
{
    compute(first, count);
    return {m_values.back().codes.data(), count};
}

void ExpressionRows::compute(std::uint64_t first, std::size_t count)
{
    for (std::size_t i = 0; i < m_values.size(); ++i) {
        if (m_types[i] == ExpressionType::Text) {
            m_values[i].codes.resize(count);
            computeTexts(i, first, count);
        } else {
            m_values[i].numbers.resize(count);
            computeNode(i, first, count);
        }
    }
}

bool ExpressionRows::areTextOperands(const ExpressionNode& node) const
{
    return !node.arguments.empty() && m_types[static_cast<std::size_t>(node.arguments.front())] == ExpressionType::Text;
}

void ExpressionRows::computeTexts(std::size_t index, std::uint64_t first, std::size_t count)
{
    const ExpressionNode& node = m_expression.nodes()[index];
    std::vector<std::int32_t>& out = m_values[index].codes;
    if (node.op == ExpressionOp::Text) {
        std::fill(out.begin(), out.end(), m_constants[index]);
        return;
    }
    if (node.op == ExpressionOp::Column) {
        const std::size_t column = m_columnOf[index];
        for (std::size_t i = 0; i < count; ++i) {
            const std::int32_t code = m_columns[column].codes[first + i];
            out[i] = code < 0 ? StringPool::kNone : m_shared[column][static_cast<std::size_t>(code)];
        }
        return;
    }
    const auto codesOf = [&](std::size_t argument) -> const std::vector<std::int32_t>& {
        return m_values[static_cast<std::size_t>(node.arguments[argument])].codes;
    };
    if (node.op == ExpressionOp::If) {
        const std::vector<double>& condition = m_values[static_cast<std::size_t>(node.arguments[0])].numbers;
        for (std::size_t i = 0; i < count; ++i) {
            out[i] = std::isnan(condition[i]) ? StringPool::kNone : condition[i] != 0 ? codesOf(1)[i] : codesOf(2)[i];
        }
        return;
    }
    out = codesOf(0); // coalesce
    for (std::size_t argument = 1; argument < node.arguments.size(); ++argument) {
        for (std::size_t i = 0; i < count; ++i) {
            out[i] = out[i] < 0 ? codesOf(argument)[i] : out[i];
        }
    }
}

void ExpressionRows::computeNode(std::size_t index, std::uint64_t first, std::size_t count)
{
    const ExpressionNode& node = m_expression.nodes()[index];
    std::vector<double>& out = m_values[index].numbers;
    const auto argument = [&](std::size_t i) -> const Values& {
        return m_values[static_cast<std::size_t>(node.arguments[i])];
    };
    if (node.op == ExpressionOp::Number) {
        std::fill(out.begin(), out.end(), node.number);
        return;
    }
    if (node.op == ExpressionOp::Column) {
        const std::span<const float> numbers = m_columns[m_columnOf[index]].numbers.subspan(first, count);
        std::copy(numbers.begin(), numbers.end(), out.begin());
        return;
    }
    if (node.op == ExpressionOp::If) {
        for (std::size_t i = 0; i < count; ++i) {
            const double condition = argument(0).numbers[i];
            out[i] = std::isnan(condition) ? kNoValue : condition != 0 ? argument(1).numbers[i] : argument(2).numbers[i];
        }
        return;
    }
    if (areTextOperands(node)) { // is_missing and comparisons
        for (std::size_t i = 0; i < count; ++i) {
            const std::int32_t a = argument(0).codes[i];
            if (node.op == ExpressionOp::IsMissing) {
                out[i] = asTruth(a < 0);
                continue;
            }
            const std::int32_t b = argument(1).codes[i];
            out[i] = a < 0 || b < 0 ? kNoValue : asTruth((a == b) == (node.op == ExpressionOp::Equal));
        }
        return;
    }
    if (node.op == ExpressionOp::IsMissing) {
        for (std::size_t i = 0; i < count; ++i) {
            out[i] = asTruth(!std::isfinite(argument(0).numbers[i]));
        }
        return;
    }
    out = argument(0).numbers;
    if (node.arguments.size() == 1 && node.op != ExpressionOp::Minimum && node.op != ExpressionOp::Maximum) {
        for (double& value : out) {
            value = ofOne(node.op, value);
        }
        return;
    }
    for (std::size_t next = 1; next < node.arguments.size(); ++next) {
        const std::vector<double>& values = argument(next).numbers;
        for (std::size_t i = 0; i < count; ++i) {
            out[i] = ofTwo(node.op, out[i], values[i]);
        }
    }
}

} // namespace ty::engine
