#include "cloud/sandbox/arm_scale_sets.h"

#include <utility>

#include <fmt/format.h>

#include "cloud/sandbox/arm_machines.h"
#include "cloud/sandbox/arm_network.h"
#include "cloud/sandbox/azure_quota.h"

namespace ty::sandbox {

ScaleSets::ScaleSets(World& world) : PlainResources(world)
{
    world.operations.onFinish("set.power", [this](Json& operation) { finish(operation); });
    world.operations.onFinish("set.gone", [this](Json& operation) {
        const std::string id = operation.value("resource", "");
        vanish(id);
        m_resources.erase(id);
    });
}

void ScaleSets::vanish(const std::string& id)
{
    if (const Json* document = m_resources.find(id)) {
        for (const auto& node : document->value("nodes", Json::array())) {
            drop(node);
        }
    }
}

void ScaleSets::drop(const Json& node)
{
    m_world.host.remove(textAt(node, "machine"));
    m_world.store.erase("address/" + textAt(node, "address"));
}

void ScaleSets::boot(const Json& document, Json& node)
{
    const Json login = document.value("login", Json::object());
    node["address"] = keptLoopbackAddress(m_world, textAt(node, "address"));
    MachineSpec spec;
    spec.id = textAt(node, "machine");
    spec.hostName = textAt(node, "computerName");
    spec.address = textAt(node, "address");
    spec.user = login.value("user", "");
    for (const auto& key : login.value("keys", Json::array())) {
        spec.publicKeys.push_back(key.get<std::string>());
    }
    if (const auto made = m_world.host.create(spec); made) {
        (void)m_world.host.start(spec.id); // what went wrong stands in its serial log
    }
}

void ScaleSets::settle(const std::string& id, Json& document)
{
    const auto capacity = static_cast<std::size_t>(bodyOf(document)["sku"].value("capacity", 0));
    Json nodes = document.value("nodes", Json::array());
    while (nodes.size() > capacity) {
        drop(nodes.back()); // the youngest go first
        nodes.erase(nodes.size() - 1);
    }
    int next = document.value("nextInstance", 0);
    while (nodes.size() < capacity) {
        const bool isReal = nodes.size() < kRealNodes;
        Json node{
            {"instanceId", fmt::format("{}", next)},
            {"computerName", fmt::format("{}{:06}", document.value("prefix", "node"), next)},
            {"address", newLoopbackAddress(m_world)},
            {"machine", isReal ? "node-" + m_world.identifiers.hex(12) : ""}};
        ++next;
        if (isReal) {
            boot(document, node);
        }
        nodes.push_back(std::move(node));
    }
    document["nextInstance"] = next;
    document["nodes"] = std::move(nodes);
    m_resources.put(id, document);
}

void ScaleSets::finish(Json& operation)
{
    const std::string id = operation.value("resource", "");
    const Json* found = m_resources.find(id);
    if (found == nullptr || operation.contains("error")) {
        return;
    }
    Json document = *found;
    const std::string power = operation.value("power", "running");
    const bool isGrowing = bodyOf(document)["sku"].value("capacity", 0) > static_cast<int>(document.value("nodes", Json::array()).size());
    const Json zones = bodyOf(document).value("zones", Json::array());
    const std::string failure = isGrowing || (power == "running" && document.value("power", "") == "deallocated")
        ? shortageOf(
              m_world, bodyOf(document)["sku"].value("name", ""), textAt(bodyOf(document), "location"),
              zones.empty() ? "" : zones[0].get<std::string>())
        : "";
    if (!failure.empty()) {
        document["body"]["properties"]["provisioningState"] = "Failed";
        operation["error"] = allocationError(failure, document["body"]);
        m_resources.put(id, std::move(document));
        return;
    }
    const bool wasRunning = document.value("power", "running") == "running";
    document["power"] = power;
    document["body"]["properties"]["provisioningState"] = "Succeeded";
    if (power == "running") {
        if (!wasRunning || operation.value("restart", false)) {
            for (auto& node : document["nodes"]) {
                m_world.host.stop(textAt(node, "machine"));
                if (!textAt(node, "machine").empty()) {
                    boot(document, node);
                }
            }
        }
        settle(id, document);
        return;
    }
    for (const auto& node : document.value("nodes", Json::array())) {
        m_world.host.stop(textAt(node, "machine"));
    }
    m_resources.put(id, std::move(document));
}

Response ScaleSets::begin(const ArmCall& call, Json document, Json operation, double seconds, Response response)
{
    const std::string region = textAt(bodyOf(document), "location");
    m_resources.put(call.path, std::move(document));
    operation["resource"] = call.path.id();
    const auto id = m_world.operations.begin(m_world.identifiers.guid(), std::move(operation), m_world.pace.of(seconds));
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
    Json document = present == nullptr ? Json{{"power", "running"}} : *present;
    document["type"] = call.path.fullType();
    const Json login = profile.value("osProfile", Json::object());
    document["prefix"] = login.value("computerNamePrefix", call.path.name());
    if (!textAt(login, "adminUsername").empty()) {
        Json keys = Json::array();
        const Json ssh = login.value("linuxConfiguration", Json::object()).value("ssh", Json::object());
        for (const auto& key : ssh.value("publicKeys", Json::array())) {
            keys.push_back(textAt(key, "keyData"));
        }
        document["login"] = {{"user", textAt(login, "adminUsername")}, {"keys", std::move(keys)}};
    }
    // What was sent as a secret is never told again.
    if (auto& made = body["properties"]["virtualMachineProfile"]; made.is_object() && made.contains("osProfile")) {
        made["osProfile"].erase("adminPassword");
        made["osProfile"].erase("customData");
    }
    document["body"] = body;
    const std::string power = document.value("power", "running");
    return begin(
        call, std::move(document), {{"effect", "set.power"}, {"power", power}}, 60 + 5 * capacity, jsonResponse(status, body));
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
    return begin(call, std::move(document), {{"effect", "set.gone"}}, 40, emptyResponse(202));
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
    const Json operation{{"effect", "set.power"}, {"power", after}, {"restart", call.action == "restart"}};
    return begin(call, std::move(document), operation, 30, emptyResponse(202));
}

Response ScaleSetAddresses::list(const ArmCall& call)
{
    const ArmPath set = call.path.parent();
    const Json* document = m_resources.find(set);
    if (document == nullptr) {
        return resourceNotFound(set);
    }
    Json addresses = Json::array();
    const Json profile = propertiesOf(bodyOf(*document)).value("virtualMachineProfile", Json::object());
    const bool hasAny = profile.dump().find("publicIPAddressConfiguration") != std::string::npos;
    for (const auto& node : hasAny ? document->value("nodes", Json::array()) : Json::array()) {
        const std::string configuration = fmt::format(
            "{}/virtualMachines/{}/networkInterfaces/primary/ipConfigurations/primary", set.id(), textAt(node, "instanceId"));
        addresses.push_back(
            {{"name", "address"},
             {"id", configuration + "/publicIPAddresses/address"},
             {"properties",
              {{"provisioningState", "Succeeded"},
               {"ipAddress", textAt(node, "address")},
               {"publicIPAddressVersion", "IPv4"},
               {"publicIPAllocationMethod", "Dynamic"},
               {"ipConfiguration", {{"id", configuration}}}}}});
    }
    return listResponse(call.request, addresses);
}

Json ScaleSetMembers::members(const ArmPath& set, bool isViewWanted) const
{
    Json list = Json::array();
    const Json* document = m_resources.find(set);
    if (document == nullptr) {
        return list;
    }
    const Json& body = bodyOf(*document);
    const std::string state = textAt(propertiesOf(body), "provisioningState");
    const std::string power = document->value("power", "running");
    for (const auto& node : document->value("nodes", Json::array())) {
        Json properties = propertiesOf(body).value("virtualMachineProfile", Json::object());
        const std::string instance = textAt(node, "instanceId");
        properties["latestModelApplied"] = true;
        properties["vmId"] = guidOf(fmt::format("{}/{}", lowerCase(set.id()), instance));
        properties["provisioningState"] = state == "Failed" ? "Succeeded" : state;
        properties["osProfile"]["computerName"] = textAt(node, "computerName");
        if (isViewWanted) {
            properties["instanceView"] = {
                {"statuses",
                 Json::array(
                     {{{"code", "ProvisioningState/succeeded"}, {"level", "Info"}, {"displayStatus", "Provisioning succeeded"}},
                      {{"code", "PowerState/" + power}, {"level", "Info"}, {"displayStatus", "VM " + power}}})}};
        }
        list.push_back(
            {{"instanceId", instance},
             {"name", fmt::format("{}_{}", set.name(), instance)},
             {"id", fmt::format("{}/virtualMachines/{}", set.id(), instance)},
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
    const bool isViewWanted = equalFold(call.request.parameter("$expand"), "instanceView");
    return m_resources.find(set) == nullptr ? resourceNotFound(set) : listResponse(call.request, members(set, isViewWanted));
}

Response ScaleSetMembers::get(const ArmCall& call)
{
    for (const auto& member : members(call.path.parent(), equalFold(call.request.parameter("$expand"), "instanceView"))) {
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
