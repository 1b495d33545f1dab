#pragma once

#include "cloud/secrets/secret.h"
#include "engine/base/result.h"

class QProcess;

namespace ty::app {

/// Gives a process of trainyard-run that has not been started what opens the stores of its data, through a pipe that closes
/// with the process. Adds the argument for it. Errors: Io.
/// @param grants  cloud::grantsToText(); empty: nothing is done
Result<void> giveStores(QProcess& process, const cloud::Secret& grants);

} // namespace ty::app
