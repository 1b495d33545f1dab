#pragma once

#include <string>
#include <vector>

#include "cloud/sandbox/message.h"

namespace ty::sandbox {

/// An Azure resource's id taken apart. Names compare without case; the spelling of the request is kept for the answer.
struct ArmPath {
    std::string subscription;
    std::string group;    ///< empty for a path without resourceGroups
    std::string provider; ///< "Microsoft.Compute"; empty for a group itself
    std::vector<std::string> types; ///< {"virtualMachines"}, {"virtualNetworks", "subnets"}
    std::vector<std::string> names; ///< as many as types, or one fewer for a collection

    bool isCollection() const { return names.size() < types.size(); }
    /// "microsoft.network/virtualnetworks/subnets"
    std::string fullType() const;
    std::string name() const { return names.empty() ? std::string() : names.back(); }
    /// "/subscriptions/S/resourceGroups/G/providers/P/T/N..." of the resource.
    std::string id() const;
    /// Where the store keeps it.
    std::string key() const;
    std::string groupKey() const;
    /// The resource of which this is a child; the group's own path for top-level resources.
    ArmPath parent() const;
};

/// Takes apart what follows the host. `segments` after the resource (an action such as "start") are left in `rest`.
/// @return false when the path is no resource's
bool parseArmPath(const std::vector<std::string>& segments, ArmPath& path, std::vector<std::string>& rest);
/// The path of an id as it stands in a body; an empty one (no provider) for anything else.
ArmPath parseArmId(const std::string& id);
/// The store's key for an id as it stands in a body.
std::string armKey(const std::string& id);

} // namespace ty::sandbox
