#include "engine/data/formats/arff.h"

#include <charconv>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "engine/data/formats/formats.h"
#include "engine/data/line_reader.h"
#include "engine/data/table_builder.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

bool isCommentOrBlank(std::string_view line)
{
    return line.empty() || line.front() == '%';
}

bool isKeyword(std::string_view line, std::string_view keyword)
{
    return lowered(line.substr(0, keyword.size())) == keyword &&
           (line.size() == keyword.size() || line[keyword.size()] == ' ' || line[keyword.size()] == '\t');
}

class ArffParser {
public:
    ArffParser(const std::string& path, const OpenOptions& options)
        : m_name(fileName(path))
        , m_builder(path, "arff", options)
    {
    }

    std::uint64_t rows() const { return m_builder.rows(); }

    Result<void> takeLine(std::string_view line, std::uint64_t number)
    {
        line = trimmed(line);
        if (isCommentOrBlank(line)) {
            return {};
        }
        m_place = fmt::format("{} line {}", m_name, number);
        const auto done = m_isData ? takeRow(line, number) : takeDeclaration(line);
        return done ? done : Result<void>(Error(done.error()).withContext(m_place));
    }

    Result<TableContent> finish(std::uint64_t bytes, std::string fingerprint, bool isWhole)
    {
        if (!m_isData && isWhole) {
            return Error{ErrorKind::InvalidInput, m_name + " has no @data", "The file may be cut off."};
        }
        if (m_weightedRows > 0) {
            m_builder.addProblem(
                {ProblemSeverity::Note, "ignored-column",
                 fmt::format("{} rows say a weight, the first is {}", grouped(m_weightedRows), m_firstWeight),
                 "Weights are not used: each row counts once.", m_weightedRows, {m_firstWeight}});
        }
        return m_builder.finish(bytes, std::move(fingerprint));
    }

private:
    Result<void> takeDeclaration(std::string_view line)
    {
        if (isKeyword(line, "@relation")) {
            return {};
        }
        if (isKeyword(line, "@data")) {
            m_isData = true;
            return m_attributes.empty() ? Error{ErrorKind::InvalidInput, "@data without an attribute before it", {}}
                                        : Result<void>();
        }
        if (!isKeyword(line, "@attribute")) {
            return Error{
                ErrorKind::InvalidInput,
                fmt::format("@attribute or @data expected, \"{}\" found", shortened(line)), {}};
        }
        TY_TRY(auto attribute, parseArffAttribute(line.substr(std::string_view("@attribute").size())));
        const bool isWords = attribute.type == ColumnType::Category || attribute.type == ColumnType::Text;
        m_builder.addColumn(attribute.name, isWords ? ColumnType::Category : attribute.type);
        m_values.emplace_back(attribute.values.begin(), attribute.values.end());
        m_attributes.push_back(std::move(attribute));
        return {};
    }

    Result<void> takeRow(std::string_view line, std::uint64_t number)
    {
        TY_CHECK(line.front() == '{' ? takeSparse(line) : takeDense(line));
        m_builder.endRow(number);
        return {};
    }

    /// A last ", {0.5}" is the row's weight.
    void takeWeight(std::string_view& line)
    {
        const auto open = line.rfind('{');
        const std::string_view before = trimmed(line.substr(0, std::min(open, line.size())));
        double weight = 0;
        if (line.back() == '}' && before.ends_with(',') && parseNumber(line.substr(open + 1, line.size() - open - 2), weight)) {
            m_firstWeight = m_weightedRows++ == 0 ? m_place : m_firstWeight;
            line = trimmed(before.substr(0, before.size() - 1));
        }
    }

    Result<void> takeDense(std::string_view line)
    {
        takeWeight(line);
        ArffFields fields(line, hasArffComma(line));
        std::size_t count = 0;
        for (;; ++count) {
            TY_TRY(const bool isThere, fields.next());
            if (!isThere) {
                break;
            }
            if (count < m_attributes.size()) {
                takeValue(count, fields.value(), fields.isQuoted());
            }
        }
        if (count != m_attributes.size()) {
            return Error{
                ErrorKind::InvalidInput,
                fmt::format("{} value{}, {} attributes are declared", count, count == 1 ? "" : "s", m_attributes.size()),
                "Correct the line, or remove it; the file may be cut off there."};
        }
        return {};
    }

