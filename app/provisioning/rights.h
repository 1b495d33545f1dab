#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "app/provisioning/cloud_session.h"

namespace ty::app {

/// The rights that making a machine needs and that the account has not got, in its provider's words
/// ("Microsoft.Compute/virtualMachines/write", "compute.instances.create"). `group`: on Azure, a role may hold for one resource
/// group alone; empty, or a group that is not there yet: the subscription is asked. Blocks. Errors: those of the cloud, when it
/// does not tell.
Result<std::vector<std::string>> missingRights(CloudSession& session, const std::string& group, std::stop_token stop);

/// What is missing and who gives it, in two sentences; empty when nothing is missing.
std::string rightsProblem(const Account& account, const std::vector<std::string>& missing);

} // namespace ty::app
