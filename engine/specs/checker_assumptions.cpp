#include <algorithm>

#include <fmt/format.h>

#include "engine/specs/checker.h"
#include "engine/specs/lexer.h"

namespace ty::engine::specs {

using syntax::Expression;
using syntax::ExpressionKind;
using syntax::Statement;
using syntax::StatementKind;

namespace {

constexpr std::int64_t kSetWidth = 64;

Expression rangeExpression(const std::string& low, const std::string& high)
{
    Expression range;
    range.kind = ExpressionKind::Binary;
    range.text = "..";
    for (const auto& digits : {low, high}) {
        Expression number;
        number.kind = ExpressionKind::Digits;
        number.text = digits;
        range.parts.push_back(number);
    }
    range.source = low + ".." + high;
    return range;
}

void collectNumbers(const Expression& expression, std::optional<Bounds>& numbers)
{
    if (expression.kind == ExpressionKind::Digits && expression.text.size() < 10) {
        const auto value = static_cast<Number>(std::stol(expression.text));
        numbers = numbers ? Bounds{std::min(numbers->low, value), std::max(numbers->high, value)} : Bounds{value, value};
    }
    for (const auto& part : expression.parts) {
        collectNumbers(part, numbers);
    }
}

void collect(const Statement& statement, std::vector<std::pair<std::string, Place>>& assigned, std::optional<Bounds>& numbers)
{
    for (const auto& target : statement.targets) {
        const auto isKnown
            = std::any_of(assigned.begin(), assigned.end(), [&](const auto& one) { return one.first == target.text; });
        if (!isKnown && target.kind == ExpressionKind::Name) {
            assigned.emplace_back(target.text, target.place);
        }
    }
    for (const auto* list : {&statement.values, &statement.conditions}) {
        for (const auto& expression : *list) {
            collectNumbers(expression, numbers);
        }
    }
    for (const auto& part : statement.parts) {
        collect(part, assigned, numbers);
    }
}

} // namespace

void Checker::assumeVariables()
{
    // Operations alone, as on a slide: "inc1: PRE x > 0 & x < 6 THEN x := x + 1 END".
    if (!m_syntax.variables.empty() || m_syntax.initialisation) {
        return;
    }
    std::vector<std::pair<std::string, Place>> assigned;
    std::optional<Bounds> numbers;
    std::vector<std::string> results;
    for (const auto& operation : m_syntax.operations) {
        results.insert(results.end(), operation.results.begin(), operation.results.end());
        collect(operation.body, assigned, numbers);
    }
    std::erase_if(assigned, [&](const auto& one) { return std::find(results.begin(), results.end(), one.first) != results.end(); });
    if (assigned.empty() || !numbers) {
        return;
    }
    Statement initialisation;
    initialisation.kind = StatementKind::Parallel;
    const auto range = rangeExpression(std::to_string(numbers->low), std::to_string(numbers->high + 1));
    for (const auto& [name, place] : assigned) {
        m_syntax.variables.push_back({name, range, {}, place});
        Expression target;
        target.kind = ExpressionKind::Name;
        target.text = name;
        target.place = place;
        Statement start;
        start.kind = StatementKind::Member;
        start.place = place;
        start.targets.push_back(target);
        start.values.push_back(range);
        initialisation.parts.push_back(std::move(start));
        m_machine.notes.push_back(
            fmt::format("{} is not declared; taken as a number in {} that may start anywhere there", name, range.source));
    }
    m_syntax.initialisation = std::move(initialisation);
}

std::optional<Number> Checker::literalNumber(const Expression& expression, int depth) const
{
    if (expression.kind == ExpressionKind::Digits && expression.text.size() < 10) {
        return std::stol(expression.text);
    }
    if (expression.kind == ExpressionKind::Unary && expression.text == "-") {
        const auto part = literalNumber(expression.parts[0], depth);
        return part ? std::optional<Number>(-*part) : std::nullopt;
    }
    if (expression.kind == ExpressionKind::Binary && (expression.text == "+" || expression.text == "-")) {
        const auto left = literalNumber(expression.parts[0], depth);
        const auto right = literalNumber(expression.parts[1], depth);
        if (!left || !right) {
            return std::nullopt;
        }
        return expression.text == "+" ? *left + *right : *left - *right;
    }
    if (expression.kind == ExpressionKind::Name && depth < 16) {
        for (const auto& constant : m_syntax.constants) {
            if (constant.name == expression.text && constant.value) {
                return literalNumber(*constant.value, depth + 1);
            }
        }
        for (const auto& property : m_syntax.properties) {
            if (property.kind == ExpressionKind::Binary && property.text == "=" && property.parts[0].text == expression.text) {
                return literalNumber(property.parts[1], depth + 1);
            }
        }
    }
    return std::nullopt;
}

void Checker::widenSetRange(const Expression& expression, bool isTested)
{
    const auto& whole = resolved(expression);
    const auto widen = [this](const Expression& low, const Expression& high) {
        const auto first = literalNumber(low);
        const auto last = literalNumber(high);
        if (first && last && *first <= *last) {
            m_setRange = m_setRange ? Bounds{std::min(m_setRange->low, *first), std::max(m_setRange->high, *last)}
                                    : Bounds{*first, *last};
        }
    };
    // A range that is only tested or gone through never becomes a set's bits.
    if (!isTested && whole.kind == ExpressionKind::Binary && whole.text == "..") {
        widen(whole.parts[0], whole.parts[1]);
    }
    if (!isTested && whole.kind == ExpressionKind::Set) {
        for (const auto& element : whole.parts) {
            widen(element, element);
        }
    }
    const bool isTest = whole.kind == ExpressionKind::Binary && (whole.text == ":" || whole.text == "/:" || whole.text == "-->");
    for (std::size_t index = 0; index < whole.parts.size(); ++index) {
        widenSetRange(whole.parts[index], isTest && (index == 1 || whole.text == "-->"));
    }
    if (whole.kind == ExpressionKind::Comprehension) {
        std::vector<Expression> conjuncts;
        syntax::appendConjuncts(whole.parts[0], conjuncts);
        for (const auto& conjunct : conjuncts) {
            if (conjunct.kind == ExpressionKind::Binary && conjunct.text == ":" && conjunct.parts[0].text == whole.names[0]) {
                widenSetRange(conjunct.parts[1], false);
            }
        }
    }
}

void Checker::widenSetRange(const Statement& statement)
{
    for (const auto& condition : statement.conditions) {
        widenSetRange(condition, false);
    }
    for (const auto& value : statement.values) {
        widenSetRange(value, statement.kind == StatementKind::Member);
    }
    for (const auto& target : statement.targets) {
        widenSetRange(target, false);
    }
    for (const auto& part : statement.parts) {
        widenSetRange(part);
    }
}

Result<void> Checker::findSetBase()
{
    for (const auto* list : {&m_syntax.constants, &m_syntax.variables}) {
        for (const auto& declaration : *list) {
            if (declaration.type) {
                widenSetRange(*declaration.type, true);
            }
            if (declaration.value) {
                widenSetRange(*declaration.value, false);
            }
        }
    }
    for (const auto* list : {&m_syntax.properties, &m_syntax.invariants}) {
        for (const auto& conjunct : *list) {
            widenSetRange(conjunct, false);
        }
    }
    if (m_syntax.initialisation) {
        widenSetRange(*m_syntax.initialisation);
    }
    for (const auto& operation : m_syntax.operations) {
        widenSetRange(operation.body);
    }
    if (m_setRange && m_setRange->size() > kSetWidth) {
        return specError(
            {}, fmt::format("sets of numbers reach from {} to {}", m_setRange->low, m_setRange->high),
            fmt::format("A set can hold numbers out of {} in a row.", kSetWidth));
    }
    m_machine.setBase = m_setRange ? m_setRange->low : 0;
    return {};
}

} // namespace ty::engine::specs
