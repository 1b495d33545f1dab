#pragma once

#include <string>
#include <vector>

#include "cloud/model/fields.h"

namespace ty::cloud::azure {

/// What one of the caller's roles allows: `actions` without `notActions`, each with * for any letters.
struct Permission {
    std::vector<std::string> actions;    ///< "*", "*/read", "Microsoft.Compute/virtualMachines/*"
    std::vector<std::string> notActions; ///< what this role does not give; another one may

    void fields(auto& f)
    {
        f("actions", actions);
        f("notActions", notActions);
    }
};

/// Whether any of them allows `action`, compared without case.
bool isAllowed(const std::vector<Permission>& permissions, const std::string& action);

} // namespace ty::cloud::azure
