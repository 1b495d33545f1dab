#pragma once

#include <string>
#include <vector>

#include "engine/base/parameter.h"

namespace ty::engine {

// Rows of a learner's table of parameters, built in one expression each.

/// A row of the table; no default value: automatic.
Parameter makeRow(
    const char* name, const char* label, ParameterType type, Json defaultValue, const char* group, const char* help);
Parameter ranged(Parameter row, double minimum, double maximum);
Parameter searched(Parameter row, double low, double high, bool isLogarithmic);
Parameter advanced(Parameter row);
/// One of some words.
Parameter choice(
    const char* name,
    const char* label,
    std::vector<std::string> choices,
    const char* defaultValue,
    const char* group,
    const char* help);

/// Longest time without a checkpoint, of learners that keep some.
Parameter checkpointRow(const char* group);

} // namespace ty::engine
