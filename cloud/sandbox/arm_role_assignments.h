#pragma once

#include <string>
#include <vector>

#include "cloud/sandbox/arm_call.h"
#include "cloud/sandbox/message.h"

namespace ty::sandbox {

/// Answers PUT, GET and DELETE of <resource>/providers/Microsoft.Authorization/roleAssignments/{guid}. What is granted is
/// kept and told, but nothing here depends on it: in the sandbox everybody who signs in may do everything.
/// @param rest  what stands behind the resource in the path
/// @return false when the path is none of these
bool answerRoleAssignments(World& world, const ArmCall& call, const std::vector<std::string>& rest, Response& response);

} // namespace ty::sandbox
