#pragma once

#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"

namespace ty::cli {

enum class OutputForm { Text, Json };

/// "error: what / advice" on standard error; for OutputForm::Json also {"error": {...}} on standard output.
/// Result: the exit code.
int reportError(const Error& error, OutputForm form);
void printText(const std::string& text);
void printJson(const Json& json);

/// Rows under a heading, in columns as wide as they need to be. Characters, not bytes, are counted.
std::string table(const std::vector<std::string>& heading, const std::vector<std::vector<std::string>>& rows);
/// "0.9731", or "-" for NaN.
std::string shown(double value);
/// "1.2 MiB"
std::string shownBytes(std::int64_t bytes);
/// "8.1 s", "3 min 07 s"
std::string shownDuration(double seconds);

} // namespace ty::cli
