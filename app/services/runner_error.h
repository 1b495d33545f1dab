#pragma once

#include <string>

#include "engine/base/result.h"

namespace ty::app {

/// The error that a trainyard-run with `--json` reported before it ended: {"error": {...}} on its standard output,
/// else the last words on its standard error.
Error runnerError(const std::string& standardOutput, const std::string& standardError);

} // namespace ty::app
