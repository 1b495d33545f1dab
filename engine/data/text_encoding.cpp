// Characters: UTF-8, Windows-1252, UTF-32.
#include "engine/data/text_values.h"

#include <array>
#include <cstdint>
#include <cstring>

namespace ty::engine {

bool isUtf8(std::string_view text)
{
    std::size_t i = 0;
    while (i < text.size()) {
        std::uint64_t word = 0;
        if (i + sizeof word <= text.size()) { // most text is ASCII
            std::memcpy(&word, text.data() + i, sizeof word);
            if ((word & 0x8080808080808080ULL) == 0) {
                i += sizeof word;
                continue;
            }
        }
        const auto first = static_cast<unsigned char>(text[i]);
        if (first < 0x80) {
            ++i;
            continue;
        }
        const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
        if (first < 0xc2 || first > 0xf4 || i + length > text.size()) {
            return false;
        }
        std::uint32_t code = first & (0xffU >> (length + 1));
        for (std::size_t k = 1; k < length; ++k) {
            const auto next = static_cast<unsigned char>(text[i + k]);
            if ((next & 0xc0) != 0x80) {
                return false;
            }
            code = (code << 6) | (next & 0x3fU);
        }
        const bool isOverlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
        if (isOverlong || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
            return false;
        }
        i += length;
    }
    return true;
}

void appendUtf8(std::string& text, std::uint32_t character)
{
    const auto add = [&text](std::uint32_t byte) { text += static_cast<char>(byte); };
    if (character < 0x80) {
        add(character);
    } else if (character < 0x800) {
        add(0xc0 | character >> 6);
        add(0x80 | (character & 0x3f));
    } else if (character < 0x10000) {
        add(0xe0 | character >> 12);
        add(0x80 | (character >> 6 & 0x3f));
        add(0x80 | (character & 0x3f));
    } else if (character <= 0x10ffff) {
        add(0xf0 | character >> 18);
        add(0x80 | (character >> 12 & 0x3f));
        add(0x80 | (character >> 6 & 0x3f));
        add(0x80 | (character & 0x3f));
    }
}

std::string utf8FromLatin1(std::string_view text)
{
    // 0x80..0x9f as Windows-1252 has them; its five unused places stay control characters.
    static constexpr std::array<std::uint16_t, 32> kWindows = {
        0x20ac, 0x81,   0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
        0x2039, 0x0152, 0x8d,   0x017d, 0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
        0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,   0x017e, 0x0178};
    std::string result;
    result.reserve(text.size() * 2);
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const std::uint32_t code = byte >= 0x80 && byte < 0xa0 ? kWindows[byte - 0x80U] : byte;
        appendUtf8(result, code);
    }
    return result;
}

std::string shortened(std::string_view text)
{
    std::string whole = isUtf8(text) ? std::string(text) : utf8FromLatin1(text);
    constexpr std::size_t kLongest = 40;
    if (whole.size() <= kLongest) {
        return whole;
    }
    std::size_t end = kLongest - 3;
    while (end > 0 && (static_cast<unsigned char>(whole[end]) & 0xc0U) == 0x80) {
        --end; // no half characters
    }
    return whole.substr(0, end) + "...";
}

std::u32string utf32From(std::string_view text)
{
    std::u32string characters;
    for (std::size_t i = 0; i < text.size();) {
        const auto first = static_cast<unsigned char>(text[i++]);
        const int more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
        char32_t character = first < 0x80 ? first : first & (0x3fU >> more);
        for (int k = 0; k < more && i < text.size(); ++k) {
            character = character << 6 | (static_cast<unsigned char>(text[i++]) & 0x3fU);
        }
        characters += character;
    }
    return characters;
}

} // namespace ty::engine
