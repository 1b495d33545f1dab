#pragma once

#include <string>

#include "app/provisioning/account.h"
#include "cloud/secrets/secret.h"

namespace ty::app {

/// How to reach the cloud on this computer.
struct SandboxAccess {
    Account account; ///< with addresses, tenant, client and subscription, or project, filled in
    cloud::Secret secret; ///< Azure: the client's; Google: the key file of a service account
};

/// Starts `trainyard-sandbox` for the data folder unless it runs already, and tells how to reach it. It goes on when this
/// program ends, as a cloud does: its machines would not survive otherwise. Waits up to ten seconds; any thread.
/// `account` is one of the sandbox's accounts, whose name and provider the result has.
/// Errors: NotFound (the program is not installed), Busy (it does not answer), Io.
Result<SandboxAccess> reachSandbox(const std::string& dataFolder, const std::string& program, const Account& account);

/// The program beside this one, else the one on PATH.
std::string sandboxProgram();

} // namespace ty::app
