#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/data/dataset.h"
#include "engine/data/text_values.h"

namespace ty::engine {

/// What "@attribute" says of one column.
struct ArffAttribute {
    std::string name;
    ColumnType type = ColumnType::Numeric; ///< Category: nominal; Text: any string
    DateOrder dateOrder = DateOrder::YearMonthDay;
    std::vector<std::string> values; ///< of a nominal one, in the order of their declaration
};

/// Takes values from the text of a line: between commas, or between blanks where `hasCommas` is false; in quotes of either
/// kind, with a backslash before what is meant as it stands.
class ArffFields {
public:
    ArffFields(std::string_view text, bool hasCommas) : m_text(text), m_hasCommas(hasCommas) {}

    /// Whether there is one more. Errors: InvalidInput for a quote that is not closed.
    Result<bool> next();
    const std::string& value() const { return m_value; }
    bool isQuoted() const { return m_isQuoted; }

private:
    void takeEscaped();

    std::string_view m_text;
    bool m_hasCommas;
    bool m_isMoreExpected = true; ///< after a comma there is a value, be it empty
    std::size_t m_at = 0;
    std::string m_value;
    bool m_isQuoted = false;
};

/// Whether a comma stands outside of quotes and braces.
bool hasArffComma(std::string_view text);

/// `declaration`: what follows "@attribute". Errors: InvalidInput, Unsupported for relational ones; without the place.
Result<ArffAttribute> parseArffAttribute(std::string_view declaration);

} // namespace ty::engine
