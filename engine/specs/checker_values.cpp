#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "engine/specs/checker.h"
#include "engine/specs/lexer.h"

namespace ty::engine::specs {

using syntax::Expression;
using syntax::ExpressionKind;

namespace {

bool isPair(const Expression& expression)
{
    return expression.kind == ExpressionKind::Binary && expression.text == "|->";
}

} // namespace

Result<Checker::Typed> Checker::call(const Expression& written)
{
    Expression function = written;
    function.kind = ExpressionKind::Name;
    function.parts.clear();
    TY_TRY(const auto applied, expression(function));
    if (applied.type.form != Form::Function) {
        return notOfType(written.place, fmt::format("{} is applied like a function", written.text), applied.type);
    }
    if (written.parts.size() != 1) {
        return specError(written.place, fmt::format("{} takes one argument, not {}", written.text, written.parts.size()));
    }
    TY_TRY(const auto argument, scalar(written.parts[0], applied.type.domain, "the argument"));
    return Typed{
        scalarType(applied.type.element),
        add({.kind = NodeKind::Apply,
             .a = applied.node,
             .b = argument.node,
             .c = static_cast<std::uint32_t>(applied.type.width()),
             .value = applied.type.domainBounds.low},
            written.place)};
}

Result<Checker::Typed> Checker::builtin(const Expression& written)
{
    if (written.text == "bool") {
        TY_TRY(const auto condition, predicate(written.parts[0]));
        return Typed{booleanType(), condition};
    }
    if (written.text == "POW") {
        return specError(written.place, "a set of sets is no value; write s : POW(S)");
    }
    TY_TRY(const auto set, setOf(written.parts[0]));
    if (written.text == "card") {
        return Typed{integerType(), add({.kind = NodeKind::Cardinality, .a = set.node}, written.place)};
    }
    if (!set.type.isEmptySet && set.type.element.kind != ElementKind::Integer) {
        return notOfType(written.place, fmt::format("{} needs a set of numbers", written.text), set.type);
    }
    const auto kind = written.text == "min" ? NodeKind::Smallest : NodeKind::Largest;
    return Typed{integerType(), add({.kind = kind, .a = set.node, .value = m_machine.setBase}, written.place)};
}

Result<Checker::Typed> Checker::set(const Expression& written, const ValueType* expected)
{
    if (written.parts.empty()) {
        auto type = expected && expected->form == Form::Set ? *expected : setType({ElementKind::Integer, -1});
        type.isEmptySet = !expected || expected->form != Form::Set;
        return Typed{type, addConstant(0, written.place)};
    }
    if (std::all_of(written.parts.begin(), written.parts.end(), isPair)) {
        return functionList(written, expected);
    }
    ValueType type;
    NodeIndex all = 0;
    for (std::size_t index = 0; index < written.parts.size(); ++index) {
        TY_TRY(const auto element, expression(written.parts[index]));
        if (element.type.form != Form::Scalar) {
            return notOfType(written.parts[index].place, "a set's elements are single values", element.type);
        }
        if (index == 0) {
            type = setType(element.type.element);
        } else if (element.type.element != type.element) {
            return notOfType(
                written.parts[index].place, fmt::format("the elements before are each {}", typeWords(scalarType(type.element))),
                element.type);
        }
        const auto single
            = add({.kind = NodeKind::Singleton, .a = element.node, .value = baseOf(type.element)}, written.parts[index].place);
        all = index == 0 ? single : add({.kind = NodeKind::Union, .a = all, .b = single}, written.place);
    }
    return Typed{type, all};
}

Result<Checker::Typed> Checker::functionList(const Expression& written, const ValueType* expected)
{
    std::map<Number, Typed> values;
    ValueType type;
    type.form = Form::Function;
    for (const auto& pair : written.parts) {
        TY_TRY(const auto argument, expression(pair.parts[0]));
        TY_TRY(const auto value, expression(pair.parts[1]));
        const auto& argumentNode = m_machine.program.nodes[argument.node];
        if (argument.type.form != Form::Scalar || value.type.form != Form::Scalar) {
            return specError(pair.place, "a function's arguments and values are single values");
        }
        Number at = argumentNode.value;
        if (argumentNode.kind != NodeKind::Constant) {
            TY_TRY(at, constantNumber(pair.parts[0]));
        }
        if (!values.empty() && (argument.type.element != type.domain || value.type.element != type.element)) {
            return specError(pair.place, "this pair is of another type than those before");
        }
        type.domain = argument.type.element;
        type.element = value.type.element;
        if (!values.emplace(at, value).second) {
            return specError(pair.place, "this argument has a value already");
        }
    }
    type.domainBounds = {values.begin()->first, values.rbegin()->first};
    if (expected && expected->form == Form::Function && expected->domain == type.domain) {
        type.domainBounds = expected->domainBounds;
    }
    std::vector<NodeIndex> nodes;
    for (auto at = type.domainBounds.low; at <= type.domainBounds.high; ++at) {
        const auto entry = values.find(at);
        if (entry == values.end()) {
            const auto argument = type.domain.kind == ElementKind::Enumerated
                ? m_machine.sets[static_cast<std::size_t>(type.domain.set)].elements[static_cast<std::size_t>(at)]
                : std::to_string(at);
            return specError(written.place, fmt::format("this function has no value for {}", argument), "Functions are total.");
        }
        nodes.push_back(entry->second.node);
    }
    if (values.begin()->first < type.domainBounds.low || values.rbegin()->first > type.domainBounds.high) {
        return specError(written.place, "this function has a value for an argument outside of its range");
    }
    auto& lists = m_machine.program.lists;
    const auto first = static_cast<std::uint32_t>(lists.size());
    lists.insert(lists.end(), nodes.begin(), nodes.end());
    return Typed{type, add({.kind = NodeKind::FunctionList, .a = first, .c = static_cast<std::uint32_t>(nodes.size())}, written.place)};
}

Result<Checker::Typed> Checker::overriding(const Expression& written)
{
    TY_TRY(const auto function, expression(written.parts[0]));
    const auto& changes = written.parts[1];
    if (function.type.form != Form::Function) {
        return notOfType(written.place, "<+ changes a function", function.type);
    }
    if (changes.kind != ExpressionKind::Set || !std::all_of(changes.parts.begin(), changes.parts.end(), isPair)) {
        return specError(changes.place, "expected {a |-> b, …} after <+");
    }
    std::vector<NodeIndex> entries;
    for (const auto& pair : changes.parts) {
        TY_TRY(const auto argument, scalar(pair.parts[0], function.type.domain, "the argument"));
        TY_TRY(const auto value, scalar(pair.parts[1], function.type.element, "the value"));
        entries.push_back(argument.node);
        entries.push_back(value.node);
    }
    auto& lists = m_machine.program.lists;
    const auto first = static_cast<std::uint32_t>(lists.size());
    lists.insert(lists.end(), entries.begin(), entries.end());
    return Typed{
        function.type,
        add({.kind = NodeKind::Override,
             .a = function.node,
             .b = static_cast<std::uint32_t>(changes.parts.size()),
             .c = static_cast<std::uint32_t>(function.type.width()),
             .d = first,
             .value = function.type.domainBounds.low},
            written.place)};
}

Result<Checker::Typed> Checker::conditional(const Expression& written, const ValueType* expected)
{
    TY_TRY(const auto condition, predicate(written.parts[0]));
    TY_TRY(const auto yes, expression(written.parts[1], expected));
    TY_TRY(const auto no, expression(written.parts[2], expected ? expected : &yes.type));
    if (!isSameType(yes.type, no.type)) {
        return notOfType(written.place, fmt::format("THEN gives {}, ELSE must too", typeWords(yes.type)), no.type);
    }
    if (yes.type.form == Form::Function) {
        return Typed{
            yes.type,
            add({.kind = NodeKind::IfFunction,
                 .a = condition,
                 .b = yes.node,
                 .c = static_cast<std::uint32_t>(yes.type.width()),
                 .d = no.node},
                written.place)};
    }
    return Typed{
        yes.type.isEmptySet ? no.type : yes.type,
        add({.kind = NodeKind::If, .a = condition, .b = yes.node, .c = no.node}, written.place)};
}

} // namespace ty::engine::specs
