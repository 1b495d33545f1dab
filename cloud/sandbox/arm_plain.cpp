#include "cloud/sandbox/arm_plain.h"

#include <utility>

#include <fmt/format.h>

namespace ty::sandbox {

std::string PlainResources::typeName(const ArmPath& path) const
{
    std::string type = path.provider;
    for (const auto& name : path.types) {
        type += "/" + name;
    }
    return type;
}

Json PlainResources::newBody(const ArmCall& call, const std::string& region) const
{
    Json body{{"name", call.path.name()}, {"id", call.path.id()}, {"type", typeName(call.path)}};
    if (!region.empty()) {
        body["location"] = region;
    }
    if (call.body.contains("tags") && call.body["tags"].is_object()) {
        body["tags"] = call.body["tags"];
    }
    for (const char* member : {"sku", "zones", "identity", "plan", "extendedLocation", "kind"}) {
        if (call.body.contains(member) && !call.body[member].is_null()) {
            body[member] = call.body[member];
        }
    }
    return body;
}

Response PlainResources::put(const ArmCall& call)
{
    const Json* present = m_resources.find(call.path);
    std::string region;
    const bool isChild = call.path.types.size() > 1;
    if (!isChild || call.body.contains("location")) {
        if (auto refused = checkLocation(call, present, region)) {
            return std::move(*refused);
        }
    }
    if (isChild && m_resources.find(call.path.parent()) == nullptr) {
        return armError(
            404, "ParentResourceNotFound",
            fmt::format("Failed to perform 'write' on resource(s) of type '{}', because the parent resource '{}' could not be found.",
                        typeName(call.path), call.path.parent().id()));
    }
    const int status = present == nullptr ? 201 : 200;
    Json body = newBody(call, region);
    body["properties"] = propertiesOf(call.body);
    body["properties"]["provisioningState"] = "Succeeded";
    m_resources.put(call.path, {{"type", call.path.fullType()}, {"body", body}});
    return jsonResponse(status, body);
}

Response PlainResources::get(const ArmCall& call)
{
    const Json* document = m_resources.find(call.path);
    return document == nullptr ? resourceNotFound(call.path) : jsonResponse(200, bodyOf(*document));
}

Response PlainResources::list(const ArmCall& call)
{
    if (call.path.types.size() > 1 && m_resources.find(call.path.parent()) == nullptr) {
        return resourceNotFound(call.path.parent());
    }
    return listResponse(call.request, m_resources.bodies(call.path));
}

Response PlainResources::remove(const ArmCall& call)
{
    if (m_resources.find(call.path) == nullptr) {
        return emptyResponse(204);
    }
    m_resources.erase(call.path.id());
    return emptyResponse(200);
}

Response PlainResources::patch(const ArmCall& call)
{
    const Json* present = m_resources.find(call.path);
    if (present == nullptr) {
        return resourceNotFound(call.path);
    }
    Json document = *present;
    if (call.body.contains("tags")) {
        document["body"]["tags"] = call.body["tags"];
    }
    const Json body = document["body"];
    m_resources.put(call.path, std::move(document));
    return jsonResponse(200, body);
}

Response PlainResources::act(const ArmCall& call)
{
    return armError(
        404, "InvalidResourceType",
        fmt::format("The sandbox does not know '{}' of '{}'.", call.action, typeName(call.path)));
}

void PlainResources::vanish(const std::string&) {}

} // namespace ty::sandbox
