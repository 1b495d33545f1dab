// The words of ARFF: quoted values, and declarations of attributes.
#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include "engine/data/formats/arff.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

constexpr std::string_view kBlanks = " \t";

Error malformed(std::string message)
{
    return {ErrorKind::InvalidInput, std::move(message), "Values with blanks, commas or quotes in them stand in quotes."};
}

int hexDigit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// The first word of `text`, quoted or not; `text` goes on behind it.
Result<std::string> takeWord(std::string_view& text)
{
    text = trimmed(text);
    std::size_t end = std::min(text.find_first_of(" \t{"), text.size());
    if (!text.empty() && (text[0] == '\'' || text[0] == '"')) {
        for (end = 1; end < text.size() && text[end] != text[0]; ++end) {
            end += text[end] == '\\' ? 1 : 0;
        }
        end = std::min(end + 1, text.size());
    }
    ArffFields fields(text.substr(0, end), true);
    TY_TRY(const bool isThere, fields.next());
    text.remove_prefix(end);
    return isThere ? fields.value() : std::string();
}

} // namespace

bool hasArffComma(std::string_view text)
{
    char quote = '\0';
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\') {
            ++i;
        } else if (quote != '\0') {
            quote = text[i] == quote ? '\0' : quote;
        } else if (text[i] == '\'' || text[i] == '"') {
            quote = text[i];
        } else if (text[i] == '{') {
            return false; // the weight of a row without commas
        } else if (text[i] == ',') {
            return true;
        }
    }
    return false;
}

void ArffFields::takeEscaped()
{
    const char c = m_text[m_at++];
    static constexpr std::string_view kLetters = "ntrbf";
    static constexpr std::string_view kMeant = "\n\t\r\b\f";
    if (c == 'u' && m_at + 4 <= m_text.size()) {
        std::uint32_t code = 0;
        for (int i = 0; i < 4; ++i) {
            const int digit = hexDigit(m_text[m_at + static_cast<std::size_t>(i)]);
            if (digit < 0) {
                m_value += c;
                return;
            }
            code = code * 16 + static_cast<std::uint32_t>(digit);
        }
        m_at += 4;
        appendUtf8(m_value, code);
        return;
    }
    const auto letter = kLetters.find(c);
    m_value += letter == std::string_view::npos ? c : kMeant[letter];
}

Result<bool> ArffFields::next()
{
    m_value.clear();
    m_isQuoted = false;
    m_at = std::min(m_text.find_first_not_of(kBlanks, m_at), m_text.size());
    if (m_at == m_text.size()) {
        return std::exchange(m_isMoreExpected, false) && m_hasCommas && !m_text.empty();
    }
    m_isMoreExpected = false;
    if (const char quote = m_text[m_at]; quote == '\'' || quote == '"') {
        m_isQuoted = true;
        ++m_at;
        while (m_at < m_text.size() && m_text[m_at] != quote) {
            const char c = m_text[m_at++];
            if (c == '\\' && m_at < m_text.size()) {
                takeEscaped();
            } else {
                m_value += c;
            }
        }
        if (m_at == m_text.size()) {
            return malformed("a quote is opened and never closed");
        }
        ++m_at;
    }
    const std::size_t begin = m_at;
    while (m_at < m_text.size() && m_text[m_at] != ',' && (m_hasCommas || kBlanks.find(m_text[m_at]) == std::string_view::npos)) {
        const char c = m_text[m_at++];
        if (c == '\\' && m_at < m_text.size() && !m_isQuoted) {
            takeEscaped();
        } else if (!m_isQuoted) {
            m_value += c;
        }
    }
    if (m_isQuoted && !trimmed(m_text.substr(begin, m_at - begin)).empty()) {
        return malformed(fmt::format("\"{}\" stands behind a closing quote", shortened(trimmed(m_text.substr(begin, m_at - begin)))));
    }
    if (!m_isQuoted) {
        m_value = std::string(trimmed(m_value));
    }
    if (m_at < m_text.size() && m_text[m_at] == ',') {
        ++m_at;
        m_isMoreExpected = true;
    }
    return true;
}

Result<ArffAttribute> parseArffAttribute(std::string_view declaration)
{
    ArffAttribute attribute;
    TY_TRY(attribute.name, takeWord(declaration));
    const std::string_view type = trimmed(declaration);
    if (attribute.name.empty() || type.empty()) {
        return malformed("an attribute needs a name and a type");
    }
    if (type.front() == '{') {
        const auto close = type.rfind('}');
        if (close == std::string_view::npos) {
            return malformed(fmt::format("the values of \"{}\" have no closing brace", attribute.name));
        }
        attribute.type = ColumnType::Category;
        ArffFields fields(type.substr(1, close - 1), true);
        for (;;) {
            TY_TRY(const bool isThere, fields.next());
            if (!isThere) {
                return attribute;
            }
            attribute.values.push_back(fields.value());
        }
    }
    const std::string word = lowered(type.substr(0, type.find_first_of(kBlanks)));
    if (word == "numeric" || word == "real" || word == "integer") {
        attribute.type = ColumnType::Numeric;
    } else if (word == "string") {
        attribute.type = ColumnType::Text;
    } else if (word == "date") {
        attribute.type = ColumnType::Date;
        const auto first = type.find_first_of("yMd", word.size()); // the form: "yyyy-MM-dd", "dd.MM.yyyy"
        attribute.dateOrder = first == std::string_view::npos || type[first] == 'y' ? DateOrder::YearMonthDay
                              : type[first] == 'M'                                  ? DateOrder::MonthDayYear
                                                                                    : DateOrder::DayMonthYear;
    } else if (word == "relational") {
        return Error{
            ErrorKind::Unsupported, fmt::format("\"{}\" is relational: tables within a table are not read", attribute.name),
            "Save each as a file of its own."};
    } else {
        return malformed(fmt::format("\"{}\" is no type of an attribute", shortened(word)));
    }
    return attribute;
}

} // namespace ty::engine
