#include "engine/data/table_like.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engine/data/problems.h"
#include "engine/data/repairs.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

constexpr std::size_t kNotFound = static_cast<std::size_t>(-1);

/// By the exact name, or one that differs in case and outer blanks only.
std::size_t findColumn(const std::vector<TableColumn>& columns, const std::string& name)
{
    std::size_t similar = kNotFound;
    for (std::size_t c = 0; c < columns.size(); ++c) {
        if (columns[c].name == name) {
            return c;
        }
        if (lowered(trimmed(columns[c].name)) == lowered(trimmed(name))) {
            similar = c;
        }
    }
    return similar;
}

std::int32_t knownCode(const StringPool& known, std::string_view text)
{
    const std::int32_t code = known.find(text);
    double value = 0;
    if (code != StringPool::kNone || !parseNumber(text, value)) {
        return code;
    }
    return known.find(formatNumber(static_cast<float>(value))); // "1.0" is class "1"
}

/// Codes of `column` as the model knows them.
void useCategories(
    TableColumn& column, const ColumnInfo& like, const DatasetInfo& data, TableContent& content)
{
    const bool isTarget = like.role == ColumnRole::Target;
    StringPool known;
    for (const std::string& category : like.categories) {
        known.intern(category);
    }
    const std::set<std::string, std::less<>> unseen(like.unseen.begin(), like.unseen.end());
    std::vector<std::int32_t> newCode(column.texts.size());
    std::vector<std::uint64_t> counts(known.size());
    std::uint64_t unknownCells = 0;
    std::uint64_t unseenCells = 0; // known, but not from training rows
    std::set<std::string> unknown;
    for (std::size_t i = 0; i < newCode.size(); ++i) {
        const std::string_view text = column.texts.at(static_cast<std::int32_t>(i));
        newCode[i] = isTarget ? knownCode(known, classNameLike(data, std::string(text)))
                              : knownCode(known, text);
        const std::uint64_t count = i < column.counts.size() ? column.counts[i] : 1;
        const bool isUnseen = newCode[i] != StringPool::kNone && unseen.contains(known.at(newCode[i]));
        if (newCode[i] != StringPool::kNone) {
            counts[static_cast<std::size_t>(newCode[i])] += count;
        }
        if ((newCode[i] == StringPool::kNone || isUnseen) && count > 0) {
            (isUnseen ? unseenCells : unknownCells) += count;
            if (unknown.size() < kMostProblemPlaces) {
                unknown.emplace(text);
            }
        }
    }
    for (std::int32_t& code : column.codes) {
        code = code < 0 ? code : newCode[static_cast<std::size_t>(code)];
    }
    if (unknownCells + unseenCells > 0) {
        content.problems.push_back(
            {ProblemSeverity::Warning,
             "bad-values",
             fmt::format(
                 "column \"{}\": {} hold values that the model has not seen, \"{}\" among them",
                 column.name,
                 counted(unknownCells + unseenCells, "cells"),
                 *unknown.begin()),
             isTarget ? "These samples count as unlabelled." : "They count as missing.",
             unknownCells + unseenCells,
             {unknown.begin(), unknown.end()}});
    }
    column.missing += unknownCells;
    column.texts = std::move(known);
    column.counts = std::move(counts);
    column.type = ColumnType::Category;
}

} // namespace

Result<TableRoles> arrangeLike(TableContent& content, const DatasetInfo& like)
{
    const std::string file = fileName(content.path);
    if (like.kind != DataKind::Table) {
        return Error{
            ErrorKind::InvalidInput, file + " is a table, but the model was trained on images", {}};
    }
    TableRoles roles;
    roles.task = like.task;
    std::vector<TableColumn> arranged;
    std::vector<std::string> absent;
    std::vector<bool> isTaken(content.columns.size(), false);
    for (const ColumnInfo& wanted : like.columns) {
        const std::size_t found = findColumn(content.columns, wanted.name);
        if (found == kNotFound || isTaken[found]) {
            if (wanted.role == ColumnRole::Feature) {
                absent.push_back("\"" + wanted.name + "\"");
            }
            continue;
        }
        isTaken[found] = true;
        TableColumn column = std::move(content.columns[found]);
        column.name = wanted.name;
        if (wanted.role == ColumnRole::Target) {
            roles.target = arranged.size();
        }
        if (wanted.type == ColumnType::Category && wanted.role != ColumnRole::Ignored) {
            if (column.isNumber()) { // the file has numbers where the model's training data had names
                numbersToWords(column);
            }
            useCategories(column, wanted, like, content);
        } else if (wanted.type == ColumnType::Text || !column.isNumber()) {
            column.type = ColumnType::Text;
        }
        roles.roles.push_back(wanted.role);
        arranged.push_back(std::move(column));
    }
    if (!absent.empty()) {
        absent.resize(std::min<std::size_t>(absent.size(), 8));
        return Error{
            ErrorKind::InvalidInput,
            fmt::format(
                "{} lacks the column{} {} that the model needs",
                file,
                absent.size() == 1 ? "" : "s",
                fmt::join(absent, ", ")),
            "Columns are found by their names."};
    }
    for (std::size_t c = 0; c < content.columns.size(); ++c) {
        if (!isTaken[c]) {
            TableColumn& column = content.columns[c];
            column.type = column.isNumber() ? column.type : ColumnType::Text;
            arranged.push_back(std::move(column));
            roles.roles.push_back(ColumnRole::Ignored);
        }
    }
    content.columns = std::move(arranged);
    roles.ignoredReasons.resize(content.columns.size());
    return roles;
}

} // namespace ty::engine
