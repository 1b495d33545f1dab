#pragma once

#include <string>

#include "cloud/provision/machine_request.h"

namespace ty::cloud {

/// The start-up script (metadata "startup-script") of a machine at Google: it tells its SSH host keys on the serial console
/// and sets up the idle stop with its timer. It runs as root at each start, changes nothing the second time, and does
/// nothing at all on a computer that is not a machine of Compute Engine. `idleStop`: packaging/machine/idle-stop.sh.
std::string googleStartup(const MachineRequest& request, const std::string& idleStop);

} // namespace ty::cloud
