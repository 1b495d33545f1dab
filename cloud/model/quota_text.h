#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace ty::cloud {

/// The numbers that a quota error tells in its sentence. What the sentence leaves out stays empty.
struct QuotaNumbers {
    std::string name;   ///< "standardDASv5Family Cores", "NVIDIA_T4_GPUS"
    std::string place;  ///< region; empty when the limit is global or the text names none
    std::optional<std::int64_t> limit;
    std::optional<std::int64_t> usage;
    std::optional<std::int64_t> required; ///< asked for in addition
    std::optional<std::int64_t> newLimit; ///< the smallest limit that would do
};

/// Reads Azure's two wordings ("Location: eastus, Current Limit: 100, Current Usage: 96, ..." and "quota limits of Core.
/// Maximum allowed: 4, Current in use: 4, ...") and Google's ("Quota 'NVIDIA_T4_GPUS' exceeded.  Limit: 0.0 in region
/// us-central1."). Empty when the text is none of these.
std::optional<QuotaNumbers> parseQuotaText(const std::string& message);

} // namespace ty::cloud
