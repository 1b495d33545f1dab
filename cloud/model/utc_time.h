#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace ty::cloud {

/// Seconds since 1970 of "2026-11-21T10:00:00Z", also with decimals (dropped) and with an offset ("+01:00"). Nothing for
/// any other text.
std::optional<std::int64_t> unixSeconds(const std::string& text);
/// Its inverse, with Z.
std::string utcText(std::int64_t seconds);

} // namespace ty::cloud
