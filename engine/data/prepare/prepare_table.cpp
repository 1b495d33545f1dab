#include "engine/data/prepare/prepare_table.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <set>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "engine/data/prepare/column_steps.h"
#include "engine/data/prepare/expression.h"
#include "engine/data/prepare/table_rows.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

constexpr std::size_t kNoColumn = static_cast<std::size_t>(-1);

std::string nameList(const TableContent& content)
{
    std::string names;
    for (std::size_t c = 0; c < std::min<std::size_t>(content.columns.size(), 12); ++c) {
        names += (c == 0 ? "" : ", ") + content.columns[c].name;
    }
    return names + (content.columns.size() > 12 ? ", ..." : ".");
}

Error noColumn(const TableContent& content, const std::string& name)
{
    return {
        ErrorKind::InvalidInput, fmt::format("there is no column \"{}\"", name), "The columns here are " + nameList(content)};
}

/// The steps of one preparation, done to one table.
class TablePreparation {
public:
    /// @param like  the training data for new data; null: this is the training data
    TablePreparation(TableContent& content, const DatasetInfo* like)
        : m_content(content)
        , m_like(like)
    {
    }

    /// Notes which step leaves out which row.
    void noteLeftOut(RowsLeftOut& leftOut)
    {
        leftOut = RowsLeftOut(m_content.rows, 0, LargeAllocator<std::uint8_t>(placeFor(m_content.rows)));
        m_noted = &leftOut;
        numberRows();
    }

    /// Leaves out the rows that the same steps left out, and looks for what they find in the rows that `content.parts` gives as training.
    void repeat(const RowsLeftOut& leftOut, const std::string& target, bool areFindingsKept)
    {
        m_repeated = &leftOut;
        m_target = target;
        m_areFindingsKept = areFindingsKept;
        numberRows();
    }

    Result<void> run(Preparation& preparation)
    {
        for (std::size_t i = 0; i < preparation.steps.size(); ++i) {
            PrepareStep& step = preparation.steps[i];
            m_place = static_cast<std::uint8_t>(i + 1);
            if (!step.isEnabled || (m_like != nullptr && isTrainingOnly(step.kind))) {
                continue;
            }
            if (auto done = doStep(step); !done) {
                Error error = std::move(done).error();
                error.message = stepPlace(i, step.kind) + error.message;
                return error;
            }
            if (m_content.rows == 0) {
                return Error{ErrorKind::InvalidInput, stepPlace(i, step.kind) + "no row is left", "Let more rows through."};
            }
        }
        return {};
    }

private:
    Result<void> doStep(PrepareStep& step)
    {
        switch (step.kind) {
        case StepKind::Compute:
            return compute(step);
        case StepKind::Filter:
            return m_repeated == nullptr ? filter(step) : leaveOutAgain();
        case StepKind::DropMissing:
            return m_repeated == nullptr ? dropMissing(step) : leaveOutAgain();
        case StepKind::Resize:
            return Error{ErrorKind::InvalidInput, "the data is a table, it has no pictures", {}};
        case StepKind::Resample:
        case StepKind::Crop:
            return Error{ErrorKind::InvalidInput, "the data is a table, it has no recordings", {}};
        case StepKind::DropDuplicates:
        case StepKind::Balance:
            return {}; // done where samples are chosen
        default:
            return changeColumns(step);
        }
    }

    void numberRows()
    {
        m_rows = LargeVector<std::uint32_t>(m_content.rows, 0, LargeAllocator<std::uint32_t>(placeFor(m_content.rows * sizeof(std::uint32_t))));
        std::iota(m_rows.begin(), m_rows.end(), 0U);
    }

    void leaveOut(const std::vector<bool>& isLeftOut)
    {
        std::size_t kept = 0;
        for (std::size_t row = 0; row < m_rows.size(); ++row) {
            if (!isLeftOut[row]) {
                m_rows[kept++] = m_rows[row];
            } else if (m_noted != nullptr) {
                (*m_noted)[m_rows[row]] = m_place;
            }
        }
        m_rows.resize(kept);
        leaveRowsOut(m_content, isLeftOut);
    }

