#include "engine/data/table_problems.h"

#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "engine/data/problems.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

class TableReporter {
  public:
    TableReporter(DatasetInfo& info, const TableContent& content, const TableRoles& roles)
        : m_info(info)
        , m_content(content)
        , m_roles(roles)
        , m_file(fileName(content.path))
    {
    }

    void run()
    {
        for (std::size_t c = 0; c < m_content.columns.size(); ++c) {
            if (m_reported < kMostColumns) {
                reportColumn(c);
            }
        }
        addClassProblems(m_info, "rows");
        addDuplicateProblems(
            m_info,
            m_content.rowHashes,
            [this](std::uint64_t row) {
                return m_content.parts.empty() ? SplitPart::Training : m_content.parts[row];
            },
            [this](std::uint64_t row) { return placeOf(row); },
            "rows");
    }

  private:
    static constexpr std::size_t kMostColumns =
        100; ///< with a report; a table of 10,000 empty columns needs no more

    void
    add(ProblemSeverity severity,
        const char* kind,
        std::string message,
        std::string advice,
        std::uint64_t count,
        std::vector<std::string> places,
        const TableColumn& column)
    {
        m_info.problems.push_back(
            {severity,
             kind,
             std::move(message),
             std::move(advice),
             count,
             std::move(places),
             {column.name}});
        ++m_reported;
    }

    std::string placeOf(std::uint64_t row) const
    {
        return m_content.lines.isEmpty() ? fmt::format("{} row {}", m_file, row + 1)
                                       : fmt::format("{} line {}", m_file, m_content.lines.at(row));
    }

    std::vector<std::string> missingPlaces(const TableColumn& column) const
    {
        std::vector<std::string> places;
        const std::size_t rows = column.isNumber() ? column.numbers.size() : column.codes.size();
        for (std::size_t row = 0; row < rows && places.size() < kMostProblemPlaces; ++row) {
            if (column.isNumber() ? std::isnan(column.numbers[row]) : column.codes[row] < 0) {
                places.push_back(placeOf(row));
            }
        }
        return places;
    }

    void reportColumn(std::size_t index)
    {
        const TableColumn& column = m_content.columns[index];
        const ColumnRole role = m_roles.roles[index];
        const std::uint64_t missing = column.missingCells();
        const std::uint64_t distinct =
            column.isNumber() ? column.statistics.distinct.size() : column.texts.size();
        if (missing == m_content.rows) {
            add(ProblemSeverity::Warning,
                "missing-values",
                fmt::format("{}: column \"{}\" has no value in any row", m_file, column.name),
                "It is left out.",
                missing,
                {},
                column);
            return;
        }
        if (!m_roles.ignoredReasons[index].empty()) {
            add(ProblemSeverity::Note,
                "ignored-column",
                fmt::format(
                    "column \"{}\" is left out: {}", column.name, m_roles.ignoredReasons[index]),
                "Give it the role \"feature\" or another type if it should be used.",
                1,
                {column.name},
                column);
        }
        if (role == ColumnRole::Ignored) {
            return;
        }
        if (column.badCells > 0) {
            const bool isOne = column.badCells == 1;
            const bool isDate = column.type == ColumnType::Date;
            add(ProblemSeverity::Warning,
                "bad-values",
                fmt::format(
                    "column \"{}\": {} {}{}",
                    column.name,
                    counted(column.badCells, "cells"),
                    isOne ? (isDate ? "is not a date: " : "is not a number: ")
                          : (isDate ? "are not dates, for example " : "are not numbers, for example "),
                    column.badPlace),
                isOne ? "It counts as missing. Set the column's type to category to keep it."
                      : "They count as missing. Set the column's type to category to keep them.",
                column.badCells,
                {column.badPlace},
                column);
        }
        const bool isTarget = role == ColumnRole::Target;
        if (missing > 0) {
            const double percent =
                100.0 * static_cast<double>(missing) / static_cast<double>(m_content.rows);
            add(isTarget || percent >= 1 ? ProblemSeverity::Warning : ProblemSeverity::Note,
                "missing-values",
                missingMessage(column.name, missing, m_content.rows),
                isTarget ? "Rows without a target are not used." : missingAdvice(column),
                missing,
                missingPlaces(column),
                column);
        }
        if (distinct == 1 && missing == 0 && !isTarget) {
            add(ProblemSeverity::Note,
                "constant-column",
                fmt::format("column \"{}\" has the same value in every row", column.name),
                "It tells the model nothing.",
                m_content.rows,
                {column.name},
                column);
        }
    }

    static std::string missingAdvice(const TableColumn& column)
    {
        return column.isNumber()
                   ? "The median is put in, and one more input says that it was missing."
                   : "Missing is treated as none of the categories.";
    }

    DatasetInfo& m_info;
    const TableContent& m_content;
    const TableRoles& m_roles;
    std::string m_file;
    std::size_t m_reported = 0;
};

} // namespace

void addTableProblems(DatasetInfo& info, const TableContent& content, const TableRoles& roles)
{
    TableReporter(info, content, roles).run();
}

std::string missingMessage(const std::string& column, std::uint64_t missing, std::uint64_t rows)
{
    return fmt::format(
        "column \"{}\" has no value in {} ({:.1f} %)",
        column,
        counted(missing, "rows"),
        100.0 * static_cast<double>(missing) / static_cast<double>(rows));
}

} // namespace ty::engine
