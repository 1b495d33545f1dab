#include "cloud/sandbox/arm_scale_sets.h"

#include <utility>

#include <fmt/format.h>

#include "cloud/sandbox/arm_machines.h"
#include "cloud/sandbox/arm_network.h"
#include "cloud/sandbox/azure_quota.h"
#include "cloud/sandbox/keys.h"

namespace ty::sandbox {

const char* powerAfter(const std::string& action)
{
    return action == "start" || action == "restart" ? "running"
        : action == "poweroff"                      ? "stopped"
        : action == "deallocate"                    ? "deallocated"
                                                    : nullptr;
}

ScaleSets::ScaleSets(World& world) : PlainResources(world)
{
    world.operations.onFinish("set.power", [this](Json& operation) { finish(operation); });
    world.operations.onFinish("node.power", [this](Json& operation) { finishNode(operation); });
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
    spec.firstBootScript = decodeBase64(login.value("customData", "")).value_or("");
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
            {"machine", isReal ? "node-" + m_world.identifiers.hex(12) : ""},
            {"power", "running"},
            {"made", m_world.now()},
            {"since", m_world.now()}};
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
    document["power"] = power;
    document["body"]["properties"]["provisioningState"] = "Succeeded";
    for (std::size_t i = 0; operation.value("all", false) && i < document.value("nodes", Json::array()).size(); ++i) {
        setPower(document, document["nodes"][i], power, operation.value("restart", false));
    }
    m_resources.put(id, document);
    if (power == "running") {
        settle(id, document);
    }
}

void ScaleSets::finishNode(Json& operation)
{
    const std::string id = operation.value("resource", "");
    const Json* found = m_resources.find(id);
    if (found == nullptr || operation.contains("error")) {
        return;
    }
    Json document = *found;
    for (auto& node : document["nodes"]) {
        if (textAt(node, "instanceId") == operation.value("node", "")) {
            setPower(document, node, operation.value("power", "running"), operation.value("restart", false));
        }
    }
    m_resources.put(id, std::move(document));
}

void ScaleSets::setPower(const Json& document, Json& node, const std::string& power, bool isRestart)
{
    const bool wasRunning = node.value("power", "running") == "running";
    node["power"] = power;
    if (power == "running" && wasRunning && !isRestart) {
        return;
    }
    node["since"] = m_world.now();
    m_world.host.stop(textAt(node, "machine"));
    if (power == "running" && !textAt(node, "machine").empty()) {
        boot(document, node);
    }
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
    if (body.contains("identity")) {
        const Json held = present == nullptr ? Json::object() : bodyOf(*present).value("identity", Json::object());
        body["identity"]["principalId"] = held.value("principalId", m_world.identifiers.guid());
        body["identity"]["tenantId"] = m_world.identity.tenantId;
    }
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
        document["login"]
            = {{"user", textAt(login, "adminUsername")}, {"keys", std::move(keys)}, {"customData", textAt(login, "customData")}};
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
    const char* after = powerAfter(call.action);
    if (after == nullptr || call.request.method != "POST") {
        return PlainResources::act(call);
    }
    document["body"]["properties"]["provisioningState"] = "Updating";
    const Json operation{{"effect", "set.power"}, {"power", after}, {"all", true}, {"restart", call.action == "restart"}};
    return begin(call, std::move(document), operation, 30, emptyResponse(202));
}

} // namespace ty::sandbox
