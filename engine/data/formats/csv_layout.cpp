#include "engine/data/formats/csv_layout.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "engine/data/formats/csv_scanner.h"

namespace ty::engine {

namespace {

constexpr std::size_t kSampledRecords = 2000;

using Record = std::vector<std::string>;

std::vector<Record>
sampleRecords(std::string_view text, bool isWhole, char delimiter, std::size_t limit)
{
    std::vector<Record> records;
    CsvFields fields(text, delimiter);
    while (!fields.isAtEnd() && records.size() < limit) {
        Record record;
        std::string_view field;
        CsvFields::End end = CsvFields::End::Field;
        while (end == CsvFields::End::Field) {
            end = fields.next(field);
            record.emplace_back(field);
        }
        const bool isCut = !isWhole && fields.isAtEnd();
        const bool isBlankLine = record.size() == 1 && trimmed(record[0]).empty();
        if (!isBlankLine && !(isCut && !records.empty())) {
            records.push_back(std::move(record));
        }
    }
    return records;
}

/// The number of fields that most records have, and the share of records that have it.
struct Width {
    std::size_t fields = 1;
    double share = 0;
};

Width usualWidth(const std::vector<Record>& records)
{
    std::map<std::size_t, std::size_t> counts;
    for (const Record& record : records) {
        ++counts[record.size()];
    }
    Width width;
    for (const auto& [fields, count] : counts) {
        const double share = static_cast<double>(count) / static_cast<double>(records.size());
        if (share >= width.share) {
            width = {fields, share};
        }
    }
    return width;
}

/// The delimiter under which lines have the same number of fields, more than one; 0 if there is
/// none.
char guessDelimiter(std::string_view text, bool isWhole)
{
    // A comma comes last: it is also the decimal mark of files that use another delimiter.
    char best = '\0';
    double bestShare = 0;
    for (const char candidate : {'\t', ';', '|', ','}) {
        const auto records = sampleRecords(text, isWhole, candidate, 200);
        if (records.empty()) {
            continue;
        }
        const Width width = usualWidth(records);
        if (width.fields > 1 && width.share > bestShare + 0.05) {
            best = candidate;
            bestShare = width.share;
        }
    }
    return bestShare >= 0.5 ? best : '\0';
}

bool hasDecimalComma(const std::vector<Record>& records)
{
    std::size_t commas = 0;
    std::size_t points = 0;
    double value = 0;
    for (const Record& record : records) {
        for (const std::string& cell : record) {
            commas += cell.find(',') != std::string::npos && parseNumber(cell, value, ',') ? 1 : 0;
            points += cell.find('.') != std::string::npos && parseNumber(cell, value, '.') ? 1 : 0;
        }
    }
    return commas > points;
}

struct ColumnEvidence {
    std::size_t present = 0;
    std::size_t numbers = 0;
    std::array<std::size_t, 2> dates = {}; ///< day first, month first
    std::set<std::string> texts;           ///< at most 200
};

std::vector<ColumnEvidence>
examine(const std::vector<Record>& records, std::size_t from, std::size_t width, char decimal)
{
    std::vector<ColumnEvidence> columns(width);
    for (std::size_t row = from; row < records.size(); ++row) {
        for (std::size_t c = 0; c < std::min(width, records[row].size()); ++c) {
            const std::string& cell = records[row][c];
            if (isMissingToken(cell)) {
                continue;
            }
            ColumnEvidence& column = columns[c];
            ++column.present;
            double value = 0;
            if (parseNumber(cell, value, decimal)) {
                ++column.numbers;
            } else {
                column.dates[0] += parseDate(cell, value, DateOrder::DayMonthYear) ? 1 : 0;
                column.dates[1] += parseDate(cell, value, DateOrder::MonthDayYear) ? 1 : 0;
            }
            if (column.texts.size() < 200) {
                column.texts.insert(std::string(trimmed(cell)));
            }
        }
    }
    return columns;
}

/// A few odd cells do not make a column of numbers one of words, unless so few different values are
/// there that the odd one is one of them.
bool mostlyIs(std::size_t matching, const ColumnEvidence& column)
{
    return column.present > 0 && matching > 0 &&
           (matching == column.present ||
            (static_cast<double>(matching) >= 0.95 * static_cast<double>(column.present) &&
             column.texts.size() > 20));
}

bool isFirstRecordHeader(const std::vector<Record>& records, std::size_t width, char decimal)
{
    const Record& first = records.front();
    std::set<std::string> names;
    bool hasNumber = false;
    double value = 0;
    for (const std::string& cell : first) {
        hasNumber = hasNumber || parseNumber(cell, value, decimal) ||
                    parseDate(cell, value, DateOrder::DayMonthYear);
        names.insert(std::string(trimmed(cell)));
    }
    if (records.size() == 1) {
        return !hasNumber;
    }
    const auto columns = examine(records, 1, width, decimal);
    std::size_t votesFor = 0;
    std::size_t votesAgainst = 0;
    for (std::size_t c = 0; c < std::min(width, first.size()); ++c) {
        const std::string cell(trimmed(first[c]));
        const ColumnEvidence& column = columns[c];
        const bool isTyped = mostlyIs(column.numbers, column) ||
                             mostlyIs(column.dates[0], column) || mostlyIs(column.dates[1], column);
        if (isTyped) {
            const bool isWord = !isMissingToken(cell) && !parseNumber(cell, value, decimal) &&
                                !parseDate(cell, value, DateOrder::DayMonthYear) &&
                                !parseDate(cell, value, DateOrder::MonthDayYear);
            ++(isWord ? votesFor : votesAgainst);
        } else if (column.texts.contains(cell)) {
            ++votesAgainst;
        }
    }
    if (votesFor == 0 && votesAgainst == 0) { // a table of words alone
        return !hasNumber && names.size() == first.size();
    }
    return votesFor > votesAgainst;
}

std::string utf8Name(std::string_view cell)
{
    const std::string_view text = trimmed(cell);
    return isUtf8(text) ? std::string(text) : utf8FromLatin1(text);
}

void nameColumns(CsvLayout& layout, const Record& header, std::size_t width)
{
    // R writes row names without a heading: one name fewer than there are fields.
    const std::size_t shift = layout.hasHeader && header.size() + 1 == width ? 1 : 0;
    std::map<std::string, int> used;
    for (std::size_t c = 0; c < width; ++c) {
        std::string name;
        if (layout.hasHeader && c >= shift && c - shift < header.size()) {
            name = utf8Name(header[c - shift]);
        } else if (layout.hasHeader && c < shift) {
            name = "row";
        }
        if (name.empty()) {
            name = "column " + std::to_string(c + 1);
        }
        const int times = ++used[name];
        if (times > 1) {
            name += " (" + std::to_string(times) + ")";
        }
        layout.columns[c].name = name;
    }
}

bool isMostlyText(std::string_view head)
{
    const auto controls = std::count_if(head.begin(), head.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 && c != '\n' && c != '\r' && c != '\t';
    });
    return head.find('\0') == std::string_view::npos &&
           static_cast<double>(controls) <= 0.01 * static_cast<double>(head.size());
}

std::string withLineFeeds(std::string_view head, bool& isCarriageReturnOnly)
{
    std::string text(head.starts_with("\xef\xbb\xbf") ? head.substr(3) : head);
    isCarriageReturnOnly =
        text.find('\n') == std::string::npos && text.find('\r') != std::string::npos;
    if (isCarriageReturnOnly) {
        std::replace(text.begin(), text.end(), '\r', '\n');
    }
    return text;
}

} // namespace

