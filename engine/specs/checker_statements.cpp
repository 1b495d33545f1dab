#include <algorithm>

#include <fmt/format.h>

#include "engine/specs/checker.h"
#include "engine/specs/lexer.h"

namespace ty::engine::specs {

using syntax::Expression;
using syntax::ExpressionKind;
using syntax::Statement;
using syntax::StatementKind;

Result<ActionIndex> Checker::statement(const Statement& written, Assigned& assigned)
{
    switch (written.kind) {
    case StatementKind::Skip: {
        Action skip;
        skip.place = written.place;
        return add(std::move(skip));
    }
    case StatementKind::Assign:
        return assignment(written, assigned);
    case StatementKind::Member:
        return member(written, assigned);
    case StatementKind::Parallel: {
        Action parallel;
        parallel.kind = ActionKind::Parallel;
        parallel.place = written.place;
        for (const auto& part : written.parts) {
            TY_TRY(const auto index, statement(part, assigned));
            parallel.parts.push_back(index);
        }
        return add(std::move(parallel));
    }
    case StatementKind::Guarded:
    case StatementKind::If:
    case StatementKind::Choice:
        return branches(written, assigned);
    case StatementKind::Any: {
        std::vector<Expression> conditions;
        syntax::appendConjuncts(written.conditions[0], conditions);
        return any(written.names, conditions, written.parts[0], written.place, assigned);
    }
    }
    return specError(written.place, "this statement means nothing");
}

Result<ActionIndex> Checker::assignment(const Statement& written, Assigned& assigned)
{
    Action parallel;
    parallel.kind = ActionKind::Parallel;
    parallel.place = written.place;
    for (std::size_t index = 0; index < written.targets.size(); ++index) {
        TY_TRY(const auto one, assignOne(written.targets[index], written.values[index], assigned));
        parallel.parts.push_back(one);
    }
    return parallel.parts.size() == 1 ? Result<ActionIndex>(parallel.parts.front()) : Result<ActionIndex>(add(std::move(parallel)));
}

Result<const Variable*> Checker::assignable(const Expression& target, Assigned& assigned)
{
    const auto* meaning = find(target.text);
    if (!meaning) {
        return specError(target.place, fmt::format("nothing is called {}", target.text), "Declare it under VARIABLES.");
    }
    if (meaning->kind != Meaning::Kind::Variable) {
        return specError(target.place, fmt::format("{} is no variable: it cannot change", target.text));
    }
    const auto index = static_cast<std::size_t>(meaning->index);
    if (assigned.sometimes[index]) {
        return specError(target.place, fmt::format("{} gets two values at once", target.text));
    }
    assigned.sometimes[index] = true;
    assigned.always[index] = true;
    return &m_machine.variables[index];
}

Result<ActionIndex> Checker::assignOne(const Expression& target, const Expression& written, Assigned& assigned)
{
    Action action;
    action.place = target.place;
    const auto* meaning = find(target.text);
    if (meaning && meaning->kind == Meaning::Kind::Result) {
        // What an operation answers is no part of the state; it must only make sense.
        TY_CHECK(expression(written));
        return add(std::move(action));
    }
    TY_TRY(const auto* variable, assignable(target, assigned));
    action.slot = static_cast<std::uint32_t>(variable->slot);
    if (target.kind == ExpressionKind::Call) {
        if (variable->type.form != Form::Function || target.parts.size() != 1) {
            return specError(target.place, fmt::format("{} is no function of one argument", target.text));
        }
        if (m_isInitialising) {
            return specError(target.place, fmt::format("INITIALISATION gives {} as a whole", target.text), "Use %x.(x : S | value).");
        }
        TY_TRY(const auto argument, scalar(target.parts[0], variable->type.domain, "the argument"));
        TY_TRY(const auto value, scalar(written, variable->type.element, "the value"));
        action.kind = ActionKind::AssignCell;
        action.width = static_cast<std::uint32_t>(variable->type.width());
        action.low = variable->type.domainBounds.low;
        action.index = argument.node;
        action.node = value.node;
        return add(std::move(action));
    }
    TY_TRY(const auto value, expression(written, &variable->type));
    if (!isSameType(value.type, variable->type)) {
        return notOfType(
            written.place, fmt::format("{} is {}", target.text, typeWords(variable->type)), value.type);
    }
    action.kind = variable->type.form == Form::Function ? ActionKind::AssignFunction : ActionKind::Assign;
    action.width = static_cast<std::uint32_t>(variable->type.width());
    action.node = value.node;
    return add(std::move(action));
}

Result<ActionIndex> Checker::member(const Statement& written, Assigned& assigned)
{
    // x :: S is ANY v WHERE v : S THEN x := v END.
    static const std::string kChosen = "any element";
    Expression chosen = written.targets.front();
    chosen.kind = ExpressionKind::Name;
    chosen.text = kChosen;
    chosen.parts.clear();
    Expression condition;
    condition.kind = ExpressionKind::Binary;
    condition.text = ":";
    condition.place = written.place;
    condition.parts = {chosen, written.values.front()};
    Statement body;
    body.kind = StatementKind::Assign;
    body.place = written.place;
    body.targets = written.targets;
    body.values = {chosen};
    return any({kChosen}, {condition}, body, written.place, assigned);
}

Result<ActionIndex> Checker::branches(const Statement& written, Assigned& assigned)
{
    Action action;
    action.place = written.place;
    action.kind = written.kind == StatementKind::If ? ActionKind::If
        : written.kind == StatementKind::Choice     ? ActionKind::Choice
                                                    : ActionKind::Guarded;
    for (const auto& condition : written.conditions) {
        TY_TRY(const auto index, predicate(condition));
        action.conditions.push_back(index);
    }
    const auto before = assigned;
    for (std::size_t index = 0; index < written.parts.size(); ++index) {
        auto branch = before;
        TY_TRY(const auto part, statement(written.parts[index], branch));
        action.parts.push_back(part);
        for (std::size_t variable = 0; variable < branch.always.size(); ++variable) {
            assigned.sometimes[variable] = assigned.sometimes[variable] || branch.sometimes[variable];
            assigned.always[variable] = index == 0 ? branch.always[variable] : assigned.always[variable] && branch.always[variable];
        }
    }
    if (written.kind == StatementKind::If && written.parts.size() == written.conditions.size()) {
        assigned.always = before.always; // without ELSE nothing may happen
    }
    return add(std::move(action));
}

Result<ActionIndex> Checker::any(
    const std::vector<std::string>& names, const std::vector<Expression>& conditions, const Statement& body,
    const Place& place, Assigned& assigned)
{
    TY_TRY(const auto group, bind(names, conditions, place));
    TY_TRY(const auto part, statement(body, assigned));
    unbind(names);
    Action action;
    action.kind = ActionKind::Any;
    action.group = group;
    action.parts = {part};
    action.place = place;
    return add(std::move(action));
}

Result<ActionIndex> Checker::operationBody(const syntax::Operation& operation)
{
    Assigned assigned(m_machine.variables.size());
    if (operation.parameters.empty()) {
        return statement(operation.body, assigned);
    }
    // Parameters range over what the guard says of them.
    if (operation.body.kind != StatementKind::Guarded || operation.body.parts.size() != 1) {
        return specError(
            operation.place, fmt::format("{} has parameters but no PRE that gives their range", operation.name),
            fmt::format("Write {}(…) = PRE {} : 0..9 THEN … END.", operation.name, operation.parameters.front()));
    }
    std::vector<Expression> conditions;
    syntax::appendConjuncts(operation.body.conditions.front(), conditions);
    return any(operation.parameters, conditions, operation.body.parts.front(), operation.place, assigned);
}

} // namespace ty::engine::specs
