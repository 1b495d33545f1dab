#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "cloud/http/transport.h"
#include "cloud/model/fields.h"

namespace ty::cloud::gcp {

/// Cloud Resource Manager, version 3: which projects there are, and what one may do in them.
inline constexpr const char* kManagerHost = "https://cloudresourcemanager.googleapis.com";

/// A project as Resource Manager tells it.
struct ManagedProject {
    std::string projectId;   ///< "my-project-1234"
    std::string displayName; ///< as its owner calls it
    std::string state;       ///< "ACTIVE", "DELETE_REQUESTED"

    void fields(auto& f)
    {
        f("projectId", projectId);
        f("displayName", displayName);
        f("state", state);
    }
};

/// The projects that are in use and that the caller may get, by id. `transport` signs and retries; `base`: kManagerHost, or
/// where a sandbox is. Errors: those of Google (Permission: the Cloud Resource Manager API is not enabled in the project that
/// the caller belongs to).
Result<std::vector<ManagedProject>> searchProjects(Transport& transport, const std::string& base, std::stop_token stop);

/// Which of `permissions` ("compute.instances.create") the caller has in a project. Errors: those of Google.
Result<std::vector<std::string>> grantedPermissions(
    Transport& transport, const std::string& base, const std::string& project, const std::vector<std::string>& permissions,
    std::stop_token stop);

} // namespace ty::cloud::gcp
