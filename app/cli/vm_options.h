#pragma once

#include "app/cli/vm_command.h"

namespace CLI {
class App;
}

namespace ty::cli {

/// Adds `vm` and its verbs; `command` becomes "vm" when one of them was typed.
void addVm(CLI::App& app, VmRequest& request, std::string& command);

} // namespace ty::cli
