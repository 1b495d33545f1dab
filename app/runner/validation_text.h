#pragma once

#include <string>

#include "app/runner/text_table.h"
#include "engine/base/json.h"

namespace ty::runner {

// What validateLearners() tells, for a person.

/// A line a learner, the best first: mean ± deviation of the chief metrics, and the time.
TableCells validationCells(const Json& result);
/// A line a fold of a learner, with all metrics.
TableCells foldCells(const Json& result);
/// A line a learner and number of samples; empty without a learning curve.
TableCells curveCells(const Json& result);
/// Table, learning curve and the sentences of the comparisons.
std::string validationText(const Json& result);

} // namespace ty::runner
