#pragma once

#include <string>
#include <vector>

#include "app/cli/vm_command.h"

namespace CLI {
class App;
}

namespace ty::cli {

/// What describes a machine, for `vm create` and `cluster create`.
void addMachineFields(CLI::App& verb, VmRequest& request);

/// --idle-minutes and --hard-limit-hours with their usual values. `what`: the beginning of their help.
void addOwnStops(CLI::App& verb, VmRequest& request, const std::string& what);
/// On the command line 0 is "never".
void dropZeroLimits(cloud::MachineRequest& machine);

/// Adds `vm` and its verbs; `command` becomes "vm" when one of them was typed.
void addVm(CLI::App& app, VmRequest& request, std::string& command);

/// The words of a command line with the options of `vm ssh NAME --account X COMMAND...` brought before the name: from the name
/// on everything belongs to the command there. Other command lines stay as they are.
std::vector<std::string> sshOptionsFirst(std::vector<std::string> words);

} // namespace ty::cli
