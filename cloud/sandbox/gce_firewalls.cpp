// Compute Engine: rules of the network. They are kept, and counted on by whoever reads them; the sandbox's machines are on
// loopback, where nobody from outside knocks.
#include <utility>

#include <fmt/format.h>

#include "cloud/sandbox/gce_service.h"

namespace ty::sandbox {

namespace {

constexpr const char* kInternet = "0.0.0.0/0";

Json builtIn(const char* name, const char* description, const char* protocol, const char* port, const char* source)
{
    Json traffic{{"IPProtocol", protocol}};
    if (port != nullptr) {
        traffic["ports"] = Json::array({port});
    }
    return {
        {"kind", "compute#firewall"}, {"name", name}, {"description", description}, {"direction", "INGRESS"},
        {"priority", 65534}, {"disabled", false}, {"sourceRanges", Json::array({source})}, {"allowed", Json::array({traffic})}};
}

} // namespace

Response GceService::onFirewalls(const GceCall& call)
{
    const std::string& method = call.request.method;
    const std::string prefix = fmt::format("gce/firewalls/projects/{}/global/firewalls/", call.project);
    const std::string name = call.rest.size() > 1 ? call.rest[1] : call.body.value("name", "");
    const std::string target = link(call, "global/firewalls/" + name);
    const Json* found = m_world.store.find(prefix + name);
    if (call.rest.size() == 1 && method == "GET") {
        Json items = Json::array(
            {builtIn("default-allow-ssh", "Allow SSH from anywhere", "tcp", "22", kInternet),
             builtIn("default-allow-rdp", "Allow RDP from anywhere", "tcp", "3389", kInternet),
             builtIn("default-allow-icmp", "Allow ICMP from anywhere", "icmp", nullptr, kInternet),
             builtIn("default-allow-internal", "Allow internal traffic on the default network", "all", nullptr, "10.128.0.0/9")});
        for (auto& item : items) {
            item["network"] = link(call, "global/networks/default");
            item["selfLink"] = link(call, "global/firewalls/" + item.value("name", ""));
        }
        for (const auto& key : m_world.store.keysBelow(prefix)) {
            items.push_back(publicJson(*m_world.store.find(key)));
        }
        return page(call, "compute#firewallList", items);
    }
    if (call.rest.size() == 1 && method == "POST") {
        if (!isGceName(name)) {
            return googleError(
                400, fmt::format("Invalid value for field 'resource.name': '{}'. Must be a match of regex '(?:[a-z](?:[-a-z0-9]{{0,61}}[a-z0-9])?)'", name),
                "invalid");
        }
        if (found != nullptr) {
            return googleError(409, fmt::format("The resource 'projects/{}/global/firewalls/{}' already exists", call.project, name), "alreadyExists");
        }
        const bool isAllowing = !call.body.value("allowed", Json::array()).empty();
        if (isAllowing != call.body.value("denied", Json::array()).empty()) {
            return googleError(400, "Invalid value for field 'resource': 'Firewall'. Exactly one of allowed and denied must be given.", "invalid");
        }
        Json body = call.body;
        body["kind"] = "compute#firewall";
        body["id"] = m_world.identifiers.number();
        body["creationTimestamp"] = offsetTime(m_world.clock.now());
        body["direction"] = body.value("direction", "INGRESS");
        body["priority"] = body.value("priority", 1000);
        body["disabled"] = body.value("disabled", false);
        body["network"] = link(call, "global/networks/" + lastPart(body.value("network", "default")));
        body["selfLink"] = target;
        m_world.store.put(prefix + name, {{"body", std::move(body)}});
        return begin(call, "insert", target, {{"effect", "gce.nothing"}}, 4);
    }
    if (found == nullptr) {
        return googleError(404, fmt::format("The resource 'projects/{}/global/firewalls/{}' was not found", call.project, name), "notFound");
    }
    if (method == "DELETE") {
        m_world.store.erase(prefix + name);
        return begin(call, "delete", target, {{"effect", "gce.nothing"}}, 4);
    }
    return jsonResponse(200, publicJson(*found));
}

} // namespace ty::sandbox
