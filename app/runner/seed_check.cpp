#include "app/runner/seed_check.h"

#include <charconv>
#include <cstdint>
#include <system_error>

namespace ty::runner {

std::string checkSeed(const std::string& text)
{
    std::uint64_t seed = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), seed);
    const bool isOctal = text.size() > 1 && text.front() == '0'; // the library would take it for that
    const bool isSeed = failure == std::errc{} && end == text.data() + text.size() && !isOctal;
    return isSeed ? std::string() : "a seed is a whole number from 0 to 18446744073709551615, not " + text;
}

} // namespace ty::runner
