#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/data/dataset.h"
#include "engine/data/text_values.h"

namespace ty::engine {

/// How a file of delimited text is written, guessed from its beginning.
struct CsvLayout {
    struct Column {
        std::string name;
        ColumnType type = ColumnType::Numeric; ///< Category stands for any text
        DateOrder dateOrder = DateOrder::MonthDayYear;
        bool isTypeFixed = false; ///< the person or the model said so: what does not fit is missing
    };

    char delimiter = ',';
    char decimal = '.';
    bool hasHeader = true;
    bool isCarriageReturnOnly = false; ///< lines end as on old Macs
    std::vector<Column> columns;
};

/// Whether text looks like a table at all: characters, and a delimiter that divides its lines
/// alike.
bool looksLikeCsv(std::string_view head);

/// @param head  beginning of the file, unpacked; `isWhole` if that is all of it
/// @param name  of the file, for messages
/// Errors: InvalidInput if there are no rows, Unsupported for UTF-16.
Result<CsvLayout> guessCsvLayout(std::string_view head, bool isWhole, const std::string& name);

} // namespace ty::engine
