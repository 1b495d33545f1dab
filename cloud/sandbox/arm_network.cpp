#include "cloud/sandbox/arm_network.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include <fmt/format.h>

namespace ty::sandbox {

namespace {

/// Members that the caller gave and that are kept as they are.
void keep(const Json& given, Json& properties, std::initializer_list<const char*> names)
{
    for (const char* name : names) {
        if (given.contains(name) && !given[name].is_null()) {
            properties[name] = given[name];
        }
    }
}

bool isCidr(const std::string& text)
{
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;
    unsigned bits = 0;
    int used = 0;
    return std::sscanf(text.c_str(), "%3u.%3u.%3u.%3u/%2u%n", &a, &b, &c, &d, &bits, &used) == 5
        && used == static_cast<int>(text.size()) && a < 256 && b < 256 && c < 256 && d < 256 && bits <= 32;
}

} // namespace

std::string newLoopbackAddress(World& world)
{
    return world.loopback.take(world.store, world.identity.subscriptionId, world.host.sshPort());
}

std::string keptLoopbackAddress(World& world, const std::string& address)
{
    if (!address.empty() && world.loopback.isHeld(address)) {
        return address;
    }
    world.store.erase("address/" + address);
    return newLoopbackAddress(world);
}

std::string publicAddressOf(const Json& interfaceBody)
{
    for (const auto& configuration : propertiesOf(interfaceBody).value("ipConfigurations", Json::array())) {
        const auto id = idAt(propertiesOf(configuration), "publicIPAddress");
        if (!id.empty()) {
            return id;
        }
    }
    return {};
}

NetworkResources::NetworkResources(World& world) : PlainResources(world)
{
    world.operations.onFinish("network.ready", [&world](Json& operation) {
        ArmStore(world).setState(operation.value("resource", ""), "Succeeded");
    });
    world.operations.onFinish("network.gone", [](Json&) {});
}

std::string NetworkResources::newTag()
{
    return "W/\"" + m_world.identifiers.guid() + "\"";
}

Response NetworkResources::put(const ArmCall& call)
{
    const Json* present = m_resources.find(call.path);
    std::string region;
    if (auto refused = checkLocation(call, present, region)) {
        return std::move(*refused);
    }
    Json properties = Json::object();
    properties["provisioningState"] = isInstant() ? "Succeeded" : "Updating";
    properties["resourceGuid"] = present == nullptr ? m_world.identifiers.guid() : textAt(propertiesOf(bodyOf(*present)), "resourceGuid");
    if (auto refused = fill(call, present, properties)) {
        return std::move(*refused);
    }
    const int status = present == nullptr ? 201 : 200;
    Json body = newBody(call, region);
    body["etag"] = newTag();
    if (!body.contains("tags")) {
        body["tags"] = Json::object();
    }
    body["properties"] = std::move(properties);
    Json document = present == nullptr ? Json{{"type", call.path.fullType()}} : *present;
    document["body"] = body;
    m_resources.put(call.path, std::move(document));
    const auto id = m_world.operations.begin(
        m_world.identifiers.guid(), {{"effect", "network.ready"}, {"resource", call.path.id()}},
        isInstant() ? Duration(0) : m_world.pace.of(3));
    Response response = jsonResponse(status, body);
    addPollingHeaders(
        response, call.request, AsyncStyle::Network, call.path.subscription, region, id, FinalAnswer::None,
        m_world.pace.wait(3));
    return response;
}

Response NetworkResources::patch(const ArmCall& call)
{
    Response response = PlainResources::patch(call);
    return response;
}

Response NetworkResources::remove(const ArmCall& call)
{
    const Json* present = m_resources.find(call.path);
    if (present == nullptr) {
        return emptyResponse(204);
    }
    const Json body = bodyOf(*present);
    if (const auto by = user(body); !by.empty()) {
        const std::string kind = call.path.types.back();
        const char* code = equalFold(kind, "networkInterfaces") ? "NicInUse"
            : equalFold(kind, "publicIPAddresses")              ? "PublicIPAddressCannotBeDeleted"
            : equalFold(kind, "virtualNetworks")                ? "InUseSubnetCannotBeDeleted"
                                                                : "InUseNetworkSecurityGroupCannotBeDeleted";
        return armError(
            400, code,
            fmt::format("{} {} cannot be deleted because it is in use by {}.", typeName(call.path), call.path.id(), by));
    }
    release(body);
    m_resources.erase(call.path.id());
    const auto id = m_world.operations.begin(
        m_world.identifiers.guid(), {{"effect", "network.gone"}, {"finalStatus", 204}}, m_world.pace.of(5));
    Response response = emptyResponse(202);
    addPollingHeaders(
        response, call.request, AsyncStyle::Network, call.path.subscription, textAt(body, "location"), id,
        FinalAnswer::AtLocation, m_world.pace.wait(10));
    return response;
}

void NetworkResources::vanish(const std::string& id)
{
    if (const Json* document = m_resources.find(id)) {
        release(bodyOf(*document));
    }
}

// Virtual networks and their subnets

namespace {

Json subnetJson(const std::string& network, const std::string& name, const Json& given, const std::string& tag)
{
    Json properties{{"provisioningState", "Succeeded"}};
    keep(given, properties, {"addressPrefix", "addressPrefixes", "networkSecurityGroup", "serviceEndpoints", "routeTable",
                             "natGateway", "defaultOutboundAccess"});
    properties["delegations"] = given.value("delegations", Json::array());
    properties["privateEndpointNetworkPolicies"] = given.value("privateEndpointNetworkPolicies", "Disabled");
    properties["privateLinkServiceNetworkPolicies"] = given.value("privateLinkServiceNetworkPolicies", "Enabled");
    return {
        {"name", name},
        {"id", network + "/subnets/" + name},
        {"etag", tag},
        {"properties", std::move(properties)},
        {"type", "Microsoft.Network/virtualNetworks/subnets"}};
}

/// The id of a network interface in the subnet (or in any subnet of the network); empty: none.
std::string interfaceIn(World& world, const std::string& id)
{
    const std::string wanted = lowerCase(id);
    for (const auto& key : world.store.keysBelow("arm/subscriptions/")) {
        const Json& document = *world.store.find(key);
        if (document.value("type", "") != "microsoft.network/networkinterfaces") {
            continue;
        }
        for (const auto& configuration : propertiesOf(bodyOf(document)).value("ipConfigurations", Json::array())) {
            const auto subnet = lowerCase(idAt(propertiesOf(configuration), "subnet"));
            if (subnet == wanted || subnet.starts_with(wanted + "/")) {
                return textAt(configuration, "id");
            }
        }
    }
    return {};
}

} // namespace

Refusal VirtualNetworks::fill(const ArmCall& call, const Json*, Json& properties)
{
    const Json given = propertiesOf(call.body);
    const Json prefixes = given.value("addressSpace", Json::object()).value("addressPrefixes", Json::array());
    if (!prefixes.is_array() || prefixes.empty()) {
        return armError(400, "InvalidRequestFormat", "The address space of a virtual network must have at least one prefix.");
    }
    for (const auto& prefix : prefixes) {
        if (!prefix.is_string() || !isCidr(prefix.get<std::string>())) {
            return armError(400, "InvalidCIDRNotation", fmt::format("The address prefix {} is not valid CIDR notation.", prefix.dump()));
        }
    }
    properties["addressSpace"] = {{"addressPrefixes", prefixes}};
    keep(given, properties, {"dhcpOptions", "encryption"});
    properties["subnets"] = Json::array();
    for (const auto& subnet : given.value("subnets", Json::array())) {
        const Json wanted = propertiesOf(subnet);
        const bool hasPrefix = isCidr(textAt(wanted, "addressPrefix")) || wanted.contains("addressPrefixes");
        if (textAt(subnet, "name").empty() || !hasPrefix) {
            return armError(400, "InvalidRequestFormat", "A subnet needs a name and an address prefix.");
        }
        properties["subnets"].push_back(subnetJson(call.path.id(), textAt(subnet, "name"), wanted, newTag()));
    }
    properties["virtualNetworkPeerings"] = Json::array();
    properties["enableDdosProtection"] = given.value("enableDdosProtection", false);
    return std::nullopt;
}

std::string VirtualNetworks::user(const Json& body) const
{
    return interfaceIn(m_world, textAt(body, "id"));
}

Response Subnets::put(const ArmCall& call)
{
    const ArmPath network = call.path.parent();
    const Json* present = m_resources.find(network);
    if (present == nullptr) {
        return resourceNotFound(network);
    }
    Json document = *present;
    Json& subnets = document["body"]["properties"]["subnets"];
    const Json wanted = propertiesOf(call.body);
    if (!isCidr(textAt(wanted, "addressPrefix")) && !wanted.contains("addressPrefixes")) {
        return armError(400, "InvalidRequestFormat", "A subnet needs an address prefix.");
    }
    const Json subnet =
        subnetJson(textAt(document["body"], "id"), call.path.name(), wanted, "W/\"" + m_world.identifiers.guid() + "\"");
    const auto found = std::find_if(
        subnets.begin(), subnets.end(), [&](const Json& each) { return equalFold(textAt(each, "name"), call.path.name()); });
    const int status = found == subnets.end() ? 201 : 200;
    if (found == subnets.end()) {
        subnets.push_back(subnet);
    } else {
        *found = subnet;
    }
    const std::string region = textAt(document["body"], "location");
    m_resources.put(network, std::move(document));
    const auto id = m_world.operations.begin(m_world.identifiers.guid(), {{"effect", "network.gone"}}, m_world.pace.of(3));
    Response response = jsonResponse(status, subnet);
    addPollingHeaders(
        response, call.request, AsyncStyle::Network, call.path.subscription, region, id, FinalAnswer::None,
        m_world.pace.wait(3));
    return response;
}

Response Subnets::list(const ArmCall& call)
{
    const Json* network = m_resources.find(call.path.parent());
    return network == nullptr
        ? resourceNotFound(call.path.parent())
        : jsonResponse(200, {{"value", propertiesOf(bodyOf(*network)).value("subnets", Json::array())}});
}

Response Subnets::get(const ArmCall& call)
{
    const Json* network = m_resources.find(call.path.parent());
    if (network == nullptr) {
        return resourceNotFound(call.path.parent());
    }
    for (const auto& subnet : propertiesOf(bodyOf(*network)).value("subnets", Json::array())) {
        if (equalFold(textAt(subnet, "name"), call.path.name())) {
            return jsonResponse(200, subnet);
        }
    }
    return armError(404, "NotFound", fmt::format("Resource {} not found.", call.path.id()));
}

Response Subnets::remove(const ArmCall& call)
{
    const Json* network = m_resources.find(call.path.parent());
    if (network == nullptr || get(call).status != 200) {
        return emptyResponse(204);
    }
    if (const auto by = interfaceIn(m_world, call.path.id()); !by.empty()) {
        return armError(
            400, "InUseSubnetCannotBeDeleted",
            fmt::format("Subnet {} is in use by {} and cannot be deleted.", call.path.name(), by));
    }
    Json document = *network;
    Json kept = Json::array();
    for (const auto& subnet : document["body"]["properties"]["subnets"]) {
        if (!equalFold(textAt(subnet, "name"), call.path.name())) {
            kept.push_back(subnet);
        }
    }
    document["body"]["properties"]["subnets"] = std::move(kept);
    m_resources.put(call.path.parent(), std::move(document));
    return emptyResponse(200);
}

} // namespace ty::sandbox
