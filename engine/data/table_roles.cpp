#include "engine/data/table_roles.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

constexpr std::uint64_t kMostGuessedClasses = 20;
constexpr std::uint64_t kMostClasses = 1000;

/// Different values among those present.
std::uint64_t distinctValues(const TableColumn& column)
{
    return column.isNumber() ? column.statistics.distinct.size() : column.texts.size();
}

std::uint64_t presentCells(const TableColumn& column, std::uint64_t rows)
{
    return rows - std::min(rows, column.missingCells());
}

/// Words that hardly repeat, or sentences: nothing to learn from by one input a word.
bool isFreeText(const TableColumn& column, std::uint64_t rows)
{
    const std::uint64_t present = presentCells(column, rows);
    const std::uint64_t distinct = distinctValues(column);
    return !column.areTextsDistinct || (distinct > 20 && 2 * distinct > present) ||
           (present > 0 && distinct > 1 && column.characters / present > 60);
}

/// "id", "Passenger Id", "row", "index", "Unnamed: 0": the name of something that only numbers the
/// rows.
bool isNamedLikeId(const std::string& name)
{
    const std::string text = lowered(trimmed(name));
    static constexpr std::array<std::string_view, 10> kNames = {
        "id", "index", "idx", "row", "rownames", "row_id", "rowid", "uuid", "guid", "unnamed: 0"};
    if (std::find(kNames.begin(), kNames.end(), text) != kNames.end()) {
        return true;
    }
    const bool isCamelId = name.size() > 2 && name.ends_with("Id") &&
                           name[name.size() - 3] >= 'a' && name[name.size() - 3] <= 'z';
    return isCamelId || text.ends_with("_id") || text.ends_with(" id") || text.ends_with("-id");
}

bool isRowNumber(const TableColumn& column, std::uint64_t rows)
{
    if (rows < 10 || column.missingCells() > 0) {
        return false;
    }
    if (!column.isNumber()) {
        return isNamedLikeId(column.name) &&
               (!column.areTextsDistinct || column.texts.size() == rows);
    }
    const NumberStatistics& seen = column.statistics;
    if (column.type != ColumnType::Numeric || !seen.areAllIntegers) {
        return false;
    }
    const bool countsFromStart = seen.isCounter && (seen.first == 0.0F || seen.first == 1.0F);
    const bool areAllDifferent = !seen.distinct.isExact() || seen.distinct.size() == rows;
    return countsFromStart || (isNamedLikeId(column.name) && areAllDifferent);
}

constexpr std::size_t kNoRank = static_cast<std::size_t>(-1);

/// The better a column's name says "predict me", the smaller; kNoRank if it does not.
std::size_t targetNameRank(const std::string& name)
{
    static constexpr std::array<std::string_view, 14> kNames = {
        "target",
        "label",
        "labels",
        "class",
        "classes",
        "species",
        "outcome",
        "y",
        "survived",
        "diagnosis",
        "response",
        "result",
        "category",
        "quality"};
    const std::string text = lowered(trimmed(name));
    for (std::size_t i = 0; i < kNames.size(); ++i) {
        const bool isPart = kNames[i].size() > 4 && (text.ends_with("_" + std::string(kNames[i])) ||
                                                     text.ends_with(" " + std::string(kNames[i])));
        if (text == kNames[i]) {
            return i;
        }
        if (isPart) {
            return i + kNames.size();
        }
    }
    return kNoRank;
}

ColumnRole chosenRole(const OpenOptions& options, const std::string& name, ColumnRole fallback)
{
    if (const auto choice = options.columns.find(name); choice != options.columns.end()) {
        return columnRoleFromName(choice->second.role).value_or(fallback);
    }
    return fallback;
}

std::size_t findColumn(const TableContent& content, const std::string& name)
{
    for (std::size_t c = 0; c < content.columns.size(); ++c) {
        if (content.columns[c].name == name) {
            return c;
        }
    }
    return TableRoles::kNoTarget;
}