    Result<void> leaveOutAgain()
    {
        std::vector<bool> isLeftOut(m_content.rows, false);
        for (std::size_t row = 0; row < m_rows.size(); ++row) {
            isLeftOut[row] = (*m_repeated)[m_rows[row]] == m_place;
        }
        leaveOut(isLeftOut);
        return {};
    }

    /// Edges and orders of what is predicted are the question that is asked, not something to learn from.
    bool isFindingKept(const PrepareStep& step, const std::string& name) const
    {
        const bool isQuestion = name == m_target && (step.kind == StepKind::Bin || step.kind == StepKind::Encode);
        return m_repeated != nullptr && (m_areFindingsKept || isQuestion) && step.fitted.contains(name);
    }

    /// By the exact name; in new data also by one that differs in case and outer blanks only.
    std::size_t find(const std::string& name) const
    {
        std::size_t similar = kNoColumn;
        for (std::size_t c = 0; c < m_content.columns.size(); ++c) {
            if (m_content.columns[c].name == name) {
                return c;
            }
            if (m_like != nullptr && lowered(trimmed(m_content.columns[c].name)) == lowered(trimmed(name))) {
                similar = c;
            }
        }
        return similar;
    }

    bool isFeature(const std::string& name) const
    {
        return std::any_of(m_like->columns.begin(), m_like->columns.end(), [&](const ColumnInfo& one) {
            return one.name == name && one.role == ColumnRole::Feature;
        });
    }

    Result<void> changeColumns(PrepareStep& step)
    {
        for (const std::string& name : step.columns) {
            const std::size_t found = find(name);
            if (found == kNoColumn) {
                if (m_like != nullptr) {
                    continue; // whether the model needs it is asked for all columns together
                }
                return noColumn(m_content, name);
            }
            if (m_like != nullptr && step.kind == StepKind::Fill && name == m_like->target) {
                continue; // what is to be predicted is not made up
            }
            TableColumn& column = m_content.columns[found];
            if (m_like == nullptr && isFindingKept(step, name)) {
                TY_CHECK(applyStep(step, step.fitted.at(name), column));
                continue;
            }
            if (m_like == nullptr) {
                TY_TRY(step.fitted[name], fitStep(step, column, m_content.parts));
            } else if (step.kind != StepKind::Fill && step.kind != StepKind::Encode && step.kind != StepKind::Scale &&
                       !column.isNumber()) {
                return Error{ErrorKind::InvalidInput, fmt::format("column \"{}\" holds words, not numbers", name), {}};
            }
            const auto fitted = step.fitted.find(name);
            if (fitted == step.fitted.end()) {
                return Error{ErrorKind::InvalidInput, fmt::format("what was found in column \"{}\" is lost", name), "The model file is damaged."};
            }
            TY_CHECK(applyStep(step, fitted->second, column));
        }
        return {};
    }

    /// The rows of an expression, ready to be computed; nothing where new data lacks a column that is not needed.
    Result<std::optional<ExpressionRows>> rowsOf(const Expression& expression, const std::string& made)
    {
        std::vector<ExpressionColumn> columns;
        for (const std::string& name : expression.columns()) {
            const std::size_t found = find(name);
            if (found == kNoColumn) {
                if (m_like != nullptr && !isFeature(made)) {
                    return std::optional<ExpressionRows>();
                }
                return noColumn(m_content, name);
            }
            const TableColumn& column = m_content.columns[found];
            columns.push_back({name, column.numbers, column.codes, column.isNumber() ? nullptr : &column.texts});
        }
        TY_TRY(auto types, expression.types([&](const std::string& name) -> Result<ExpressionType> {
            return m_content.columns[find(name)].isNumber() ? ExpressionType::Number : ExpressionType::Text;
        }));
        return std::optional<ExpressionRows>(std::in_place, expression, std::move(types), std::move(columns));
    }

    /// Calls take(first, count) for blocks of all rows.
    template<typename Take>
    void byBlocks(const Take& take)
    {
        for (std::uint64_t first = 0; first < m_content.rows; first += ExpressionRows::kBlock) {
            take(first, static_cast<std::size_t>(std::min<std::uint64_t>(ExpressionRows::kBlock, m_content.rows - first)));
        }
    }

