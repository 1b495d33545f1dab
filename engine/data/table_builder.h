#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/data/dataset.h"
#include "engine/data/table_content.h"

namespace ty::engine {

/// Makes a table of rows whose cells a reader hands over one by one, in any order; cells that it does not name are missing.
/// Not thread-safe.
///
/// Columns whose type is given keep it, and what does not fit is missing. Others begin with the type of their first value:
/// one with numbers and words becomes a category, one whose words are all numbers or all dates (year, month, day) a column
/// of such. What the person or the model says about a column goes before all that.
class TableBuilder {
public:
    static constexpr std::size_t kMostColumns = 100'000;

    /// `options` must outlive this object.
    TableBuilder(const std::string& path, std::string format, const OpenOptions& options);

    /// A further column; of columns with one name the later ones get a number. Category stands for any words.
    std::size_t addColumn(std::string name, ColumnType type);
    std::size_t addColumn(std::string name); ///< its values tell the type
    std::size_t columns() const { return m_content.columns.size(); }
    std::uint64_t rows() const { return m_content.rows; }
    const std::string& columnName(std::size_t column) const { return m_content.columns[column].name; }

    // Cells of the row at hand, each at most once.
    void setNumber(std::size_t column, double value); ///< missing, unless it is finite
    /// In a column of numbers or dates, one that is written out. `place` is that of setBad(), in case it is none.
    void setText(std::size_t column, std::string_view text, const std::string& place);
    /// What has no meaning: missing, and reported. `place`: "data.arff line 7".
    void setBad(std::size_t column, std::string_view text, const std::string& place);
    /// @param line  of the row in the file, from 1; 0: it has none
    void endRow(std::uint64_t line);

    void addProblem(Problem problem) { m_content.problems.push_back(std::move(problem)); }
    /// @param bytes  of the file. Errors: InvalidInput for a table that is beyond all measure larger than its file.
    Result<TableContent> finish(std::uint64_t bytes, std::string fingerprint);

private:
    struct Known {
        bool isTypeFixed = false; ///< by the reader, the person or the model
        bool isBegun = false;     ///< has had a value, or a type was given
        std::uint64_t words = 0;  ///< cells of a category that have a value
    };

    bool isTaken(const std::string& name) const;
    void putNumber(std::size_t column, float value);
    void putWord(std::size_t column, std::string_view text);
    void makeWords(std::size_t column);
    void settle(std::size_t column);
    void look();

    const OpenOptions& m_options;
    TableContent m_content;
    std::vector<Known> m_known;
    std::uint64_t m_hash = 0; ///< of the row at hand
    bool m_isInFile = false;
};

/// A few bytes of a sparse table may promise any number of cells. Errors: InvalidInput when `bytes` of a file say more than
/// any real data do.
Result<void> checkCells(const std::string& file, std::uint64_t rows, std::uint64_t columns, std::uint64_t bytes);

/// What a reader of tables found: all rows, or the first ones.
struct TableReading {
    TableContent content;
    double share = 1; ///< of the file that the rows took; 1: they are all
};

/// A preview of the first rows; the number of all is guessed.
Result<Preview> previewOfRows(TableReading reading, const OpenOptions& options);

} // namespace ty::engine