std::string columnNames(const TableContent& content)
{
    std::string names;
    for (std::size_t c = 0; c < std::min<std::size_t>(content.columns.size(), 12); ++c) {
        names += (c == 0 ? "" : ", ") + content.columns[c].name;
    }
    return content.columns.size() > 12 ? names + ", ..." : names;
}

Result<std::size_t>
findTarget(const TableContent& content, const OpenOptions& options, const TableRoles& known)
{
    std::string wanted = options.target;
    for (const auto& [name, choice] : options.columns) {
        wanted = wanted.empty() && choice.role == "target" ? name : wanted;
    }
    if (!wanted.empty()) {
        const std::size_t found = findColumn(content, wanted);
        if (found == TableRoles::kNoTarget) {
            return Error{
                ErrorKind::InvalidInput,
                fmt::format("{} has no column \"{}\"", fileName(content.path), wanted),
                "Its columns are " + columnNames(content) + "."};
        }
        return found;
    }
    const auto hasColumn = [&](const char* name) {
        return findColumn(content, name) != TableRoles::kNoTarget;
    };
    std::size_t best = TableRoles::kNoTarget;
    std::size_t bestRank = kNoRank;
    for (std::size_t c = 0; c < content.columns.size(); ++c) {
        const std::string name = lowered(trimmed(content.columns[c].name));
        const bool isCoordinate = name == "y" && (hasColumn("x") || hasColumn("X"));
        const std::size_t rank = content.hasNames && !isCoordinate ? targetNameRank(name) : kNoRank;
        const bool isSetAside =
            chosenRole(options, content.columns[c].name, ColumnRole::Target) != ColumnRole::Target;
        if (rank < bestRank && !isSetAside && !content.columns[c].isMade && presentCells(content.columns[c], content.rows) > 0) {
            best = c;
            bestRank = rank;
        }
    }
    if (best != TableRoles::kNoTarget) {
        return best;
    }
    const auto mayBeTarget = [&](std::size_t c) {
        const TableColumn& column = content.columns[c];
        return known.roles[c] == ColumnRole::Feature && !column.isMade && column.type != ColumnType::Date &&
               chosenRole(options, column.name, ColumnRole::Target) == ColumnRole::Target;
    };
    for (std::size_t c = content.columns.size(); c-- > 0;) {
        if (!mayBeTarget(c)) {
            continue;
        }
        // A heading-less table of numbers whose first column alone is words has its class there.
        const bool isFirstTheOnlyWord =
            !content.hasNames && mayBeTarget(0) &&
            content.columns[0].type == ColumnType::Category &&
            std::none_of(
                content.columns.begin() + 1, content.columns.end(), [](const TableColumn& column) {
                    return column.type == ColumnType::Category;
                });
        return isFirstTheOnlyWord ? 0 : c;
    }
    return Error{
        ErrorKind::InvalidInput,
        fmt::format("{} has no column that could be predicted", fileName(content.path)),
        "Choose the target column yourself."};
}

Task guessTask(const TableColumn& target, std::uint64_t rows)
{
    if (!target.isNumber()) {
        return Task::Classification;
    }
    const NumberStatistics& seen = target.statistics;
    const std::uint64_t distinct = seen.distinct.size();
    if (target.type == ColumnType::Date || !seen.distinct.isExact() || !seen.areAllIntegers ||
        distinct < 1) {
        return Task::Regression;
    }
    const bool isNamedClass = targetNameRank(target.name) != kNoRank &&
                              (lowered(target.name).find("class") != std::string::npos ||
                               lowered(target.name).find("label") != std::string::npos ||
                               lowered(target.name).find("species") != std::string::npos);
    const std::uint64_t most = isNamedClass ? 200 : kMostGuessedClasses;
    const bool doRepeat = presentCells(target, rows) >= 3 * distinct || distinct == 1;
    return distinct <= most && doRepeat ? Task::Classification : Task::Regression;
}

