#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "engine/data/prepare/expression.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

struct NamedFunction {
    const char* name;
    ExpressionOp op;
    std::size_t least;
    std::size_t most;
};

constexpr std::size_t kMany = 50;
constexpr std::array<NamedFunction, 17> kFunctions{{
    {"if", ExpressionOp::If, 3, 3},
    {"min", ExpressionOp::Minimum, 1, kMany},
    {"max", ExpressionOp::Maximum, 1, kMany},
    {"abs", ExpressionOp::Absolute, 1, 1},
    {"log", ExpressionOp::Log, 1, 1},
    {"log10", ExpressionOp::Log10, 1, 1},
    {"exp", ExpressionOp::Exp, 1, 1},
    {"sqrt", ExpressionOp::Sqrt, 1, 1},
    {"floor", ExpressionOp::Floor, 1, 1},
    {"ceil", ExpressionOp::Ceil, 1, 1},
    {"round", ExpressionOp::Round, 1, 1},
    {"is_missing", ExpressionOp::IsMissing, 1, 1},
    {"coalesce", ExpressionOp::Coalesce, 2, kMany},
    {"year", ExpressionOp::Year, 1, 1},
    {"month", ExpressionOp::Month, 1, 1},
    {"day", ExpressionOp::Day, 1, 1},
    {"weekday", ExpressionOp::Weekday, 1, 1},
}};

struct Comparison {
    std::string_view sign;
    ExpressionOp op;
};
// Longer signs first.
constexpr std::array<Comparison, 8> kComparisons{{
    {"==", ExpressionOp::Equal},
    {"!=", ExpressionOp::NotEqual},
    {"<>", ExpressionOp::NotEqual},
    {"<=", ExpressionOp::LessEqual},
    {">=", ExpressionOp::GreaterEqual},
    {"=", ExpressionOp::Equal},
    {"<", ExpressionOp::Less},
    {">", ExpressionOp::Greater},
}};

bool startsWord(char c)
{
    return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

bool isInWord(char c)
{
    return startsWord(c) || std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '.';
}

} // namespace

/// Recursive descent; each level adds the nodes below it first.
class ExpressionParser {
public:
    explicit ExpressionParser(std::string_view text)
        : m_text(text)
    {
    }

    Result<Expression> run()
    {
        TY_CHECK(readOr());
        skipBlanks();
        if (m_at < m_text.size()) {
            return failed(fmt::format("\"{}\" is not expected here", shortened(m_text.substr(m_at))));
        }
        return std::move(m_expression);
    }

private:
    using Node = Result<int>;

    Error failed(const std::string& reason) const { return failedAt(m_at, reason); }
    static Error failedAt(std::size_t at, const std::string& reason)
    {
        return {ErrorKind::InvalidInput, fmt::format("character {}: {}", at + 1, reason), {}};
    }

    Node add(ExpressionOp op, std::vector<int> arguments, std::size_t at, double number = 0, std::string text = {})
    {
        if (m_expression.m_nodes.size() >= Expression::kMostNodes) {
            return failedAt(at, "the expression is too long");
        }
        m_expression.m_nodes.push_back({op, std::move(arguments), number, std::move(text), at + 1});
        return static_cast<int>(m_expression.m_nodes.size() - 1);
    }

    void skipBlanks()
    {
        while (m_at < m_text.size() && std::isspace(static_cast<unsigned char>(m_text[m_at])) != 0) {
            ++m_at;
        }
    }
    bool take(char c)
    {
        skipBlanks();
        const bool isThere = m_at < m_text.size() && m_text[m_at] == c;
        m_at += isThere ? 1 : 0;
        return isThere;
    }
    std::string_view peekWord()
    {
        skipBlanks();
        std::size_t end = m_at;
        while (end < m_text.size() && (end == m_at ? startsWord(m_text[end]) : isInWord(m_text[end]))) {
            ++end;
        }
        return m_text.substr(m_at, end - m_at);
    }
    bool takeWord(std::string_view word)
    {
        const std::string_view next = peekWord();
        const bool isThere = lowered(next) == word;
        m_at += isThere ? next.size() : 0;
        return isThere;
    }

