#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engine/base/large_vector.h"
#include "engine/data/formats/csv_layout.h"
#include "engine/data/formats/csv_parser.h"
#include "engine/data/formats/csv_scanner.h"
#include "engine/data/formats/formats.h"
#include "engine/data/ordered_work.h"
#include "engine/data/table_content.h"
#include "engine/data/table_roles.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

constexpr std::size_t kHeadBytes = 1U << 18;
constexpr std::uint64_t kSmallFile = 1U << 24;
constexpr std::size_t kMostTextBytes = 1U << 28; ///< a column; later texts are not kept for showing
constexpr std::size_t kMostTextBytesBesideFile = 1U << 24; ///< the same, once the values do not fit into memory
constexpr std::size_t kMostHashes = 50'000'000;
constexpr std::size_t kMostPlaces = 20;

/// Types come from the model, if there is one, and from the choices of the person, before any
/// guess.
void applyChoices(CsvLayout& layout, const OpenOptions& options)
{
    for (CsvLayout::Column& column : layout.columns) {
        const auto type = chosenType(options, column.name);
        if (type) {
            column.type = *type == ColumnType::Text ? ColumnType::Category : *type;
            column.isTypeFixed = true;
        }
    }
}

/// Without a heading, a table for a known model gives its columns by their places.
void nameLike(CsvLayout& layout, const OpenOptions& options)
{
    if (options.like == nullptr || layout.hasHeader) {
        return;
    }
    std::vector<std::string> all;
    std::vector<std::string> inputs;
    for (const ColumnInfo& column : options.like->columnsToRead()) {
        all.push_back(column.name);
        if (column.role != ColumnRole::Target) {
            inputs.push_back(column.name);
        }
    }
    const auto& names = layout.columns.size() == inputs.size() ? inputs : all;
    for (std::size_t c = 0; c < layout.columns.size() && names.size() == layout.columns.size();
         ++c) {
        layout.columns[c].name = names[c];
    }
}

struct CsvJob {
    CsvBlockReader::Block block;
    CsvParseOptions options;
    bool isFirst = false;
    CsvChunk chunk;
};

/// Joins the chunks of one pass over the file.
class CsvJoin {
  public:
    CsvJoin(const CsvLayout& layout, const OpenOptions& options, std::string name)
        : m_options(options)
        , m_name(std::move(name))
    {
        for (const CsvLayout::Column& from : layout.columns) {
            TableColumn column;
            column.name = from.name;
            column.type = from.type;
            m_content.columns.push_back(std::move(column));
        }
        m_content.hasNames = layout.hasHeader;
        m_parse.areHashesWanted = options.areDuplicatesSought;
        m_parse.areTextsKeptApart.assign(layout.columns.size(), false);
        m_parse.areNumbersUncounted.assign(layout.columns.size(), false);
    }

    /// From now on the values of all rows lie in scratch files.
    /// @param rowsInAll  as far as known
    void moveValuesToFile(std::size_t rowsInAll)
    {
        m_content.moveValuesToFile(rowsInAll);
        m_isInFile = true;
        m_mostTextBytes = kMostTextBytesBesideFile;
    }

    bool areValuesInFile() const { return m_isInFile; }
    void letGoOfMemory() const { m_content.letGoOfMemory(); }
    void reserveValues(std::size_t rowsInAll) { m_content.reserveValues(rowsInAll); }
    std::uint64_t valueBytes(std::size_t rows) const { return rows * m_content.columns.size() * sizeof(float); }

    const CsvParseOptions& parseOptions() const { return m_parse; }
    std::uint64_t rows() const { return m_content.rows; }

