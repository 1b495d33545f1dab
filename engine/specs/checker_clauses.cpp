#include <algorithm>
#include <bit>

#include <fmt/format.h>

#include "engine/specs/checker.h"
#include "engine/specs/evaluator.h"
#include "engine/specs/lexer.h"

namespace ty::engine::specs {

using syntax::Expression;
using syntax::ExpressionKind;

namespace {

constexpr std::int64_t kMostElements = 64; // of an enumerated set: the bits of a word
constexpr std::int64_t kMostArguments = 4096;

} // namespace

Result<void> Checker::declareSets()
{
    for (const auto& set : m_syntax.sets) {
        if (set.range) {
            Meaning meaning{Meaning::Kind::RangeSet, {}, 0, -1, &*set.range};
            if (set.range->kind != ExpressionKind::Binary || set.range->text != "..") {
                return specError(set.place, fmt::format("set {} is neither {{…}} nor a range a..b", set.name));
            }
            TY_CHECK(addName(set.name, set.place, meaning));
            continue;
        }
        if (static_cast<std::int64_t>(set.elements.size()) > kMostElements) {
            return specError(
                set.place, fmt::format("set {} has {} elements, at most {} are possible", set.name, set.elements.size(), kMostElements));
        }
        const auto index = static_cast<std::int32_t>(m_machine.sets.size());
        const ElementType element{ElementKind::Enumerated, index};
        m_machine.sets.push_back({set.name, set.elements});
        TY_CHECK(addName(set.name, set.place, {Meaning::Kind::EnumeratedSet, setType(element), 0, index, nullptr}));
        for (std::size_t position = 0; position < set.elements.size(); ++position) {
            TY_CHECK(addName(
                set.elements[position], set.place,
                {Meaning::Kind::Element, scalarType(element), static_cast<Number>(position), index, nullptr}));
        }
    }
    return {};
}

Result<void> Checker::declareConstants()
{
    // PROPERTIES gives what CONSTANTS left open.
    for (auto& constant : m_syntax.constants) {
        const auto says = [&](const Expression& property, const char* sign) {
            return property.kind == ExpressionKind::Binary && property.text == sign
                && property.parts[0].kind == ExpressionKind::Name && property.parts[0].text == constant.name;
        };
        for (auto property = m_syntax.properties.begin(); property != m_syntax.properties.end();) {
            if (!constant.value && says(*property, "=")) {
                constant.value = property->parts[1];
                property = m_syntax.properties.erase(property);
            } else if (!constant.type && says(*property, ":")) {
                constant.type = property->parts[1];
                property = m_syntax.properties.erase(property);
            } else {
                ++property;
            }
        }
        TY_CHECK(declareConstant(constant));
    }
    for (const auto& property : m_syntax.properties) {
        TY_TRY(const auto condition, predicate(property));
        Evaluator evaluator(m_machine.program, *m_machine.numbers);
        if (!evaluator.holds(condition)) {
            return specError(property.place, "this property of the constants does not hold");
        }
    }
    return {};
}

Result<void> Checker::declareConstant(syntax::Declaration& constant)
{
    if (!constant.value) {
        return specError(constant.place, fmt::format("constant {} has no value", constant.name), "Write CONSTANTS n = 5.");
    }
    std::optional<ValueType> declared;
    if (constant.type) {
        TY_TRY(declared, typeOf(*constant.type));
    }
    TY_TRY(const auto value, expression(*constant.value, declared ? &*declared : nullptr));
    if (declared && !isSameType(*declared, value.type)) {
        return notOfType(
            constant.place, fmt::format("constant {} should be {}", constant.name, typeWords(*declared)), value.type);
    }
    Evaluator evaluator(m_machine.program, *m_machine.numbers);
    Meaning meaning{Meaning::Kind::Constant, declared.value_or(value.type), 0, -1, nullptr};
    if (value.type.form == Form::Function) {
        std::vector<Number> words(static_cast<std::size_t>(value.type.width()));
        evaluator.evaluateFunction(value.node, words.data());
        auto& all = m_machine.program.constantWords;
        meaning.value = static_cast<Number>(all.size());
        all.insert(all.end(), words.begin(), words.end());
    } else {
        meaning.value = evaluator.evaluate(value.node);
    }
    if (evaluator.problem()) {
        return specError(evaluator.problem()->place, evaluator.problem()->message);
    }
    return addName(constant.name, constant.place, std::move(meaning));
}

Result<Bounds> Checker::argumentsOf(const Expression& written, ElementType& element)
{
    const auto& set = resolved(written);
    if (set.kind == ExpressionKind::Binary && set.text == "..") {
        TY_TRY(const auto low, constantNumber(set.parts[0]));
        TY_TRY(const auto high, constantNumber(set.parts[1]));
        element = {ElementKind::Integer, -1};
        if (low > high || high - low >= kMostArguments) {
            return specError(
                set.place, fmt::format("a function takes 1 to {} arguments, {}..{} has {}", kMostArguments, low, high, high - low + 1));
        }
        return Bounds{low, high};
    }
    if (set.kind == ExpressionKind::Word && set.text == "BOOL") {
        element = {ElementKind::Boolean, -1};
        return Bounds{0, 1};
    }
    const auto* meaning = set.kind == ExpressionKind::Name ? find(set.text) : nullptr;
    if (meaning && meaning->kind == Meaning::Kind::EnumeratedSet) {
        element = meaning->type.element;
        return Bounds{0, static_cast<Number>(m_machine.sets[static_cast<std::size_t>(meaning->index)].elements.size()) - 1};
    }
    // Neighbours of an enumerated set, in its order.
    const auto hadVariables = m_hasVariables;
    m_hasVariables = false;
    const auto part = setOf(set);
    m_hasVariables = hadVariables;
    if (!part) {
        return part.error();
    }
    Evaluator evaluator(m_machine.program, *m_machine.numbers);
    const auto mask = static_cast<std::uint64_t>(evaluator.evaluate(part->node));
    element = part->type.element;
    const auto base = baseOf(element);
    const Bounds bounds{base + std::countr_zero(mask), base + 63 - std::countl_zero(mask)};
    if (evaluator.problem() || mask == 0 || bounds.size() != std::popcount(mask)) {
        return specError(
            set.place, "a function's arguments are a range of constants a..b, BOOL, a set of SETS or neighbours in one");
    }
    return bounds;
}

Result<ValueType> Checker::typeOf(const Expression& written)
{
    const auto& type = resolved(written);
    if (type.kind == ExpressionKind::Word) {
        return type.text == "BOOL" ? booleanType() : integerType();
    }
    if (type.kind == ExpressionKind::Builtin && type.text == "POW") {
        TY_TRY(const auto element, typeOf(type.parts[0]));
        if (element.form != Form::Scalar) {
            return specError(type.place, "a set's elements are single values, not sets or functions");
        }
        return setType(element.element);
    }
    if (type.kind == ExpressionKind::Binary && type.text == "..") {
        TY_TRY(const auto low, constantNumber(type.parts[0]));
        TY_TRY(const auto high, constantNumber(type.parts[1]));
        if (m_machine.numbers->isLess(high, low)) {
            return specError(type.place, "this range is empty");
        }
        auto range = integerType();
        range.bounds = Bounds{low, high};
        return range;
    }
    if (type.kind == ExpressionKind::Binary && type.text == "-->") {
        ValueType function;
        function.form = Form::Function;
        TY_TRY(function.domainBounds, argumentsOf(type.parts[0], function.domain));
        TY_TRY(const auto values, typeOf(type.parts[1]));
        if (values.form != Form::Scalar) {
            return specError(type.place, "a function's values are single values, not sets or functions");
        }
        function.element = values.element;
        function.bounds = values.bounds;
        return function;
    }
    // Any set of constants: what its elements are.
    TY_TRY(const auto set, expression(type));
    if (set.type.form != Form::Set || set.type.isEmptySet) {
        return notOfType(type.place, "expected a set of values: 0..5, BOOL, POW(S), A --> B", set.type);
    }
    return scalarType(set.type.element);
}

Result<void> Checker::declareVariables()
{
    std::vector<std::pair<std::size_t, Expression>> ranges; // what the declarations demand, for the invariants
    for (auto& variable : m_syntax.variables) {
        if (!variable.type) {
            // B types its variables in the invariant.
            for (auto conjunct = m_syntax.invariants.begin(); conjunct != m_syntax.invariants.end(); ++conjunct) {
                const bool isTyping = conjunct->kind == ExpressionKind::Binary && (conjunct->text == ":" || conjunct->text == "<:")
                    && conjunct->parts[0].kind == ExpressionKind::Name && conjunct->parts[0].text == variable.name;
                if (!isTyping) {
                    continue;
                }
                auto type = conjunct->parts[1];
                const auto colon = conjunct->source.find(conjunct->text);
                type.source = colon == std::string::npos ? std::string() : conjunct->source.substr(colon + conjunct->text.size());
                type.source.erase(0, type.source.find_first_not_of(' '));
                if (conjunct->text == "<:") {
                    Expression power;
                    power.kind = ExpressionKind::Builtin;
                    power.text = "POW";
                    power.place = type.place;
                    power.source = fmt::format("POW({})", type.source);
                    power.parts.push_back(std::move(type));
                    type = std::move(power);
                }
                variable.type = std::move(type);
                m_syntax.invariants.erase(conjunct);
                break;
            }
        }
        if (!variable.type) {
            return specError(
                variable.place, fmt::format("variable {} has no type", variable.name),
                fmt::format("Write VARIABLES {} : 0..10, or put {} : 0..10 into the INVARIANT.", variable.name, variable.name));
        }
        TY_TRY(const auto type, typeOf(*variable.type));
        const auto index = m_machine.variables.size();
        TY_CHECK(addName(
            variable.name, variable.place,
            {Meaning::Kind::Variable, type, m_machine.stateWords, static_cast<std::int32_t>(index), nullptr}));
        m_machine.variables.push_back({variable.name, type, variable.type->source, m_machine.stateWords});
        m_machine.stateWords += type.width();
    }
    m_hasVariables = true;
    return {};
}

Result<void> Checker::checkInvariants()
{
    for (const auto& variable : m_syntax.variables) {
        const auto& type = resolved(*variable.type);
        const auto* meaning = type.kind == ExpressionKind::Name ? find(type.text) : nullptr;
        const bool saysNothing = (type.kind == ExpressionKind::Word && (type.text == "BOOL" || type.text == "INTEGER" || type.text == "INT"))
            || (meaning && meaning->kind == Meaning::Kind::EnumeratedSet);
        if (saysNothing) {
            continue;
        }
        Expression test;
        test.kind = ExpressionKind::Binary;
        test.text = ":";
        test.place = variable.place;
        Expression name;
        name.kind = ExpressionKind::Name;
        name.text = variable.name;
        name.place = variable.place;
        test.parts.push_back(name);
        test.parts.push_back(*variable.type);
        TY_TRY(const auto condition, predicate(test));
        m_machine.invariants.push_back({fmt::format("{} : {}", variable.name, variable.type->source), condition, variable.place});
    }
    for (const auto& invariant : m_syntax.invariants) {
        TY_TRY(const auto condition, predicate(invariant));
        m_machine.invariants.push_back({invariant.source, condition, invariant.place});
    }
    return {};
}

Result<void> Checker::checkInitialisation()
{
    if (!m_syntax.initialisation && !m_machine.variables.empty()) {
        return specError({}, "there is no INITIALISATION", "Write INITIALISATION x := 0, or x :: 0..5 for any start.");
    }
    if (!m_syntax.initialisation) {
        return specError({}, "there are no variables", "Write VARIABLES x : 0..5 INITIALISATION x := 0.");
    }
    m_isInitialising = true;
    Assigned assigned(m_machine.variables.size());
    TY_TRY(m_machine.initialisation, statement(*m_syntax.initialisation, assigned));
    m_isInitialising = false;
    const auto missing = std::find(assigned.always.begin(), assigned.always.end(), false);
    if (missing != assigned.always.end()) {
        const auto& variable = m_machine.variables[static_cast<std::size_t>(missing - assigned.always.begin())];
        return specError(
            m_syntax.initialisation->place, fmt::format("INITIALISATION gives {} no value", variable.name),
            fmt::format("Add || {} := …, in every branch.", variable.name));
    }
    return {};
}

Result<void> Checker::checkOperations()
{
    for (const auto& operation : m_syntax.operations) {
        for (const auto& result : operation.results) {
            TY_CHECK(addName(result, operation.place, {Meaning::Kind::Result, {}, 0, -1, nullptr}));
        }
        TY_TRY(const auto body, operationBody(operation));
        m_machine.operations.push_back({operation.name, operation.parameters, !operation.results.empty(), body, operation.place});
        unbind(operation.results);
    }
    return {};
}

} // namespace ty::engine::specs
