#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "app/catalog/paths.h"
#include "app/provisioning/machine_provider.h"
#include "cloud/provision/machine_info.h"
#include "cloud/ssh/ssh_session.h"

namespace ty::app {

/// How to come into a machine.
struct MachineAccess {
    cloud::SshTarget target;             ///< for SshSession
    std::string knownHostsFile;          ///< of this machine alone
    std::vector<std::string> sshCommand; ///< OpenSSH's client with the same key and the same host keys
};

/// Reads the machine's host keys through the provider, who alone can vouch for them, and keeps them in a known_hosts file of
/// our own; later calls use what is kept. Errors: NotFound (no address), Network, Permission.
Result<MachineAccess> reachMachine(
    MachineProvider& provider, const catalog::Paths& paths, const cloud::MachineInfo& machine, std::stop_token stop);

/// The file for one machine: named by its address and creation, so that a machine made anew has another.
std::string knownHostsFile(const catalog::Paths& paths, const cloud::MachineInfo& machine);

} // namespace ty::app
