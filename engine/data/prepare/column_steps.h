#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/preparation.h"
#include "engine/base/result.h"
#include "engine/data/table_content.h"

namespace ty::engine {

/// What a step finds in a column of the training data. Errors: InvalidInput without the step's place, naming the column.
Result<FittedColumn> fitStep(const PrepareStep& step, const TableColumn& column, const std::vector<SplitPart>& parts);

/// Changes the column as the step says, with what was found.
Result<void> applyStep(const PrepareStep& step, const FittedColumn& fitted, TableColumn& column);

} // namespace ty::engine
