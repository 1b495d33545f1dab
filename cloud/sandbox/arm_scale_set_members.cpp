// The machines of a scale set, one by one, and their addresses.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "cloud/sandbox/arm_scale_sets.h"

namespace ty::sandbox {

namespace {

constexpr double kNodeSeconds = 30; ///< of a node that starts or stops
constexpr double kPollSeconds = 10;

const char* powerMeanwhile(const std::string& after)
{
    return after == "running" ? "starting" : after == "stopped" ? "stopping" : "deallocating";
}

} // namespace

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
    for (const auto& node : document->value("nodes", Json::array())) {
        const std::string power = node.value("power", document->value("power", "running"));
        Json properties = propertiesOf(body).value("virtualMachineProfile", Json::object());
        const std::string instance = textAt(node, "instanceId");
        properties["latestModelApplied"] = true;
        properties["vmId"] = guidOf(fmt::format("{}/{}", lowerCase(set.id()), instance));
        properties["provisioningState"] = state == "Failed" ? "Succeeded" : state;
        properties["osProfile"]["computerName"] = textAt(node, "computerName");
        properties["timeCreated"] = textAt(node, "made");
        if (isViewWanted) {
            properties["instanceView"] = {
                {"statuses",
                 Json::array(
                     {{{"code", "ProvisioningState/succeeded"}, {"level", "Info"}, {"displayStatus", "Provisioning succeeded"},
                       {"time", textAt(node, "since")}},
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

Response ScaleSetMembers::act(const ArmCall& call)
{
    const ArmPath set = call.path.parent();
    const Json* found = m_resources.find(set);
    const char* after = powerAfter(call.action);
    const bool isBootLog = call.action == "retrievebootdiagnosticsdata";
    if (found == nullptr || (after == nullptr && !isBootLog) || call.request.method != "POST") {
        return found == nullptr ? resourceNotFound(set) : PlainResources::act(call);
    }
    Json document = *found;
    Json nodes = document.value("nodes", Json::array());
    const auto node = std::find_if(
        nodes.begin(), nodes.end(), [&](const Json& each) { return textAt(each, "instanceId") == call.path.name(); });
    if (node == nodes.end()) {
        return resourceNotFound(call.path);
    }
    if (isBootLog) {
        return jsonResponse(200, bootLogUris(call.request, textAt(*node, "machine")));
    }
    (*node)["power"] = powerMeanwhile(after);
    document["nodes"] = std::move(nodes);
    const std::string region = textAt(bodyOf(document), "location");
    m_resources.put(set, std::move(document));
    const Json operation{
        {"effect", "node.power"}, {"resource", set.id()}, {"node", call.path.name()}, {"power", after},
        {"restart", call.action == "restart"}};
    const auto id = m_world.operations.begin(m_world.identifiers.guid(), operation, m_world.pace.of(kNodeSeconds));
    Response response = emptyResponse(202);
    addPollingHeaders(
        response, call.request, AsyncStyle::Compute, call.path.subscription, region, id, FinalAnswer::AtLocation, m_world.pace.wait(kPollSeconds));
    return response;
}

Response ScaleSetMembers::remove(const ArmCall& call)
{
    return put(call);
}

} // namespace ty::sandbox
