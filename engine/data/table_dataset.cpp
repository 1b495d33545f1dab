#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engine/base/large_vector.h"
#include "engine/data/prepare/prepare_table.h"
#include "engine/data/problems.h"
#include "engine/data/table_content.h"
#include "engine/data/table_like.h"
#include "engine/data/table_problems.h"
#include "engine/data/table_roles.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

constexpr std::size_t kMostSpreads = 2000;        ///< columns whose distributions are told; nobody looks at more
constexpr std::size_t kMostSortedCategories = 64; ///< as many as an encoder takes inputs for

/// A table before its steps, and what it was opened with.
struct UnpreparedTable {
    TableContent content;
    OpenOptions options;
    RowsLeftOut leftOut;
};

Result<std::unique_ptr<Dataset>> makeTable(
    TableContent content, const OpenOptions& options, std::shared_ptr<UnpreparedTable> unprepared, const StepsFit* fit);

class TableDataset final : public Dataset {
  public:
    /// @param unprepared  null: steps find nothing in it, or nobody will ask for other findings
    TableDataset(DatasetInfo info, TableContent content, std::size_t target, std::shared_ptr<UnpreparedTable> unprepared)
        : m_info(std::move(info))
        , m_content(std::move(content))
        , m_target(target)
        , m_unprepared(std::move(unprepared))
        , m_areValuesInMemory(std::all_of(m_content.columns.begin(), m_content.columns.end(), [](const TableColumn& column) {
            return column.numbers.get_allocator().place() == LargePlace::Memory &&
                   column.codes.get_allocator().place() == LargePlace::Memory;
        }))
    {
    }

    Result<std::unique_ptr<Dataset>> preparedAnew(const StepsFit& fit) const override
    {
        if (!m_unprepared) {
            return std::unique_ptr<Dataset>();
        }
        OpenOptions options = m_unprepared->options;
        options.target = m_info.target; // not guessed once more, of other numbers
        options.task = taskName(m_info.task);
        options.preparation = m_info.preparation;
        return makeTable(m_unprepared->content, options, m_unprepared, &fit);
    }
    std::span<const std::uint64_t> sampleHashes() const override { return m_content.rowHashes; }
    const DatasetInfo& info() const override { return m_info; }
    bool isReadQuickly() const override { return m_areValuesInMemory; }
    SplitPart partOf(std::uint64_t sample) const override
    {
        return m_content.parts.empty() ? SplitPart::Training : m_content.parts[sample];
    }
    std::string sampleId(std::uint64_t sample) const override
    {
        if (!m_content.rowNumbers.empty()) {
            return "row " + std::to_string(m_content.rowNumbers[sample]);
        }
        return m_content.lines.isEmpty() ? "row " + std::to_string(sample + 1)
                                       : "line " + std::to_string(m_content.lines.at(sample));
    }
    std::int32_t classOf(std::uint64_t sample) const override
    {
        const auto codes = m_target == TableRoles::kNoTarget ? std::span<const std::int32_t>()
                                                             : categoryColumn(m_target);
        return codes.empty() ? -1 : codes[sample];
    }
    double targetOf(std::uint64_t sample) const override
    {
        const auto numbers =
            m_target == TableRoles::kNoTarget ? std::span<const float>() : numericColumn(m_target);
        return numbers.empty() ? std::numeric_limits<double>::quiet_NaN() : numbers[sample];
    }
    std::span<const float> numericColumn(std::size_t column) const override
    {
        return m_content.columns[column].numbers;
    }
    std::span<const std::int32_t> categoryColumn(std::size_t column) const override
    {
        const TableColumn& wanted = m_content.columns[column];
        return wanted.type == ColumnType::Text ? std::span<const std::int32_t>()
                                               : std::span<const std::int32_t>(wanted.codes);
    }
    std::string cellText(std::uint64_t sample, std::size_t column) const override
    {
        const TableColumn& wanted = m_content.columns[column];
        if (wanted.isNumber()) {
            if (wanted.numbers.empty() || std::isnan(wanted.numbers[sample])) {
                return {};
            }
            return wanted.type == ColumnType::Date ? formatDate(wanted.numbers[sample])
                                                   : formatNumber(wanted.numbers[sample]);
        }
        if (wanted.codes.empty() || wanted.codes[sample] < 0) {
            return {};
        }
        return std::string(wanted.texts.at(wanted.codes[sample]));
    }
    Result<void> readImage(std::uint64_t, std::span<std::uint8_t>) const override
    {
        return Error{ErrorKind::InvalidInput, m_info.name + " is a table, it holds no images", {}};
    }

