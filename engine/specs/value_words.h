#pragma once

#include <string>

#include "engine/specs/machine.h"

namespace ty::engine::specs {

/// A single value as a person writes it: "5", "TRUE", "ann".
std::string elementWords(const Machine& machine, ElementType type, Number word);
/// A variable's value in a state: "5", "{ann, bob}", "{0 |-> 3, 1 |-> 4}".
std::string valueWords(const Machine& machine, const Variable& variable, const Number* state);
/// "x = 1, s = {}".
std::string stateWords(const Machine& machine, const Number* state);

} // namespace ty::engine::specs
