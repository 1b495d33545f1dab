#pragma once

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "engine/base/result.h"

namespace ty {

/// Keys keep the order in which they were written, so that files read like the form.
using Json = nlohmann::ordered_json;

/// Parses one JSON text. `what` names it in the message: "run.json: line 3, column 7: ...".
/// Depth is limited to 200 levels: a hostile file is refused, the stack is not exhausted.
Result<Json> parseJson(const std::string& text, const std::string& what);
/// Reads and parses a file.
Result<Json> readJsonFile(const std::string& path);
/// Pretty-printed with two spaces and a final newline, written whole or not at all.
Result<void> writeJsonFile(const std::string& path, const Json& json);
/// One line, for JSON Lines; invalid UTF-8 is replaced. Infinities and NaN become null.
std::string toJsonLine(const Json& json);

/// The member `key` of `object` as T, or an InvalidInput error that names `what` and the key.
/// T: bool, int, std::int64_t, std::uint64_t, double, std::string, Json.
template<typename T>
Result<T> jsonField(const Json& object, const std::string& key, const std::string& what);
/// The same, but a missing or null member gives `fallback`; a wrong type is still an error.
template<typename T>
Result<T> jsonFieldOr(const Json& object, const std::string& key, T fallback, const std::string& what);

} // namespace ty