  private:
    DatasetInfo m_info;
    TableContent m_content;
    std::size_t m_target;
    std::shared_ptr<UnpreparedTable> m_unprepared; ///< nobody changes it; datasets prepared anew share it
    bool m_areValuesInMemory;
};

/// Classes written as numbers: "0", "1", ... in ascending order.
void numbersToCategories(TableColumn& column)
{
    const auto values = column.statistics.distinct.sorted();
    std::vector<float> order;
    for (const auto& [value, count] : values) {
        column.texts.intern(formatNumber(value));
        column.counts.push_back(count);
        order.push_back(value);
    }
    column.codes = LargeVector<std::int32_t>(LargeAllocator<std::int32_t>(column.numbers.get_allocator().place()));
    column.codes.reserve(column.numbers.size());
    for (const float value : column.numbers) {
        const auto found = std::lower_bound(order.begin(), order.end(), value);
        column.codes.push_back(
            std::isnan(value) ? StringPool::kNone
                              : static_cast<std::int32_t>(found - order.begin()));
    }
    column.missing = column.statistics.missing;
    column.numbers = LargeVector<float>();
    column.type = ColumnType::Category;
}

/// A few categories stand in the order in which people sort names; of many, the frequent ones come
/// first, because an encoder has inputs for those alone.
void sortCategories(TableColumn& column, bool isTarget)
{
    std::vector<std::int32_t> order(column.texts.size());
    std::iota(order.begin(), order.end(), 0);
    std::erase_if(order, [&](std::int32_t code) {
        return column.counts[static_cast<std::size_t>(code)] == 0;
    });
    const bool isByName = isTarget || order.size() <= kMostSortedCategories;
    std::sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
        const std::uint64_t countA = column.counts[static_cast<std::size_t>(a)];
        const std::uint64_t countB = column.counts[static_cast<std::size_t>(b)];
        if (!isByName && countA != countB) {
            return countA > countB;
        }
        return naturallyLess(column.texts.at(a), column.texts.at(b));
    });
    std::vector<std::int32_t> newCode(column.texts.size(), StringPool::kNone);
    StringPool texts;
    std::vector<std::uint64_t> counts;
    for (const std::int32_t code : order) {
        newCode[static_cast<std::size_t>(code)] = texts.intern(column.texts.at(code));
        counts.push_back(column.counts[static_cast<std::size_t>(code)]);
    }
    for (std::int32_t& code : column.codes) {
        code = code < 0 ? code : newCode[static_cast<std::size_t>(code)];
    }
    column.texts = std::move(texts);
    column.counts = std::move(counts);
}

/// 4.3 was read as the float nearest to it; that float as a double is 4.300000190734863, which
/// nobody wrote.
double asWritten(double value)
{
    double shortest = value;
    return parseNumber(formatNumber(static_cast<float>(value)), shortest) ? shortest : value;
}

