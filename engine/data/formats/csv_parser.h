#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/data/formats/csv_layout.h"
#include "engine/data/formats/csv_scanner.h"
#include "engine/data/table_content.h"

namespace ty::engine {

/// What one block of a file gave; blocks are parsed by several threads and joined in order.
struct CsvChunk {
    std::vector<TableColumn> columns; ///< values, statistics and texts of this block alone
    std::uint64_t rows = 0;
    RowLines lines;
    std::vector<std::uint64_t> rowHashes;
    std::uint64_t raggedRows = 0;          ///< left out
    std::vector<std::string> raggedPlaces; ///< "iris.csv line 7: 4 fields, expected 5", at most 20
    bool isLastRowCut =
        false; ///< the last record is too short, and the file ends in the middle of its line
};

struct CsvParseOptions {
    bool areHashesWanted = true;
    std::vector<bool>
        areTextsKeptApart; ///< by column: more texts than can be compared, so do not compare
    std::vector<bool> areNumbersUncounted; ///< by column: more different numbers than are counted,
                                           ///< so do not count
};

/// @param name  of the file, for places
CsvChunk parseCsvBlock(
    const CsvBlockReader::Block& block,
    const CsvLayout& layout,
    const CsvParseOptions& options,
    const std::string& name,
    bool isFirst);

} // namespace ty::engine
