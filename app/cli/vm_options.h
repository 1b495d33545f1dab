#pragma once

#include "app/cli/vm_command.h"

namespace CLI {
class App;
}

namespace ty::cli {

/// What describes a machine, for `vm create` and `cluster create`.
void addMachineFields(CLI::App& verb, VmRequest& request);

/// Adds `vm` and its verbs; `command` becomes "vm" when one of them was typed.
void addVm(CLI::App& app, VmRequest& request, std::string& command);

} // namespace ty::cli
