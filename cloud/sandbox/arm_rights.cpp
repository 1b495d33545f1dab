#include "cloud/sandbox/arm_rights.h"

#include <fmt/format.h>

#include "cloud/sandbox/arm_answers.h"
#include "cloud/sandbox/scopes.h"

namespace ty::sandbox {

namespace {

/// "Microsoft.Compute/virtualMachines/write".
std::string actionOf(const ArmCall& call)
{
    std::string action = call.path.provider.empty() ? "Microsoft.Resources/subscriptions/resourceGroups" : call.path.fullType();
    const std::string& method = call.request.method;
    return action + (method == "DELETE" ? "/delete" : method == "POST" ? "/action" : "/write");
}

} // namespace

std::optional<Response> refusedByRole(const World& world, const ArmCall& call)
{
    const std::string& method = call.request.method;
    if (method == "GET" || method == "HEAD" || roleOf(world) == Role::Owner) {
        return {};
    }
    const std::string& who = world.identity.principalId;
    return armError(
        403, "AuthorizationFailed",
        fmt::format(
            "The client '{0}' with object id '{0}' does not have authorization to perform action '{1}' over scope '{2}' or the "
            "scope is invalid. If access was recently granted, please refresh your credentials.",
            who, actionOf(call), call.request.pathFrom(0)));
}

bool answerRights(const World& world, const ArmCall& call, Response& response)
{
    const auto& path = call.request.path;
    const bool isGroup = path.size() == 7 && equalFold(path[2], "resourcegroups");
    if ((path.size() != 5 && !isGroup) || call.request.method != "GET" || !equalFold(path[path.size() - 3], "providers")
        || !equalFold(path[path.size() - 2], "Microsoft.Authorization") || !equalFold(path.back(), "permissions")) {
        return false;
    }
    const char* action = roleOf(world) == Role::Owner ? "*" : "*/read";
    const Json granted{
        {"actions", Json::array({action})},
        {"notActions", Json::array()},
        {"dataActions", Json::array()},
        {"notDataActions", Json::array()}};
    response = listResponse(call.request, Json::array({granted}));
    return true;
}

} // namespace ty::sandbox
