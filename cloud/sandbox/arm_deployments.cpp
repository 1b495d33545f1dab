#include "cloud/sandbox/arm_deployments.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace ty::sandbox {

namespace {

constexpr double kStepSeconds = 2;

/// Puts parameters in and finds expressions that the sandbox does not work out. @return the first of those; empty: none
std::string resolve(Json& value, const Json& parameters)
{
    if (value.is_string()) {
        const std::string text = value.get<std::string>();
        if (!text.starts_with('[') || text.starts_with("[[") || !text.ends_with(']')) {
            return {};
        }
        constexpr char kHead[] = "[parameters('";
        if (text.starts_with(kHead) && text.ends_with("')]")) {
            const std::string name = text.substr(sizeof kHead - 1, text.size() - sizeof kHead - 2);
            const auto found = parameters.find(name);
            if (found != parameters.end()) {
                value = found->is_object() && found->contains("value") ? Json(found->at("value")) : Json(*found);
                return {};
            }
        }
        return text;
    }
    if (value.is_structured()) {
        for (auto& member : value) {
            if (const auto left = resolve(member, parameters); !left.empty()) {
                return left;
            }
        }
    }
    return {};
}

/// "Microsoft.Network/virtualNetworks/subnets" and "a/b" -> ".../Microsoft.Network/virtualNetworks/a/subnets/b"
std::string resourceId(const ArmPath& scope, const Json& resource)
{
    const auto types = splitText(textAt(resource, "type"), '/');
    const auto names = splitText(textAt(resource, "name"), '/');
    std::string id = fmt::format("/subscriptions/{}/resourceGroups/{}/providers/{}", scope.subscription, scope.group, types[0]);
    for (std::size_t i = 0; i + 1 < types.size() && i < names.size(); ++i) {
        id += "/" + types[i + 1] + "/" + names[i];
    }
    return id;
}

/// Whether `dependsOn` names the resource: by its id, or as type/name.
bool isNamed(const std::string& dependency, const Json& resource)
{
    return equalFold(dependency, textAt(resource, "id"))
        || equalFold(dependency, textAt(resource, "type") + "/" + textAt(resource, "name"));
}

} // namespace

Deployments::Deployments(World& world, Dispatch dispatch) : PlainResources(world), m_dispatch(std::move(dispatch))
{
    world.operations.onFinish("deployment", [](Json&) {});
    world.operations.onFinish("deployment.step", [this](Json& operation) { step(operation); });
}

void Deployments::schedule(const std::string& id)
{
    m_world.operations.begin(
        m_world.identifiers.guid(), {{"effect", "deployment.step"}, {"resource", id}}, m_world.pace.of(kStepSeconds));
}

Response Deployments::put(const ArmCall& call)
{
    const Json given = propertiesOf(call.body);
    const Json parameters = given.value("parameters", Json::object());
    Json resources = given.value("template", Json::object()).value("resources", Json::array());
    if (!given.contains("template") || !resources.is_array()) {
        return armError(
            400, "InvalidDeployment", "The sandbox needs the template itself, with a list of resources; links are not followed.");
    }
    for (auto& resource : resources) {
        const Json names{{"type", textAt(resource, "type")}, {"name", textAt(resource, "name")}};
        if (const auto left = resolve(resource, parameters); !left.empty()) {
            return armError(
                400, "InvalidTemplate",
                fmt::format("Deployment template validation failed: the sandbox does not work out the expression '{}'.", left));
        }
        if (names["type"] == "" || names["name"] == "" || textAt(resource, "type").find('/') == std::string::npos) {
            return armError(400, "InvalidTemplate", "Deployment template validation failed: a resource needs a type and a name.");
        }
        resource["id"] = resourceId(call.path, resource);
    }
    const auto operation = m_world.operations.beginOpen(m_world.identifiers.guid(), {{"effect", "deployment"}, {"resource", call.path.id()}});
    const int status = m_resources.find(call.path) == nullptr ? 201 : 200;
    Json body = newBody(call, "");
    body["properties"] = {
        {"templateHash", m_world.identifiers.number()},
        {"parameters", parameters},
        {"mode", given.value("mode", "Incremental")},
        {"provisioningState", "Accepted"},
        {"timestamp", m_world.now()},
        {"duration", "PT0S"},
        {"correlationId", m_world.identifiers.guid()},
        {"providers", Json::array()},
        {"dependencies", Json::array()}};
    m_resources.put(
        call.path,
        {{"type", call.path.fullType()}, {"body", body}, {"resources", resources}, {"operation", operation},
         {"origin", call.request.origin}, {"start", toMicroseconds(m_world.clock.now())}});
    schedule(call.path.id());
    Response response = jsonResponse(status, body);
    response.set(
        "Azure-AsyncOperation",
        fmt::format("{}{}/operationStatuses/{}?api-version={}", call.request.origin, call.path.id(), operation,
                    call.request.parameter("api-version")));
    setRetryAfter(response, m_world.pace.wait(5));
    return response;
}