    void add(CsvChunk chunk)
    {
        for (std::size_t c = 0; c < chunk.columns.size(); ++c) {
            addColumn(c, chunk.columns[c]);
        }
        m_content.rows += chunk.rows;
        if (m_options.areValuesKept) {
            m_content.lines.add(chunk.lines);
        }
        if (m_parse.areHashesWanted && m_content.rows <= kMostHashes) {
            m_content.rowHashes.insert(
                m_content.rowHashes.end(), chunk.rowHashes.begin(), chunk.rowHashes.end());
        } else if (m_parse.areHashesWanted) {
            m_parse.areHashesWanted = false;
            m_content.rowHashes = LargeVector<std::uint64_t>();
            m_content.problems.push_back(
                {ProblemSeverity::Note,
                 "limit",
                 m_name + " is too long to look for duplicate rows",
                 {},
                 0,
                 {}});
        }
        m_raggedRows += chunk.raggedRows;
        m_isLastRowCut = chunk.isLastRowCut;
        for (std::string& place : chunk.raggedPlaces) {
            m_lastRaggedPlace = place;
            if (m_raggedPlaces.size() < kMostPlaces) {
                m_raggedPlaces.push_back(std::move(place));
            }
        }
    }

    /// Errors: InvalidInput when the file is cut off or its rows do not agree on the number of
    /// fields.
    Result<TableContent> finish()
    {
        if (m_isLastRowCut) {
            return Error{
                ErrorKind::InvalidInput,
                m_lastRaggedPlace + "; the file ends in the middle of this line",
                "The file seems to be cut off. Copy or download it again, or remove its last "
                "line."};
        }
        if (m_raggedRows > 0 && m_raggedRows * 20 > m_content.rows + m_raggedRows) {
            return Error{
                ErrorKind::InvalidInput,
                fmt::format(
                    "{} ({} of {} rows are like that)",
                    m_raggedPlaces.front(),
                    grouped(m_raggedRows),
                    grouped(m_content.rows + m_raggedRows)),
                "Check the delimiter, and quotes around fields that contain it."};
        }
        if (m_raggedRows > 0) {
            m_content.problems.push_back(
                {ProblemSeverity::Warning,
                 "ragged-rows",
                 fmt::format(
                     "{} row{} with another number of fields than the heading: {}",
                     grouped(m_raggedRows),
                     m_raggedRows == 1 ? "" : "s",
                     m_raggedPlaces.front()),
                 "These rows are left out.",
                 m_raggedRows,
                 m_raggedPlaces});
        }
        return std::move(m_content);
    }

    const std::vector<TableColumn>& columns() const { return m_content.columns; }

  private:
    void addColumn(std::size_t index, TableColumn& piece)
    {
        TableColumn& whole = m_content.columns[index];
        if (piece.badCells > 0 && whole.badCells == 0) {
            whole.badPlace = piece.badPlace;
        }
        whole.badCells += piece.badCells;
        if (whole.isNumber()) {
            whole.statistics.add(piece.statistics);
            m_parse.areNumbersUncounted[index] = !whole.statistics.distinct.isExact();
            if (m_options.areValuesKept) {
                whole.numbers.insert(
                    whole.numbers.end(), piece.numbers.begin(), piece.numbers.end());
            }
            return;
        }
        whole.missing += piece.missing;
        whole.characters += piece.characters;
        std::vector<std::int32_t> numbers(piece.texts.size());
        for (std::size_t i = 0; i < piece.texts.size(); ++i) {
            numbers[i] =
                add(whole, index, piece.texts.at(static_cast<std::int32_t>(i)), piece.counts[i]);
        }
        if (m_options.areValuesKept) {
            for (const std::int32_t code : piece.codes) {
                whole.codes.push_back(code < 0 ? code : numbers[static_cast<std::size_t>(code)]);
            }
        }
    }

    std::int32_t
    add(TableColumn& whole, std::size_t index, std::string_view text, std::uint64_t count)
    {
        if (count == 0) {
            return StringPool::kNone; // only rows that were left out said so
        }
        if (!whole.areTextsDistinct) {
            const bool isKept = m_options.areValuesKept && whole.texts.bytes() < m_mostTextBytes;
            return isKept ? whole.texts.append(text) : StringPool::kNone;
        }
        const std::int32_t code = whole.texts.intern(text);
        whole.counts.resize(whole.texts.size());
        whole.counts[static_cast<std::size_t>(code)] += count;
        if (whole.texts.size() > kMostComparedTexts) {
            whole.areTextsDistinct = false;
            m_parse.areTextsKeptApart[index] = true;
        }
        return code;
    }

