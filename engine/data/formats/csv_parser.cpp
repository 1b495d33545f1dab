#include "engine/data/formats/csv_parser.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "engine/data/content_hash.h"
#include "engine/data/plain_number.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();
constexpr std::size_t kMostPlaces = 20;

class BlockParser {
  public:
    BlockParser(
        const CsvBlockReader::Block& block,
        const CsvLayout& layout,
        const CsvParseOptions& options,
        const std::string& name)
        : m_block(block)
        , m_layout(layout)
        , m_options(options)
        , m_name(name)
        , m_fields(block.text, layout.delimiter)
    {
        m_chunk.columns.resize(layout.columns.size());
        for (std::size_t c = 0; c < layout.columns.size(); ++c) {
            m_chunk.columns[c].type = layout.columns[c].type;
        }
        m_line = block.firstLine;
        if (findCsvMarks(block.text, layout.delimiter, m_marks)) {
            m_fields.useMarks(m_marks);
            m_isAscii = m_marks.isAscii;
        }
    }

    CsvChunk run(bool isFirst)
    {
        if (isFirst && m_layout.hasHeader) {
            skipHeader();
        }
        while (!m_fields.isAtEnd()) {
            takeRecord();
        }
        for (std::size_t c = 0; c < m_chunk.columns.size(); ++c) {
            TableColumn& column = m_chunk.columns[c];
            if (column.isNumber()) {
                if (c < m_options.areNumbersUncounted.size() && m_options.areNumbersUncounted[c]) {
                    column.statistics.distinct.giveUp();
                }
                column.statistics.add(std::span<const float>(column.numbers));
            }
        }
        return std::move(m_chunk);
    }

  private:
    void skipHeader()
    {
        // Blank lines before the heading are not the heading.
        std::string_view field;
        for (;;) {
            const auto end = m_fields.next(field);
            if (end == CsvFields::End::Field) {
                m_fields.skipRecord();
                break;
            }
            if (!trimmed(field).empty() || end == CsvFields::End::Text) {
                break;
            }
            ++m_line;
        }
        m_line += 1 + m_fields.quotedLineFeeds();
        m_feedsBefore = m_fields.quotedLineFeeds();
    }

    void takeRecord()
    {
        const std::size_t begin = m_fields.position();
        const std::uint64_t line = m_line;
        const std::size_t width = m_chunk.columns.size();
        std::size_t count = 0;
        bool areExtrasEmpty = true;
        bool isBlankLine = false;
        auto end = CsvFields::End::Field;
        std::string_view field;
        while (end == CsvFields::End::Field) {
            if (count < width) {
                TableColumn& column = m_chunk.columns[count];
                if (column.type == ColumnType::Numeric && takeNumberFast(column, end)) {
                    ++count;
                    continue;
                }
                end = m_fields.next(field);
                isBlankLine = count == 0 && end != CsvFields::End::Field && trimmed(field).empty();
                takeCell(column, count, field, line);
            } else {
                end = m_fields.next(field);
                areExtrasEmpty = areExtrasEmpty && trimmed(field).empty();
            }
            ++count;
        }
        m_line += 1 + (m_fields.quotedLineFeeds() - m_feedsBefore);
        m_feedsBefore = m_fields.quotedLineFeeds();
        if (isBlankLine) {
            dropCells(1);
            return;
        }
        if (count < width || (count > width && !areExtrasEmpty)) {
            dropCells(std::min(count, width));
            reportRagged(line, count);
            return;
        }
        ++m_chunk.rows;
        m_chunk.lines.add(line);
        if (m_options.areHashesWanted) {
            std::string_view record(m_block.text.data() + begin, m_fields.position() - begin);
            record = trimmed(record);
            m_chunk.rowHashes.push_back(
                quickHash({reinterpret_cast<const std::uint8_t*>(record.data()), record.size()}));
        }
    }

