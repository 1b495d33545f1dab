#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace ty::engine {

/// Where the fields of a delimited text end, found 64 characters at a time by counting quotes. That reads as CsvFields does as
/// long as each quote opens at the very beginning of a field; of any other text nothing is said.
struct CsvMarks {
    std::vector<std::uint32_t> ends;     ///< places of delimiters and line feeds outside quotes, ascending
    std::uint64_t quotedLineFeeds = 0;   ///< line feeds inside quotes
    bool isAscii = true;                 ///< no byte above 0x7f
};

/// Whether the text could be read in this way; `marks` is filled anew. False too where the processor lacks the instructions,
/// the text is longer than 4 GiB, a quote stays open at its end, or blanks delimit.
bool findCsvMarks(std::string_view text, char delimiter, CsvMarks& marks);

/// Where the last whole record of a text ends.
struct CsvBoundary {
    bool isKnown = false;      ///< the text could be read in this way
    bool isQuoteOpen = false;  ///< it ends inside quotes
    std::size_t end = 0;       ///< behind the last line feed outside quotes; 0: there is none
    std::uint64_t lineFeeds = 0; ///< all before `end`, those inside quotes too
};

CsvBoundary findCsvBoundary(std::string_view text, char delimiter);

} // namespace ty::engine