bool looksLikeCsv(std::string_view head)
{
    if (head.empty() || !isMostlyText(head)) {
        return false;
    }
    bool isCarriageReturnOnly = false;
    const std::string text = withLineFeeds(head, isCarriageReturnOnly);
    return guessDelimiter(text, false) != '\0';
}

Result<CsvLayout> guessCsvLayout(std::string_view head, bool isWhole, const std::string& name)
{
    if (head.starts_with("\xff\xfe") || head.starts_with("\xfe\xff")) {
        return Error{
            ErrorKind::Unsupported,
            name + " is UTF-16 text",
            "Save it as UTF-8, for example \"CSV UTF-8\" in a spreadsheet."};
    }
    if (!isMostlyText(head)) {
        return Error{
            ErrorKind::InvalidInput, name + " is not a table: it holds bytes that are no text", {}};
    }
    CsvLayout layout;
    const std::string text = withLineFeeds(head, layout.isCarriageReturnOnly);
    const char delimiter = guessDelimiter(text, isWhole);
    layout.delimiter = delimiter == '\0' ? ',' : delimiter;
    const auto records = sampleRecords(text, isWhole, layout.delimiter, kSampledRecords);
    if (records.empty()) {
        return Error{ErrorKind::InvalidInput, name + " is empty: there is no row in it", {}};
    }
    const std::vector<Record> body(
        records.size() > 1 ? records.begin() + 1 : records.begin(), records.end());
    layout.decimal = layout.delimiter != ',' && hasDecimalComma(body) ? ',' : '.';
    std::size_t width = usualWidth(body).fields;
    if (records.front().size() > width && isFirstRecordHeader(records, width, layout.decimal)) {
        width = records.front().size(); // the heading says how many there should be
    }
    layout.hasHeader = isFirstRecordHeader(records, width, layout.decimal);
    layout.columns.resize(width);
    nameColumns(layout, records.front(), width);
    const auto evidence = examine(records, layout.hasHeader ? 1 : 0, width, layout.decimal);
    for (std::size_t c = 0; c < width; ++c) {
        CsvLayout::Column& column = layout.columns[c];
        const ColumnEvidence& seen = evidence[c];
        column.dateOrder =
            seen.dates[0] > seen.dates[1] ? DateOrder::DayMonthYear : DateOrder::MonthDayYear;
        if (seen.present == 0 || mostlyIs(seen.numbers, seen)) {
            column.type = ColumnType::Numeric;
        } else if (mostlyIs(std::max(seen.dates[0], seen.dates[1]), seen)) {
            column.type = ColumnType::Date;
        } else {
            column.type = ColumnType::Category;
        }
    }
    return layout;
}

} // namespace ty::engine
