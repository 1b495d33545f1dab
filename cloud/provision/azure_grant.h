#pragma once

#include <string>

#include "cloud/provision/step.h"

namespace ty::cloud {

/// The right of a resource's own identity (a machine's, a scale set's) to act on that resource alone, by which what nobody uses
/// releases itself. Named by the mark of the creation. @return its id
std::string azureGrantId(const std::string& resource, const std::string& mark);

/// Gives it. Who may not grant gets everything else all the same.
Step azureGrant(std::string title, const std::string& subscription, const std::string& grantId);

/// Takes it away, before the resource goes.
Step azureGrantRemoval(std::string title, const std::string& grantId);

} // namespace ty::cloud
