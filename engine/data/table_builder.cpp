#include "engine/data/table_builder.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "engine/data/content_hash.h"
#include "engine/data/formats/formats.h"
#include "engine/data/table_roles.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

constexpr std::size_t kMostTextBytes = std::size_t{1} << 28; ///< of a column; later texts are not kept for showing
constexpr std::uint64_t kSettled = 2000;                     ///< rows after which words do not become numbers any more
constexpr std::uint64_t kRowsBetweenLooks = 65'536;
constexpr std::uint64_t kRoomToKeep = std::uint64_t{1} << 26;
constexpr float kNoValue = std::numeric_limits<float>::quiet_NaN();

bool areAll(const TableColumn& column, auto&& isOne)
{
    for (std::size_t i = 0; i < column.texts.size(); ++i) {
        if (column.counts[i] > 0 && !isOne(column.texts.at(static_cast<std::int32_t>(i)))) {
            return false;
        }
    }
    return column.texts.size() > 0;
}

bool isNumberText(std::string_view text)
{
    double ignored = 0;
    return parseNumber(text, ignored) && std::isfinite(static_cast<float>(ignored));
}

bool isDateText(std::string_view text)
{
    double ignored = 0;
    return parseDate(text, ignored, DateOrder::YearMonthDay);
}

/// All words of the column say numbers or dates; now they are such.
void makeNumbers(TableColumn& column, ColumnType type)
{
    std::vector<float> values;
    for (std::size_t i = 0; i < column.texts.size(); ++i) {
        double value = 0;
        const auto text = column.texts.at(static_cast<std::int32_t>(i));
        type == ColumnType::Numeric ? parseNumber(text, value) : parseDate(text, value, DateOrder::YearMonthDay);
        values.push_back(static_cast<float>(value));
    }
    column.numbers = LargeVector<float>(LargeAllocator<float>(column.codes.get_allocator().place()));
    column.numbers.reserve(column.codes.size());
    for (const std::int32_t code : column.codes) {
        column.numbers.push_back(code < 0 ? kNoValue : values[static_cast<std::size_t>(code)]);
    }
    column.codes = LargeVector<std::int32_t>();
    column.texts = StringPool();
    column.counts.clear();
    column.characters = 0;
    column.type = type;
}

} // namespace

TableBuilder::TableBuilder(const std::string& path, std::string format, const OpenOptions& options)
    : m_options(options)
{
    m_content.path = path;
    m_content.format = std::move(format);
}

bool TableBuilder::isTaken(const std::string& name) const
{
    return std::any_of(m_content.columns.begin(), m_content.columns.end(), [&](const TableColumn& column) {
        return column.name == name;
    });
}

std::size_t TableBuilder::addColumn(std::string name)
{
    const std::size_t index = addColumn(std::move(name), ColumnType::Numeric);
    const bool isChosen = chosenType(m_options, columnName(index)).has_value();
    m_known[index] = {isChosen, isChosen, 0};
    return index;
}

std::size_t TableBuilder::addColumn(std::string name, ColumnType type)
{
    if (!isUtf8(name)) {
        name = utf8FromLatin1(name);
    }
    if (name.empty()) {
        name = fmt::format("column {}", columns() + 1);
    }
    // Wide tables are numbered by their readers; looking through all their names for each would take too long.
    for (int times = 2; columns() < 5000 && isTaken(name); ++times) {
        const auto bracket = times == 2 ? std::string::npos : name.rfind(" (");
        name = fmt::format("{} ({})", name.substr(0, bracket), times);
    }
    type = chosenType(m_options, name).value_or(type);
    type = type == ColumnType::Text ? ColumnType::Category : type;
    TableColumn column;
    column.name = std::move(name);
    column.type = type;
    if (m_isInFile) {
        column.numbers = LargeVector<float>(LargeAllocator<float>(LargePlace::File));
        column.codes = LargeVector<std::int32_t>(LargeAllocator<std::int32_t>(LargePlace::File));
    }
    m_content.columns.push_back(std::move(column));
    m_known.push_back({true, true, 0});
    return columns() - 1;
}

void TableBuilder::putNumber(std::size_t column, float value)
{
    auto& numbers = m_content.columns[column].numbers;
    numbers.resize(m_content.rows, kNoValue);
    numbers.push_back(value);
}

void TableBuilder::setNumber(std::size_t column, double value)
{
    TableColumn& whole = m_content.columns[column];
    const auto number = static_cast<float>(value);
    if (!std::isfinite(number)) {
        return;
    }
    m_known[column].isBegun = true;
    if (!whole.isNumber()) {
        putWord(column, fmt::format("{}", value));
        return;
    }
    m_hash ^= quickHash({reinterpret_cast<const std::uint8_t*>(&number), sizeof number}, column + 1);
    putNumber(column, number);
}

/// Numbers that turn out to stand among words.
void TableBuilder::makeWords(std::size_t index)
{
    TableColumn& column = m_content.columns[index];
    column.numbers.resize(m_content.rows, kNoValue);
    numbersToWords(column);
    m_known[index].words = m_content.rows - column.missing;
    column.missing = 0; // is counted at the end
}

void TableBuilder::setBad(std::size_t column, std::string_view text, const std::string& place)
{
    TableColumn& whole = m_content.columns[column];
    if (whole.badCells++ == 0) {
        whole.badPlace = fmt::format("{}: \"{}\"", place, shortened(text));
    }
}