    Node readOr()
    {
        TY_TRY(int left, readAnd());
        for (std::size_t at = place(); takeWord("or"); at = place()) {
            TY_TRY(const int right, readAnd());
            TY_TRY(left, add(ExpressionOp::Or, {left, right}, at));
        }
        return left;
    }

    Node readAnd()
    {
        TY_TRY(int left, readNot());
        for (std::size_t at = place(); takeWord("and"); at = place()) {
            TY_TRY(const int right, readNot());
            TY_TRY(left, add(ExpressionOp::And, {left, right}, at));
        }
        return left;
    }

    Node readNot()
    {
        const Deeper deeper(m_depth);
        if (m_depth > Expression::kDeepest) {
            return failed("too many levels of brackets");
        }
        const std::size_t at = place();
        if (takeWord("not")) {
            TY_TRY(const int argument, readNot());
            return add(ExpressionOp::Not, {argument}, at);
        }
        return readComparison();
    }

    Node readComparison()
    {
        TY_TRY(int left, readSum());
        for (;;) {
            skipBlanks();
            const auto found = std::find_if(kComparisons.begin(), kComparisons.end(), [this](const Comparison& one) {
                return m_text.substr(m_at).starts_with(one.sign);
            });
            if (found == kComparisons.end()) {
                return left;
            }
            const std::size_t at = m_at;
            m_at += found->sign.size();
            TY_TRY(const int right, readSum());
            TY_TRY(left, add(found->op, {left, right}, at));
        }
    }

    Node readSum()
    {
        TY_TRY(int left, readProduct());
        for (;;) {
            const std::size_t at = place();
            const bool isPlus = take('+');
            if (!isPlus && !take('-')) {
                return left;
            }
            TY_TRY(const int right, readProduct());
            TY_TRY(left, add(isPlus ? ExpressionOp::Add : ExpressionOp::Subtract, {left, right}, at));
        }
    }

    Node readProduct()
    {
        TY_TRY(int left, readSigned());
        for (;;) {
            const std::size_t at = place();
            const bool isTimes = take('*');
            if (!isTimes && !take('/')) {
                return left;
            }
            TY_TRY(const int right, readSigned());
            TY_TRY(left, add(isTimes ? ExpressionOp::Multiply : ExpressionOp::Divide, {left, right}, at));
        }
    }

    Node readSigned()
    {
        const Deeper deeper(m_depth);
        if (m_depth > Expression::kDeepest) {
            return failed("too many levels of brackets");
        }
        const std::size_t at = place();
        if (take('-')) {
            TY_TRY(const int argument, readSigned());
            return add(ExpressionOp::Negate, {argument}, at);
        }
        if (take('+')) {
            return readSigned();
        }
        return readPower();
    }

    Node readPower()
    {
        TY_TRY(const int base, readAtom());
        const std::size_t at = place();
        if (!take('^')) {
            return base;
        }
        TY_TRY(const int exponent, readSigned()); // 2 ^ 3 ^ 2 is 2 ^ (3 ^ 2), and 2 ^ -1 is a half
        return add(ExpressionOp::Power, {base, exponent}, at);
    }

    Node readAtom()
    {
        skipBlanks();
        const std::size_t at = m_at;
        if (m_at >= m_text.size()) {
            return failed("something is missing at the end");
        }
        const char next = m_text[m_at];
        if (next == '(') {
            ++m_at;
            TY_TRY(const int inner, readOr());
            if (!take(')')) {
                return failed("a closing bracket is missing");
            }
            return inner;
        }
        if (next == '`' || next == '"' || next == '\'') {
            TY_TRY(std::string text, readQuoted(next));
            return add(next == '`' ? ExpressionOp::Column : ExpressionOp::Text, {}, at, 0, std::move(text));
        }
        if (std::isdigit(static_cast<unsigned char>(next)) != 0 || next == '.') {
            return readNumber();
        }
        const std::string word(peekWord());
        if (word.empty()) {
            return failed(fmt::format("\"{}\" is not expected here", shortened(m_text.substr(m_at, 1))));
        }
        m_at += word.size();
        if (take('(')) {
            return readCall(word, at);
        }
        const std::string low = lowered(word);
        if (low == "and" || low == "or" || low == "not") {
            return failedAt(at, "\"" + word + "\" is not expected here");
        }
        return add(ExpressionOp::Column, {}, at, 0, word);
    }