    Result<void> compute(const PrepareStep& step)
    {
        const std::string& name = step.columns.front();
        TY_TRY(const auto expression, Expression::parse(step.expression));
        TY_TRY(auto rows, rowsOf(expression, name));
        if (!rows) {
            return {};
        }
        TableColumn made;
        made.name = name;
        made.isMade = true;
        if (rows->type() == ExpressionType::Text) {
            LargeVector<std::int32_t> codes{LargeAllocator<std::int32_t>(placeFor(m_content.rows * sizeof(std::int32_t)))};
            codes.reserve(m_content.rows);
            byBlocks([&](std::uint64_t first, std::size_t count) {
                const auto block = rows->codes(first, count);
                codes.insert(codes.end(), block.begin(), block.end());
            });
            std::vector<std::string> texts;
            for (std::size_t i = 0; i < rows->texts().size(); ++i) {
                texts.emplace_back(rows->texts().at(static_cast<std::int32_t>(i)));
            }
            becomeCategory(made, std::move(codes), texts);
        } else {
            LargeVector<float> numbers{LargeAllocator<float>(placeFor(m_content.rows * sizeof(float)))};
            numbers.reserve(m_content.rows);
            byBlocks([&](std::uint64_t first, std::size_t count) {
                for (const double value : rows->numbers(first, count)) {
                    numbers.push_back(static_cast<float>(value));
                }
            });
            becomeNumbers(made, std::move(numbers));
        }
        const std::size_t before = find(name);
        if (before == kNoColumn) {
            m_content.columns.push_back(std::move(made));
        } else {
            made.isMade = m_content.columns[before].isMade;
            made.name = m_content.columns[before].name;
            m_content.columns[before] = std::move(made);
        }
        return {};
    }

    Result<void> filter(const PrepareStep& step)
    {
        TY_TRY(const auto expression, Expression::parse(step.expression));
        TY_TRY(auto rows, rowsOf(expression, {}));
        if (!rows) {
            return {};
        }
        if (rows->type() != ExpressionType::Truth) {
            return Error{
                ErrorKind::InvalidInput,
                fmt::format("the expression gives {}, but what is to stay must be true or false", expressionTypeName(rows->type())),
                "Compare something: age >= 18."};
        }
        std::vector<bool> isLeftOut(m_content.rows, false);
        byBlocks([&](std::uint64_t first, std::size_t count) {
            const auto block = rows->numbers(first, count);
            for (std::size_t i = 0; i < count; ++i) {
                const bool isForTraining = m_content.parts.empty() || m_content.parts[first + i] == SplitPart::Training;
                isLeftOut[first + i] = isForTraining && !(block[i] == 1);
            }
        });
        leaveOut(isLeftOut);
        return {};
    }

    Result<void> dropMissing(const PrepareStep& step)
    {
        std::vector<bool> isLeftOut(m_content.rows, false);
        std::vector<std::size_t> places;
        for (const std::string& name : step.columns) {
            places.push_back(find(name));
            if (places.back() == kNoColumn) {
                return noColumn(m_content, name);
            }
        }
        for (std::size_t c = 0; c < m_content.columns.size() && step.columns.empty(); ++c) {
            places.push_back(c);
        }
        for (const std::size_t place : places) {
            const TableColumn& column = m_content.columns[place];
            for (std::uint64_t row = 0; row < m_content.rows; ++row) {
                const bool isMissing = column.isNumber() ? std::isnan(column.numbers[row]) : column.codes[row] < 0;
                const bool isForTraining = m_content.parts.empty() || m_content.parts[row] == SplitPart::Training;
                isLeftOut[row] = isLeftOut[row] || (isMissing && isForTraining);
            }
        }
        leaveOut(isLeftOut);
        return {};
    }

    TableContent& m_content;
    const DatasetInfo* m_like;
    RowsLeftOut* m_noted = nullptr;
    const RowsLeftOut* m_repeated = nullptr;
    std::string m_target;
    bool m_areFindingsKept = false;
    LargeVector<std::uint32_t> m_rows; ///< as they were read, of those that are left; empty if nobody asks
    std::uint8_t m_place = 0;          ///< of the step, from 1
};

static_assert(Preparation::kMostSteps < 256);

