#pragma once

#include <string>
#include <vector>

#include "cloud/chase/chase_place.h"

namespace ty::cloud {

/// The table of a chase as CSV (RFC 4180, LF), one place a line: zone,gpu,offered,allocated,reason,time,seconds,
/// usd_per_hour and more. What is unknown is empty, never 0. Cells that a spreadsheet would take for a formula begin with
/// an apostrophe.
std::string chaseCsv(const std::vector<ChasePlace>& places);

/// "yes", "no", or empty where it is not known.
const char* offeredText(const ChasePlace& place);
const char* allocatedText(const ChasePlace& place);

} // namespace ty::cloud
