#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/large_vector.h"
#include "engine/base/result.h"
#include "engine/data/column_statistics.h"
#include "engine/data/dataset.h"
#include "engine/data/row_lines.h"
#include "engine/data/string_pool.h"

namespace ty::engine {

/// One column as a format's reader found it.
struct TableColumn {
    std::string name;
    ColumnType type = ColumnType::Numeric;

    LargeVector<float>
        numbers; ///< Numeric, Date: one a row, NaN if missing; empty if values are not kept
    NumberStatistics statistics;

    LargeVector<std::int32_t>
        codes; ///< Category, Text: one a row, index into `texts`, -1 if missing; empty if not kept
    StringPool texts;
    std::vector<std::uint64_t>
        counts; ///< of each text; shorter than texts once there were too many to count
    std::uint64_t missing = 0;    ///< Category, Text
    std::uint64_t characters = 0; ///< sum of the lengths of the texts present
    bool isMade = false; ///< by a step of the preparation: no guess takes it for the target
    bool areTextsDistinct = true; ///< false: too many different texts, later ones are not compared

    std::uint64_t badCells =
        0; ///< cells that are neither missing nor of this type; they count as missing
    std::string badPlace; ///< where the first of them is, and what it says

    bool isNumber() const { return type == ColumnType::Numeric || type == ColumnType::Date; }
    std::uint64_t missingCells() const { return isNumber() ? statistics.missing : missing; }
};

inline constexpr std::size_t kMostComparedTexts = 10'000; ///< of a column; more are not told apart

/// A column of numbers or dates becomes one of the words that show them.
void numbersToWords(TableColumn& column);

/// A whole table as read, before anything is decided about targets and roles.
struct TableContent {
    std::string path;
    std::string format;
    std::uint64_t bytes = 0;
    std::string fingerprint;
    std::uint64_t rows = 0;
    bool hasNames = true; ///< the file names its columns
    std::vector<TableColumn> columns;
    RowLines lines;                       ///< of each row in the file; empty if not kept
    LargeVector<std::uint64_t> rowNumbers; ///< from 1, where rows were left out and there are no lines
    std::uint64_t leftOut = 0;            ///< rows that the preparation left out
    LargeVector<std::uint64_t> rowHashes; ///< empty if duplicates are not sought
    std::vector<SplitPart> parts;         ///< empty: all training
    std::vector<Problem> problems;

    /// Moves the values of all rows into scratch files; those of later rows follow.
    /// @param rowsInAll  as far as known
    void moveValuesToFile(std::size_t rowsInAll);
    /// Takes memory for the values of so many rows at once, so that they need not be copied as they become more.
    void reserveValues(std::size_t rowsInAll);
    /// Lets go of the memory in which values that lie in files were written; they come back when they are read.
    void letGoOfMemory() const;
};

/// Decides target, task and roles as the options say or by guessing, builds the classes and reports
/// problems. Errors: InvalidInput for a target, task or column that does not fit.
Result<std::unique_ptr<Dataset>> makeTableDataset(TableContent content, const OpenOptions& options);

} // namespace ty::engine
