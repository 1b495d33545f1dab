#pragma once

#include <string>
#include <vector>

#include "cloud/sandbox/world.h"

namespace ty::sandbox {

/// What machines are made in and billed to: a subscription of Azure or a project of Google.
struct Scope {
    std::string id;
    std::string name;
};

/// The identity's own one first, then those that were added.
std::vector<Scope> subscriptionsOf(const World& world);
std::vector<Scope> projectsOf(const World& world);
/// The id as it is spelt, compared without case; empty: there is no such subscription.
std::string knownSubscription(const World& world, const std::string& id);
/// One more; a subscription's id is made, a project's is `id`. Result: it.
Scope addSubscription(World& world, const std::string& name);
Scope addProject(World& world, const std::string& id, const std::string& name);

/// What whoever signs in may do in all of them.
enum class Role { Owner, Reader };
Role roleOf(const World& world);
void setRole(World& world, Role role);

} // namespace ty::sandbox
