#pragma once

#include <string>

namespace ty::runner {

/// What is wrong with the text as a seed, and nothing when it is one. For options that are seeds: the library that
/// reads the options takes -1 for the largest seed, and cuts larger numbers down to it.
std::string checkSeed(const std::string& text);

} // namespace ty::runner