ColumnInfo describe(const TableColumn& column, ColumnRole role, bool isSpreadTold)
{
    ColumnInfo info;
    info.name = column.name;
    info.type = column.type;
    info.role = role;
    info.missing = column.missingCells();
    if (column.isNumber()) {
        info.distinct = column.statistics.distinct.size();
        if (isSpreadTold) {
            info.distribution = distributionOf(column.statistics);
        }
        if (column.type == ColumnType::Numeric && column.statistics.present > 0) {
            info.minimum = asWritten(column.statistics.minimum);
            info.maximum = asWritten(column.statistics.maximum);
            info.mean = column.statistics.mean;
            info.deviation = column.statistics.deviation();
        }
        return info;
    }
    info.distinct = column.texts.size();
    if (column.type == ColumnType::Category) {
        for (std::size_t i = 0; i < column.texts.size(); ++i) {
            info.categories.emplace_back(column.texts.at(static_cast<std::int32_t>(i)));
        }
        if (isSpreadTold && column.counts.size() >= column.texts.size()) {
            info.distribution = distributionOf(info.categories, column.counts);
        }
    }
    return info;
}

/// What is needed to do the steps once more; null where that would change nothing.
std::shared_ptr<UnpreparedTable> keepUnprepared(const TableContent& content, const OpenOptions& options)
{
    if (!options.areStepsFittedAgain || options.like != nullptr || !options.preparation.findsInTable()) {
        return nullptr;
    }
    auto kept = std::make_shared<UnpreparedTable>();
    kept->content = content;
    kept->options = options;
    kept->options.files = nullptr; // all is read
    kept->options.progress = {};
    kept->options.stop = {};
    return kept;
}

DatasetInfo describe(const TableContent& content, const TableRoles& roles)
{
    DatasetInfo info;
    info.path = content.path;
    info.name = nameWithoutSuffix(content.path);
    info.format = content.format;
    info.kind = DataKind::Table;
    info.task = roles.task;
    info.samples = content.rows;
    info.bytes = content.bytes;
    info.fingerprint = content.fingerprint;
    for (std::size_t c = 0; c < content.columns.size(); ++c) {
        info.columns.push_back(describe(content.columns[c], roles.roles[c], content.columns.size() <= kMostSpreads));
    }
    info.givenSplit = {content.rows, 0, 0};
    if (!content.parts.empty()) {
        info.givenSplit = {};
        for (const SplitPart part : content.parts) {
            ++info.givenSplit[static_cast<std::size_t>(part)];
        }
    }
    if (roles.target != TableRoles::kNoTarget) {
        const TableColumn& target = content.columns[roles.target];
        info.target = target.name;
        for (std::size_t i = 0; roles.task == Task::Classification && i < target.texts.size();
             ++i) {
            info.classes.push_back(
                {std::string(target.texts.at(static_cast<std::int32_t>(i))),
                 i < target.counts.size() ? target.counts[i] : 0});
        }
    }
    return info;
}

} // namespace

void numbersToWords(TableColumn& column)
{
    const auto numbers = std::exchange(column.numbers, LargeVector<float>());
    const bool isDate = column.type == ColumnType::Date;
    column.type = ColumnType::Category;
    column.codes = LargeVector<std::int32_t>(LargeAllocator<std::int32_t>(numbers.get_allocator().place()));
    column.codes.reserve(numbers.size());
    for (const float number : numbers) {
        if (std::isnan(number)) {
            ++column.missing;
            column.codes.push_back(StringPool::kNone);
            continue;
        }
        const std::int32_t code = column.texts.intern(isDate ? formatDate(number) : formatNumber(number));
        column.counts.resize(column.texts.size());
        ++column.counts[static_cast<std::size_t>(code)];
        column.characters += column.texts.at(code).size();
        column.codes.push_back(code);
    }
    column.areTextsDistinct = column.texts.size() <= kMostComparedTexts;
}

void TableContent::moveValuesToFile(std::size_t rowsInAll)
{
    for (TableColumn& column : columns) {
        if (column.isNumber()) {
            moveToFile(column.numbers, rowsInAll);
        } else {
            moveToFile(column.codes, rowsInAll);
        }
    }
    if (!rowHashes.empty()) {
        moveToFile(rowHashes, rowsInAll);
    }
}

