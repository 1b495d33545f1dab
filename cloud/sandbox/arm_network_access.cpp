// Security groups and their rules, public addresses, network interfaces.
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "cloud/sandbox/arm_network.h"

namespace ty::sandbox {

namespace {

/// What Azure adds to every group by itself.
Json defaultRules(const std::string& group, const std::string& tag)
{
    struct Rule {
        const char* name;
        const char* description;
        int priority;
        const char* direction;
        const char* access;
        const char* source;
        const char* destination;
    };
    constexpr std::array<Rule, 6> kRules{{
        {"AllowVnetInBound", "Allow inbound traffic from all VMs in VNET", 65000, "Inbound", "Allow", "VirtualNetwork", "VirtualNetwork"},
        {"AllowAzureLoadBalancerInBound", "Allow inbound traffic from azure load balancer", 65001, "Inbound", "Allow", "AzureLoadBalancer", "*"},
        {"DenyAllInBound", "Deny all inbound traffic", 65500, "Inbound", "Deny", "*", "*"},
        {"AllowVnetOutBound", "Allow outbound traffic from all VMs to all VMs in VNET", 65000, "Outbound", "Allow", "VirtualNetwork", "VirtualNetwork"},
        {"AllowInternetOutBound", "Allow outbound traffic from all VMs to Internet", 65001, "Outbound", "Allow", "*", "Internet"},
        {"DenyAllOutBound", "Deny all outbound traffic", 65500, "Outbound", "Deny", "*", "*"},
    }};
    Json list = Json::array();
    for (const auto& rule : kRules) {
        list.push_back(
            {{"name", rule.name},
             {"id", group + "/defaultSecurityRules/" + rule.name},
             {"etag", tag},
             {"type", "Microsoft.Network/networkSecurityGroups/defaultSecurityRules"},
             {"properties",
              {{"provisioningState", "Succeeded"},
               {"description", rule.description},
               {"protocol", "*"},
               {"sourcePortRange", "*"},
               {"destinationPortRange", "*"},
               {"sourceAddressPrefix", rule.source},
               {"destinationAddressPrefix", rule.destination},
               {"access", rule.access},
               {"priority", rule.priority},
               {"direction", rule.direction},
               {"sourcePortRanges", Json::array()},
               {"destinationPortRanges", Json::array()},
               {"sourceAddressPrefixes", Json::array()},
               {"destinationAddressPrefixes", Json::array()}}}});
    }
    return list;
}

Refusal makeRule(const std::string& group, const std::string& name, const Json& given, const std::string& tag, Json& rule)
{
    const int priority = given.value("priority", 0);
    if (name.empty() || priority < 100 || priority > 4096) {
        return armError(
            400, "SecurityRuleInvalidPriority",
            fmt::format("Security rule has invalid Priority. Value provided: {} Allowed range 100-4096. RuleName: {}.", priority, name));
    }
    for (const char* member : {"protocol", "access", "direction"}) {
        if (textAt(given, member).empty()) {
            return armError(400, "InvalidRequestFormat", fmt::format("Required security rule parameters are missing: {}.", member));
        }
    }
    Json properties{{"provisioningState", "Succeeded"}};
    properties.update(given);
    properties["provisioningState"] = "Succeeded";
    for (const char* member : {"sourcePortRanges", "destinationPortRanges", "sourceAddressPrefixes", "destinationAddressPrefixes"}) {
        if (!properties.contains(member)) {
            properties[member] = Json::array();
        }
    }
    rule = {{"name", name},
            {"id", group + "/securityRules/" + name},
            {"etag", tag},
            {"type", "Microsoft.Network/networkSecurityGroups/securityRules"},
            {"properties", std::move(properties)}};
    return std::nullopt;
}

Refusal conflict(const Json& rules, const Json& rule)
{
    for (const auto& other : rules) {
        const bool isOther = !equalFold(textAt(other, "name"), textAt(rule, "name"));
        const Json& a = other["properties"];
        const Json& b = rule["properties"];
        if (isOther && a.value("priority", 0) == b.value("priority", 0) && equalFold(textAt(a, "direction"), textAt(b, "direction"))) {
            return armError(
                400, "SecurityRuleConflict",
                fmt::format("Security rule {} conflicts with rule {}. Rules cannot have the same Priority and Direction.",
                            textAt(rule, "name"), textAt(other, "name")));
        }
    }
    return std::nullopt;
}

/// The first resource of a type one of whose members names `id`; empty: none.
template<typename Names>
std::string userAmong(World& world, const char* type, Names names)
{
    for (const auto& key : world.store.keysBelow("arm/subscriptions/")) {
        const Json& document = *world.store.find(key);
        if (document.value("type", "") == type && names(bodyOf(document))) {
            return textAt(bodyOf(document), "id");
        }
    }
    return {};
}

} // namespace

Refusal SecurityGroups::fill(const ArmCall& call, const Json*, Json& properties)
{
    properties["securityRules"] = Json::array();
    for (const auto& given : propertiesOf(call.body).value("securityRules", Json::array())) {
        Json rule;
        if (auto refused = makeRule(call.path.id(), textAt(given, "name"), propertiesOf(given), newTag(), rule)) {
            return refused;
        }
        if (auto refused = conflict(properties["securityRules"], rule)) {
            return refused;
        }
        properties["securityRules"].push_back(std::move(rule));
    }
    properties["defaultSecurityRules"] = defaultRules(call.path.id(), newTag());
    return std::nullopt;
}

std::string SecurityGroups::user(const Json& body) const
{
    const std::string id = textAt(body, "id");
    return userAmong(m_world, "microsoft.network/networkinterfaces", [&](const Json& nic) {
        return equalFold(idAt(propertiesOf(nic), "networkSecurityGroup"), id);
    });
}

Response SecurityRules::put(const ArmCall& call)
{
    const Json* present = m_resources.find(call.path.parent());
    if (present == nullptr) {
        return resourceNotFound(call.path.parent());
    }
    Json document = *present;
    Json rule;
    const std::string group = textAt(document["body"], "id");
    if (auto refused = makeRule(group, call.path.name(), propertiesOf(call.body), "W/\"" + m_world.identifiers.guid() + "\"", rule)) {
        return std::move(*refused);
    }
    Json& rules = document["body"]["properties"]["securityRules"];
    if (auto refused = conflict(rules, rule)) {
        return std::move(*refused);
    }
    const auto found = std::find_if(
        rules.begin(), rules.end(), [&](const Json& each) { return equalFold(textAt(each, "name"), call.path.name()); });
    const int status = found == rules.end() ? 201 : 200;
    if (found == rules.end()) {
        rules.push_back(rule);
    } else {
        *found = rule;
    }
    const std::string region = textAt(document["body"], "location");
    m_resources.put(call.path.parent(), std::move(document));
    const auto id = m_world.operations.begin(m_world.identifiers.guid(), {{"effect", "network.gone"}}, m_world.pace.of(3));
    Response response = jsonResponse(status, rule);
    addPollingHeaders(
        response, call.request, AsyncStyle::Network, call.path.subscription, region, id, FinalAnswer::None,
        m_world.pace.wait(3));
    return response;
}

Response SecurityRules::list(const ArmCall& call)
{
    const Json* group = m_resources.find(call.path.parent());
    return group == nullptr ? resourceNotFound(call.path.parent())
                            : jsonResponse(200, {{"value", propertiesOf(bodyOf(*group)).value("securityRules", Json::array())}});
}

Response SecurityRules::get(const ArmCall& call)
{
    const Json* group = m_resources.find(call.path.parent());
    if (group == nullptr) {
        return resourceNotFound(call.path.parent());
    }
    for (const auto& rule : propertiesOf(bodyOf(*group)).value("securityRules", Json::array())) {
        if (equalFold(textAt(rule, "name"), call.path.name())) {
            return jsonResponse(200, rule);
        }
    }
    return armError(404, "NotFound", fmt::format("Resource {} not found.", call.path.id()));
}

Response SecurityRules::remove(const ArmCall& call)
{
    const Json* group = m_resources.find(call.path.parent());
    if (group == nullptr || get(call).status != 200) {
        return emptyResponse(204);
    }
    Json document = *group;
    Json kept = Json::array();
    for (const auto& rule : document["body"]["properties"]["securityRules"]) {
        if (!equalFold(textAt(rule, "name"), call.path.name())) {
            kept.push_back(rule);
        }
    }
    document["body"]["properties"]["securityRules"] = std::move(kept);
    m_resources.put(call.path.parent(), std::move(document));
    return emptyResponse(200);
}

Refusal PublicAddresses::fill(const ArmCall& call, const Json* present, Json& properties)
{
    const Json given = propertiesOf(call.body);
    const Json sku = call.body.value("sku", Json::object());
    const bool isStandard = equalFold(textAt(sku, "name"), "Standard");
    std::string method = textAt(given, "publicIPAllocationMethod");
    if (method.empty()) {
        method = isStandard ? "Static" : "Dynamic";
    }
    if (isStandard && equalFold(method, "Dynamic")) {
        return armError(
            400, "StandardSkuPublicIPAddressAllocationMethodMustBeStatic",
            fmt::format("Standard sku publicIp {} must have AllocationMethod set to Static.", call.path.id()));
    }
    properties["publicIPAddressVersion"] = given.value("publicIPAddressVersion", "IPv4");
    properties["publicIPAllocationMethod"] = method;
    properties["idleTimeoutInMinutes"] = given.value("idleTimeoutInMinutes", 4);
    properties["ipTags"] = Json::array();
    if (const auto dns = given.find("dnsSettings"); dns != given.end() && dns->is_object()) {
        properties["dnsSettings"] = *dns;
        properties["dnsSettings"]["fqdn"] =
            fmt::format("{}.{}.cloudapp.azure.com", textAt(*dns, "domainNameLabel"), textAt(call.body, "location"));
    }
    const Json before = present == nullptr ? Json::object() : propertiesOf(bodyOf(*present));
    if (before.contains("ipAddress")) {
        properties["ipAddress"] = before["ipAddress"];
    } else if (equalFold(method, "Static")) {
        properties["ipAddress"] = newLoopbackAddress(m_world);
    }
    if (before.contains("ipConfiguration")) {
        properties["ipConfiguration"] = before["ipConfiguration"];
    }
    return std::nullopt;
}

std::string PublicAddresses::user(const Json& body) const
{
    const std::string id = textAt(body, "id");
    return userAmong(m_world, "microsoft.network/networkinterfaces", [&](const Json& nic) {
        return equalFold(publicAddressOf(nic), id);
    });
}

void PublicAddresses::release(const Json& body)
{
    m_world.store.erase("address/" + textAt(propertiesOf(body), "ipAddress"));
}

Refusal NetworkInterfaces::fill(const ArmCall& call, const Json* present, Json& properties)
{
    const Json given = propertiesOf(call.body);
    const Json configurations = given.value("ipConfigurations", Json::array());
    if (!configurations.is_array() || configurations.empty()) {
        return armError(
            400, "NetworkInterfaceMustHaveOneIpConfiguration",
            fmt::format("Network interface {} must have one or more IP configurations.", call.path.id()));
    }
    const Json before = present == nullptr ? Json::object() : propertiesOf(bodyOf(*present));
    properties["ipConfigurations"] = Json::array();
    int number = 3;
    for (const auto& configuration : configurations) {
        const std::string name = textAt(configuration, "name").empty() ? "ipconfig1" : textAt(configuration, "name");
        const Json wanted = propertiesOf(configuration);
        const std::string subnet = idAt(wanted, "subnet");
        const auto network = parseArmId(subnet).types.size() == 2 ? parseArmId(subnet).parent() : ArmPath{};
        const Json* found = network.types.empty() ? nullptr : m_resources.find(network);
        bool isThere = false;
        for (const auto& each : found == nullptr ? Json::array() : propertiesOf(bodyOf(*found)).value("subnets", Json::array())) {
            isThere = isThere || equalFold(textAt(each, "id"), subnet);
        }
        if (!isThere) {
            return armError(
                400, "InvalidResourceReference",
                fmt::format("Resource {} referenced by resource {} was not found. Please make sure that the referenced resource "
                            "exists, and that both resources are in the same region.", subnet, call.path.id()));
        }
        Json made{
            {"provisioningState", "Succeeded"},
            {"privateIPAddress", textAt(wanted, "privateIPAddress")},
            {"privateIPAllocationMethod", wanted.value("privateIPAllocationMethod", "Dynamic")},
            {"subnet", {{"id", subnet}}},
            {"primary", wanted.value("primary", properties["ipConfigurations"].empty())},
            {"privateIPAddressVersion", "IPv4"}};
        if (textAt(made, "privateIPAddress").empty()) {
            made["privateIPAddress"] = fmt::format("10.0.0.{}", ++number);
        }
        if (const auto address = idAt(wanted, "publicIPAddress"); !address.empty()) {
            const Json* addressDocument = m_resources.find(address);
            if (addressDocument == nullptr) {
                return armError(
                    400, "InvalidResourceReference",
                    fmt::format("Resource {} referenced by resource {} was not found. Please make sure that the referenced "
                                "resource exists, and that both resources are in the same region.", address, call.path.id()));
            }
            Json updated = *addressDocument;
            const std::string holder = idAt(propertiesOf(bodyOf(updated)), "ipConfiguration");
            const std::string own = call.path.id() + "/ipConfigurations/" + name;
            if (!holder.empty() && !equalFold(holder, own)) {
                return armError(
                    400, "PublicIPAddressInUse",
                    fmt::format("Resource {} is referencing public IP address {} that is already allocated to resource {}.",
                                own, address, holder));
            }
            updated["body"]["properties"]["ipConfiguration"] = {{"id", own}};
            m_resources.put(address, std::move(updated));
            made["publicIPAddress"] = {{"id", address}};
            const Json reference = propertiesOf(wanted["publicIPAddress"]);
            if (reference.contains("deleteOption")) {
                made["publicIPAddress"]["properties"] = {{"deleteOption", reference["deleteOption"]}};
            }
        }
        properties["ipConfigurations"].push_back(
            {{"name", name},
             {"id", call.path.id() + "/ipConfigurations/" + name},
             {"etag", newTag()},
             {"type", "Microsoft.Network/networkInterfaces/ipConfigurations"},
             {"properties", std::move(made)}});
    }
    properties["dnsSettings"] = {
        {"dnsServers", Json::array()},
        {"appliedDnsServers", Json::array()},
        {"internalDomainNameSuffix", "sandbox.internal.cloudapp.net"}};
    properties["macAddress"] = before.contains("macAddress") ? before["macAddress"] : Json(m_world.identifiers.macAddress());
    properties["enableAcceleratedNetworking"] = given.value("enableAcceleratedNetworking", false);
    properties["enableIPForwarding"] = given.value("enableIPForwarding", false);
    if (const auto group = idAt(given, "networkSecurityGroup"); !group.empty()) {
        if (m_resources.find(group) == nullptr) {
            return armError(
                400, "InvalidResourceReference",
                fmt::format("Resource {} referenced by resource {} was not found. Please make sure that the referenced resource "
                            "exists, and that both resources are in the same region.", group, call.path.id()));
        }
        properties["networkSecurityGroup"] = {{"id", group}};
    }
    if (before.contains("virtualMachine")) {
        properties["virtualMachine"] = before["virtualMachine"];
    }
    properties["hostedWorkloads"] = Json::array();
    properties["tapConfigurations"] = Json::array();
    properties["nicType"] = "Standard";
    return std::nullopt;
}

std::string NetworkInterfaces::user(const Json& body) const
{
    return idAt(propertiesOf(body), "virtualMachine");
}

Response NetworkInterfaces::remove(const ArmCall& call)
{
    const Json* present = m_resources.find(call.path);
    if (present != nullptr && present->value("reservedUntil", std::int64_t{0}) > toMicroseconds(m_world.clock.now())) {
        return armError(
            400, "NicReservedForAnotherVm",
            fmt::format("Nic(s) in request is reserved for another Virtual Machine for 180 seconds. Please provide another nic(s) "
                        "or retry after 180 seconds. Reserved VM: {}", present->value("reservedFor", "")));
    }
    return NetworkResources::remove(call);
}

void NetworkInterfaces::release(const Json& body)
{
    const auto address = publicAddressOf(body);
    const Json* document = address.empty() ? nullptr : m_resources.find(address);
    if (document != nullptr) {
        Json updated = *document;
        updated["body"]["properties"].erase("ipConfiguration");
        m_resources.put(address, std::move(updated));
    }
}

} // namespace ty::sandbox
