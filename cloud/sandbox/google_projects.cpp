#include "cloud/sandbox/google_projects.h"

#include <algorithm>

#include <fmt/format.h>

#include "cloud/sandbox/gce_service.h"
#include "cloud/sandbox/scopes.h"

namespace ty::sandbox {

namespace {

constexpr char kSearch[] = "projects:search";
constexpr char kTest[] = ":testIamPermissions";

Json projectJson(const World& world, const Scope& project)
{
    return {
        {"name", "projects/" + world.identity.projectNumber},
        {"parent", "organizations/1"},
        {"projectId", project.id},
        {"displayName", project.name},
        {"state", "ACTIVE"},
        {"createTime", "2016-01-01T08:00:00.000Z"},
        {"updateTime", "2016-01-01T08:00:00.000Z"}};
}

/// A reader may get and list.
bool isAllowed(const World& world, const std::string& permission)
{
    return roleOf(world) == Role::Owner || permission.ends_with(".get") || permission.ends_with(".list");
}

Response testPermissions(const World& world, const Request& request, const std::string& project)
{
    const auto projects = projectsOf(world);
    if (std::none_of(projects.begin(), projects.end(), [&](const Scope& each) { return each.id == project; })) {
        return googleError(
            403, fmt::format("The caller does not have permission, or there is no project {}.", project), "forbidden");
    }
    const auto body = parseJson(request.body, "request");
    Json allowed = Json::array();
    for (const Json& permission : body && body->is_object() ? body->value("permissions", Json::array()) : Json::array()) {
        if (permission.is_string() && isAllowed(world, permission.get<std::string>())) {
            allowed.push_back(permission);
        }
    }
    // A list without entries is left out, as everywhere at Google.
    return jsonResponse(200, allowed.empty() ? Json::object() : Json{{"permissions", allowed}});
}

} // namespace

bool isGoogleProjects(const Request& request)
{
    const auto& path = request.path;
    return path.size() >= 2 && path[0] == "v3" && (path[1] == kSearch || (path[1] == "projects" && path.size() == 3));
}

Response answerGoogleProjects(const World& world, const Request& request)
{
    if (request.path[1] == kSearch && request.method == "GET") {
        Json all = Json::array();
        for (const Scope& project : projectsOf(world)) {
            all.push_back(projectJson(world, project));
        }
        return jsonResponse(200, {{"projects", std::move(all)}});
    }
    const std::string& last = request.path.back();
    if (request.path.size() == 3 && last.ends_with(kTest) && request.method == "POST") {
        return testPermissions(world, request, last.substr(0, last.size() - (sizeof kTest - 1)));
    }
    return googleError(404, "The requested URL was not found on this server.", "notFound");
}

} // namespace ty::sandbox
