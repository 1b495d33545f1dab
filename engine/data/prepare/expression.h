#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/data/string_pool.h"

namespace ty::engine {

enum class ExpressionOp : std::uint8_t {
    Number, Text, Column,
    Negate, Not, Add, Subtract, Multiply, Divide, Power,
    Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual,
    And, Or, If, Minimum, Maximum, Absolute, Log, Log10, Exp, Sqrt, Floor, Ceil, Round,
    IsMissing, Coalesce, Year, Month, Day, Weekday,
};

/// Dates count as numbers, the days since 1970-01-01.
enum class ExpressionType : std::uint8_t { Number, Truth, Text };
const char* expressionTypeName(ExpressionType type); ///< "a number", "true or false", "a text"

struct ExpressionNode {
    ExpressionOp op = ExpressionOp::Number;
    std::vector<int> arguments; ///< indices of earlier nodes
    double number = 0;          ///< Number
    std::string text;           ///< Text: itself; Column: its name
    std::size_t place = 0;      ///< of its first character in the source, from 1
};

/// What a person writes about the columns of a row: "weight / (height / 100) ^ 2", "age >= 18 and not is_missing(`blood type`)".
///
/// Numbers, texts in quotes, columns by name (in backquotes if the name is no word); + - * / ^, = != < <= > >=, and or not;
/// if(condition, a, b), min, max, abs, log (natural), log10, exp, sqrt, floor, ceil, round (halves to the even neighbour),
/// is_missing(x), coalesce(a, b, ...), year, month, day, weekday (1 Monday), date("2026-01-31"). What is missing makes missing what is computed
/// of it, but for is_missing, coalesce, and "and" and "or" whose other side decides.
class Expression {
public:
    static constexpr int kDeepest = 100;
    static constexpr std::size_t kMostNodes = 2000;

    /// Errors: InvalidInput, with the place of the character: "character 7: ...".
    static Result<Expression> parse(std::string_view text);

    const std::vector<ExpressionNode>& nodes() const { return m_nodes; } ///< the last one is the whole
    /// Names of the columns that it reads, each once, in the order of the text.
    std::vector<std::string> columns() const;
    /// Of each node. Errors: InvalidInput naming the place, for operands that do not fit; those of `columnType`.
    Result<std::vector<ExpressionType>> types(
        const std::function<Result<ExpressionType>(const std::string& column)>& columnType) const;

private:
    friend class ExpressionParser;
    std::vector<ExpressionNode> m_nodes;
};

/// One column that an expression reads.
struct ExpressionColumn {
    std::string name;
    std::span<const float> numbers;      ///< of numbers and dates; NaN: missing
    std::span<const std::int32_t> codes; ///< of words; below 0: missing
    const StringPool* texts = nullptr;   ///< what `codes` mean
};

/// Computes an expression for rows, block by block; memory does not grow with their number. Not thread-safe.
///
/// In float64; comparisons round both sides to float32, as columns are kept, so that x = 0.1 finds what was written as 0.1.
class ExpressionRows {
public:
    static constexpr std::size_t kBlock = 1024;

    /// `expression` and what `columns` point to must outlive this object; all columns of the expression are there.
    ExpressionRows(const Expression& expression, std::vector<ExpressionType> types, std::vector<ExpressionColumn> columns);

    ExpressionType type() const { return m_types.back(); }
    /// Numbers, or 0 and 1 of a truth; NaN: missing, and also what is infinite. At most kBlock rows from `first` on.
    std::span<const double> numbers(std::uint64_t first, std::size_t count);
    /// Codes of texts() for the rows of an expression that gives texts.
    std::span<const std::int32_t> codes(std::uint64_t first, std::size_t count);
    const StringPool& texts() const { return m_pool; }

private:
    struct Values {
        std::vector<double> numbers;
        std::vector<std::int32_t> codes;
    };
    void compute(std::uint64_t first, std::size_t count);
    void computeNode(std::size_t index, std::uint64_t first, std::size_t count);
    void computeTexts(std::size_t index, std::uint64_t first, std::size_t count);
    bool areTextOperands(const ExpressionNode& node) const;

    const Expression& m_expression;
    std::vector<ExpressionType> m_types;
    std::vector<ExpressionColumn> m_columns;
    std::vector<std::size_t> m_columnOf;              ///< by node
    std::vector<std::vector<std::int32_t>> m_shared;  ///< by column: code there -> code in m_pool
    StringPool m_pool;
    std::vector<std::int32_t> m_constants;            ///< by node: code of a text
    std::vector<Values> m_values;                     ///< by node, of the block at hand
};

} // namespace ty::engine
