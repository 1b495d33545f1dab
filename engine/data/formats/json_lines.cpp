#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "engine/base/json.h"
#include "engine/data/formats/formats.h"
#include "engine/data/line_reader.h"
#include "engine/data/table_builder.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

constexpr std::size_t kMostListed = 4096; ///< numbers of a list that become columns

bool isListOfNumbers(const Json& value)
{
    if (!value.is_array() || value.empty() || value.size() > kMostListed) {
        return false;
    }
    for (const Json& element : value) {
        if (!element.is_number()) {
            return false;
        }
    }
    return true;
}

class JsonLinesParser {
public:
    JsonLinesParser(const std::string& path, const OpenOptions& options)
        : m_name(fileName(path))
        , m_builder(path, "jsonl", options)
    {
    }

    std::uint64_t rows() const { return m_builder.rows(); }

    Result<void> takeLine(std::string_view line, std::uint64_t number)
    {
        line = trimmed(line);
        if (line.empty()) {
            return {};
        }
        m_place = fmt::format("{} line {}", m_name, number);
        TY_TRY(const Json row, parseJson(std::string(line), m_place));
        if (row.is_object()) {
            takeObject(row, {});
        } else if (row.is_array()) {
            for (std::size_t i = 0; i < row.size(); ++i) {
                takeValue(fmt::format("column {}", i + 1), row[i]);
            }
        } else {
            return Error{
                ErrorKind::InvalidInput, m_place + ": an object is expected, one a line: {\"name\": value, ...}", {}};
        }
        if (m_builder.columns() > TableBuilder::kMostColumns) {
            return Error{
                ErrorKind::InvalidInput,
                fmt::format("{}: more than {} different names", m_place, grouped(TableBuilder::kMostColumns)),
                "Each name becomes a column; names that hold values, such as dates or numbers, make no table."};
        }
        m_builder.endRow(number);
        return {};
    }

    Result<TableContent> finish(std::uint64_t bytes, std::string fingerprint)
    {
        return m_builder.finish(bytes, std::move(fingerprint));
    }

private:
    void takeObject(const Json& object, const std::string& prefix)
    {
        for (const auto& [key, value] : object.items()) {
            takeValue(prefix.empty() ? key : prefix + "." + key, value);
        }
    }

    void takeValue(const std::string& name, const Json& value)
    {
        if (value.is_object()) {
            takeObject(value, name);
            return;
        }
        if (isListOfNumbers(value)) {
            for (std::size_t i = 0; i < value.size(); ++i) {
                m_builder.setNumber(columnOf(fmt::format("{}.{}", name, i)), value[i].get<double>());
            }
            return;
        }
        const std::size_t column = columnOf(name); // also one that has no value yet
        if (value.is_number()) {
            m_builder.setNumber(column, value.get<double>());
        } else if (value.is_boolean()) {
            m_builder.setText(column, value.get<bool>() ? "true" : "false", m_place);
        } else if (value.is_array()) {
            m_builder.setText(column, toJsonLine(value), m_place);
        } else if (value.is_string() && !isMissingToken(value.get_ref<const std::string&>())) {
            m_builder.setText(column, value.get_ref<const std::string&>(), m_place);
        }
    }

    std::size_t columnOf(const std::string& name)
    {
        const auto [at, isNew] = m_columns.emplace(name, m_builder.columns());
        return isNew ? at->second = m_builder.addColumn(name) : at->second;
    }

    std::string m_name;
    std::string m_place;
    TableBuilder m_builder;
    std::unordered_map<std::string, std::size_t> m_columns;
};

} // namespace

bool looksLikeJsonLines(std::string_view head)
{
    const std::size_t first = head.find_first_not_of(" \t\r\n", head.starts_with("\xef\xbb\xbf") ? 3 : 0);
    if (first == std::string_view::npos || head[first] != '{') {
        return false;
    }
    const std::size_t feed = head.find('\n', first);
    const std::string line(head.substr(first, feed == std::string_view::npos ? feed : feed - first));
    const auto object = parseJson(line, "the first line");
    return object && object->is_object();
}

Result<TableReading> readJsonLines(const std::string& path, const OpenOptions& options, std::uint64_t mostRows)
{
    TY_TRY(auto lines, LineReader::open(path, options));
    JsonLinesParser parser(path, options);
    while (parser.rows() < mostRows) {
        TY_TRY(const bool isThere, lines.next());
        if (!isThere) {
            break;
        }
        TY_CHECK(parser.takeLine(lines.line(), lines.number()));
    }
    TableReading reading;
    reading.share = lines.share();
    TY_TRY(reading.content, parser.finish(lines.fileBytes(), lines.fingerprint()));
    return reading;
}

} // namespace ty::engine
