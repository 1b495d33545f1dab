#pragma once

#include "cloud/sandbox/world.h"

namespace ty::sandbox {

/// Cloud Resource Manager: GET /v3/projects:search and POST /v3/projects/{project}:testIamPermissions.
bool isGoogleProjects(const Request& request);
/// Of a caller who is signed in.
Response answerGoogleProjects(const World& world, const Request& request);

} // namespace ty::sandbox
