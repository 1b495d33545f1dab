#include "engine/specs/value_reader.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/specs/lexer.h"

namespace ty::engine::specs {

namespace {

class ValueReader {
public:
    ValueReader(const Machine& machine, std::vector<Token> tokens)
        : m_machine(machine)
        , m_tokens(std::move(tokens))
        , m_state(static_cast<std::size_t>(machine.stateWords))
        , m_isGiven(machine.variables.size())
    {
    }

    Result<std::vector<Number>> read()
    {
        while (peek().kind != TokenKind::End) {
            TY_CHECK(readVariable());
            if (peek().kind != TokenKind::End) {
                TY_CHECK(expect(","));
            }
        }
        for (std::size_t index = 0; index < m_isGiven.size(); ++index) {
            if (!m_isGiven[index]) {
                const auto& name = m_machine.variables[index].name;
                return specError(peek().place, fmt::format("{} has no value", name), fmt::format("Write {} = … as well.", name));
            }
        }
        return std::move(m_state);
    }

private:
    const Token& peek() const { return m_tokens[m_at]; }

    bool accept(std::string_view text)
    {
        if (peek().kind == TokenKind::End || peek().text != text) {
            return false;
        }
        ++m_at;
        return true;
    }

    Error unexpected(const std::string& wanted) const
    {
        const bool isEnd = peek().kind == TokenKind::End;
        return specError(
            peek().place, fmt::format("found {}, expected {}", isEnd ? "the end" : fmt::format("\"{}\"", peek().text), wanted));
    }

    Result<void> expect(std::string_view text)
    {
        return accept(text) ? Result<void>() : unexpected(fmt::format("\"{}\"", text));
    }

    Result<void> readVariable()
    {
        const auto& all = m_machine.variables;
        const auto variable = std::find_if(all.begin(), all.end(), [this](const Variable& one) { return one.name == peek().text; });
        if (variable == all.end()) {
            return unexpected("the name of a variable");
        }
        const auto index = static_cast<std::size_t>(variable - all.begin());
        if (m_isGiven[index]) {
            return specError(peek().place, fmt::format("{} has a value already", variable->name));
        }
        m_isGiven[index] = true;
        ++m_at;
        TY_CHECK(expect("="));
        Number* const words = m_state.data() + variable->slot;
        switch (variable->type.form) {
        case Form::Scalar: return readElement(variable->type.element, *words);
        case Form::Set: return readSet(variable->type.element, *words);
        case Form::Function: return readFunction(*variable, words);
        }
        return {};
    }

    Result<void> readElement(ElementType type, Number& word)
    {
        const Token token = peek();
        switch (type.kind) {
        case ElementKind::Integer: {
            const bool isNegative = accept("-");
            if (peek().kind != TokenKind::Digits) {
                return unexpected("a number");
            }
            word = m_machine.numbers->fromText((isNegative ? "-" : "") + peek().text);
            ++m_at;
            return {};
        }
        case ElementKind::Boolean:
            if (!accept("TRUE") && !accept("FALSE")) {
                return unexpected("TRUE or FALSE");
            }
            word = token.text == "TRUE" ? 1 : 0;
            return {};
        case ElementKind::Enumerated: break;
        }
        const auto& set = m_machine.sets[static_cast<std::size_t>(type.set)];
        const auto element = std::find(set.elements.begin(), set.elements.end(), token.text);
        if (element == set.elements.end() || token.kind == TokenKind::End) {
            return unexpected(fmt::format("an element of {}", set.name));
        }
        word = element - set.elements.begin();
        ++m_at;
        return {};
    }

    Result<void> readSet(ElementType type, Number& word)
    {
        TY_CHECK(expect("{"));
        std::uint64_t mask = 0;
        const auto base = type.kind == ElementKind::Integer ? m_machine.setBase : 0;
        for (bool isFirst = true; !accept("}"); isFirst = false) {
            if (!isFirst) {
                TY_CHECK(expect(","));
            }
            const auto place = peek().place;
            Number element = 0;
            TY_CHECK(readElement(type, element));
            if (!BigNumbers::isSmall(element) || element < base || element - base >= 64) {
                return specError(place, "a set of this machine cannot hold this number");
            }
            mask |= std::uint64_t{1} << static_cast<unsigned>(element - base);
        }
        word = static_cast<Number>(mask);
        return {};
    }

    Result<void> readFunction(const Variable& variable, Number* words)
    {
        const auto& bounds = variable.type.domainBounds;
        std::vector<bool> isGiven(static_cast<std::size_t>(bounds.size()));
        TY_CHECK(expect("{"));
        for (bool isFirst = true; !accept("}"); isFirst = false) {
            if (!isFirst) {
                TY_CHECK(expect(","));
            }
            const auto place = peek().place;
            Number argument = 0;
            TY_CHECK(readElement(variable.type.domain, argument));
            const auto cell = static_cast<std::size_t>(argument - bounds.low);
            if (!BigNumbers::isSmall(argument) || argument < bounds.low || argument > bounds.high || isGiven[cell]) {
                return specError(place, fmt::format("this is no argument of {}, or it stands twice", variable.name));
            }
            isGiven[cell] = true;
            TY_CHECK(expect("|->"));
            TY_CHECK(readElement(variable.type.element, words[cell]));
        }
        if (std::find(isGiven.begin(), isGiven.end(), false) != isGiven.end()) {
            return specError(peek().place, fmt::format("{} needs a value for each of its {} arguments", variable.name, bounds.size()));
        }
        return {};
    }

    const Machine& m_machine;
    std::vector<Token> m_tokens;
    std::size_t m_at = 0;
    std::vector<Number> m_state;
    std::vector<bool> m_isGiven; ///< by variable
};

} // namespace

Result<std::vector<Number>> readState(const Machine& machine, std::string_view text)
{
    TY_TRY(auto tokens, readTokens(text));
    return ValueReader(machine, std::move(tokens)).read();
}

} // namespace ty::engine::specs
