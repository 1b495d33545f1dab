#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/specs/lexer.h"
#include "engine/specs/syntax.h"

namespace ty::engine::specs {

/// Reads the grammar of a spec by recursive descent; one object reads one text once.
///
/// A spec is `MACHINE name … END` with clauses in any order, the clauses alone, or operations alone
/// (`inc1 = PRE x > 0 & x < 6 THEN x := x + 1 END`). Nesting is limited, so that a hostile text is refused.
/// Errors: InvalidInput, "line L, column C: found …, expected …".
class Parser {
public:
    /// `name` is the machine's where the text names none.
    Parser(std::string_view text, std::string name) : m_text(text), m_name(std::move(name)) {}

    Result<syntax::Machine> read();

private:
    // parser.cpp: clauses
    Result<void> readClause(syntax::Machine& machine);
    Result<void> readSets(syntax::Machine& machine);
    Result<void> readDeclarations(std::vector<syntax::Declaration>& declarations, bool withValues);
    Result<void> readConjuncts(std::vector<syntax::Expression>& conjuncts);
    Result<void> readOperations(syntax::Machine& machine);
    Result<syntax::Operation> readOperation();
    Result<std::vector<std::string>> readNames();

    // parser_statements.cpp
    Result<syntax::Statement> readStatement();
    Result<syntax::Statement> readSimpleStatement();
    Result<syntax::Statement> readStatementByWord();
    Result<syntax::Statement> readAssignment();
    Result<syntax::Statement> readGuarded(const std::string& opening);
    Result<syntax::Statement> readIf();
    Result<syntax::Statement> readChoice();
    Result<syntax::Statement> readAny();
    Result<syntax::Statement> readBlock();

    // parser_expressions.cpp, loosest first
    Result<syntax::Expression> readExpression();
    Result<syntax::Expression> readImplication();
    Result<syntax::Expression> readJunction();
    Result<syntax::Expression> readComparison();
    Result<syntax::Expression> readArrow();
    Result<syntax::Expression> readSetArithmetic();
    Result<syntax::Expression> readRange();
    Result<syntax::Expression> readSum();
    Result<syntax::Expression> readProduct();
    Result<syntax::Expression> readPrefix();
    Result<syntax::Expression> readPrimary();
    Result<syntax::Expression> readPrimaryInside();
    Result<syntax::Expression> readBraces();
    Result<syntax::Expression> readBinder();
    Result<syntax::Expression> readConditional();
    using Level = Result<syntax::Expression> (Parser::*)();
    Result<syntax::Expression> readLeftToRight(Level tighter, std::initializer_list<std::string_view> signs);

    const Token& peek(std::size_t ahead = 0) const;
    Token take();
    bool at(std::string_view text, std::size_t ahead = 0) const;
    bool accept(std::string_view text);
    Result<void> expect(std::string_view text, const std::string& after = {});
    Result<std::string> expectName(const std::string& what);
    Error unexpected(const std::string& expected) const;
    Error tooLong() const;
    Result<void> enter(); ///< one level deeper; refuses at the limit
    void leave() { --m_depth; }

    std::string_view m_text;
    std::string m_name;
    std::vector<Token> m_tokens;
    std::size_t m_at = 0;
    int m_depth = 0;
};

} // namespace ty::engine::specs
