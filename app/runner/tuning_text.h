#pragma once

#include <string>

#include "app/runner/text_table.h"
#include "engine/base/json.h"

namespace ty::runner {

// What tuneLearner() tells, for a person.

/// A line a trial, the best first, with the settings that the search changes.
TableCells trialCells(const Json& result);
/// The best trials, and what they gained over the settings as they were.
std::string tuningText(const Json& result);
/// "cost 3.2, kernel rbf": what the search changes, of one trial.
std::string changedSettings(const Json& space, const Json& settings);

} // namespace ty::runner