/// What is not trained on counts as validation while steps look for something.
std::vector<SplitPart> partsToFit(
    const std::vector<SplitPart>& parts, const RowsLeftOut& leftOut, std::span<const std::uint32_t> training)
{
    std::vector<SplitPart> toFit(leftOut.size(), SplitPart::Training);
    std::vector<std::uint32_t> rows; // as they were read, of each sample
    for (std::size_t row = 0; row < leftOut.size(); ++row) {
        // A row that a later step leaves out is of no part; steps before that one look at it, as they did when it was new.
        const bool isGivenAway = !parts.empty() && parts[row] != SplitPart::Training;
        toFit[row] = leftOut[row] == 0 || isGivenAway ? SplitPart::Validation : SplitPart::Training;
        if (leftOut[row] == 0) {
            rows.push_back(static_cast<std::uint32_t>(row));
        }
    }
    for (const std::uint32_t sample : training) {
        toFit[rows[sample]] = SplitPart::Training;
    }
    return toFit;
}

} // namespace

Result<void> prepareTraining(TableContent& content, Preparation& preparation)
{
    return TablePreparation(content, nullptr).run(preparation);
}

Result<void> prepareTraining(TableContent& content, Preparation& preparation, RowsLeftOut& leftOut)
{
    TablePreparation steps(content, nullptr);
    steps.noteLeftOut(leftOut);
    return steps.run(preparation);
}

Result<void> prepareAnew(
    TableContent& content, Preparation& preparation, const std::string& target, const RowsLeftOut& leftOut, const StepsFit& fit)
{
    std::vector<SplitPart> kept;
    for (std::size_t row = 0; row < content.parts.size(); ++row) {
        if (leftOut[row] == 0) {
            kept.push_back(content.parts[row]);
        }
    }
    content.parts = partsToFit(content.parts, leftOut, fit.training);
    if (fit.found != nullptr) {
        preparation = *fit.found;
    }
    TablePreparation steps(content, nullptr);
    steps.repeat(leftOut, target, fit.found != nullptr);
    TY_CHECK(steps.run(preparation));
    content.parts = std::move(kept);
    return {};
}

Result<void> prepareNewData(TableContent& content, const DatasetInfo& like)
{
    Preparation steps = like.preparation;
    return TablePreparation(content, &like).run(steps);
}

std::vector<ColumnInfo> outlineOf(const TableContent& content)
{
    std::vector<ColumnInfo> columns;
    for (const TableColumn& column : content.columns) {
        ColumnInfo info;
        info.name = column.name;
        info.type = column.type;
        for (std::size_t i = 0; !column.isNumber() && column.areTextsDistinct && i < std::min<std::size_t>(column.texts.size(), 64); ++i) {
            info.categories.emplace_back(column.texts.at(static_cast<std::int32_t>(i)));
        }
        columns.push_back(std::move(info));
    }
    return columns;
}

std::vector<ColumnInfo> columnsToBring(
    std::vector<ColumnInfo> read, const std::vector<ColumnInfo>& prepared, const Preparation& preparation)
{
    std::set<std::string> needed;
    for (const ColumnInfo& column : prepared) {
        if (column.role == ColumnRole::Feature) {
            needed.insert(column.name);
        }
    }
    for (auto step = preparation.steps.rbegin(); step != preparation.steps.rend(); ++step) {
        if (step->isEnabled && step->kind == StepKind::Compute && needed.contains(step->columns.front())) {
            const auto expression = Expression::parse(step->expression);
            for (const std::string& name : expression ? expression.value().columns() : std::vector<std::string>()) {
                needed.insert(name);
            }
        }
    }
    for (ColumnInfo& column : read) {
        const auto found = std::find_if(
            prepared.begin(), prepared.end(), [&](const ColumnInfo& one) { return one.name == column.name; });
        column.role = found == prepared.end() ? ColumnRole::Ignored : found->role;
        if (column.role == ColumnRole::Ignored && needed.contains(column.name)) {
            column.role = ColumnRole::Feature;
        }
        if (column.role == ColumnRole::Ignored) {
            column.categories.clear();
        }
    }
    return read;
}

} // namespace ty::engine