    Result<void> takeSparse(std::string_view line)
    {
        takeWeight(line);
        if (line.size() < 2 || line.back() != '}') {
            return Error{ErrorKind::InvalidInput, "a sparse row has no closing brace", "The file may be cut off there."};
        }
        std::string_view inside = line.substr(1, line.size() - 2);
        m_isGiven.assign(m_attributes.size(), false);
        for (;;) {
            inside = trimmed(inside);
            if (inside.empty()) {
                break;
            }
            std::size_t index = 0;
            const auto number = std::from_chars(inside.data(), inside.data() + inside.size(), index);
            if (number.ec != std::errc() || index >= m_attributes.size() || m_isGiven[index]) {
                return Error{
                    ErrorKind::InvalidInput,
                    fmt::format(
                        "\"{}\" does not begin with the number of an attribute, 0 to {}, each at most once",
                        shortened(inside), m_attributes.size() - 1),
                    {}};
            }
            m_isGiven[index] = true;
            inside.remove_prefix(static_cast<std::size_t>(number.ptr - inside.data()));
            inside = trimmed(inside);
            TY_TRY(inside, takeSparseValue(index, inside));
        }
        for (std::size_t i = 0; i < m_attributes.size(); ++i) {
            if (m_isGiven[i]) {
                continue;
            }
            // What a sparse row leaves out is 0, or the first of the values.
            if (m_attributes[i].type == ColumnType::Numeric) {
                m_builder.setNumber(i, 0);
            } else if (!m_attributes[i].values.empty()) {
                m_builder.setText(i, m_attributes[i].values.front(), m_place);
            }
        }
        return {};
    }

    /// @return what follows the value and its comma
    Result<std::string_view> takeSparseValue(std::size_t index, std::string_view text)
    {
        std::size_t end = 0;
        if (!text.empty() && (text[0] == '\'' || text[0] == '"')) {
            for (end = 1; end < text.size() && text[end] != text[0]; ++end) {
                end += text[end] == '\\' ? 1 : 0;
            }
        }
        end = std::min(text.find(',', std::min(end, text.size())), text.size());
        ArffFields fields(text.substr(0, end), true);
        TY_TRY(const bool isThere, fields.next());
        if (!isThere || (fields.value().empty() && !fields.isQuoted())) {
            return Error{ErrorKind::InvalidInput, fmt::format("attribute {} has no value", index), {}};
        }
        takeValue(index, fields.value(), fields.isQuoted());
        return text.substr(std::min(end + 1, text.size()));
    }

    void takeValue(std::size_t index, const std::string& value, bool isQuoted)
    {
        if (!isQuoted && (value == "?" || value.empty())) {
            return;
        }
        const ArffAttribute& attribute = m_attributes[index];
        if (attribute.type == ColumnType::Category && !m_values[index].contains(value)) {
            m_builder.setBad(index, value, m_place);
            return;
        }
        if (attribute.type == ColumnType::Date) {
            double days = 0;
            parseDate(value, days, attribute.dateOrder) ? m_builder.setNumber(index, days) : m_builder.setBad(index, value, m_place);
            return;
        }
        m_builder.setText(index, value, m_place);
    }

    std::string m_name;
    std::string m_place;
    TableBuilder m_builder;
    bool m_isData = false;
    std::vector<ArffAttribute> m_attributes;
    std::vector<std::unordered_set<std::string>> m_values; ///< of nominal attributes
    std::vector<bool> m_isGiven;
    std::uint64_t m_weightedRows = 0;
    std::string m_firstWeight;
};

} // namespace

bool looksLikeArff(std::string_view head)
{
    while (!head.empty()) {
        const std::size_t feed = std::min(head.find('\n'), head.size());
        const std::string_view line = trimmed(head.substr(0, feed));
        head.remove_prefix(std::min(feed + 1, head.size()));
        if (!isCommentOrBlank(line)) {
            return isKeyword(line, "@relation") || isKeyword(line, "@attribute");
        }
    }
    return false;
}

Result<TableReading> readArff(const std::string& path, const OpenOptions& options, std::uint64_t mostRows)
{
    TY_TRY(auto lines, LineReader::open(path, options));
    ArffParser parser(path, options);
    while (parser.rows() < mostRows) {
        TY_TRY(const bool isThere, lines.next());
        if (!isThere) {
            break;
        }
        TY_CHECK(parser.takeLine(lines.line(), lines.number()));
    }
    TableReading reading;
    reading.share = lines.share();
    TY_TRY(reading.content, parser.finish(lines.fileBytes(), lines.fingerprint(), lines.isAtEnd()));
    return reading;
}

} // namespace ty::engine
