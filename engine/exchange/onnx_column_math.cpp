#include "engine/exchange/onnx_column_math.h"

#include <array>
#include <cstdint>

namespace ty::engine {

namespace {

constexpr std::int64_t kSingle = 1; // numbers of TensorProto.DataType
constexpr std::int64_t kWhole = 7;
constexpr std::int64_t kDouble = 11;

} // namespace

std::string ColumnMath::number(double value)
{
    const std::array values{value};
    return m_graph.doubles(m_hint + "_constant", {1}, values);
}

std::string ColumnMath::apply(const char* op, const std::string& x)
{
    return m_graph.node(op, {x}, {}, m_hint);
}

std::string ColumnMath::apply(const char* op, const std::string& a, const std::string& b)
{
    return m_graph.node(op, {a, b}, {}, m_hint);
}

std::string ColumnMath::narrow(const std::string& x)
{
    return m_graph.cast(x, kSingle, m_hint + "_float32");
}

std::string ColumnMath::rounded(const std::string& x)
{
    return m_graph.cast(narrow(x), kDouble, m_hint);
}

std::string ColumnMath::compare(const char* op, const std::string& a, const std::string& b)
{
    return m_graph.node(op, {narrow(a), narrow(b)}, {}, m_hint + "_is");
}

std::string ColumnMath::isMissing(const std::string& x)
{
    return m_graph.node("IsNaN", {narrow(x)}, {}, m_hint + "_is_missing");
}

std::string ColumnMath::isInfiniteOrMissing(const std::string& x)
{
    return isMissing(apply("Sub", x, x)); // infinity minus itself is no number
}

std::string ColumnMath::isCode(const std::string& codes, double code)
{
    return compare("Equal", codes, number(code));
}

std::string ColumnMath::isTrue(const std::string& truth)
{
    return compare("Greater", truth, number(0.5));
}

std::string ColumnMath::combine(const char* op, const std::string& a, const std::string& b)
{
    return m_graph.node(op, {a, b}, {}, m_hint + "_is");
}

std::string ColumnMath::choose(const std::string& condition, const std::string& yes, const std::string& no)
{
    return m_graph.node("Where", {condition, yes, no}, {}, m_hint);
}

std::string ColumnMath::truthOf(const std::string& condition)
{
    return m_graph.cast(condition, kDouble, m_hint + "_truth");
}

std::string ColumnMath::sumWhere(const std::string& conditions, std::span<const float> weights)
{
    const auto column = m_graph.floats(m_hint + "_weights", {static_cast<std::int64_t>(weights.size()), 1}, weights);
    const auto sum = m_graph.node("MatMul", {m_graph.cast(conditions, kSingle, m_hint + "_ones"), column}, {}, m_hint + "_sum");
    return m_graph.cast(sum, kDouble, m_hint);
}

std::string ColumnMath::countReached(const std::string& x, std::span<const double> edges)
{
    const std::vector<float> held(edges.begin(), edges.end()); // as a column holds them
    const auto row = m_graph.floats(m_hint + "_edges", {1, static_cast<std::int64_t>(held.size())}, held);
    const auto reached = m_graph.node("GreaterOrEqual", {narrow(x), row}, {}, m_hint + "_reached");
    return sumWhere(reached, std::vector<float>(held.size(), 1.0F));
}

std::string ColumnMath::weigh(const std::string& x, std::span<const float> values, std::span<const float> weights)
{
    const auto width = static_cast<std::int64_t>(values.size());
    const auto equal = m_graph.node("Equal", {narrow(x), m_graph.floats(m_hint + "_values", {1, width}, values)}, {}, m_hint + "_equal");
    return sumWhere(equal, weights);
}

std::string ColumnMath::indices(const std::string& places)
{
    return m_graph.cast(places, kWhole, m_hint + "_places");
}

std::string ColumnMath::look(const std::vector<double>& table, const std::string& places)
{
    const auto values = m_graph.doubles(m_hint + "_table", {static_cast<std::int64_t>(table.size())}, table);
    return m_graph.node("Gather", {values, indices(places)}, {{"axis", std::int64_t{0}}}, m_hint);
}

std::string ColumnMath::spread(const std::string& x, const std::string& anchor)
{
    return choose(isMissing(anchor), x, x);
}

} // namespace ty::engine
