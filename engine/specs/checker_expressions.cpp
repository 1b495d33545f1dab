#include <map>

#include <fmt/format.h>

#include "engine/specs/checker.h"
#include "engine/specs/evaluator.h"
#include "engine/specs/lexer.h"

namespace ty::engine::specs {

using syntax::Expression;
using syntax::ExpressionKind;

namespace {

bool isSign(const Expression& expression, std::string_view sign)
{
    return expression.kind == ExpressionKind::Binary && expression.text == sign;
}

} // namespace

Result<Checker::Typed> Checker::expression(const Expression& written, const ValueType* expected)
{
    const auto& one = resolved(written);
    switch (one.kind) {
    case ExpressionKind::Digits:
        return Typed{integerType(), addConstant(m_machine.numbers->fromText(one.text), one.place)};
    case ExpressionKind::Name:
        return name(one);
    case ExpressionKind::Word:
        if (one.text == "TRUE" || one.text == "FALSE") {
            return Typed{booleanType(), addConstant(one.text == "TRUE" ? 1 : 0, one.place)};
        }
        if (one.text == "BOOL") {
            return Typed{setType({ElementKind::Boolean, -1}), addConstant(3, one.place)};
        }
        return specError(one.place, fmt::format("{} has no end: it is no value", one.text), "Use a range a..b.");
    case ExpressionKind::Unary:
        return unary(one);
    case ExpressionKind::Binary:
        return binary(one, expected);
    case ExpressionKind::Call:
        return call(one);
    case ExpressionKind::Builtin:
        return builtin(one);
    case ExpressionKind::Set:
        return set(one, expected);
    case ExpressionKind::Comprehension:
        return comprehension(one);
    case ExpressionKind::Lambda:
        return lambda(one, expected);
    case ExpressionKind::Quantifier:
        return quantifier(one);
    case ExpressionKind::If:
        return conditional(one, expected);
    }
    return specError(one.place, "this means nothing");
}

Result<Checker::Typed> Checker::name(const Expression& written)
{
    const auto* meaning = find(written.text);
    if (!meaning) {
        return specError(written.place, fmt::format("nothing is called {}", written.text));
    }
    const auto& type = meaning->type;
    const auto words = static_cast<std::uint32_t>(type.width());
    switch (meaning->kind) {
    case Meaning::Kind::Element:
        return Typed{type, addConstant(meaning->value, written.place)};
    case Meaning::Kind::EnumeratedSet: {
        const auto count = m_machine.sets[static_cast<std::size_t>(meaning->index)].elements.size();
        const auto all = count == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
        return Typed{type, addConstant(static_cast<Number>(all), written.place)};
    }
    case Meaning::Kind::Constant:
        if (type.form == Form::Function) {
            return Typed{type, add({.kind = NodeKind::ConstantFunction, .c = words, .value = meaning->value}, written.place)};
        }
        return Typed{type, addConstant(meaning->value, written.place)};
    case Meaning::Kind::Variable:
        if (!m_hasVariables || m_isInitialising) {
            return specError(written.place, fmt::format("{} has no value yet", written.text));
        }
        return Typed{
            type, add({.kind = type.form == Form::Function ? NodeKind::StateFunction : NodeKind::State, .c = words, .value = meaning->value},
                      written.place)};
    case Meaning::Kind::Bound:
        return Typed{
            type, add({.kind = type.form == Form::Function ? NodeKind::LocalFunction : NodeKind::Local, .c = words, .value = meaning->value},
                      written.place)};
    case Meaning::Kind::Result:
        return specError(written.place, fmt::format("{} is a result: it is given a value, not read", written.text));
    case Meaning::Kind::RangeSet:
        break; // resolved() has put the range in its place
    }
    return specError(written.place, fmt::format("{} is no value", written.text));
}

Result<NodeIndex> Checker::predicate(const Expression& written)
{
    TY_TRY(const auto condition, scalar(written, {ElementKind::Boolean, -1}, "a condition"));
    return condition.node;
}

Result<Checker::Typed> Checker::scalar(const Expression& written, ElementType element, const char* where)
{
    TY_TRY(const auto value, expression(written));
    if (value.type.form != Form::Scalar || value.type.element != element) {
        return notOfType(
            written.place, fmt::format("expected {} for {}", typeWords(scalarType(element)), where), value.type);
    }
    return value;
}

Result<Checker::Typed> Checker::setOf(const Expression& written)
{
    TY_TRY(const auto value, expression(written));
    if (value.type.form != Form::Set) {
        return notOfType(written.place, "expected a set", value.type);
    }
    return value;
}

Result<Number> Checker::constantNumber(const Expression& written)
{
    const auto hadVariables = m_hasVariables;
    m_hasVariables = false; // a constant must not depend on them
    auto value = scalar(written, {ElementKind::Integer, -1}, "the end of a range");
    m_hasVariables = hadVariables;
    if (!value) {
        return value.error();
    }
    Evaluator evaluator(m_machine.program, *m_machine.numbers);
    const auto number = evaluator.evaluate(value->node);
    if (evaluator.problem()) {
        return specError(evaluator.problem()->place, evaluator.problem()->message);
    }
    return number;
}

Result<Checker::Typed> Checker::unary(const Expression& written)
{
    if (written.text == "not") {
        TY_TRY(const auto condition, predicate(written.parts[0]));
        return Typed{booleanType(), add({.kind = NodeKind::Not, .a = condition}, written.place)};
    }
    TY_TRY(const auto number, scalar(written.parts[0], {ElementKind::Integer, -1}, "-"));
    return Typed{integerType(), add({.kind = NodeKind::Negate, .a = number.node}, written.place)};
}

Result<Checker::Typed> Checker::binary(const Expression& written, const ValueType* expected)
{
    const auto& sign = written.text;
    if (sign == "&" || sign == "or" || sign == "=>" || sign == "<=>") {
        TY_TRY(const auto left, predicate(written.parts[0]));
        TY_TRY(const auto right, predicate(written.parts[1]));
        const auto kind = sign == "&" ? NodeKind::And
            : sign == "or"            ? NodeKind::Or
            : sign == "=>"            ? NodeKind::Implies
                                      : NodeKind::Iff;
        return Typed{booleanType(), add({.kind = kind, .a = left, .b = right}, written.place)};
    }
    if (sign == "=" || sign == "/=") {
        return equality(written);
    }
    if (sign == ":" || sign == "/:") {
        return membership(written);
    }
    if (sign == "<" || sign == "<=" || sign == ">" || sign == ">=" || sign == "<:") {
        return comparison(written);
    }
    if (sign == "<+") {
        return overriding(written);
    }
    if (sign == "-->" || sign == "|->") {
        return specError(
            written.place, sign == "-->" ? "a set of functions is no value; write f : A --> B"
                                         : "a pair stands in a function {a |-> b, …} only");
    }
    TY_TRY(const auto left, expression(written.parts[0], expected));
    TY_TRY(const auto right, expression(written.parts[1], expected));
    return arithmetic(written, left, right);
}

Result<Checker::Typed> Checker::arithmetic(const Expression& written, const Typed& left, const Typed& right)
{
    static const std::map<std::string, NodeKind> kNumberSigns{
        {"+", NodeKind::Add}, {"-", NodeKind::Subtract}, {"*", NodeKind::Multiply}, {"/", NodeKind::Divide}, {"mod", NodeKind::Modulo}};
    static const std::map<std::string, NodeKind> kSetSigns{
        {"\\/", NodeKind::Union}, {"/\\", NodeKind::Intersection}, {"\\", NodeKind::Difference}, {"-", NodeKind::Difference}};
    const auto& sign = written.text;
    const auto setSign = kSetSigns.find(sign);
    if (setSign != kSetSigns.end() && (left.type.form == Form::Set || sign != "-")) {
        if (left.type.form != Form::Set) {
            return notOfType(written.parts[0].place, fmt::format("{} joins sets", sign), left.type);
        }
        if (!isSameType(left.type, right.type)) {
            return notOfType(
                written.parts[1].place, fmt::format("{} needs {} on both sides", sign, typeWords(left.type)), right.type);
        }
        return Typed{
            left.type.isEmptySet ? right.type : left.type,
            add({.kind = setSign->second, .a = left.node, .b = right.node}, written.place)};
    }
    const auto isNumber = [](const Typed& side) { return isSameType(side.type, integerType()); };
    if (!isNumber(left) || !isNumber(right)) {
        return notOfType(
            written.parts[isNumber(left) ? 1 : 0].place, fmt::format("{} needs numbers", sign), isNumber(left) ? right.type : left.type);
    }
    if (sign == "..") {
        return Typed{
            setType({ElementKind::Integer, -1}),
            add({.kind = NodeKind::RangeMask, .a = left.node, .b = right.node, .value = m_machine.setBase}, written.place)};
    }
    return Typed{integerType(), add({.kind = kNumberSigns.at(sign), .a = left.node, .b = right.node}, written.place)};
}

Result<Checker::Typed> Checker::comparison(const Expression& written)
{
    if (written.text == "<:") {
        TY_TRY(const auto part, setOf(written.parts[0]));
        TY_TRY(const auto other, setOf(written.parts[1]));
        if (!isSameType(part.type, other.type)) {
            return notOfType(written.place, fmt::format("<: needs {} on both sides", typeWords(part.type)), other.type);
        }
        return Typed{booleanType(), add({.kind = NodeKind::IsSubset, .a = part.node, .b = other.node}, written.place)};
    }
    TY_TRY(auto left, scalar(written.parts[0], {ElementKind::Integer, -1}, written.text.c_str()));
    TY_TRY(auto right, scalar(written.parts[1], {ElementKind::Integer, -1}, written.text.c_str()));
    if (written.text == ">" || written.text == ">=") {
        std::swap(left, right);
    }
    const auto kind = written.text == "<" || written.text == ">" ? NodeKind::Less : NodeKind::LessEqual;
    return Typed{booleanType(), add({.kind = kind, .a = left.node, .b = right.node}, written.place)};
}

Result<Checker::Typed> Checker::equality(const Expression& written)
{
    TY_TRY(const auto left, expression(written.parts[0]));
    TY_TRY(const auto right, expression(written.parts[1], &left.type));
    if (!isSameType(left.type, right.type)) {
        return notOfType(
            written.place, fmt::format("{} needs the same on both sides: left is {}", written.text, typeWords(left.type)), right.type);
    }
    if (left.type.form == Form::Function) {
        const auto equal = add(
            {.kind = NodeKind::EqualFunctions, .a = left.node, .b = right.node, .c = static_cast<std::uint32_t>(left.type.width())},
            written.place);
        return Typed{booleanType(), written.text == "=" ? equal : add({.kind = NodeKind::Not, .a = equal}, written.place)};
    }
    const auto kind = written.text == "=" ? NodeKind::Equal : NodeKind::NotEqual;
    return Typed{booleanType(), add({.kind = kind, .a = left.node, .b = right.node}, written.place)};
}

Result<Checker::Typed> Checker::membership(const Expression& written)
{
    TY_TRY(const auto value, expression(written.parts[0]));
    TY_TRY(auto test, isIn(value, written.parts[1], written.place));
    if (written.text == "/:") {
        test.node = add({.kind = NodeKind::Not, .a = test.node}, written.place);
    }
    return test;
}

Result<Checker::Typed> Checker::isIn(const Typed& value, const Expression& writtenSet, const Place& place)
{
    const auto& set = resolved(writtenSet);
    const auto yes = [&](NodeIndex node) { return Typed{booleanType(), node}; };
    const bool isNumber = isSameType(value.type, integerType());
    if (set.kind == ExpressionKind::Word && set.text != "BOOL" && set.text != "TRUE" && set.text != "FALSE") {
        if (!isNumber) {
            return notOfType(place, fmt::format("{} has numbers", set.text), value.type);
        }
        if (set.text == "INTEGER" || set.text == "INT") {
            return yes(addConstant(1, place));
        }
        const auto least = addConstant(set.text == "NAT1" || set.text == "NATURAL1" ? 1 : 0, place);
        return yes(add({.kind = NodeKind::LessEqual, .a = least, .b = value.node}, place));
    }
    if (isSign(set, "..")) {
        if (!isNumber) {
            return notOfType(place, "a range has numbers", value.type);
        }
        TY_TRY(const auto low, scalar(set.parts[0], {ElementKind::Integer, -1}, ".."));
        TY_TRY(const auto high, scalar(set.parts[1], {ElementKind::Integer, -1}, ".."));
        return yes(add({.kind = NodeKind::IsInRange, .a = value.node, .b = low.node, .c = high.node}, place));
    }
    if (set.kind == ExpressionKind::Builtin && set.text == "POW") {
        TY_TRY(const auto whole, setOf(set.parts[0]));
        if (!isSameType(value.type, whole.type)) {
            return notOfType(place, fmt::format("expected {}", typeWords(whole.type)), value.type);
        }
        return yes(add({.kind = NodeKind::IsSubset, .a = value.node, .b = whole.node}, place));
    }
    if (isSign(set, "-->")) {
        ElementType element;
        TY_TRY(const auto arguments, argumentsOf(set.parts[0], element));
        if (value.type.form != Form::Function || value.type.domain != element || value.type.domainBounds != arguments) {
            return notOfType(place, "expected a function with these arguments", value.type);
        }
        // One bound word stands for each of the function's values in turn.
        Binder cell{m_machine.program.localWords++, 1, 0, {}};
        const auto word = add({.kind = NodeKind::Local, .value = static_cast<Number>(cell.local)}, place);
        TY_TRY(const auto condition, isIn({scalarType(value.type.element), word}, set.parts[1], place));
        cell.conditions.push_back(condition.node);
        m_machine.program.groups.push_back({cell});
        return yes(add(
            {.kind = NodeKind::InFunctionSpace,
             .a = value.node,
             .b = static_cast<std::uint32_t>(m_machine.program.groups.size() - 1),
             .c = static_cast<std::uint32_t>(value.type.width())},
            place));
    }
    if (set.kind == ExpressionKind::Set && value.type.form == Form::Scalar) {
        auto any = addConstant(0, place);
        for (const auto& element : set.parts) {
            TY_TRY(const auto one, scalar(element, value.type.element, "an element to compare with"));
            const auto equal = add({.kind = NodeKind::Equal, .a = value.node, .b = one.node}, place);
            any = add({.kind = NodeKind::Or, .a = any, .b = equal}, place);
        }
        return yes(any);
    }
    TY_TRY(const auto whole, setOf(set));
    if (value.type.form != Form::Scalar || (!whole.type.isEmptySet && whole.type.element != value.type.element)) {
        return notOfType(place, fmt::format("the right side is {}", typeWords(whole.type)), value.type);
    }
    return yes(add(
        {.kind = NodeKind::IsIn, .a = value.node, .b = whole.node, .value = baseOf(value.type.element)}, place));
}

} // namespace ty::engine::specs
