#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/result.h"

namespace ty::engine {

/// Weights with which each class counts the same in total: (samples / classes that occur) / samples of the class, 0 for
/// classes that do not occur (G. King and L. Zeng, Logistic Regression in Rare Events Data, 2001).
/// @param classSamples  {classes}, samples of each class
/// @return {classes}
std::vector<float> balancedClassWeights(const std::vector<std::uint64_t>& classSamples);

/// Reads "setosa: 2, virginica: 0.5"; a name that holds a comma, or nothing, stands between double quotes, its own
/// quotes twice. Classes that are not named weigh 1.
/// @param classes  the names of the data's classes
/// @return {classes}, each from a millionth to a million
/// Errors: InvalidInput for a name that is no class or comes twice, a number out of range and text that is not such a list.
Result<std::vector<float>> listedClassWeights(const std::string& text, const std::vector<std::string>& classes);

} // namespace ty::engine