bool Deployments::begin(const Json& deployment, Json& resource, Json& error)
{
    Request request;
    request.method = "PUT";
    request.origin = deployment.value("origin", "");
    setTarget(request, fmt::format("{}?api-version={}", textAt(resource, "id"), resource.value("apiVersion", "2024-03-01")));
    Json body = resource;
    for (const char* member : {"id", "type", "name", "apiVersion", "dependsOn", "begun"}) {
        body.erase(member);
    }
    request.body = body.dump();
    const Response response = m_dispatch(request);
    resource["begun"] = true;
    if (response.status < 400) {
        return true;
    }
    const auto answer = parseJson(response.body, "answer");
    const Json inner = answer ? answer->value("error", Json::object()) : Json::object();
    error = {{"code", "DeploymentFailed"},
             {"target", textAt(bodyOf(deployment), "id")},
             {"message", "At least one resource deployment operation failed. Please list deployment operations for details. Please "
                         "see https://aka.ms/arm-deployment-operations for usage details."},
             {"details", Json::array({inner})}};
    return false;
}

void Deployments::step(Json& operation)
{
    const std::string id = operation.value("resource", "");
    const Json* found = m_resources.find(id);
    if (found == nullptr) {
        return;
    }
    Json deployment = *found;
    Json error;
    bool isAllDone = true;
    const auto stateOf = [this](const Json& resource) {
        const Json* made = m_resources.find(textAt(resource, "id"));
        return made == nullptr ? std::string() : textAt(propertiesOf(bodyOf(*made)), "provisioningState");
    };
    for (auto& resource : deployment["resources"]) {
        const std::string state = resource.value("begun", false) ? stateOf(resource) : "";
        if (state == "Failed") {
            const Json* made = m_resources.find(textAt(resource, "id"));
            error = {{"code", "DeploymentFailed"},
                     {"message", "At least one resource deployment operation failed."},
                     {"details", Json::array({made->value("failure", Json{{"code", "ResourceDeploymentFailure"}})})}};
            break;
        }
        if (state == "Succeeded") {
            continue;
        }
        isAllDone = false;
        bool isReady = !resource.value("begun", false);
        for (const auto& dependency : resource.value("dependsOn", Json::array())) {
            for (const auto& other : deployment["resources"]) {
                isReady = isReady && (!isNamed(dependency.get<std::string>(), other) || (other.value("begun", false) && stateOf(other) == "Succeeded"));
            }
        }
        if (isReady && !begin(deployment, resource, error)) {
            break;
        }
    }
    Json& properties = deployment["body"]["properties"];
    const auto seconds = (toMicroseconds(m_world.clock.now()) - deployment.value("start", std::int64_t{0})) / 1'000'000;
    properties["duration"] = fmt::format("PT{}S", seconds);
    properties["timestamp"] = m_world.now();
    properties["provisioningState"] = !error.is_null() ? "Failed" : isAllDone ? "Succeeded" : "Running";
    if (isAllDone && error.is_null()) {
        properties["outputResources"] = Json::array();
        for (const auto& resource : deployment["resources"]) {
            properties["outputResources"].push_back({{"id", resource["id"]}});
        }
    }
    if (!error.is_null()) {
        properties["error"] = error;
    }
    const std::string main = deployment.value("operation", "");
    m_resources.put(id, std::move(deployment));
    if (!error.is_null()) {
        m_world.operations.finish(main, {{"error", error}});
    } else if (isAllDone) {
        m_world.operations.finish(main);
    } else {
        schedule(id);
    }
}

Response Deployments::remove(const ArmCall& call)
{
    if (m_resources.find(call.path) == nullptr) {
        return emptyResponse(204);
    }
    m_resources.erase(call.path.id());
    return emptyResponse(204);
}

Response Deployments::act(const ArmCall& call)
{
    if (call.action == "validate") {
        return jsonResponse(200, {{"properties", {{"provisioningState", "Succeeded"}, {"mode", "Incremental"}}}});
    }
    return PlainResources::act(call);
}

} // namespace ty::sandbox
