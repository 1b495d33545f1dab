#pragma once

#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/specs/machine.h"

namespace ty::engine::specs {

/// The state that a text names as stateWords() writes it: "x = 1, s = {ann, bob}, f = {0 |-> 3, 1 |-> 4}". Each variable once, in
/// any order, separated by commas. Values need not be in the declared ranges, nor the state be reachable.
/// Errors: InvalidInput, "line L, column C: …".
Result<std::vector<Number>> readState(const Machine& machine, std::string_view text);

} // namespace ty::engine::specs
