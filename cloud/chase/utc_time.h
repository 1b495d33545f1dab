#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace ty::cloud {

/// "2026-11-21T08:15:30.123Z".
std::string utcText(std::chrono::system_clock::time_point time);
/// Inverse of utcText; nothing for another text. Fractions of a second may be missing.
std::optional<std::chrono::system_clock::time_point> utcTime(const std::string& text);

} // namespace ty::cloud