Result<Task>
decideTask(const TableContent& content, const TableColumn& target, const OpenOptions& options)
{
    const std::string file = fileName(content.path);
    const std::uint64_t distinct = distinctValues(target);
    const auto wanted = taskFromName(options.task);
    const bool isOfColumn = wanted == Task::Classification || wanted == Task::Regression;
    if (!options.task.empty() && !isOfColumn) {
        return Error{
            ErrorKind::Usage,
            fmt::format("unknown task \"{}\"", options.task),
            "Use classification, regression or grouping."};
    }
    const Task task = wanted.value_or(guessTask(target, content.rows));
    if (task == Task::Regression && !target.isNumber()) {
        const std::string example = target.texts.size() == 0 ? "" : std::string(target.texts.at(0));
        return Error{
            ErrorKind::InvalidInput,
            fmt::format(
                "{}: column \"{}\" holds words such as \"{}\", not numbers",
                file,
                target.name,
                example),
            "Choose classification, or a target column of numbers."};
    }
    const bool isExact =
        target.isNumber() ? target.statistics.distinct.isExact() : target.areTextsDistinct;
    if (task == Task::Classification && (!isExact || distinct > kMostClasses)) {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format(
                "{}: column \"{}\" has {} {} different values; at most {} classes are possible",
                file,
                target.name,
                isExact ? "" : "more than",
                grouped(distinct),
                grouped(kMostClasses)),
            target.isNumber() ? "Choose regression, or another target column."
                              : "Choose another target column."};
    }
    if (target.type == ColumnType::Date && task == Task::Classification) {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format("{}: column \"{}\" holds dates, not classes", file, target.name),
            "Choose another target column, or set the column's type to category."};
    }
    return task;
}

/// Whether free text is all that a table has beside its target: then it is what networks of words learn from.
bool isNothingButText(const TableContent& content, const TableRoles& known)
{
    bool hasText = false;
    for (std::size_t c = 0; c < content.columns.size(); ++c) {
        if (c == known.target) {
            continue;
        }
        if (known.roles[c] != ColumnRole::Ignored) {
            return false;
        }
        const TableColumn& column = content.columns[c];
        hasText = hasText || (column.type == ColumnType::Text && presentCells(column, content.rows) > 0 &&
                              !isRowNumber(column, content.rows));
    }
    return hasText;
}

/// What stands after the person's choices; who named a column the target and wants none contradicts himself.
Result<void> checkNoTarget(const TableContent& content, const OpenOptions& options)
{
    std::string named = options.target;
    for (const auto& [name, choice] : options.columns) {
        named = named.empty() && choice.role == "target" ? name : named;
    }
    if (!named.empty()) {
        return Error{
            ErrorKind::Usage,
            fmt::format("{}: groups are found without a target, but \"{}\" is named as one", fileName(content.path), named),
            "Leave out the target, or the task grouping."};
    }
    return {};
}

/// Finds the target, and what is to be learned of it.
Result<void> settleTarget(TableContent& content, const OpenOptions& options, TableRoles& result)
{
    if (options.task == taskName(Task::Grouping)) {
        result.task = Task::Grouping;
        return checkNoTarget(content, options);
    }
    TY_TRY(result.target, findTarget(content, options, result));
    TableColumn& target = content.columns[result.target];
    if (target.type == ColumnType::Text && target.areTextsDistinct) {
        target.type =
            ColumnType::Category; // classes may be rare; decideTask says when they are too many
    }
    if (presentCells(target, content.rows) == 0) {
        return Error{
            ErrorKind::InvalidInput,
            content.rows == 0 ? fmt::format("{} has no rows", fileName(content.path))
                              : fmt::format(
                                    "{}: the target column \"{}\" has no value in any row",
                                    fileName(content.path),
                                    target.name),
            content.rows == 0 ? "" : "Choose another target column."};
    }
    TY_TRY(result.task, decideTask(content, target, options));
    return {};
}

} // namespace

