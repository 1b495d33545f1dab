#include "engine/specs/lexer.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include <fmt/format.h>

namespace ty::engine::specs {

namespace {

constexpr std::array kWords{
    "MACHINE",    "SETS",  "CONSTANTS", "PROPERTIES", "VARIABLES", "INVARIANT", "INITIALISATION", "INITIALIZATION",
    "OPERATIONS", "END",   "PRE",       "THEN",       "SELECT",    "WHEN",      "ELSE",           "IF",
    "ELSIF",      "ANY",   "WHERE",     "CHOICE",     "OR",        "BEGIN",     "skip",           "TRUE",
    "FALSE",      "BOOL",  "INTEGER",   "INT",        "NATURAL",   "NAT",       "NAT1",           "NATURAL1",
    "POW",        "card",  "min",       "max",        "bool",      "mod",       "not",            "or",
    "and"};

// Longest first among those that begin alike.
constexpr std::array kSymbols{
    "<--", "-->", "|->", "/<:", "<=>", ":=", "::", "/:", "<:", "<=", ">=", "=>", "/=", "..", "<+", "\\/", "/\\", "||",
    ":",   "<",   ">",   "=",   "/",   "\\", "-",  "+",  "*",  "&",  "#",  "!",  "%",  ".",  ",",  ";",   "(",   ")",
    "{",   "}",   "|"};

constexpr std::array<std::pair<std::string_view, std::string_view>, 19> kSigns{{
    {"∈", ":"},  {"∉", "/:"}, {"∧", "&"},  {"∨", "or"}, {"¬", "not"}, {"⇒", "=>"},   {"⇔", "<=>"},
    {"≤", "<="}, {"≥", ">="}, {"≠", "/="}, {"⊆", "<:"}, {"∪", "\\/"}, {"∩", "/\\"},  {"→", "-->"},
    {"↦", "|->"}, {"∃", "#"}, {"∀", "!"},  {"λ", "%"},  {"−", "-"},
}};

bool isNameStart(char letter)
{
    return std::isalpha(static_cast<unsigned char>(letter)) || letter == '_';
}

bool isNamePart(char letter)
{
    return isNameStart(letter) || std::isdigit(static_cast<unsigned char>(letter));
}

class Lexer {
public:
    explicit Lexer(std::string_view text) : m_text(text) {}

    Result<std::vector<Token>> run()
    {
        for (;;) {
            TY_CHECK(skipBlank());
            if (m_at >= m_text.size()) {
                break;
            }
            TY_CHECK(readOne());
        }
        m_tokens.push_back({TokenKind::End, "", m_place, m_at, m_at});
        return std::move(m_tokens);
    }

private:
    bool startsWith(std::string_view part) const { return m_text.substr(m_at).starts_with(part); }

    void advance(std::size_t bytes)
    {
        for (std::size_t end = m_at + bytes; m_at < end; ++m_at) {
            const auto byte = static_cast<unsigned char>(m_text[m_at]);
            if (byte == '\n') {
                ++m_place.line;
                m_place.column = 1;
            } else if ((byte & 0xC0U) != 0x80U) {
                ++m_place.column;
            }
        }
    }

    Result<void> skipBlank()
    {
        while (m_at < m_text.size()) {
            const auto begin = m_place;
            if (std::isspace(static_cast<unsigned char>(m_text[m_at]))) {
                advance(1);
            } else if (startsWith("//")) {
                const auto end = m_text.find('\n', m_at);
                advance((end == std::string_view::npos ? m_text.size() : end) - m_at);
            } else if (startsWith("/*")) {
                const auto end = m_text.find("*/", m_at + 2);
                if (end == std::string_view::npos) {
                    return specError(begin, "this comment is not closed", "End it with */.");
                }
                advance(end + 2 - m_at);
            } else {
                break;
            }
        }
        return {};
    }

    void push(TokenKind kind, std::size_t bytes, std::string text)
    {
        const auto place = m_place;
        const auto begin = m_at;
        advance(bytes);
        m_tokens.push_back({kind, std::move(text), place, begin, m_at});
    }

    Result<void> readOne()
    {
        const auto letter = m_text[m_at];
        if (isNameStart(letter)) {
            const auto end = std::find_if_not(m_text.begin() + static_cast<std::ptrdiff_t>(m_at), m_text.end(), isNamePart);
            std::string name(m_text.begin() + static_cast<std::ptrdiff_t>(m_at), end);
            const auto kind = isSpecWord(name) ? TokenKind::Word : TokenKind::Name;
            const auto bytes = name.size();
            push(kind, bytes, std::move(name));
            return {};
        }
        if (std::isdigit(static_cast<unsigned char>(letter))) {
            const auto end = std::find_if_not(
                m_text.begin() + static_cast<std::ptrdiff_t>(m_at), m_text.end(),
                [](char digit) { return std::isdigit(static_cast<unsigned char>(digit)); });
            std::string digits(m_text.begin() + static_cast<std::ptrdiff_t>(m_at), end);
            const auto bytes = digits.size();
            push(TokenKind::Digits, bytes, std::move(digits));
            return {};
        }
        if (letter == '"') {
            return readQuoted();
        }
        for (const auto& [sign, ascii] : kSigns) {
            if (startsWith(sign)) {
                const auto kind = isSpecWord(ascii) ? TokenKind::Word : TokenKind::Symbol;
                push(kind, sign.size(), std::string(ascii));
                return {};
            }
        }
        for (const std::string_view symbol : kSymbols) {
            if (startsWith(symbol)) {
                push(TokenKind::Symbol, symbol.size(), std::string(symbol));
                return {};
            }
        }
        return specError(m_place, fmt::format("the character '{}' means nothing here", m_text.substr(m_at, characterBytes())));
    }

    Result<void> readQuoted()
    {
        const auto end = m_text.find_first_of("\"\n", m_at + 1);
        if (end == std::string_view::npos || m_text[end] == '\n') {
            return specError(m_place, "this quoted name is not closed", "End it with \" on the same line.");
        }
        const auto name = m_text.substr(m_at + 1, end - m_at - 1);
        if (name.empty() || !isNameStart(name.front()) || !std::all_of(name.begin(), name.end(), isNamePart)) {
            return specError(m_place, fmt::format("\"{}\" is no name", name), "Names have letters, digits and underscores.");
        }
        push(TokenKind::Name, end + 1 - m_at, std::string(name));
        return {};
    }

    std::size_t characterBytes() const
    {
        std::size_t bytes = 1;
        while (m_at + bytes < m_text.size() && (static_cast<unsigned char>(m_text[m_at + bytes]) & 0xC0U) == 0x80U) {
            ++bytes;
        }
        return bytes;
    }

    std::string_view m_text;
    std::vector<Token> m_tokens;
    std::size_t m_at = 0;
    Place m_place;
};

} // namespace

Result<std::vector<Token>> readTokens(std::string_view text)
{
    return Lexer(text).run();
}

bool isSpecWord(std::string_view text)
{
    return std::find(kWords.begin(), kWords.end(), text) != kWords.end();
}

std::string placeWords(const Place& place)
{
    return fmt::format("line {}, column {}", place.line, place.column);
}

Error specError(const Place& place, const std::string& message, std::string advice)
{
    return {ErrorKind::InvalidInput, fmt::format("{}: {}", placeWords(place), message), std::move(advice)};
}

} // namespace ty::engine::specs
