// Compute Engine: instances live, and their disks.
#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "cloud/sandbox/arm_network.h"
#include "cloud/sandbox/gce_service.h"
#include "cloud/sandbox/gce_tables.h"

namespace ty::sandbox {

namespace {


/// What a verb does: status meanwhile and after, and how long it takes there.
struct Verb {
    const char* meanwhile;
    const char* after;
    double seconds;
};

const std::map<std::string, Verb>& verbs()
{
    static const std::map<std::string, Verb> table{
        {"start", {"STAGING", "RUNNING", 15}},      {"stop", {"STOPPING", "TERMINATED", 30}},
        {"suspend", {"SUSPENDING", "SUSPENDED", 30}}, {"resume", {"STAGING", "RUNNING", 15}},
        {"reset", {"RUNNING", "RUNNING", 5}},       {"delete", {"STOPPING", "", 30}},
    };
    return table;
}

std::string itemOf(const Json& metadata, const std::string& key)
{
    for (const auto& item : metadata.value("items", Json::array())) {
        if (item.value("key", "") == key) {
            return item.value("value", "");
        }
    }
    return {};
}

} // namespace

void GceService::removeInstance(const std::string& key)
{
    const Json* found = m_world.store.find(key);
    if (found == nullptr) {
        return;
    }
    const Json document = *found;
    m_world.host.stop(document.value("machine", ""));
    const auto words = splitText(key, '/'); // gce/instances/projects/P/zones/Z/instances/N
    for (const auto& disk : document["body"].value("disks", Json::array())) {
        const std::string diskId = gceDiskKey(words[3], words[5], lastPart(disk.value("source", "")));
        const Json* kept = m_world.store.find(diskId);
        if (kept == nullptr) {
            continue;
        }
        if (disk.value("autoDelete", false)) {
            m_world.host.remove(kept->value("machine", ""));
            m_world.store.erase(diskId);
        } else {
            Json freed = *kept;
            freed["body"].erase("users");
            m_world.store.put(diskId, std::move(freed));
        }
    }
    m_world.store.erase("address/" + document.value("address", ""));
    m_world.store.erase(key);
}

void GceService::boot(Json& document)
{
    document["address"] = keptLoopbackAddress(m_world, document.value("address", ""));
    document["bootProblem"] = "";
    Json& body = document["body"]; // from here on no member is added beside it: that would move it
    int number = 2;
    MachineSpec spec;
    spec.address = document.value("address", "");
    for (auto& card : body["networkInterfaces"]) {
        card["networkIP"] = card.value("networkIP", fmt::format("10.128.0.{}", number++));
        card["name"] = "nic0";
        for (std::size_t i = 0; i < card.value("accessConfigs", Json::array()).size(); ++i) {
            Json& access = card["accessConfigs"][i];
            access["natIP"] = spec.address;
            access["name"] = access.value("name", "External NAT");
        }
    }
    spec.id = document.value("machine", "");
    spec.hostName = body.value("name", "");
    const Json metadata = body.value("metadata", Json::object());
    for (const auto& line : splitText(itemOf(metadata, "ssh-keys"), '\n')) {
        const auto colon = line.find(':'); // "user:ssh-ed25519 AAAA... comment"
        if (colon != std::string::npos) {
            spec.user = spec.user.empty() ? line.substr(0, colon) : spec.user;
            spec.publicKeys.push_back(line.substr(colon + 1));
        }
    }
    spec.firstBootScript = itemOf(metadata, "startup-script");
    spec.image = document.value("plan", Json::object()).value("image", "");
    auto started = m_world.host.create(spec);
    if (started) {
        started = m_world.host.start(spec.id);
    }
    document["bootProblem"] = started ? "" : started.error().message;
    document["power"] = "running";
    body["status"] = "RUNNING";
    body["lastStartTimestamp"] = offsetTime(m_world.clock.now());
}

void GceService::finishInsert(Json& operation)
{
    const std::string key = operation.value("key", "");
    const Json* found = m_world.store.find(key);
    if (found == nullptr) {
        return;
    }
    if (operation.contains("failure")) {
        const Json disks = (*found)["body"].value("disks", Json::array());
        removeInstance(key);
        // A disk that was made for it goes with it, whatever its autoDelete says.
        const auto words = splitText(key, '/');
        for (const auto& disk : disks) {
            const std::string diskKey = gceDiskKey(words[3], words[5], lastPart(disk.value("source", "")));
            const Json* left = m_world.store.find(diskKey);
            if (left != nullptr && left->value("madeBy", "") == fmt::format("zones/{}/instances/{}", words[5], words[7])) {
                m_world.store.erase(diskKey);
            }
        }
        operation["error"] = operation["failure"];
        return;
    }
    Json document = *found;
    boot(document);
    m_world.store.put(key, std::move(document));
}

void GceService::finishVerb(Json& operation)
{
    const std::string key = operation.value("key", "");
    const Json* found = m_world.store.find(key);
    const std::string verb = operation.value("verb", "");
    if (found == nullptr) {
        return;
    }
    if (verb == "delete") {
        removeInstance(key);
        return;
    }
    Json document = *found;
    const Verb& what = verbs().at(verb);
    m_world.host.stop(document.value("machine", ""));
    if (std::string(what.after) == "RUNNING") {
        boot(document);
    } else {
        document["body"]["status"] = what.after;
        document["body"]["lastStopTimestamp"] = offsetTime(m_world.clock.now());
        document["power"] = "stopped";
        m_world.store.erase("address/" + document.value("address", ""));
        document["address"] = "";
        for (auto& card : document["body"]["networkInterfaces"]) {
            for (std::size_t i = 0; i < card.value("accessConfigs", Json::array()).size(); ++i) {
                card["accessConfigs"][i].erase("natIP");
            }
        }
    }
    m_world.store.put(key, std::move(document));
}

void GceService::registerInstanceEffects()
{
    m_world.operations.onFinish("gce.insert", [this](Json& operation) { finishInsert(operation); });
    m_world.operations.onFinish("gce.verb", [this](Json& operation) { finishVerb(operation); });
    m_world.operations.onFinish("gce.nothing", [](Json&) {});
}

Response GceService::onInstances(const GceCall& call)
{
    const std::string& method = call.request.method;
    if (call.rest.size() == 1) {
        return method == "POST" ? insertInstance(call)
                                : list(call, "compute#instanceList", fmt::format("gce/instances/projects/{}/zones/{}/", call.project, call.zone));
    }
    const std::string name = call.rest[1];
    const std::string key = gceInstanceKey(call.project, call.zone, name);
    const Json* found = m_world.store.find(key);
    if (found == nullptr) {
        return googleError(
            404, fmt::format("The resource 'projects/{}/zones/{}/instances/{}' was not found", call.project, call.zone, name), "notFound");
    }
    const std::string verb = call.rest.size() > 2 ? call.rest[2] : method == "DELETE" ? "delete" : "";
    if (verb.empty()) {
        return jsonResponse(200, publicJson(*found));
    }
    if (verb == "serialPort" && method == "GET") {
        const std::string log = m_world.host.serialLog(found->value("machine", ""));
        const auto start = static_cast<std::size_t>(std::max(0L, std::atol(call.request.parameter("start").c_str())));
        return jsonResponse(
            200,
            {{"kind", "compute#serialPortOutput"},
             {"selfLink", link(call, fmt::format("zones/{}/instances/{}/serialPort", call.zone, name))},
             {"contents", start < log.size() ? log.substr(start) : ""},
             {"start", fmt::format("{}", start)},
             {"next", fmt::format("{}", log.size())}});
    }
    if (verb == "getGuestAttributes" && method == "GET") {
        const std::string key64 = m_world.host.hostKey(found->value("machine", ""));
        const auto blank = key64.find(' ');
        return jsonResponse(
            200,
            {{"kind", "compute#guestAttributes"},
             {"queryPath", "hostkeys/"},
             {"queryValue",
              {{"items", Json::array({{{"namespace", "hostkeys"}, {"key", key64.substr(0, blank)}, {"value", blank == std::string::npos ? "" : key64.substr(blank + 1)}}})}}}});
    }
    return instanceVerb(call, *found, verb);
}

Response GceService::instanceVerb(const GceCall& call, const Json& given, const std::string& verb)
{
    Json document = given;
    Json& body = document["body"];
    const std::string name = call.rest[1];
    const std::string key = gceInstanceKey(call.project, call.zone, name);
    const std::string target = link(call, fmt::format("zones/{}/instances/{}", call.zone, name));
    const auto stale = [] { return googleError(412, "Supplied fingerprint does not match current metadata fingerprint.", "conditionNotMet"); };
    const auto save = [&](const std::string& type) {
        const std::string id = body.value("id", "");
        m_world.store.put(key, std::move(document));
        return begin(call, type, target, {{"effect", "gce.nothing"}, {"targetId", id}}, 2);
    };
    if (verb == "setMetadata") {
        if (call.body.value("fingerprint", "") != body["metadata"].value("fingerprint", "")) {
            return stale();
        }
        body["metadata"]["items"] = call.body.value("items", Json::array());
        body["metadata"]["fingerprint"] = gceFingerprint(body["metadata"]["items"]);
        return save("setMetadata");
    }
    if (verb == "setLabels") {
        if (call.body.value("labelFingerprint", "") != body.value("labelFingerprint", "")) {
            return googleError(412, "Labels fingerprint either invalid or resource labels have changed", "conditionNotMet");
        }
        body["labels"] = call.body.value("labels", Json::object());
        body["labelFingerprint"] = gceFingerprint(body["labels"]);
        return save("setLabels");
    }
    const std::string status = body.value("status", "");
    if (verb == "setMachineType") {
        const auto* type = findGceMachineType(lastPart(call.body.value("machineType", "")), call.zone);
        if (type == nullptr) {
            return googleError(400, fmt::format("Invalid value for field 'machineType': '{}'.", call.body.value("machineType", "")), "invalid");
        }
        if (status != "TERMINATED") {
            return googleError(400, "The instance must be stopped before the machine type can be changed.", "resourceNotReady");
        }
        body["machineType"] = link(call, fmt::format("zones/{}/machineTypes/{}", call.zone, type->name));
        document["plan"]["machineType"] = type->name;
        document["plan"]["cpus"] = type->cpus;
        return save("setMachineType");
    }
    if (verb == "setDiskAutoDelete") {
        const std::string device = call.request.parameter("deviceName");
        for (auto& disk : body["disks"]) {
            if (disk.value("deviceName", "") == device) {
                disk["autoDelete"] = call.request.parameter("autoDelete") == "true";
                return save("setDiskAutoDelete");
            }
        }
        return googleError(400, fmt::format("Invalid value for field 'deviceName': '{}'. No attached disk found with device name.", device), "invalid");
    }
    if (verb == "setScheduling") {
        body["scheduling"].update(call.body);
        return save("setScheduling");
    }
    const auto what = verbs().find(verb);
    if (what == verbs().end()) {
        return googleError(404, "The requested URL was not found on this server.", "notFound");
    }
    const bool isReady = verb == "delete" || (verb == "start" && status == "TERMINATED") || (verb == "resume" && status == "SUSPENDED")
        || ((verb == "stop" || verb == "reset" || verb == "suspend") && status == "RUNNING");
    const bool isThere = (verb == "start" && status == "RUNNING") || (verb == "stop" && status == "TERMINATED");
    if (isThere) {
        return begin(call, verb, target, {{"effect", "gce.nothing"}, {"targetId", body.value("id", "")}}, 1);
    }
    if (!isReady) {
        return googleError(
            400, fmt::format("The resource 'projects/{}/zones/{}/instances/{}' is not ready", call.project, call.zone, name), "resourceNotReady");
    }
    body["status"] = what->second.meanwhile;
    const Json operation{{"effect", "gce.verb"}, {"verb", verb}, {"key", key}, {"targetId", body.value("id", "")}};
    m_world.store.put(key, std::move(document));
    return begin(call, verb, target, operation, what->second.seconds);
}

Response GceService::onDisks(const GceCall& call)
{
    const std::string& method = call.request.method;
    const std::string prefix = fmt::format("gce/disks/projects/{}/zones/{}/", call.project, call.zone);
    if (call.rest.size() == 1 && method == "GET") {
        return list(call, "compute#diskList", prefix);
    }
    const std::string name = call.rest.size() > 1 ? call.rest[1] : call.body.value("name", "");
    const std::string key = gceDiskKey(call.project, call.zone, name);
    const std::string target = link(call, fmt::format("zones/{}/disks/{}", call.zone, name));
    const Json* found = m_world.store.find(key);
    if (call.rest.size() == 1) {
        if (!isGceName(name) || found != nullptr) {
            return found != nullptr
                ? googleError(409, fmt::format("The resource 'projects/{}/zones/{}/disks/{}' already exists", call.project, call.zone, name), "alreadyExists")
                : googleError(400, fmt::format("Invalid value for field 'resource.name': '{}'.", name), "invalid");
        }
        if (const std::string type = lastPart(call.body.value("type", "pd-standard")); !isGceDiskType(type)) {
            return googleError(400, fmt::format("Invalid value for field 'resource.type': '{}'. The referenced diskType resource cannot be found.", type), "invalid");
        }
        Json body = call.body;
        body["kind"] = "compute#disk";
        body["id"] = m_world.identifiers.number();
        body["creationTimestamp"] = offsetTime(m_world.clock.now());
        body["sizeGb"] = body.contains("sizeGb") ? body["sizeGb"] : Json("10");
        body["status"] = "READY";
        body["physicalBlockSizeBytes"] = "4096";
        body["labelFingerprint"] = gceFingerprint(body.value("labels", Json::object()));
        body["zone"] = link(call, "zones/" + call.zone);
        body["selfLink"] = target;
        m_world.store.put(key, {{"machine", ""}, {"body", std::move(body)}});
        return begin(call, "insert", target, {{"effect", "gce.nothing"}}, 3);
    }
    if (found == nullptr) {
        return googleError(
            404, fmt::format("The resource 'projects/{}/zones/{}/disks/{}' was not found", call.project, call.zone, name), "notFound");
    }
    if (method == "DELETE") {
        const Json users = publicJson(*found).value("users", Json::array());
        if (!users.empty()) {
            return googleError(
                400, fmt::format("The disk resource 'projects/{}/zones/{}/disks/{}' is already being used by '{}'", call.project, call.zone, name, users[0].get<std::string>()),
                "resourceInUseByAnotherResource");
        }
        m_world.host.remove(found->value("machine", ""));
        m_world.store.erase(key);
        return begin(call, "delete", target, {{"effect", "gce.nothing"}}, 3);
    }
    return jsonResponse(200, publicJson(*found));
}

} // namespace ty::sandbox