Result<TableRoles> assignRoles(TableContent& content, const OpenOptions& options)
{
    TableRoles result;
    result.roles.assign(content.columns.size(), ColumnRole::Feature);
    result.ignoredReasons.resize(content.columns.size());
    for (std::size_t c = 0; c < content.columns.size(); ++c) {
        TableColumn& column = content.columns[c];
        const auto choice = options.columns.find(column.name);
        const std::string chosenType =
            choice == options.columns.end() ? std::string() : choice->second.type;
        const bool isText =
            column.type == ColumnType::Category &&
            (chosenType == "text" || (chosenType.empty() && isFreeText(column, content.rows)) ||
             !column.areTextsDistinct);
        const bool isChosenFeature =
            choice != options.columns.end() && choice->second.role == "feature";
        if (presentCells(column, content.rows) == 0) {
            result.roles[c] = ColumnRole::Ignored;
            result.ignoredReasons[c] = "it has no value in any row";
        } else if (isRowNumber(column, content.rows) && !isChosenFeature) {
            result.roles[c] = ColumnRole::Ignored;
            result.ignoredReasons[c] = "it only numbers the rows";
        } else if (isText) {
            result.roles[c] = ColumnRole::Ignored;
            result.ignoredReasons[c] = "it holds free text";
        }
        if (isText) {
            column.type = ColumnType::Text;
        }
    }
    TY_CHECK(settleTarget(content, options, result));
    const bool isTextAlone = result.task != Task::Grouping && isNothingButText(content, result);
    for (std::size_t c = 0; c < content.columns.size(); ++c) {
        const TableColumn& column = content.columns[c];
        const bool isRead =
            isTextAlone && column.type == ColumnType::Text && !isRowNumber(column, content.rows) &&
            presentCells(column, content.rows) > 0;
        const ColumnRole fallback = isRead ? ColumnRole::Feature : result.roles[c];
        const ColumnRole chosen = chosenRole(options, column.name, fallback);
        if (chosen == ColumnRole::Feature ||
            (chosen == ColumnRole::Ignored && result.roles[c] != ColumnRole::Ignored)) {
            result.ignoredReasons[c].clear();
        }
        result.roles[c] = chosen;
        if (chosen == ColumnRole::Target) { // a second target is set aside
            result.roles[c] = ColumnRole::Ignored;
        }
    }
    if (result.target != TableRoles::kNoTarget) {
        result.roles[result.target] = ColumnRole::Target;
        result.ignoredReasons[result.target].clear();
    }
    return result;
}

std::optional<ColumnType> chosenType(const OpenOptions& options, const std::string& column)
{
    if (const auto choice = options.columns.find(column); choice != options.columns.end()) {
        if (const auto type = columnTypeFromName(choice->second.type)) {
            return type;
        }
    }
    if (options.like == nullptr) {
        return std::nullopt;
    }
    const auto& known = options.like->columnsToRead();
    auto found = std::find_if(known.begin(), known.end(), [&](const ColumnInfo& one) { return one.name == column; });
    if (found == known.end()) {
        const std::string similar = lowered(trimmed(column));
        found = std::find_if(
            known.begin(), known.end(), [&](const ColumnInfo& one) { return lowered(trimmed(one.name)) == similar; });
    }
    return found == known.end() ? std::nullopt : std::optional(found->type);
}

std::string describeTargetGuess(const DatasetInfo& info)
{
    const auto isNamed = [&info](const char* name) {
        return std::any_of(info.columns.begin(), info.columns.end(), [name](const ColumnInfo& column) {
            return lowered(column.name) == name;
        });
    };
    const bool isCoordinate = lowered(trimmed(info.target)) == "y" && isNamed("x");
    if (!isCoordinate && targetNameRank(info.target) != kNoRank) {
        return "because of its name";
    }
    return !info.columns.empty() && info.columns.back().name == info.target ? "the last column"
                                                                            : "the last column that can be predicted";
}

} // namespace ty::engine
