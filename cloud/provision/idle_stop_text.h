#pragma once

#include <string>

namespace ty::cloud {

/// packaging/machine/idle-stop.sh, which machines of ours run every minute.
std::string idleStopText();

} // namespace ty::cloud
