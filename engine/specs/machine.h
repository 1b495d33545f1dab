#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/specs/program.h"
#include "engine/specs/value_type.h"

namespace ty::engine::specs {

struct Variable {
    std::string name;
    ValueType type;
    std::string typeText; ///< as written: "0..10"
    std::int32_t slot = 0; ///< its first word in a state
};

/// What should hold in every reachable state.
struct Invariant {
    std::string text;
    NodeIndex condition = 0;
    Place place;
};

struct MachineOperation {
    std::string name;
    std::vector<std::string> parameters;
    bool isQuery = false; ///< it returns results
    ActionIndex body = 0; ///< the choice of parameters included
    Place place;
};

/// A spec that was read and checked: what it declares, and its program.
struct Machine {
    std::string name;
    std::vector<EnumeratedSet> sets;
    std::vector<Variable> variables;
    std::vector<Invariant> invariants; ///< declared ranges first
    std::vector<MachineOperation> operations;
    std::vector<std::string> notes; ///< what was assumed where the text is silent
    std::int32_t stateWords = 0;
    Number setBase = 0; ///< the number of bit 0 in sets of numbers
    ActionIndex initialisation = 0;
    Program program;
    std::unique_ptr<BigNumbers> numbers; ///< never null
};

/// Reads and checks a guarded-command spec.
///
/// @param text  at most 4 MiB
/// @param name  the machine's name where the text has none
/// Errors: InvalidInput, "line L, column C: …", at the first fault: grammar, unknown or doubled names, types, missing ranges,
/// variables without a first value, two values for one variable at once.
Result<Machine> readMachine(std::string_view text, const std::string& name);

} // namespace ty::engine::specs
