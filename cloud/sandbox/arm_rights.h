#pragma once

#include <optional>

#include "cloud/sandbox/arm_call.h"

namespace ty::sandbox {

/// Refuses what the caller's role does not allow: a reader changes nothing.
std::optional<Response> refusedByRole(const World& world, const ArmCall& call);

/// Answers GET <subscription or group>/providers/Microsoft.Authorization/permissions.
/// @return false when the path is another
bool answerRights(const World& world, const ArmCall& call, Response& response);

} // namespace ty::sandbox