    const OpenOptions& m_options;
    std::string m_name;
    TableContent m_content;
    CsvParseOptions m_parse;
    std::size_t m_mostTextBytes = kMostTextBytes;
    bool m_isInFile = false;
    std::uint64_t m_raggedRows = 0;
    std::vector<std::string> m_raggedPlaces;
    std::string m_lastRaggedPlace;
    bool m_isLastRowCut = false;
};

/// Columns whose cells turned out to be words although the beginning of the file was all numbers.
bool becomeWords(const std::vector<TableColumn>& columns, CsvLayout& layout)
{
    bool isAnyChanged = false;
    for (std::size_t c = 0; c < columns.size(); ++c) {
        const TableColumn& column = columns[c];
        if (layout.columns[c].isTypeFixed || column.badCells == 0) {
            continue;
        }
        const std::uint64_t present = column.statistics.present + column.badCells;
        const bool isFewValued =
            column.type == ColumnType::Numeric && column.statistics.distinct.size() <= 20;
        if (column.badCells * 20 > present || isFewValued) {
            layout.columns[c].type = ColumnType::Category;
            isAnyChanged = true;
        }
    }
    return isAnyChanged;
}

/// Where the values of all rows go: into memory, or into files when they do not fit or no longer do.
class CsvPlace {
  public:
    explicit CsvPlace(const OpenOptions& options)
        : m_isAsked(options.areValuesKept)
    {
    }

    /// @param read  part of the file that has been joined, in (0, 1]
    void look(CsvJoin& join, double read)
    {
        if (!m_isAsked || join.rows() == 0) {
            return;
        }
        ++m_blocks;
        const auto rowsInAll = static_cast<std::size_t>(1.02 * static_cast<double>(join.rows()) / read);
        if (join.areValuesInFile()) {
            if (m_blocks % kBlocksBetween == 0) {
                join.letGoOfMemory();
            }
        } else if (m_blocks == 1 && read < 1) {
            const bool isRoom = placeFor(join.valueBytes(rowsInAll) + kRoom) == LargePlace::Memory;
            isRoom ? join.reserveValues(rowsInAll) : join.moveValuesToFile(rowsInAll);
        } else if (m_blocks % kBlocksBetween == 0 && placeFor(kRoom) == LargePlace::File) {
            join.moveValuesToFile(rowsInAll);
        }
    }

  private:
    static constexpr std::uint64_t kBlocksBetween = 8;
    static constexpr std::uint64_t kRoom = std::uint64_t{1} << 26; ///< above what so many blocks become
    bool m_isAsked;
    std::uint64_t m_blocks = 0;
};

struct CsvPass {
    CsvJoin join;
    std::string fingerprint;
};

Result<CsvPass>
readPass(const std::string& path, const CsvLayout& layout, const OpenOptions& options)
{
    TY_TRY(auto reader, ByteReader::open(path, options.files));
    const std::string name = fileName(path);
    CsvBlockReader blocks(std::move(reader), name, layout.delimiter, layout.isCarriageReturnOnly);
    CsvJoin join(layout, options, name);
    OrderedWork<CsvJob> work([&](CsvJob& job) {
        job.chunk = parseCsvBlock(job.block, layout, job.options, name, job.isFirst);
    });
    CsvPlace place(options);
    std::uint64_t joinedBytes = 0;
    bool isFirst = true;
    bool isEnd = false;
    while (!isEnd || !work.isEmpty()) {
        if (options.stop.stop_requested()) {
            return cancelledError();
        }
        if (!isEnd && !work.isFull()) {
            auto next = blocks.next();
            if (!next) {
                return std::move(next).error();
            }
            isEnd = !next->has_value();
            if (!isEnd) {
                work.push(
                    {std::move(**next), join.parseOptions(), std::exchange(isFirst, false), {}});
            }
            continue;
        }
        CsvJob job = work.takeFront();
        joinedBytes += job.block.text.size();
        join.add(std::move(job.chunk));
        const std::uint64_t position = blocks.reader().isCompressed() ? blocks.reader().filePosition() : joinedBytes;
        const double read = std::min(
            1.0,
            static_cast<double>(std::max<std::uint64_t>(position, 1)) /
                static_cast<double>(std::max<std::uint64_t>(blocks.reader().fileBytes(), 1)));
        place.look(join, read);
        if (options.progress) {
            options.progress(read, "reading row " + grouped(join.rows()));
        }
    }
    return CsvPass{std::move(join), blocks.fingerprint()};
}

