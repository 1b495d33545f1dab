#pragma once

#include <charconv>
#include <cstdint>
#include <string>

#include <CLI/CLI.hpp>

namespace ty::runner {

/// Of options that are seeds: CLI11 alone takes -1 for the largest of them, and cuts larger numbers down to it.
inline CLI::Validator seedCheck()
{
    return CLI::Validator(
        [](const std::string& text) {
            std::uint64_t seed = 0;
            const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), seed);
            const bool isSeed = failure == std::errc{} && end == text.data() + text.size();
            return isSeed ? std::string() : "a seed is a whole number from 0 to 18446744073709551615, not " + text;
        },
        "", "seed");
}

} // namespace ty::runner