void TableBuilder::setText(std::size_t column, std::string_view given, const std::string& place)
{
    TableColumn& whole = m_content.columns[column];
    const std::string converted = isUtf8(given) ? std::string() : utf8FromLatin1(given);
    const std::string_view text = converted.empty() ? given : std::string_view(converted);
    if (!std::exchange(m_known[column].isBegun, true)) {
        whole.type = ColumnType::Category;
    }
    if (whole.isNumber()) {
        double value = 0;
        const bool isGood = whole.type == ColumnType::Numeric ? parseNumber(text, value)
                                                              : parseDate(text, value, DateOrder::YearMonthDay);
        if (isGood && std::isfinite(static_cast<float>(value))) {
            const auto number = static_cast<float>(value);
            m_hash ^= quickHash({reinterpret_cast<const std::uint8_t*>(&number), sizeof number}, column + 1);
            putNumber(column, number);
            return;
        }
        if (m_known[column].isTypeFixed) {
            setBad(column, text, place);
            return;
        }
        makeWords(column);
    }
    putWord(column, text);
}

void TableBuilder::putWord(std::size_t column, std::string_view text)
{
    TableColumn& whole = m_content.columns[column];
    m_hash ^= quickHash({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, column + 1);
    std::int32_t code = StringPool::kNone;
    if (!whole.areTextsDistinct) {
        code = whole.texts.bytes() < kMostTextBytes ? whole.texts.append(text) : StringPool::kNone;
    } else {
        code = whole.texts.intern(text);
        whole.counts.resize(whole.texts.size());
        ++whole.counts[static_cast<std::size_t>(code)];
        whole.areTextsDistinct = whole.texts.size() <= kMostComparedTexts;
    }
    whole.characters += text.size();
    ++m_known[column].words;
    whole.codes.resize(m_content.rows, StringPool::kNone);
    whole.codes.push_back(code);
}

void TableBuilder::settle(std::size_t column)
{
    TableColumn& whole = m_content.columns[column];
    if (m_known[column].isTypeFixed || whole.isNumber() || !whole.areTextsDistinct) {
        return;
    }
    if (areAll(whole, isNumberText)) {
        makeNumbers(whole, ColumnType::Numeric);
    } else if (areAll(whole, isDateText)) {
        makeNumbers(whole, ColumnType::Date);
    } else {
        return;
    }
    m_known[column].words = 0;
}

void TableBuilder::endRow(std::uint64_t line)
{
    ++m_content.rows;
    if (line > 0) {
        m_content.lines.add(line);
    }
    if (m_options.areDuplicatesSought) {
        m_content.rowHashes.push_back(m_hash);
    }
    m_hash = 0;
    if (m_content.rows == kSettled) {
        for (std::size_t c = 0; c < columns(); ++c) {
            settle(c);
        }
    }
    if (m_content.rows % kRowsBetweenLooks == 0) {
        look();
    }
}

/// Moves the values into scratch files, if memory becomes scarce.
void TableBuilder::look()
{
    if (!m_isInFile && placeFor(kRoomToKeep) == LargePlace::File) {
        m_isInFile = true;
        m_content.moveValuesToFile(2 * static_cast<std::size_t>(m_content.rows));
    }
}

Result<TableContent> TableBuilder::finish(std::uint64_t bytes, std::string fingerprint)
{
    TY_CHECK(checkCells(fileName(m_content.path), m_content.rows, columns(), bytes));
    for (std::size_t c = 0; c < columns(); ++c) {
        settle(c);
        TableColumn& column = m_content.columns[c];
        if (column.isNumber()) {
            column.numbers.resize(m_content.rows, kNoValue);
            column.statistics.add(std::span<const float>(column.numbers));
        } else {
            column.codes.resize(m_content.rows, StringPool::kNone);
            column.missing = m_content.rows - m_known[c].words;
        }
    }
    m_content.bytes = bytes;
    m_content.fingerprint = std::move(fingerprint);
    return std::move(m_content);
}

Result<void> checkCells(const std::string& file, std::uint64_t rows, std::uint64_t columns, std::uint64_t bytes)
{
    constexpr std::uint64_t kAlwaysFine = 10'000'000;
    constexpr std::uint64_t kMostPerByte = 1000;
    if (columns > TableBuilder::kMostColumns || rows * columns > kAlwaysFine + kMostPerByte * bytes) {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format("{}: {} rows of {} columns are not possible for so small a file", file, grouped(rows), grouped(columns)),
            fmt::format("At most {} columns are read; the file may be damaged.", grouped(TableBuilder::kMostColumns))};
    }
    return {};
}

Result<Preview> previewOfRows(TableReading reading, const OpenOptions& options)
{
    OpenOptions quick = options;
    quick.areDuplicatesSought = false;
    const auto rows = static_cast<double>(reading.content.rows);
    TY_TRY(const auto dataset, makeTableDataset(std::move(reading.content), quick));
    Preview preview = previewOf(*dataset);
    preview.isComplete = reading.share >= 1;
    if (!preview.isComplete) {
        preview.info.samples = static_cast<std::uint64_t>(rows / reading.share);
        preview.info.givenSplit = {preview.info.samples, 0, 0};
    }
    return preview;
}

} // namespace ty::engine
