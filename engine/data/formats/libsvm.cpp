#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "engine/base/large_vector.h"
#include "engine/data/content_hash.h"
#include "engine/data/formats/formats.h"
#include "engine/data/line_reader.h"
#include "engine/data/table_builder.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

constexpr std::string_view kBetween = " \t";

/// The next word of `line`, which goes on behind it; empty at the end or before a comment.
std::string_view takeWordOf(std::string_view& line)
{
    line.remove_prefix(std::min(line.find_first_not_of(kBetween), line.size()));
    const std::string_view word = line.starts_with('#') ? std::string_view() : line.substr(0, line.find_first_of(kBetween));
    line.remove_prefix(word.size());
    return word;
}

/// "17:0.5"
bool parsePair(std::string_view word, std::uint32_t& index, double& value)
{
    const auto colon = word.find(':');
    if (colon == std::string_view::npos) {
        return false;
    }
    const auto number = std::from_chars(word.data(), word.data() + colon, index);
    return number.ec == std::errc() && number.ptr == word.data() + colon && parseNumber(word.substr(colon + 1), value);
}

bool isQuery(std::string_view word)
{
    return word.starts_with("qid:");
}

/// Rows as the file has them: the values that are not 0.
struct SparseRows {
    LargeVector<float> labels;
    RowLines lines;
    LargeVector<std::uint64_t> ends; ///< of each row in `indices` and `values`
    LargeVector<std::uint32_t> indices;
    LargeVector<float> values;
    std::uint32_t least = 1;
    std::uint32_t most = 0;
    bool hasQueries = false;
};

class LibsvmParser {
public:
    explicit LibsvmParser(std::string name) : m_name(std::move(name)) {}

    std::uint64_t rows() const { return m_rows.labels.size(); }

    Result<void> takeLine(std::string_view line, std::uint64_t number)
    {
        const std::string_view label = takeWordOf(line);
        if (label.empty()) {
            return {};
        }
        const auto bad = [&](const std::string& what) {
            return Error{ErrorKind::InvalidInput, fmt::format("{} line {}: {}", m_name, number, what), "The file may be cut off or damaged there."};
        };
        double value = 0;
        if (label.find(',') != std::string_view::npos) {
            return Error{
                ErrorKind::Unsupported, fmt::format("{} line {}: a row with several labels (\"{}\")", m_name, number, shortened(label)),
                "One class or one number is predicted; make a file for each label."};
        }
        if (!parseNumber(label, value) || !std::isfinite(static_cast<float>(value))) {
            return bad(fmt::format("the label \"{}\" is not a number", shortened(label)));
        }
        m_rows.labels.push_back(static_cast<float>(value));
        m_rows.lines.add(number);
        std::int64_t before = -1;
        for (std::string_view word = takeWordOf(line); !word.empty(); word = takeWordOf(line)) {
            if (isQuery(word)) {
                m_rows.hasQueries = true;
                continue;
            }
            std::uint32_t index = 0;
            if (!parsePair(word, index, value) || !std::isfinite(static_cast<float>(value))) {
                return bad(fmt::format("\"{}\" is not index:value", shortened(word)));
            }
            if (static_cast<std::int64_t>(index) <= before) {
                return bad(fmt::format("index {} stands behind {}; they have to ascend", index, before));
            }
            before = index;
            m_rows.least = std::min(m_rows.least, index);
            m_rows.most = std::max(m_rows.most, index);
            m_rows.indices.push_back(index);
            m_rows.values.push_back(static_cast<float>(value));
        }
        m_rows.ends.push_back(m_rows.indices.size());
        return {};
    }

    void lookForRoom()
    {
        constexpr std::uint64_t kRoomBetween = std::uint64_t{1} << 26;
        if (m_isInFile || placeFor(kRoomBetween) == LargePlace::File) {
            m_isInFile = true;
            moveToFile(m_rows.indices, 2 * m_rows.indices.size());
            moveToFile(m_rows.values, 2 * m_rows.values.size());
        }
    }

    SparseRows take() { return std::move(m_rows); }

private:
    std::string m_name;
    SparseRows m_rows;
    bool m_isInFile = false;
};

std::string featureName(std::uint64_t index)
{
    return fmt::format("feature {}", index);
}

TableColumn denseColumn(std::string name, std::uint64_t rows, LargePlace place)
{
    TableColumn column;
    column.name = std::move(name);
    column.numbers = LargeVector<float>(rows, 0.0F, LargeAllocator<float>(place));
    return column;
}

} // namespace