    Node readNumber()
    {
        const std::size_t at = m_at;
        double value = 0;
        const auto [end, code] = std::from_chars(m_text.data() + m_at, m_text.data() + m_text.size(), value);
        if (code != std::errc()) {
            return failed("this is no number");
        }
        m_at = static_cast<std::size_t>(end - m_text.data());
        return add(ExpressionOp::Number, {}, at, value);
    }

    Result<std::string> readQuoted(char quote)
    {
        const std::size_t at = m_at++;
        std::string text;
        for (; m_at < m_text.size(); ++m_at) {
            if (m_text[m_at] != quote) {
                text += m_text[m_at];
            } else if (m_at + 1 < m_text.size() && m_text[m_at + 1] == quote) {
                text += m_text[m_at++]; // twice: the quote itself
            } else {
                ++m_at;
                return text;
            }
        }
        return failedAt(at, "the closing quote is missing");
    }

    Node readCall(const std::string& name, std::size_t at)
    {
        if (lowered(name) == "date") {
            return readDate(at);
        }
        const std::string wanted = lowered(name);
        const auto found = std::find_if(
            kFunctions.begin(), kFunctions.end(), [&](const NamedFunction& one) { return wanted == one.name; });
        if (found == kFunctions.end()) {
            std::string known;
            for (const NamedFunction& one : kFunctions) {
                known += std::string(known.empty() ? "" : ", ") + one.name;
            }
            return failedAt(at, fmt::format("there is no function \"{}\"; known: {}, date", name, known));
        }
        std::vector<int> arguments;
        if (!take(')')) {
            do {
                TY_TRY(const int argument, readOr());
                arguments.push_back(argument);
            } while (take(','));
            if (!take(')')) {
                return failed("a closing bracket is missing");
            }
        }
        if (arguments.size() < found->least || arguments.size() > found->most) {
            return failedAt(at, fmt::format("{} takes {}{} values, not {}", name, found->least,
                                            found->most > found->least ? " or more" : "", arguments.size()));
        }
        return add(found->op, std::move(arguments), at);
    }

    Node readDate(std::size_t at)
    {
        skipBlanks();
        const char quote = m_at < m_text.size() ? m_text[m_at] : ' ';
        double days = 0;
        if (quote != '"' && quote != '\'') {
            return failed("date takes a text such as \"2026-01-31\"");
        }
        TY_TRY(const std::string text, readQuoted(quote));
        if (!parseDate(text, days, DateOrder::YearMonthDay)) {
            return failedAt(at, fmt::format("\"{}\" is no date such as 2026-01-31", shortened(text)));
        }
        if (!take(')')) {
            return failed("a closing bracket is missing");
        }
        return add(ExpressionOp::Number, {}, at, days);
    }

    std::size_t place()
    {
        skipBlanks();
        return m_at;
    }

    struct Deeper {
        explicit Deeper(int& depth)
            : m_depth(depth)
        {
            ++m_depth;
        }
        ~Deeper() { --m_depth; }
        Deeper(const Deeper&) = delete;
        Deeper& operator=(const Deeper&) = delete;
        int& m_depth;
    };

    std::string_view m_text;
    std::size_t m_at = 0;
    int m_depth = 0;
    Expression m_expression;
};

Result<Expression> Expression::parse(std::string_view text)
{
    return ExpressionParser(text).run();
}

std::vector<std::string> Expression::columns() const
{
    std::vector<std::string> names;
    for (const ExpressionNode& node : m_nodes) {
        if (node.op == ExpressionOp::Column && std::find(names.begin(), names.end(), node.text) == names.end()) {
            names.push_back(node.text);
        }
    }
    return names;
}

} // namespace ty::engine
