#pragma once

#include <string>
#include <vector>

#include "cloud/provision/machine_request.h"

namespace ty::cloud {

/// One file that a machine of ours gets.
struct MachineFile {
    const char* path;
    const char* permissions; ///< octal
    std::string content;
};

/// The idle stop, its settings and its timer. `machineId`: the provider's id, with which an Azure machine releases itself;
/// empty elsewhere, and for a node of a scale set, which asks for its own. `idleStop`: the text of packaging/machine/idle-stop.sh.
std::vector<MachineFile> idleStopFiles(
    const MachineRequest& request, const std::string& machineId, const std::string& idleStop);

/// What starts the timer, one command a line of words.
std::vector<std::vector<std::string>> idleStopCommands();

} // namespace ty::cloud
