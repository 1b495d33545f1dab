#include "cloud/sandbox/arm_role_assignments.h"

#include <fmt/format.h>

#include "cloud/sandbox/arm_answers.h"
#include "cloud/sandbox/world.h"

namespace ty::sandbox {

namespace {

constexpr const char* kType = "Microsoft.Authorization/roleAssignments";

Response put(World& world, const ArmCall& call, const std::string& key, const std::string& name)
{
    const Json& properties = propertiesOf(call.body);
    const std::string principal = textAt(properties, "principalId");
    const std::string role = textAt(properties, "roleDefinitionId");
    if (principal.empty() || role.empty()) {
        return armError(400, "InvalidRequestContent", "principalId and roleDefinitionId are required.");
    }
    const Json* present = world.store.find(key);
    if (present != nullptr && textAt(propertiesOf(bodyOf(*present)), "principalId") != principal) {
        return armError(
            409, "RoleAssignmentUpdateNotPermitted",
            "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.");
    }
    Json body{
        {"id", call.path.id() + "/providers/" + kType + "/" + name}, {"name", name}, {"type", kType}, {"properties", properties}};
    body["properties"]["scope"] = call.path.id();
    const int status = present == nullptr ? 201 : 200;
    world.store.put(key, {{"type", "role"}, {"body", body}});
    return jsonResponse(status, body);
}

} // namespace

bool answerRoleAssignments(World& world, const ArmCall& call, const std::vector<std::string>& rest, Response& response)
{
    if (rest.size() != 4 || !equalFold(rest[0], "providers") || !equalFold(rest[1], "Microsoft.Authorization")
        || !equalFold(rest[2], "roleAssignments")) {
        return false;
    }
    const std::string& method = call.request.method;
    const std::string key = "role" + lowerCase(call.path.id() + "/" + rest[3]);
    const Json* present = world.store.find(key);
    if (ArmStore(world).find(call.path) == nullptr && method == "PUT") {
        response = resourceNotFound(call.path);
    } else if (method == "PUT") {
        response = put(world, call, key, rest[3]);
    } else if (method == "DELETE") {
        if (present != nullptr) {
            world.store.erase(key);
        }
        response = present == nullptr ? emptyResponse(204) : emptyResponse(200);
    } else if (present == nullptr) {
        response = armError(404, "RoleAssignmentNotFound", fmt::format("The role assignment '{}' is not found.", rest[3]));
    } else {
        response = jsonResponse(200, bodyOf(*present));
    }
    return true;
}

} // namespace ty::sandbox
