#pragma once

#include <string>
#include <vector>

namespace ty::runner {

/// Cells of a table, line by line, the heading first; all lines are as long.
using TableCells = std::vector<std::vector<std::string>>;

/// For a terminal: the first column at the left, numbers at the right.
std::string inColumns(const TableCells& cells);
std::string inCsv(const TableCells& cells);
std::string inMarkdown(const TableCells& cells);

} // namespace ty::runner