    /// Plain digits with at most one decimal mark, ended by a delimiter or the line's end: most
    /// cells of most files.
    bool takeNumberFast(TableColumn& column, CsvFields::End& end)
    {
        if (!m_fields.hasMarks()) {
            return false;
        }
        const char* const stop = m_fields.endOfNext();
        if (stop == m_fields.end()) {
            return false;
        }
        const char* const at = m_fields.at();
        const char* const last = *stop == '\n' && stop != at && stop[-1] == '\r' ? stop - 1 : stop;
        double value = 0;
        if (!parsePlainNumber(m_block.text.data(), at, last, m_layout.decimal, value)) {
            return false;
        }
        column.numbers.push_back(static_cast<float>(value));
        end = m_fields.passField(stop);
        return true;
    }

    void
    takeCell(TableColumn& column, std::size_t index, std::string_view field, std::uint64_t line)
    {
        const bool isMissing = isMissingToken(field);
        if (!column.isNumber()) {
            takeText(column, index, isMissing ? std::string_view() : trimmed(field), isMissing);
            return;
        }
        float value = kMissing;
        if (!isMissing) {
            double parsed = 0;
            const bool isGood = column.type == ColumnType::Numeric
                                    ? parseNumber(field, parsed, m_layout.decimal)
                                    : parseDate(field, parsed, m_layout.columns[index].dateOrder);
            if (isGood && std::isfinite(static_cast<float>(parsed))) {
                value = static_cast<float>(parsed);
            } else {
                if (column.badCells == 0) {
                    column.badPlace =
                        fmt::format("{} line {}: \"{}\"", m_name, line, shortened(field));
                }
                ++column.badCells;
            }
        }
        column.numbers.push_back(value);
    }

    void takeText(TableColumn& column, std::size_t index, std::string_view text, bool isMissing)
    {
        if (isMissing) {
            ++column.missing;
            column.codes.push_back(StringPool::kNone);
            return;
        }
        std::string converted;
        if (!m_isAscii && !isUtf8(text)) {
            converted = utf8FromLatin1(text);
            text = converted;
        }
        const bool isApart =
            index < m_options.areTextsKeptApart.size() && m_options.areTextsKeptApart[index];
        const std::int32_t code = isApart ? column.texts.append(text) : column.texts.intern(text);
        if (static_cast<std::size_t>(code) == column.counts.size()) {
            column.counts.push_back(0);
        }
        ++column.counts[static_cast<std::size_t>(code)];
        column.characters += text.size();
        column.codes.push_back(code);
    }

    /// Takes back the cells of a record that turned out not to be a row.
    void dropCells(std::size_t count)
    {
        for (std::size_t c = 0; c < count; ++c) {
            TableColumn& column = m_chunk.columns[c];
            if (column.isNumber()) {
                column.numbers.pop_back();
                continue;
            }
            const std::int32_t code = column.codes.back();
            column.codes.pop_back();
            if (code == StringPool::kNone) {
                --column.missing;
            } else {
                column.characters -= column.texts.at(code).size();
                --column.counts[static_cast<std::size_t>(code)];
            }
        }
    }

    void reportRagged(std::uint64_t line, std::size_t count)
    {
        ++m_chunk.raggedRows;
        const bool isCut =
            count < m_chunk.columns.size() && m_block.endsWithoutLineFeed && m_fields.isAtEnd();
        if (m_chunk.raggedPlaces.size() < kMostPlaces || isCut) {
            m_chunk.raggedPlaces.push_back(fmt::format(
                "{} line {}: {} field{}, expected {}",
                m_name,
                line,
                count,
                count == 1 ? "" : "s",
                m_chunk.columns.size()));
        }
        m_chunk.isLastRowCut = isCut;
    }

    const CsvBlockReader::Block& m_block;
    const CsvLayout& m_layout;
    const CsvParseOptions& m_options;
    const std::string& m_name;
    CsvFields m_fields;
    CsvMarks m_marks;
    bool m_isAscii = false; ///< known to be
    CsvChunk m_chunk;
    std::uint64_t m_line = 1;
    std::uint64_t m_feedsBefore = 0;
};

} // namespace

CsvChunk parseCsvBlock(
    const CsvBlockReader::Block& block,
    const CsvLayout& layout,
    const CsvParseOptions& options,
    const std::string& name,
    bool isFirst)
{
    return BlockParser(block, layout, options, name).run(isFirst);
}

} // namespace ty::engine
