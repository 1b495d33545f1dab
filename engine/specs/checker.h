#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/specs/machine.h"
#include "engine/specs/syntax.h"

namespace ty::engine::specs {

/// Turns a spec as written into a Machine: names, types, and the program. One object checks one spec once.
class Checker {
public:
    explicit Checker(syntax::Machine syntax);

    Result<Machine> check();

private:
    using Expression = syntax::Expression;
    using Statement = syntax::Statement;

    /// What a name means.
    struct Meaning {
        enum class Kind : std::uint8_t { Element, EnumeratedSet, RangeSet, Constant, Variable, Bound, Result } kind;
        ValueType type;
        Number value = 0;        ///< element index; constant's word or first constant word; slot; local word
        std::int32_t index = -1; ///< of the set or variable
        const Expression* range = nullptr;
    };
    struct Typed {
        ValueType type;
        NodeIndex node = 0;
    };
    /// Where a name takes its values from, and what it then is.
    struct TypedDomain {
        std::uint32_t domain = 0;
        ValueType type;
    };
    /// Which variables a statement gives values, by variable.
    struct Assigned {
        explicit Assigned(std::size_t variables) : sometimes(variables), always(variables) {}

        std::vector<bool> sometimes;
        std::vector<bool> always;
    };

    // checker_assumptions.cpp: what holds before the first name is known
    void assumeVariables();
    Result<void> findSetBase();
    void widenSetRange(const Expression& expression, bool isTested);
    void widenSetRange(const Statement& statement);
    std::optional<Number> literalNumber(const Expression& expression, int depth = 0) const;

    // checker_clauses.cpp
    Result<void> declareSets();
    Result<void> declareConstants();
    Result<void> declareConstant(syntax::Declaration& constant);
    Result<void> declareVariables();
    Result<void> checkInvariants();
    Result<void> checkInitialisation();
    Result<void> checkOperations();
    Result<void> addName(const std::string& name, const Place& place, Meaning meaning);
    Result<ValueType> typeOf(const Expression& type);
    Result<Bounds> argumentsOf(const Expression& set, ElementType& element);

    // checker_expressions.cpp
    Result<Typed> expression(const Expression& expression, const ValueType* expected = nullptr);
    Result<Typed> name(const Expression& expression);
    Result<Typed> unary(const Expression& expression);
    Result<Typed> binary(const Expression& expression, const ValueType* expected);
    Result<Typed> arithmetic(const Expression& expression, const Typed& left, const Typed& right);
    Result<Typed> comparison(const Expression& expression);
    Result<Typed> equality(const Expression& expression);
    Result<Typed> membership(const Expression& expression);
    Result<Typed> isIn(const Typed& value, const Expression& set, const Place& place);
    Result<NodeIndex> predicate(const Expression& expression);
    Result<Typed> scalar(const Expression& expression, ElementType element, const char* where);
    Result<Typed> setOf(const Expression& expression);
    Result<Number> constantNumber(const Expression& expression);

    // checker_values.cpp
    Result<Typed> call(const Expression& expression);
    Result<Typed> builtin(const Expression& expression);
    Result<Typed> set(const Expression& expression, const ValueType* expected);
    Result<Typed> functionList(const Expression& expression, const ValueType* expected);
    Result<Typed> overriding(const Expression& expression);
    Result<Typed> conditional(const Expression& expression, const ValueType* expected);

    // checker_binders.cpp
    Result<GroupIndex> bind(
        const std::vector<std::string>& names, const std::vector<Expression>& conditions, const Place& place);
    void unbind(const std::vector<std::string>& names);
    Result<std::optional<TypedDomain>> domainFrom(const std::string& name, const Expression& condition);
    Result<std::optional<TypedDomain>> domainOf(const Expression& set);
    Result<TypedDomain> functionSpace(const Expression& space);
    bool mentions(const Expression& expression, const std::vector<std::string>& names) const;
    Result<Typed> quantifier(const Expression& expression);
    Result<Typed> comprehension(const Expression& expression);
    Result<Typed> lambda(const Expression& expression, const ValueType* expected);

    // checker_statements.cpp
    Result<ActionIndex> statement(const Statement& statement, Assigned& assigned);
    Result<ActionIndex> assignment(const Statement& statement, Assigned& assigned);
    Result<ActionIndex> assignOne(const Expression& target, const Expression& value, Assigned& assigned);
    Result<ActionIndex> member(const Statement& statement, Assigned& assigned);
    Result<ActionIndex> branches(const Statement& statement, Assigned& assigned);
    Result<ActionIndex> any(
        const std::vector<std::string>& names, const std::vector<Expression>& conditions, const Statement& body,
        const Place& place, Assigned& assigned);
    Result<const Variable*> assignable(const Expression& target, Assigned& assigned);
    Result<ActionIndex> operationBody(const syntax::Operation& operation);

    NodeIndex add(Node node, const Place& place);
    NodeIndex addConstant(Number value, const Place& place);
    ActionIndex add(Action action);
    Number baseOf(ElementType element) const;
    std::string typeWords(const ValueType& type) const;
    const Meaning* find(const std::string& name) const;
    const Expression& resolved(const Expression& expression) const;
    Error notOfType(const Place& place, const std::string& what, const ValueType& found) const;

    syntax::Machine m_syntax;
    Machine m_machine;
    std::map<std::string, std::vector<Meaning>> m_names; ///< innermost meaning last
    std::optional<Bounds> m_setRange;
    bool m_hasVariables = false;  ///< variables may be read
    bool m_isInitialising = false; ///< they exist but have no values yet
};

} // namespace ty::engine::specs
