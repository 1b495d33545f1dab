#pragma once

#include <cstdint>
#include <vector>

#include "engine/data/table_content.h"

namespace ty::engine {

/// Leaves out the rows that are marked, in place.
void leaveRowsOut(TableContent& content, const std::vector<bool>& isLeftOut);

/// Counts anew what the column holds, after its values have changed.
void recount(TableColumn& column);

/// The column's number per row as a category with the given texts. @param codes  one a row, -1: missing
void becomeCategory(TableColumn& column, LargeVector<std::int32_t> codes, const std::vector<std::string>& texts);

/// The column's values are these numbers from now on.
void becomeNumbers(TableColumn& column, LargeVector<float> numbers);

} // namespace ty::engine
