#include "cloud/sandbox/arm_scale_sets.h"

#include <utility>

#include <fmt/format.h>

#include "cloud/sandbox/azure_quota.h"

namespace ty::sandbox {

ScaleSets::ScaleSets(World& world) : PlainResources(world)
{
    world.operations.onFinish("set.power", [this](Json& operation) {
        const std::string id = operation.value("resource", "");
        if (const Json* found = m_resources.find(id)) {
            Json document = *found;
            document["power"] = operation.value("power", "running");
            document["body"]["properties"]["provisioningState"] = "Succeeded";
            m_resources.put(id, std::move(document));
        }
    });
    world.operations.onFinish("set.gone", [this](Json& operation) { m_resources.erase(operation.value("resource", "")); });
}

Response ScaleSets::begin(
    const ArmCall& call, Json document, const char* effect, const char* power, double seconds, Response response)
{
    const std::string region = textAt(bodyOf(document), "location");
    m_resources.put(call.path, std::move(document));
    const auto id = m_world.operations.begin(
        m_world.identifiers.guid(), {{"effect", effect}, {"resource", call.path.id()}, {"power", power}}, m_world.pace.of(seconds));
    addPollingHeaders(
        response, call.request, AsyncStyle::Compute, call.path.subscription, region, id,
        response.status == 202 ? FinalAnswer::AtLocation : FinalAnswer::None, m_world.pace.wait(10));
    return response;
}

Response ScaleSets::put(const ArmCall& call)
{
    const Json* present = m_resources.find(call.path);
    std::string region;
    if (auto refused = checkLocation(call, present, region)) {
        return std::move(*refused);
    }
    const Json sku = call.body.value("sku", Json::object());
    const AzureSize* size = findAzureSize(textAt(sku, "name"));
    if (size == nullptr || azureOffer(*size, region, "") == AzureOffer::Absent) {
        return armError(400, "InvalidParameter", fmt::format("The value {} provided for the VM size is not valid.", textAt(sku, "name")), "vmSize");
    }
    const int capacity = sku.value("capacity", 0);
    const int before = present == nullptr ? 0 : bodyOf(*present)["sku"].value("capacity", 0);
    const Json profile = propertiesOf(call.body).value("virtualMachineProfile", Json::object());
    if (auto refused = checkQuota(m_world, *size, region, equalFold(textAt(profile, "priority"), "Spot"), (capacity - before) * size->cores)) {
        return std::move(*refused);
    }
    Json body = newBody(call, region);
    body["sku"] = {{"name", size->name}, {"tier", "Standard"}, {"capacity", capacity}};
    body["properties"] = propertiesOf(call.body);
    body["properties"]["provisioningState"] = present == nullptr ? "Creating" : "Updating";
    body["properties"]["uniqueId"] = guidOf(lowerCase(call.path.id()));
    if (!body["properties"].contains("orchestrationMode")) {
        body["properties"]["orchestrationMode"] = "Uniform";
    }
    const int status = present == nullptr ? 201 : 200;
    return begin(
        call, {{"type", call.path.fullType()}, {"body", body}, {"power", "running"}}, "set.power", "running", 60 + 5 * capacity,
        jsonResponse(status, body));
}

Response ScaleSets::patch(const ArmCall& call)
{
    const Json* present = m_resources.find(call.path);
    if (present == nullptr) {
        return resourceNotFound(call.path);
    }
    Json merged = bodyOf(*present);
    merged.merge_patch(call.body);
    return put(ArmCall{call.request, call.path, "", merged});
}

Response ScaleSets::remove(const ArmCall& call)
{
    const Json* present = m_resources.find(call.path);
    if (present == nullptr) {
        return emptyResponse(204);
    }
    Json document = *present;
    document["body"]["properties"]["provisioningState"] = "Deleting";
    return begin(call, std::move(document), "set.gone", "", 40, emptyResponse(202));
}

Response ScaleSets::act(const ArmCall& call)
{
    const Json* present = m_resources.find(call.path);
    if (present == nullptr) {
        return resourceNotFound(call.path);
    }
    Json document = *present;
    const int capacity = bodyOf(document)["sku"].value("capacity", 0);
    const std::string power = document.value("power", "running");
    if (call.action == "instanceview" && call.request.method == "GET") {
        return jsonResponse(
            200,
            {{"virtualMachine", {{"statusesSummary", Json::array({{{"code", "PowerState/" + power}, {"count", capacity}}})}}},
             {"statuses", Json::array({{{"code", "ProvisioningState/succeeded"}, {"level", "Info"}, {"displayStatus", "Provisioning succeeded"}}})}});
    }
    const char* after = call.action == "start" || call.action == "restart" ? "running"
        : call.action == "poweroff"                                        ? "stopped"
        : call.action == "deallocate"                                      ? "deallocated"
                                                                           : nullptr;
    if (after == nullptr || call.request.method != "POST") {
        return PlainResources::act(call);
    }
    document["body"]["properties"]["provisioningState"] = "Updating";
    return begin(call, std::move(document), "set.power", after, 30, emptyResponse(202));
}

Json ScaleSetMembers::members(const ArmPath& set) const
{
    Json list = Json::array();
    const Json* document = m_resources.find(set);
    if (document == nullptr) {
        return list;
    }
    const Json& body = bodyOf(*document);
    for (int i = 0; i < body["sku"].value("capacity", 0); ++i) {
        Json properties = propertiesOf(body).value("virtualMachineProfile", Json::object());
        properties["latestModelApplied"] = true;
        properties["vmId"] = guidOf(fmt::format("{}/{}", lowerCase(set.id()), i));
        properties["provisioningState"] = textAt(propertiesOf(body), "provisioningState");
        list.push_back(
            {{"instanceId", fmt::format("{}", i)},
             {"name", fmt::format("{}_{}", set.name(), i)},
             {"id", fmt::format("{}/virtualMachines/{}", set.id(), i)},
             {"type", "Microsoft.Compute/virtualMachineScaleSets/virtualMachines"},
             {"location", body["location"]},
             {"sku", {{"name", body["sku"]["name"]}, {"tier", "Standard"}}},
             {"properties", std::move(properties)}});
    }
    return list;
}

Response ScaleSetMembers::list(const ArmCall& call)
{
    const ArmPath set = call.path.parent();
    return m_resources.find(set) == nullptr ? resourceNotFound(set) : listResponse(call.request, members(set));
}

Response ScaleSetMembers::get(const ArmCall& call)
{
    for (const auto& member : members(call.path.parent())) {
        if (textAt(member, "instanceId") == call.path.name()) {
            return jsonResponse(200, member);
        }
    }
    return resourceNotFound(call.path);
}

Response ScaleSetMembers::put(const ArmCall& call)
{
    return armError(409, "OperationNotAllowed", fmt::format("The sandbox does not change members of '{}' one by one.", call.path.parent().name()));
}

Response ScaleSetMembers::remove(const ArmCall& call)
{
    return put(call);
}

} // namespace ty::sandbox
