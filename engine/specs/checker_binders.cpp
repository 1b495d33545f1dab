#include <algorithm>

#include <fmt/format.h>

#include "engine/specs/checker.h"
#include "engine/specs/lexer.h"

namespace ty::engine::specs {

using syntax::Expression;
using syntax::ExpressionKind;

namespace {

bool isAbout(const Expression& condition, const std::string& name)
{
    return condition.kind == ExpressionKind::Binary
        && (condition.text == ":" || condition.text == "<:" || condition.text == "=")
        && condition.parts[0].kind == ExpressionKind::Name && condition.parts[0].text == name;
}

} // namespace

bool Checker::mentions(const Expression& written, const std::vector<std::string>& names) const
{
    const bool isNamed = written.kind == ExpressionKind::Name || written.kind == ExpressionKind::Call;
    if (isNamed && std::find(names.begin(), names.end(), written.text) != names.end()) {
        return true;
    }
    return std::any_of(written.parts.begin(), written.parts.end(), [&](const auto& part) { return mentions(part, names); });
}

Result<GroupIndex> Checker::bind(
    const std::vector<std::string>& names, const std::vector<Expression>& conditions, const Place& place)
{
    BinderGroup group;
    std::vector<bool> isUsed(conditions.size());
    auto pending = names;

    // What does not speak of the names is tested once, before any is bound.
    Binder first{m_machine.program.localWords, 1, static_cast<std::uint32_t>(m_machine.program.domains.size()), {}};
    const auto zero = addConstant(0, place);
    m_machine.program.domains.push_back({DomainKind::Range, zero, zero, 0});
    for (std::size_t index = 0; index < conditions.size(); ++index) {
        if (!mentions(conditions[index], names)) {
            TY_TRY(const auto condition, predicate(conditions[index]));
            first.conditions.push_back(condition);
            isUsed[index] = true;
        }
    }
    if (!first.conditions.empty()) {
        ++m_machine.program.localWords;
        group.push_back(std::move(first));
    }

    while (!pending.empty()) {
        // A range before a single value before nothing: the next name that some condition gives values.
        std::optional<TypedDomain> found;
        std::size_t by = 0;
        auto name = pending.begin();
        for (; name != pending.end() && !found; ++name) {
            for (std::size_t index = 0; index < conditions.size() && !found; ++index) {
                if (isUsed[index] || !isAbout(conditions[index], *name) || mentions(conditions[index].parts[1], pending)) {
                    continue;
                }
                TY_TRY(found, domainFrom(*name, conditions[index]));
                by = index;
            }
        }
        if (!found) {
            return specError(
                place, fmt::format("{} has no end of values to try", pending.front()),
                fmt::format("Add a range to the condition, as in {} : 0..9.", pending.front()));
        }
        --name;
        isUsed[by] = true;
        Binder binder{m_machine.program.localWords, static_cast<std::uint32_t>(found->type.width()), found->domain, {}};
        m_machine.program.localWords += binder.width;
        m_names[*name].push_back({Meaning::Kind::Bound, found->type, static_cast<Number>(binder.local), -1, nullptr});
        pending.erase(name);
        for (std::size_t index = 0; index < conditions.size(); ++index) {
            if (!isUsed[index] && !mentions(conditions[index], pending)) {
                TY_TRY(const auto condition, predicate(conditions[index]));
                binder.conditions.push_back(condition);
                isUsed[index] = true;
            }
        }
        group.push_back(std::move(binder));
    }
    m_machine.program.groups.push_back(std::move(group));
    return static_cast<GroupIndex>(m_machine.program.groups.size() - 1);
}

void Checker::unbind(const std::vector<std::string>& names)
{
    for (const auto& name : names) {
        m_names[name].pop_back();
    }
}

Result<std::optional<Checker::TypedDomain>> Checker::domainFrom(const std::string& name, const Expression& condition)
{
    auto& domains = m_machine.program.domains;
    if (condition.text == "=") {
        TY_TRY(const auto value, expression(condition.parts[1]));
        if (value.type.form == Form::Function || value.type.isEmptySet) {
            return specError(
                condition.place, fmt::format("{} = … gives {} no type", name, name), fmt::format("Write {} : … first.", name));
        }
        auto& lists = m_machine.program.lists;
        domains.push_back({DomainKind::List, static_cast<std::uint32_t>(lists.size()), 1, 0});
        lists.push_back(value.node);
        return std::optional<TypedDomain>(TypedDomain{static_cast<std::uint32_t>(domains.size() - 1), value.type});
    }
    if (condition.text == "<:") {
        TY_TRY(const auto whole, setOf(condition.parts[1]));
        domains.push_back({DomainKind::Subsets, whole.node, 0, 0});
        return std::optional<TypedDomain>(TypedDomain{static_cast<std::uint32_t>(domains.size() - 1), whole.type});
    }
    return domainOf(condition.parts[1]);
}

Result<std::optional<Checker::TypedDomain>> Checker::domainOf(const Expression& written)
{
    const auto& set = resolved(written);
    auto& domains = m_machine.program.domains;
    const auto done = [&](const Domain& domain, ValueType type) {
        domains.push_back(domain);
        return std::optional<TypedDomain>(TypedDomain{static_cast<std::uint32_t>(domains.size() - 1), std::move(type)});
    };
    if (set.kind == ExpressionKind::Word && set.text != "BOOL") {
        return std::optional<TypedDomain>(); // NATURAL has no end
    }
    if (set.kind == ExpressionKind::Binary && set.text == "..") {
        TY_TRY(const auto low, scalar(set.parts[0], {ElementKind::Integer, -1}, ".."));
        TY_TRY(const auto high, scalar(set.parts[1], {ElementKind::Integer, -1}, ".."));
        return done({DomainKind::Range, low.node, high.node, 0}, integerType());
    }
    if (set.kind == ExpressionKind::Builtin && set.text == "POW") {
        TY_TRY(const auto whole, setOf(set.parts[0]));
        return done({DomainKind::Subsets, whole.node, 0, 0}, whole.type);
    }
    if (set.kind == ExpressionKind::Binary && set.text == "-->") {
        TY_TRY(auto space, functionSpace(set));
        return std::optional<TypedDomain>(std::move(space));
    }
    const bool isList = set.kind == ExpressionKind::Set && !set.parts.empty()
        && std::none_of(set.parts.begin(), set.parts.end(), [](const auto& part) { return part.text == "|->"; });
    if (isList) {
        std::vector<NodeIndex> elements;
        ValueType type;
        for (const auto& part : set.parts) {
            TY_TRY(const auto element, expression(part));
            if (element.type.form != Form::Scalar || (!elements.empty() && element.type.element != type.element)) {
                return notOfType(part.place, "the elements of a set are single values of one type", element.type);
            }
            type = scalarType(element.type.element);
            elements.push_back(element.node);
        }
        auto& lists = m_machine.program.lists;
        const auto first = static_cast<std::uint32_t>(lists.size());
        lists.insert(lists.end(), elements.begin(), elements.end());
        return done({DomainKind::List, first, static_cast<std::uint32_t>(elements.size()), 0}, type);
    }
    TY_TRY(const auto whole, setOf(set));
    if (whole.type.isEmptySet) {
        return specError(set.place, "the empty set gives no value");
    }
    return done({DomainKind::Mask, whole.node, 0, baseOf(whole.type.element)}, scalarType(whole.type.element));
}

Result<Checker::TypedDomain> Checker::functionSpace(const Expression& space)
{
    ValueType type;
    type.form = Form::Function;
    TY_TRY(type.domainBounds, argumentsOf(space.parts[0], type.domain));
    TY_TRY(const auto values, domainOf(space.parts[1]));
    if (!values || values->type.form != Form::Scalar) {
        return specError(space.place, "the functions to try need a range of single values, as in 0..3 --> 0..4");
    }
    type.element = values->type.element;
    m_machine.program.domains.push_back({DomainKind::Functions, values->domain, 0, 0});
    return TypedDomain{static_cast<std::uint32_t>(m_machine.program.domains.size() - 1), type};
}

Result<Checker::Typed> Checker::quantifier(const Expression& written)
{
    const auto& body = written.parts[0];
    std::vector<Expression> conditions;
    if (written.text == "#") {
        syntax::appendConjuncts(body, conditions);
        TY_TRY(const auto group, bind(written.names, conditions, written.place));
        unbind(written.names);
        return Typed{booleanType(), add({.kind = NodeKind::Exists, .a = group}, written.place)};
    }
    if (body.kind != ExpressionKind::Binary || body.text != "=>") {
        return specError(written.place, "for all needs the form !x.(x : S => P)");
    }
    syntax::appendConjuncts(body.parts[0], conditions);
    TY_TRY(const auto group, bind(written.names, conditions, written.place));
    TY_TRY(const auto holds, predicate(body.parts[1]));
    unbind(written.names);
    return Typed{booleanType(), add({.kind = NodeKind::ForAll, .a = group, .b = holds}, written.place)};
}

Result<Checker::Typed> Checker::comprehension(const Expression& written)
{
    std::vector<Expression> conditions;
    syntax::appendConjuncts(written.parts[0], conditions);
    TY_TRY(const auto group, bind(written.names, conditions, written.place));
    const auto type = find(written.names.front())->type;
    unbind(written.names);
    if (type.form != Form::Scalar) {
        return notOfType(written.place, "a set's elements are single values", type);
    }
    return Typed{
        setType(type.element),
        add({.kind = NodeKind::Comprehension, .a = group, .value = baseOf(type.element)}, written.place)};
}

Result<Checker::Typed> Checker::lambda(const Expression& written, const ValueType* expected)
{
    const auto& condition = written.parts[0];
    if (written.names.size() != 1 || !isAbout(condition, written.names.front()) || condition.text != ":") {
        return specError(written.place, "a function is written %x.(x : S | value)");
    }
    ValueType type;
    type.form = Form::Function;
    TY_TRY(type.domainBounds, argumentsOf(condition.parts[1], type.domain));
    const auto local = m_machine.program.localWords++;
    const auto& name = written.names.front();
    m_names[name].push_back({Meaning::Kind::Bound, scalarType(type.domain), static_cast<Number>(local), -1, nullptr});
    TY_TRY(const auto value, expression(written.parts[1]));
    unbind(written.names);
    if (value.type.form != Form::Scalar) {
        return notOfType(written.place, "a function's values are single values", value.type);
    }
    type.element = value.type.element;
    if (expected && expected->form == Form::Function) {
        type.bounds = expected->bounds;
    }
    return Typed{
        type,
        add({.kind = NodeKind::Lambda,
             .a = local,
             .b = value.node,
             .c = static_cast<std::uint32_t>(type.width()),
             .value = type.domainBounds.low},
            written.place)};
}

} // namespace ty::engine::specs