bool looksLikeLibsvm(std::string_view head)
{
    bool isAnyPair = false;
    for (int seen = 0; seen < 20 && !head.empty();) {
        const std::size_t feed = head.find('\n');
        if (feed == std::string_view::npos && seen > 0) {
            break; // cut, perhaps
        }
        std::string_view line = head.substr(0, std::min(feed, head.size()));
        head.remove_prefix(std::min(line.size() + 1, head.size()));
        line = trimmed(line);
        const std::string_view label = takeWordOf(line);
        if (label.empty()) {
            continue;
        }
        ++seen;
        double value = 0;
        if (!parseNumber(label.substr(0, label.find(',')), value)) {
            return false;
        }
        for (std::string_view word = takeWordOf(line); !word.empty(); word = takeWordOf(line)) {
            std::uint32_t index = 0;
            const bool isLast = feed == std::string_view::npos && line.empty(); // may be cut in the middle
            if (!isQuery(word) && !parsePair(word, index, value) && !isLast) {
                return false;
            }
            isAnyPair = true;
        }
    }
    return isAnyPair;
}

Result<TableReading> readLibsvm(const std::string& path, const OpenOptions& options, std::uint64_t mostRows)
{
    TY_TRY(auto lines, LineReader::open(path, options));
    LibsvmParser parser(fileName(path));
    constexpr std::uint64_t kRowsBetweenLooks = 1024;
    while (parser.rows() < mostRows) {
        TY_TRY(const bool isThere, lines.next());
        if (!isThere) {
            break;
        }
        TY_CHECK(parser.takeLine(lines.line(), lines.number()));
        if (lines.number() % kRowsBetweenLooks == 0) {
            parser.lookForRoom();
        }
    }
    SparseRows sparse = parser.take();
    TableReading reading;
    reading.share = lines.share();
    TableContent& table = reading.content;
    table.path = path;
    table.format = "libsvm";
    table.bytes = lines.fileBytes();
    table.rows = sparse.labels.size();
    table.fingerprint = lines.fingerprint();
    // Indices begin at 1, in some files at 0; what a model knows beyond the last index is 0 here.
    std::uint32_t first = sparse.least;
    std::uint64_t known = 0;
    if (options.like != nullptr) {
        for (const ColumnInfo& column : options.like->columnsToRead()) {
            known += column.role == ColumnRole::Feature ? 1 : 0;
            first = column.name == featureName(0) ? 0 : first;
        }
    }
    const std::uint64_t seen = sparse.values.empty() ? 0 : std::uint64_t{sparse.most} - first + 1;
    const std::uint64_t width = std::max(seen, known);
    TY_CHECK(checkCells(fileName(path), table.rows, width, lines.fileBytes()));
    const LargePlace place = placeFor(table.rows * width * sizeof(float));
    table.columns.reserve(width + 1);
    for (std::uint64_t i = 0; i < width; ++i) {
        table.columns.push_back(denseColumn(featureName(first + i), table.rows, place));
    }
    std::uint64_t at = 0;
    for (std::uint64_t row = 0; row < table.rows; ++row) {
        std::uint64_t hash = quickHash({reinterpret_cast<const std::uint8_t*>(&sparse.labels[row]), sizeof(float)});
        for (; at < sparse.ends[row]; ++at) {
            const std::uint32_t column = sparse.indices[at] - first;
            table.columns[column].numbers[row] = sparse.values[at];
            if (sparse.values[at] != 0) {
                hash ^= quickHash({reinterpret_cast<const std::uint8_t*>(&sparse.values[at]), sizeof(float)}, column + 1);
            }
        }
        if (options.areDuplicatesSought) {
            table.rowHashes.push_back(hash);
        }
    }
    TableColumn label;
    label.name = "label";
    label.numbers = std::move(sparse.labels);
    table.columns.push_back(std::move(label));
    for (TableColumn& column : table.columns) {
        column.statistics.add(std::span<const float>(column.numbers));
    }
    table.lines = std::move(sparse.lines);
    if (sparse.hasQueries) {
        table.problems.push_back(
            {ProblemSeverity::Note, "ignored-column", fileName(path) + " groups its rows by queries (qid)",
             "The groups are not used: each row counts by itself.", 0, {}});
    }
    return reading;
}

} // namespace ty::engine
