#include "engine/data/words.h"

#include <algorithm>

namespace ty::engine {

namespace {

bool isBlank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

bool isWordByte(char c)
{
    const auto byte = static_cast<unsigned char>(c);
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || byte >= 0x80;
}

/// Bytes of the character that begins with `c`; 1 for bytes that begin none.
std::size_t characterBytes(char c)
{
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
}

/// Characters of scripts that put no blanks between words: from U+2E80 on (Chinese, Japanese), Thai to Lao, signs outside
/// the first plane. Three bytes E0 B8 to E0 BB, E2 BA and above, or four bytes.
bool isWordByItself(std::string_view rest)
{
    const auto byteAt = [&rest](std::size_t i) { return i < rest.size() ? static_cast<unsigned char>(rest[i]) : 0U; };
    const unsigned first = byteAt(0);
    const unsigned second = byteAt(1);
    const bool isThai = first == 0xe0 && second >= 0xb8 && second <= 0xbb;
    const bool isKorean = (first == 0xea && second >= 0xb0) || first == 0xeb || first == 0xec || (first == 0xed && second < 0x9f);
    return isThai || (!isKorean && ((first == 0xe2 && second >= 0xba) || first >= 0xe3));
}

/// General punctuation of three bytes: quotation marks, dashes, ellipses (U+2000 to U+206F).
bool isPunctuation(std::string_view rest)
{
    return rest.size() >= 3 && rest[0] == '\xe2' && (rest[1] == '\x80' || rest[1] == '\x81');
}

} // namespace

bool WordReader::next()
{
    while (m_at < m_text.size() && (isBlank(m_text[m_at]) || (m_text[m_at] == '\n' && !m_areLineEndsWords))) {
        ++m_at;
    }
    if (m_at >= m_text.size()) {
        return false;
    }
    m_begin = m_at;
    const std::string_view rest = m_text.substr(m_at);
    if (rest.front() == '\n') {
        ++m_at;
        m_word = kLineEndWord;
        return true;
    }
    for (const std::string_view special : {kUnknownWord, kLineEndWord}) {
        if (rest.starts_with(special)) {
            m_at += special.size();
            m_word = special;
            return true;
        }
    }
    if (!isWordByte(rest.front()) || isWordByItself(rest) || isPunctuation(rest)) {
        const std::size_t bytes = isWordByte(rest.front()) ? characterBytes(rest.front()) : 1;
        m_at = std::min(m_at + bytes, m_text.size());
    } else {
        while (m_at < m_text.size()) {
            const std::string_view here = m_text.substr(m_at);
            const bool isInnerApostrophe =
                here.front() == '\'' && m_at > m_begin && here.size() > 1 && isWordByte(here[1]);
            if (!isInnerApostrophe && (!isWordByte(here.front()) || isWordByItself(here) || isPunctuation(here))) {
                break;
            }
            m_at = std::min(m_at + characterBytes(here.front()), m_text.size());
        }
    }
    m_word.assign(m_text.substr(m_begin, m_at - m_begin));
    for (char& c : m_word) {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return true;
}

} // namespace ty::engine
