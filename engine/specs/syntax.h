#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/specs/token.h"

namespace ty::engine::specs::syntax {

enum class ExpressionKind : std::uint8_t {
    Digits,        ///< a number in text
    Name,          ///< text
    Word,          ///< TRUE, FALSE, BOOL, INTEGER, NATURAL, NAT1… in text
    Unary,         ///< text: "-" or "not"; one part
    Binary,        ///< text: the sign; two parts
    Call,          ///< text: the function's name; parts: the arguments
    Builtin,       ///< text: card, min, max, bool, POW; one part
    Set,           ///< parts: the elements; {} has none
    Comprehension, ///< {names | part 0}
    Lambda,        ///< %names.(part 0 | part 1)
    Quantifier,    ///< text: "#" or "!"; names, part 0
    If,            ///< parts: condition, then, else
};

/// An expression or predicate as written.
struct Expression {
    ExpressionKind kind = ExpressionKind::Word;
    std::string text;
    std::vector<std::string> names; ///< what it binds
    std::vector<Expression> parts;
    Place place;
    std::string source; ///< the text it was read from; set where a message or a table shows it
};

enum class StatementKind : std::uint8_t {
    Skip,
    Assign,   ///< targets := values
    Member,   ///< target :: value, any element
    Parallel, ///< parts, at once
    Guarded,  ///< PRE, SELECT: conditions[i] gives parts[i]; one more part is ELSE
    If,       ///< conditions in turn; one more part is ELSE
    Choice,   ///< any of parts
    Any,      ///< names with condition 0 in part 0
};

struct Statement {
    StatementKind kind = StatementKind::Skip;
    std::vector<Expression> targets; ///< a Name, or a Call of one argument
    std::vector<Expression> values;
    std::vector<Expression> conditions;
    std::vector<std::string> names;
    std::vector<Statement> parts;
    Place place;
};

struct Operation {
    std::string name;
    std::vector<std::string> results;
    std::vector<std::string> parameters;
    Statement body;
    Place place;
};

/// A name with what was said of it: "x : 0..5", "n = 50".
struct Declaration {
    std::string name;
    std::optional<Expression> type;
    std::optional<Expression> value;
    Place place;
};

struct SetDeclaration {
    std::string name;
    std::vector<std::string> elements;
    std::optional<Expression> range; ///< instead of elements
    Place place;
};

/// A whole spec as written; nothing is checked but the grammar.
struct Machine {
    std::string name;
    std::vector<SetDeclaration> sets;
    std::vector<Declaration> constants;
    std::vector<Declaration> variables;
    std::vector<Expression> properties; ///< conjuncts
    std::vector<Expression> invariants; ///< conjuncts
    std::optional<Statement> initialisation;
    std::vector<Operation> operations;
};

/// The conjuncts of a predicate: a & b & c.
void appendConjuncts(const Expression& predicate, std::vector<Expression>& conjuncts);

} // namespace ty::engine::specs::syntax
