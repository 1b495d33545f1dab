#include "cloud/gcp/resource_manager.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "cloud/gcp/google_failures.h"
#include "cloud/gcp/google_pages.h"
#include "cloud/http/url.h"

namespace ty::cloud::gcp {

namespace {

struct Granted {
    std::vector<std::string> permissions; ///< left out when there is none

    void fields(auto& f) { f("permissions", permissions); }
};

} // namespace

Result<std::vector<ManagedProject>> searchProjects(Transport& transport, const std::string& base, std::stop_token stop)
{
    constexpr const char* kWhat = "Google's list of projects";
    constexpr const char* kPageSize = "500";
    std::vector<ManagedProject> projects;
    const auto take = [&](const Json& items) -> Result<void> {
        TY_TRY(auto some, listFromJson<ManagedProject>(items, kWhat));
        std::copy_if(
            std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()), std::back_inserter(projects),
            [](const ManagedProject& project) { return project.state.empty() || project.state == "ACTIVE"; });
        return {};
    };
    const std::string url = base + "/v3/projects:search?" + queryText({{"query", "state:ACTIVE"}, {"pageSize", kPageSize}});
    TY_CHECK(readGooglePages(transport, url, "projects", kWhat, take, std::move(stop)));
    std::sort(projects.begin(), projects.end(), [](const ManagedProject& a, const ManagedProject& b) {
        return a.projectId < b.projectId;
    });
    return projects;
}

Result<std::vector<std::string>> grantedPermissions(
    Transport& transport, const std::string& base, const std::string& project, const std::vector<std::string>& permissions,
    std::stop_token stop)
{
    const std::string what = "what may be done in project " + project;
    HttpRequest request;
    request.method = "POST";
    request.url = base + "/v3/projects/" + project + ":testIamPermissions";
    request.headers.add("Content-Type", "application/json");
    request.headers.add("Accept", "application/json");
    request.body = Json{{"permissions", permissions}}.dump();
    request.isRepeatable = true; // it changes nothing
    TY_TRY(const HttpResponse answer, transport.send(request, std::move(stop)));
    if (answer.status != 200) {
        const CloudError error = parseCloudError(answer);
        return error.toError(classify(error)).withContext(what);
    }
    TY_TRY(const Json body, parseJson(answer.body, what));
    TY_TRY(Granted granted, fromJson<Granted>(body, what));
    return std::move(granted.permissions);
}

} // namespace ty::cloud::gcp
