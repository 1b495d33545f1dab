#include "engine/specs/checker.h"

#include <fmt/format.h>

#include "engine/specs/lexer.h"

namespace ty::engine::specs {

Checker::Checker(syntax::Machine syntax) : m_syntax(std::move(syntax))
{
    m_machine.name = m_syntax.name;
    m_machine.numbers = std::make_unique<BigNumbers>();
}

Result<Machine> Checker::check()
{
    assumeVariables();
    TY_CHECK(declareSets());
    TY_CHECK(findSetBase());
    TY_CHECK(declareConstants());
    TY_CHECK(declareVariables());
    TY_CHECK(checkInvariants());
    TY_CHECK(checkInitialisation());
    TY_CHECK(checkOperations());
    return std::move(m_machine);
}

NodeIndex Checker::add(Node node, const Place& place)
{
    m_machine.program.nodes.push_back(node);
    m_machine.program.places.push_back(place);
    return static_cast<NodeIndex>(m_machine.program.nodes.size() - 1);
}

NodeIndex Checker::addConstant(Number value, const Place& place)
{
    return add({.kind = NodeKind::Constant, .value = value}, place);
}

ActionIndex Checker::add(Action action)
{
    m_machine.program.actions.push_back(std::move(action));
    return static_cast<ActionIndex>(m_machine.program.actions.size() - 1);
}

Number Checker::baseOf(ElementType element) const
{
    return element.kind == ElementKind::Integer ? m_machine.setBase : 0;
}

const Checker::Meaning* Checker::find(const std::string& name) const
{
    const auto entry = m_names.find(name);
    return entry == m_names.end() || entry->second.empty() ? nullptr : &entry->second.back();
}

const syntax::Expression& Checker::resolved(const Expression& expression) const
{
    if (expression.kind == syntax::ExpressionKind::Name) {
        const auto* meaning = find(expression.text);
        if (meaning && meaning->kind == Meaning::Kind::RangeSet) {
            return *meaning->range;
        }
    }
    return expression;
}

std::string Checker::typeWords(const ValueType& type) const
{
    const auto element = [this](ElementType one) -> std::string {
        switch (one.kind) {
        case ElementKind::Integer:
            return "a number";
        case ElementKind::Boolean:
            return "a truth value";
        case ElementKind::Enumerated:
            break;
        }
        return fmt::format("an element of {}", m_machine.sets[static_cast<std::size_t>(one.set)].name);
    };
    switch (type.form) {
    case Form::Scalar:
        return element(type.element);
    case Form::Set:
        return type.isEmptySet ? std::string("the empty set") : fmt::format("a set, each of them {}", element(type.element));
    case Form::Function:
        break;
    }
    return fmt::format("a function from {} arguments to {}", type.domainBounds.size(), element(type.element));
}

Error Checker::notOfType(const Place& place, const std::string& what, const ValueType& found) const
{
    return specError(place, fmt::format("{}, found {}", what, typeWords(found)));
}

Result<void> Checker::addName(const std::string& name, const Place& place, Meaning meaning)
{
    auto& meanings = m_names[name];
    if (!meanings.empty()) {
        return specError(place, fmt::format("the name {} is used twice", name));
    }
    meanings.push_back(std::move(meaning));
    return {};
}

} // namespace ty::engine::specs