Result<CsvLayout>
layoutOf(const std::string& head, bool isWhole, const std::string& path, const OpenOptions& options)
{
    TY_TRY(auto layout, guessCsvLayout(head, isWhole, fileName(path)));
    nameLike(layout, options);
    applyChoices(layout, options);
    return layout;
}

} // namespace

Result<std::unique_ptr<Dataset>> openCsv(const std::string& path, const OpenOptions& given)
{
    OpenOptions options = given;
    TY_TRY(const auto file, ByteReader::open(path, options.files));
    if (!file.isCompressed() && file.fileBytes() < kSmallFile) {
        options.areValuesKept = true; // they cost nothing, and problems can then name their lines
    }
    TY_TRY(const auto head, readHead(path, kHeadBytes, options.files));
    TY_TRY(auto layout, layoutOf(head, head.size() < kHeadBytes, path, options));
    for (;;) {
        TY_TRY(auto pass, readPass(path, layout, options));
        if (becomeWords(pass.join.columns(), layout)) {
            continue; // at most once a column: words stay words
        }
        TY_TRY(auto content, pass.join.finish());
        content.path = path;
        content.format = layout.delimiter == '\t' ? "tsv" : "csv";
        content.bytes = file.fileBytes();
        content.fingerprint = pass.fingerprint;
        return makeTableDataset(std::move(content), options);
    }
}

Result<Preview> previewCsv(const std::string& path, const OpenOptions& options)
{
    TY_TRY(const auto reader, ByteReader::open(path, options.files));
    TY_TRY(const auto head, readHead(path, kHeadBytes, options.files));
    const bool isWhole = head.size() < kHeadBytes;
    TY_TRY(const auto layout, layoutOf(head, isWhole, path, options));

    CsvBlockReader::Block block;
    block.text = head.starts_with("\xef\xbb\xbf") ? head.substr(3) : head;
    if (layout.isCarriageReturnOnly) {
        std::replace(block.text.begin(), block.text.end(), '\r', '\n');
    }
    if (!isWhole) { // the last record is most likely cut
        CsvFields fields(block.text, layout.delimiter);
        std::size_t boundary = 0;
        while (!fields.isAtEnd()) {
            boundary = fields.position();
            fields.skipRecord();
        }
        block.text.resize(boundary);
    }
    block.endsWithoutLineFeed =
        false; // what is wrong with the whole file is for openDataset to say
    OpenOptions quick = options;
    quick.areDuplicatesSought = false;
    quick.areValuesKept = true;
    CsvJoin join(layout, quick, fileName(path));
    CsvParseOptions parse = join.parseOptions();
    join.add(parseCsvBlock(block, layout, parse, fileName(path), true));
    TY_TRY(auto content, join.finish());
    const std::uint64_t rows = content.rows;
    content.path = path;
    content.format = layout.delimiter == '\t' ? "tsv" : "csv";
    content.bytes = reader.fileBytes();
    TY_TRY(const auto dataset, makeTableDataset(std::move(content), quick));

    Preview preview = previewOf(*dataset);
    preview.isComplete = isWhole;
    if (!isWhole && !block.text.empty()) {
        const double scale =
            static_cast<double>(preview.info.bytes) / static_cast<double>(block.text.size());
        preview.info.samples =
            static_cast<std::uint64_t>(static_cast<double>(rows) * std::max(scale, 1.0));
        preview.info.givenSplit = {preview.info.samples, 0, 0};
    }
    return preview;
}

} // namespace ty::engine
