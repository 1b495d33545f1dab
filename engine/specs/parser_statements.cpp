#include "engine/specs/parser.h"

#include <fmt/format.h>

namespace ty::engine::specs {

using syntax::Expression;
using syntax::ExpressionKind;
using syntax::Statement;
using syntax::StatementKind;

Result<Statement> Parser::readStatement()
{
    TY_CHECK(enter());
    TY_TRY(auto first, readSimpleStatement());
    leave();
    if (!at("||")) {
        return first;
    }
    Statement parallel;
    parallel.kind = StatementKind::Parallel;
    parallel.place = first.place;
    parallel.parts.push_back(std::move(first));
    while (accept("||")) {
        TY_CHECK(enter());
        TY_TRY(auto next, readSimpleStatement());
        leave();
        parallel.parts.push_back(std::move(next));
    }
    return parallel;
}

Result<Statement> Parser::readSimpleStatement()
{
    const auto place = peek().place;
    TY_TRY(auto statement, readStatementByWord());
    statement.place = place;
    return statement;
}

Result<Statement> Parser::readStatementByWord()
{
    if (accept("skip")) {
        return Statement{};
    }
    if (accept("PRE")) {
        return readGuarded("PRE");
    }
    if (accept("SELECT")) {
        return readGuarded("SELECT");
    }
    if (accept("IF")) {
        return readIf();
    }
    if (accept("CHOICE")) {
        return readChoice();
    }
    if (accept("ANY")) {
        return readAny();
    }
    if (accept("BEGIN")) {
        return readBlock();
    }
    if (peek().kind == TokenKind::Name) {
        return readAssignment();
    }
    return unexpected("a statement: x := …, skip, PRE, IF, ANY, SELECT, CHOICE or BEGIN");
}

Result<Statement> Parser::readBlock()
{
    TY_TRY(auto statement, readStatement());
    if (at(";")) {
        return specError(
            peek().place, "statements do not follow each other here: all changes happen at once", "Write || between them.");
    }
    TY_CHECK(expect("END"));
    return statement;
}

Result<Statement> Parser::readAssignment()
{
    Statement assignment;
    assignment.kind = StatementKind::Assign;
    const auto place = peek().place;
    do {
        if (peek().kind != TokenKind::Name) {
            return unexpected("a variable");
        }
        // A call names a cell of a function: f(i) := e.
        TY_TRY(auto target, readPrimary());
        assignment.targets.push_back(std::move(target));
    } while (accept(","));
    if (at("::") || at(":")) {
        if (at(":")) {
            return specError(peek().place, "found \":\", expected := (becomes) or :: (becomes any of)");
        }
        take();
        assignment.kind = StatementKind::Member;
        if (assignment.targets.size() > 1) {
            return specError(place, ":: takes one variable", "Write x :: S || y :: T.");
        }
        TY_TRY(auto set, readArrow());
        assignment.values.push_back(std::move(set));
        return assignment;
    }
    if (at("=")) {
        return specError(peek().place, "found \"=\", expected := (becomes)");
    }
    TY_CHECK(expect(":="));
    do {
        TY_TRY(auto value, readExpression());
        assignment.values.push_back(std::move(value));
    } while (accept(","));
    if (assignment.values.size() != assignment.targets.size()) {
        return specError(
            place,
            fmt::format("{} variables get {} values", assignment.targets.size(), assignment.values.size()));
    }
    return assignment;
}

Result<Statement> Parser::readGuarded(const std::string& opening)
{
    Statement guarded;
    guarded.kind = StatementKind::Guarded;
    TY_TRY(auto condition, readExpression());
    TY_CHECK(expect("THEN", fmt::format("after the condition of {}", opening)));
    TY_TRY(auto body, readStatement());
    guarded.conditions.push_back(std::move(condition));
    guarded.parts.push_back(std::move(body));
    while (opening == "SELECT" && accept("WHEN")) {
        TY_TRY(auto next, readExpression());
        TY_CHECK(expect("THEN", "after the condition of WHEN"));
        TY_TRY(auto part, readStatement());
        guarded.conditions.push_back(std::move(next));
        guarded.parts.push_back(std::move(part));
    }
    if (opening == "SELECT" && accept("ELSE")) {
        TY_TRY(auto other, readStatement());
        guarded.parts.push_back(std::move(other));
    }
    if (at(";")) {
        return specError(
            peek().place, "statements do not follow each other here: all changes happen at once", "Write || between them.");
    }
    TY_CHECK(expect("END", fmt::format("of {}", opening)));
    return guarded;
}

Result<Statement> Parser::readIf()
{
    Statement branches;
    branches.kind = StatementKind::If;
    do {
        TY_TRY(auto condition, readExpression());
        TY_CHECK(expect("THEN", "after the condition of IF"));
        TY_TRY(auto part, readStatement());
        branches.conditions.push_back(std::move(condition));
        branches.parts.push_back(std::move(part));
    } while (accept("ELSIF"));
    if (accept("ELSE")) {
        TY_TRY(auto other, readStatement());
        branches.parts.push_back(std::move(other));
    }
    TY_CHECK(expect("END", "of IF"));
    return branches;
}

Result<Statement> Parser::readChoice()
{
    Statement choice;
    choice.kind = StatementKind::Choice;
    do {
        TY_TRY(auto part, readStatement());
        choice.parts.push_back(std::move(part));
    } while (accept("OR"));
    TY_CHECK(expect("END", "of CHOICE"));
    return choice;
}

Result<Statement> Parser::readAny()
{
    Statement any;
    any.kind = StatementKind::Any;
    TY_TRY(any.names, readNames());
    TY_CHECK(expect("WHERE", "after the names of ANY"));
    TY_TRY(auto condition, readExpression());
    any.conditions.push_back(std::move(condition));
    TY_CHECK(expect("THEN", "after the condition of ANY"));
    TY_TRY(auto body, readStatement());
    any.parts.push_back(std::move(body));
    TY_CHECK(expect("END", "of ANY"));
    return any;
}

} // namespace ty::engine::specs