void TableContent::reserveValues(std::size_t rowsInAll)
{
    for (TableColumn& column : columns) {
        column.isNumber() ? column.numbers.reserve(rowsInAll) : column.codes.reserve(rowsInAll);
    }
}

void TableContent::letGoOfMemory() const
{
    for (const TableColumn& column : columns) {
        letGoOfPages(column.numbers);
        letGoOfPages(column.codes);
    }
    letGoOfPages(rowHashes);
}

namespace {

Result<void> prepare(
    TableContent& content, const OpenOptions& options, Preparation& preparation, UnpreparedTable* unprepared, const StepsFit* fit)
{
    if (options.like != nullptr) {
        return prepareNewData(content, *options.like);
    }
    if (fit != nullptr) {
        return prepareAnew(content, preparation, options.target, unprepared->leftOut, *fit);
    }
    return unprepared != nullptr ? prepareTraining(content, preparation, unprepared->leftOut) : prepareTraining(content, preparation);
}

/// What is wrong with the table of a database that was taken because nobody named one may be that another one was meant.
Error withOtherTables(Error error, const std::vector<Problem>& problems)
{
    for (const Problem& problem : problems) {
        if (problem.kind == "several-tables") {
            error.advice = problem.message + ". " + problem.advice;
        }
    }
    return error;
}

/// @param fit  null: the first time that this table is prepared
Result<std::unique_ptr<Dataset>> makeTable(
    TableContent content, const OpenOptions& options, std::shared_ptr<UnpreparedTable> unprepared, const StepsFit* fit)
{
    const auto given = options.like != nullptr ? options.like->preparation : options.preparation;
    const bool isPrepared = given.concernsTables() || given.last(StepKind::Resize) || given.last(StepKind::Resample) ||
        given.last(StepKind::Crop);
    std::vector<ColumnInfo> read;
    Preparation preparation = given;
    if (isPrepared) {
        read = outlineOf(content);
        if (auto done = prepare(content, options, preparation, unprepared.get(), fit); !done) {
            return std::move(done).error().withContext(fileName(content.path));
        }
    }
    TableRoles roles;
    if (options.like != nullptr) {
        TY_TRY(roles, arrangeLike(content, *options.like));
    } else {
        auto assigned = assignRoles(content, options);
        if (!assigned) {
            return withOtherTables(std::move(assigned).error(), content.problems);
        }
        roles = std::move(assigned).value();
        if (roles.task == Task::Classification && content.columns[roles.target].isNumber()) {
            numbersToCategories(content.columns[roles.target]);
        }
        for (std::size_t c = 0; c < content.columns.size(); ++c) {
            if (content.columns[c].type == ColumnType::Category) {
                sortCategories(content.columns[c], c == roles.target);
            }
        }
    }
    DatasetInfo info = describe(content, roles);
    if (options.like != nullptr) {
        info.target = options.like->target;
    }
    info.leftOut = content.leftOut;
    info.preparation = std::move(preparation);
    if (isPrepared) {
        info.rawColumns = columnsToBring(std::move(read), info.columns, info.preparation);
    }
    info.problems = std::move(content.problems);
    addTableProblems(info, content, roles);
    if (!options.repairs.areDuplicatesLeftOut && !options.repairs.areSharedLeftOut) {
        content.rowHashes = LargeVector<std::uint64_t>(); // nobody asks again
    }
    const std::size_t target = roles.target;
    return std::unique_ptr<Dataset>(
        std::make_unique<TableDataset>(std::move(info), std::move(content), target, std::move(unprepared)));
}

} // namespace

Result<std::unique_ptr<Dataset>> makeTableDataset(TableContent content, const OpenOptions& options)
{
    if (content.rows == 0) {
        return Error{
            ErrorKind::InvalidInput,
            fileName(content.path) +
                (content.hasNames ? " has a heading but no rows" : " has no rows"),
            {}};
    }
    auto unprepared = keepUnprepared(content, options);
    return makeTable(std::move(content), options, std::move(unprepared), nullptr);
}

} // namespace ty::engine
