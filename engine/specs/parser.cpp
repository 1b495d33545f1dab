#include "engine/specs/parser.h"

#include <algorithm>

#include <fmt/format.h>

namespace ty::engine::specs {

namespace {

constexpr int kDeepest = 200; // a level takes some KiB of the stack, several times as much in checked builds
constexpr std::size_t kLongestText = std::size_t{4} << 20;

bool isClauseWord(const Token& token)
{
    static constexpr std::string_view kClauses[] = {
        "SETS", "CONSTANTS", "PROPERTIES", "VARIABLES", "INVARIANT", "INITIALISATION", "INITIALIZATION", "OPERATIONS"};
    return token.kind == TokenKind::Word && std::find(std::begin(kClauses), std::end(kClauses), token.text) != std::end(kClauses);
}

} // namespace

void syntax::appendConjuncts(const Expression& predicate, std::vector<Expression>& conjuncts)
{
    if (predicate.kind == ExpressionKind::Binary && predicate.text == "&") {
        appendConjuncts(predicate.parts[0], conjuncts);
        appendConjuncts(predicate.parts[1], conjuncts);
    } else {
        conjuncts.push_back(predicate);
    }
}

Result<syntax::Machine> Parser::read()
{
    if (m_text.size() > kLongestText) {
        return Error{
            ErrorKind::InvalidInput, fmt::format("a spec may have {} MiB, this text has {} bytes", kLongestText >> 20, m_text.size()),
            {}};
    }
    TY_TRY(m_tokens, readTokens(m_text));
    syntax::Machine machine;
    machine.name = m_name;
    const bool hasHeader = accept("MACHINE");
    if (hasHeader) {
        TY_TRY(machine.name, expectName("the machine's name"));
    }
    if (!hasHeader && !isClauseWord(peek())) {
        TY_CHECK(readOperations(machine));
    }
    while (isClauseWord(peek())) {
        TY_CHECK(readClause(machine));
    }
    if (hasHeader) {
        TY_CHECK(expect("END", fmt::format("after machine {}", machine.name)));
    } else {
        accept("END");
    }
    if (peek().kind != TokenKind::End) {
        return unexpected(hasHeader ? "the end of the text" : "a clause (VARIABLES, OPERATIONS, …) or an operation");
    }
    if (machine.operations.empty()) {
        return specError(peek().place, "there is no operation", "Write one: inc = PRE x < 5 THEN x := x + 1 END");
    }
    return machine;
}

Result<void> Parser::readClause(syntax::Machine& machine)
{
    const auto clause = take();
    if (clause.text == "SETS") {
        return readSets(machine);
    }
    if (clause.text == "CONSTANTS") {
        return readDeclarations(machine.constants, true);
    }
    if (clause.text == "VARIABLES") {
        return readDeclarations(machine.variables, false);
    }
    if (clause.text == "PROPERTIES") {
        return readConjuncts(machine.properties);
    }
    if (clause.text == "INVARIANT") {
        return readConjuncts(machine.invariants);
    }
    if (clause.text == "OPERATIONS") {
        return readOperations(machine);
    }
    if (machine.initialisation) {
        return specError(clause.place, "there is a second INITIALISATION");
    }
    TY_TRY(machine.initialisation, readStatement());
    return {};
}

Result<void> Parser::readSets(syntax::Machine& machine)
{
    do {
        if (isClauseWord(peek()) || at("END")) {
            break;
        }
        syntax::SetDeclaration set;
        set.place = peek().place;
        TY_TRY(set.name, expectName("a set's name"));
        TY_CHECK(expect("=", fmt::format("after set {}", set.name)));
        if (accept("{")) {
            TY_TRY(set.elements, readNames());
            TY_CHECK(expect("}"));
        } else {
            TY_TRY(set.range, readRange());
        }
        machine.sets.push_back(std::move(set));
    } while (accept(";") || accept(","));
    return {};
}

Result<void> Parser::readDeclarations(std::vector<syntax::Declaration>& declarations, bool withValues)
{
    do {
        if (isClauseWord(peek()) || at("END")) {
            break;
        }
        // "a, b : T" declares both; "a : T, b : U" each.
        const auto first = declarations.size();
        do {
            syntax::Declaration declaration;
            declaration.place = peek().place;
            TY_TRY(declaration.name, expectName("a name"));
            declarations.push_back(std::move(declaration));
        } while (!at(":") && !at("=") && accept(","));
        if (accept(":")) {
            const auto begin = peek().begin;
            TY_TRY(auto type, readArrow());
            type.source = std::string(m_text.substr(begin, m_tokens[m_at - 1].end - begin));
            for (auto index = first; index < declarations.size(); ++index) {
                declarations[index].type = type;
            }
        }
        if (withValues && accept("=")) {
            TY_TRY(const auto value, readArrow());
            for (auto index = first; index < declarations.size(); ++index) {
                declarations[index].value = value;
            }
        } else if (!withValues && at("=")) {
            return specError(peek().place, "a variable gets its first value in INITIALISATION", "Write INITIALISATION x := 1.");
        }
    } while (accept(";") || accept(","));
    return {};
}

Result<void> Parser::readConjuncts(std::vector<syntax::Expression>& conjuncts)
{
    // Conjunct by conjunct, so that each keeps the text that reports show.
    do {
        const auto begin = peek().begin;
        const auto from = m_at;
        TY_TRY(auto predicate, readExpression());
        std::vector<syntax::Expression> parts;
        syntax::appendConjuncts(predicate, parts);
        if (parts.size() == 1) {
            parts[0].source = std::string(m_text.substr(begin, m_tokens[m_at - 1].end - begin));
        } else {
            // The top-level "&" signs part the text where the expression is parted.
            int depth = 0;
            std::size_t part = 0;
            auto partBegin = begin;
            for (auto index = from; index < m_at; ++index) {
                const auto& text = m_tokens[index].text;
                depth += text == "(" || text == "{" || text == "IF" ? 1 : 0;
                depth -= text == ")" || text == "}" || text == "END" ? 1 : 0;
                if (depth == 0 && (text == "&" || text == "and") && part + 1 < parts.size()) {
                    parts[part++].source = std::string(m_text.substr(partBegin, m_tokens[index - 1].end - partBegin));
                    partBegin = m_tokens[index + 1].begin;
                }
            }
            parts[part].source = std::string(m_text.substr(partBegin, m_tokens[m_at - 1].end - partBegin));
        }
        for (auto& one : parts) {
            conjuncts.push_back(std::move(one));
        }
    } while (accept(";"));
    return {};
}

Result<void> Parser::readOperations(syntax::Machine& machine)
{
    while (peek().kind == TokenKind::Name) {
        TY_TRY(auto operation, readOperation());
        const auto same = std::find_if(
            machine.operations.begin(), machine.operations.end(), [&](const auto& other) { return other.name == operation.name; });
        if (same != machine.operations.end()) {
            return specError(
                operation.place, fmt::format("there is another operation {} at {}", operation.name, placeWords(same->place)));
        }
        machine.operations.push_back(std::move(operation));
        accept(";");
    }
    return {};
}

Result<syntax::Operation> Parser::readOperation()
{
    syntax::Operation operation;
    operation.place = peek().place;
    TY_TRY(auto names, readNames());
    if (accept("<--")) {
        operation.results = std::move(names);
        operation.place = peek().place;
        TY_TRY(operation.name, expectName("the operation's name"));
    } else if (names.size() > 1) {
        return unexpected("<-- after the names of the results");
    } else {
        operation.name = std::move(names.front());
    }
    if (accept("(")) {
        TY_TRY(operation.parameters, readNames());
        TY_CHECK(expect(")"));
    }
    if (!accept("=") && !accept(":")) {
        return unexpected(fmt::format("= after operation {}", operation.name));
    }
    TY_TRY(operation.body, readStatement());
    return operation;
}

Result<std::vector<std::string>> Parser::readNames()
{
    std::vector<std::string> names;
    do {
        const auto place = peek().place;
        TY_TRY(auto name, expectName("a name"));
        if (std::find(names.begin(), names.end(), name) != names.end()) {
            return specError(place, fmt::format("the name {} stands there twice", name));
        }
        names.push_back(std::move(name));
    } while (accept(","));
    return names;
}

const Token& Parser::peek(std::size_t ahead) const
{
    return m_tokens[std::min(m_at + ahead, m_tokens.size() - 1)];
}

Token Parser::take()
{
    auto token = peek();
    m_at = std::min(m_at + 1, m_tokens.size() - 1);
    return token;
}

bool Parser::at(std::string_view text, std::size_t ahead) const
{
    const auto& token = peek(ahead);
    return (token.kind == TokenKind::Symbol || token.kind == TokenKind::Word) && token.text == text;
}

bool Parser::accept(std::string_view text)
{
    if (!at(text)) {
        return false;
    }
    take();
    return true;
}

Result<void> Parser::expect(std::string_view text, const std::string& after)
{
    if (!accept(text)) {
        return unexpected(after.empty() ? std::string(text) : fmt::format("{} {}", text, after));
    }
    return {};
}

Result<std::string> Parser::expectName(const std::string& what)
{
    if (peek().kind != TokenKind::Name) {
        return unexpected(what);
    }
    return take().text;
}

Error Parser::unexpected(const std::string& expected) const
{
    const auto& token = peek();
    const auto found = token.kind == TokenKind::End ? std::string("the end of the text") : fmt::format("\"{}\"", token.text);
    return specError(token.place, fmt::format("found {}, expected {}", found, expected));
}

Error Parser::tooLong() const
{
    return specError(peek().place, "this expression is too long", "Split it: give a part of it a name under CONSTANTS, or use a set.");
}

Result<void> Parser::enter()
{
    if (++m_depth > kDeepest) {
        return specError(peek().place, fmt::format("this is nested deeper than {} levels", kDeepest));
    }
    return {};
}

} // namespace ty::engine::specs
