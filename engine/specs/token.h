#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace ty::engine::specs {

/// A place in a spec's text; both count from 1. A column is a character (UTF-8 code point).
struct Place {
    std::int32_t line = 1;
    std::int32_t column = 1;
};

enum class TokenKind : std::uint8_t {
    Name,   ///< an identifier, or a quoted one
    Digits,
    Symbol, ///< ":=", "|->", "&"…; B's mathematical signs are given in their ASCII form
    Word,   ///< a keyword: "PRE", "mod", "card"
    End,
};

struct Token {
    TokenKind kind = TokenKind::End;
    std::string text;
    Place place;
    std::size_t begin = 0;   ///< first byte in the text
    std::size_t end = 0;     ///< one past the last byte
};

} // namespace ty::engine::specs
