// Compute Engine: instances, their disks, and the operations on them.
#include <algorithm>
#include <cctype>
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

bool isName(const std::string& name)
{
    return !name.empty() && name.size() <= 63 && std::islower(static_cast<unsigned char>(name[0])) != 0 && name.back() != '-'
        && std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '-'; });
}

std::string fingerprintOf(const Json& value)
{
    return base64(sha256(value.dump()).substr(0, 8));
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

std::string instanceKey(const std::string& project, const std::string& zone, const std::string& name)
{
    return fmt::format("gce/instances/projects/{}/zones/{}/instances/{}", project, zone, name);
}

std::string diskKey(const std::string& project, const std::string& zone, const std::string& name)
{
    return fmt::format("gce/disks/projects/{}/zones/{}/disks/{}", project, zone, name);
}

Json soldOut(const std::string& zone, const std::string& project, const Json& plan, const std::string& code)
{
    std::string elsewhere;
    const std::string accelerator = plan.value("accelerator", "");
    for (const auto& other : gceZones()) {
        if (!accelerator.empty() && other.name.substr(0, other.name.size() - 1) == zone.substr(0, zone.size() - 1)
            && gceOffer(accelerator, other.name) == GceOffer::Gives) {
            elsewhere += (elsewhere.empty() ? "" : ",") + other.name;
        }
    }
    const std::string attached = accelerator.empty() ? "" : fmt::format("{}:{}", accelerator, plan.value("acceleratorCount", 0));
    const Json help{{"help", {{"links", Json::array({{{"description", "Troubleshooting documentation"}, {"url", "https://cloud.google.com/compute/docs/resource-error"}}})}}}};
    Json details = Json::array({help});
    std::string message = fmt::format(
        "The zone 'projects/{}/zones/{}' does not have enough resources available to fulfill the request.", project, zone);
    if (code == "ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS") {
        details.push_back(
            {{"localizedMessage",
              {{"locale", "en-US"},
               {"message",
                fmt::format("A {} VM instance with {} is currently unavailable in the {} zone. For more information, see the "
                            "troubleshooting documentation.", plan.value("machineType", ""), attached, zone)}}}});
        details.push_back(
            {{"errorInfo",
              {{"domain", "compute.googleapis.com"},
               {"metadatas", {{"attachment", attached}, {"vmType", plan.value("machineType", "")}, {"zone", zone}, {"zonesAvailable", elsewhere}}},
               {"reason", "resource_availability"}}}});
    } else {
        message += "  Try a different zone, or try again later.";
    }
    return {{"code", code}, {"message", message}, {"errorDetails", std::move(details)}};
}

} // namespace

Json GceService::publicJson(const Json& document) const
{
    return document.at("body");
}

Json GceService::operationJson(const GceCall& call, const Json& operation) const
{
    const bool isDone = isEnded(operation);
    const std::string zone = operation.value("zone", "");
    const std::string id = operation.value("id", "");
    const std::string place = zone.empty() ? "global" : "zones/" + zone;
    Json body{
        {"kind", "compute#operation"},
        {"id", operation.value("number", "")},
        {"name", id},
        {"operationType", operation.value("operationType", "")},
        {"targetLink", operation.value("target", "")},
        {"targetId", operation.value("targetId", "")},
        {"status", isDone ? "DONE" : "RUNNING"},
        {"user", m_world.identity.serviceAccount},
        {"progress", isDone ? 100 : 0},
        {"insertTime", offsetTime(fromMicroseconds(operation.value("start", std::int64_t{0})))},
        {"startTime", offsetTime(fromMicroseconds(operation.value("start", std::int64_t{0})))},
        {"selfLink", link(call, place + "/operations/" + id)}};
    if (!zone.empty()) {
        body["zone"] = link(call, "zones/" + zone);
    }
    if (!operation.value("requestId", "").empty()) {
        body["clientOperationId"] = operation.value("requestId", "");
    }
    if (isDone) {
        body["endTime"] = offsetTime(fromMicroseconds(operation.value("end", std::int64_t{0})));
        if (operation.contains("error")) {
            body["error"] = {{"errors", Json::array({operation["error"]})}};
            body["httpErrorStatusCode"] = operation.value("httpErrorStatusCode", 503);
            body["httpErrorMessage"] = operation.value("httpErrorStatusCode", 503) == 403 ? "FORBIDDEN" : "SERVICE UNAVAILABLE";
        }
    }
    return body;
}

Response GceService::onOperations(const GceCall& call)
{
    if (call.rest.size() < 2) {
        Json items = Json::array();
        for (const auto& key : m_world.store.keysBelow("op/operation-")) {
            const Json& operation = *m_world.store.find(key);
            if (operation.value("zone", "") == call.zone) {
                items.push_back(operationJson(call, operation));
            }
        }
        return page(call, "compute#operationList", items);
    }
    const Json* operation = m_world.operations.find(call.rest[1]);
    if (operation == nullptr || operation->value("zone", "") != call.zone) {
        return googleError(
            404, fmt::format("The resource 'projects/{}/zones/{}/operations/{}' was not found", call.project, call.zone, call.rest[1]), "notFound");
    }
    // wait may return before the operation is done, so it does: the lock that all requests share is not held for anybody.
    return jsonResponse(200, operationJson(call, *operation));
}

Response GceService::repeated(const GceCall& call) const
{
    const std::string id = call.request.parameter("requestId");
    const Json* before = id.empty() ? nullptr : m_world.store.find("gcerequest/" + id);
    const Json* operation = before == nullptr ? nullptr : m_world.operations.find(before->value("operation", ""));
    Response response;
    response.status = 0;
    return operation == nullptr ? response : jsonResponse(200, operationJson(call, *operation));
}

Response GceService::begin(
    const GceCall& call, const std::string& type, const std::string& target, Json operation, double seconds)
{
    operation["operationType"] = type;
    operation["target"] = target;
    operation["targetId"] = operation.value("targetId", m_world.identifiers.number());
    operation["number"] = m_world.identifiers.number();
    operation["zone"] = call.zone;
    operation["requestId"] = call.request.parameter("requestId");
    const auto milliseconds = toMicroseconds(m_world.clock.now()) / 1000;
    const std::string name = fmt::format(
        "operation-{}-{}-{}-{}", milliseconds, m_world.identifiers.hex(13), m_world.identifiers.hex(8), m_world.identifiers.hex(8));
    m_world.operations.begin(name, std::move(operation), m_world.pace.of(seconds));
    if (const auto id = call.request.parameter("requestId"); !id.empty()) {
        m_world.store.put("gcerequest/" + id, {{"operation", name}});
    }
    return jsonResponse(200, operationJson(call, *m_world.operations.find(name)));
}

Response GceService::list(const GceCall& call, const char* kind, const std::string& prefix) const
{
    Json items = Json::array();
    for (const auto& key : m_world.store.keysBelow(prefix)) {
        items.push_back(publicJson(*m_world.store.find(key)));
    }
    return page(call, kind, items);
}

int GceService::used(const std::string& region, const std::string& metric) const
{
    int total = 0;
    for (const auto& key : m_world.store.keysBelow("gce/instances/")) {
        const Json& document = *m_world.store.find(key);
        const Json plan = document.value("plan", Json::object());
        const GceZone* zone = findGceZone(plan.value("zone", ""));
        const std::string status = document["body"].value("status", "");
        if (zone == nullptr || (!region.empty() && zone->region != region) || status == "TERMINATED" || status == "SUSPENDED") {
            continue;
        }
        const bool isAny = metric == "GPUS_ALL_REGIONS";
        if (metric == "CPUS" || metric == "CPUS_ALL_REGIONS") {
            total += plan.value("cpus", 0);
        } else if (metric == "INSTANCES") {
            total += 1;
        } else if (const auto* accelerator = findGceAccelerator(plan.value("accelerator", ""))) {
            const std::string own = (plan.value("spot", false) ? "PREEMPTIBLE_" : "") + accelerator->quota;
            total += isAny || own == metric ? plan.value("acceleratorCount", 0) : 0;
        }
    }
    return total;
}

std::optional<std::string> GceService::exceededQuota(const GceCall& call, const Json& plan, bool isGlobal) const
{
    const std::string region = findGceZone(call.zone)->region;
    const auto* accelerator = findGceAccelerator(plan.value("accelerator", ""));
    const int gpus = plan.value("acceleratorCount", 0);
    if (isGlobal) {
        const int limit = m_world.faults.quota("global", "GPUS_ALL_REGIONS").value_or(16);
        const bool isOver = gpus > 0 && used("", "GPUS_ALL_REGIONS") + gpus > limit;
        return isOver ? std::optional(fmt::format("Quota 'GPUS_ALL_REGIONS' exceeded.  Limit: {:.1f} globally.", static_cast<double>(limit)))
                      : std::nullopt;
    }
    const auto over = [&](const std::string& metric, int usual, int more) -> std::optional<std::string> {
        const int limit = m_world.faults.quota(region, metric).value_or(usual);
        return more > 0 && used(region, metric) + more > limit
            ? std::optional(fmt::format("Quota '{}' exceeded.  Limit: {:.1f} in region {}.", metric, static_cast<double>(limit), region))
            : std::nullopt;
    };
    if (accelerator != nullptr) {
        if (const auto text = over((plan.value("spot", false) ? "PREEMPTIBLE_" : "") + accelerator->quota, 8, gpus)) {
            return text;
        }
    }
    return over("CPUS", 72, plan.value("cpus", 0));
}

std::optional<Response> GceService::checkInstance(const GceCall& call, Json& plan) const
{
    const Json& body = call.body;
    const auto invalid = [](const std::string& field, const std::string& value, const std::string& why) {
        return googleError(400, fmt::format("Invalid value for field '{}': '{}'. {}", field, value, why), "invalid");
    };
    const std::string name = body.value("name", "");
    if (!isName(name)) {
        return invalid("resource.name", name, "Must be a match of regex '(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)'");
    }
    if (m_world.store.contains(instanceKey(call.project, call.zone, name))) {
        return googleError(
            409, fmt::format("The resource 'projects/{}/zones/{}/instances/{}' already exists", call.project, call.zone, name), "alreadyExists");
    }
    const std::string typeLink = body.value("machineType", "");
    const auto* type = findGceMachineType(lastPart(typeLink), call.zone);
    if (type == nullptr) {
        return invalid(
            "resource.machineType", typeLink,
            fmt::format("Machine type with name '{}' does not exist in zone '{}'.", lastPart(typeLink), call.zone));
    }
    plan = {{"zone", call.zone}, {"machineType", type->name}, {"cpus", type->cpus}, {"accelerator", type->accelerator}, {"acceleratorCount", type->acceleratorCount}};
    const Json scheduling = body.value("scheduling", Json::object());
    plan["spot"] = scheduling.value("preemptible", false) || scheduling.value("provisioningModel", "") == "SPOT";
    for (const auto& asked : body.value("guestAccelerators", Json::array())) {
        const std::string accelerator = lastPart(asked.value("acceleratorType", ""));
        const auto* known = findGceAccelerator(accelerator);
        if (known == nullptr || gceOffer(accelerator, call.zone) == GceOffer::Absent) {
            return googleError(
                404, fmt::format("The resource 'projects/{}/zones/{}/acceleratorTypes/{}' was not found", call.project, call.zone, accelerator), "notFound");
        }
        const int count = asked.value("acceleratorCount", 0);
        if (count < 1 || count > known->most) {
            return invalid("resource.guestAccelerators[0].acceleratorCount", fmt::format("{}", count), "This number of accelerator cards is not supported.");
        }
        if (!type->name.starts_with("n1-") && type->accelerator != accelerator) {
            return invalid("resource.guestAccelerators[0]", accelerator, fmt::format("[{}, {}] features are not compatible for creating instance.", type->name, accelerator));
        }
        plan["accelerator"] = accelerator;
        plan["acceleratorCount"] = count;
    }
    if (plan.value("acceleratorCount", 0) > 0 && scheduling.value("onHostMaintenance", "") != "TERMINATE" && !plan.value("spot", false)) {
        return googleError(400, "Instances with guest accelerators do not support live migration.", "badRequest");
    }
    const Json disks = body.value("disks", Json::array());
    const bool hasBoot = std::any_of(disks.begin(), disks.end(), [](const Json& disk) { return disk.value("boot", false); });
    if (!hasBoot) {
        return invalid("resource.disks", "", "A boot disk must be specified.");
    }
    for (const auto& disk : disks) {
        const std::string source = disk.value("source", "");
        if (!source.empty()) {
            if (!m_world.store.contains(diskKey(call.project, call.zone, lastPart(source)))) {
                return googleError(
                    404, fmt::format("The resource 'projects/{}/zones/{}/disks/{}' was not found", call.project, call.zone, lastPart(source)), "notFound");
            }
            continue;
        }
        const Json given = disk.value("initializeParams", Json::object());
        const std::string image = given.value("sourceImage", "");
        const std::string last = lastPart(image);
        const auto& images = gceImages();
        const auto found = std::find_if(images.begin(), images.end(), [&](const auto& each) { return each.name == last || each.family == last; });
        const Json* own = m_world.store.find(fmt::format("gce/images/projects/{}/global/images/{}", call.project, last));
        if (disk.value("boot", false) && found == images.end() && own == nullptr) {
            return googleError(404, fmt::format("The resource '{}' was not found", image), "notFound");
        }
        const int least = found != images.end() ? found->diskGb : 10;
        const auto size = given.find("diskSizeGb");
        const int asked = size == given.end() ? least : size->is_string() ? std::atoi(size->get<std::string>().c_str()) : size->get<int>();
        if (asked < least) {
            return invalid("resource.disks[0].initializeParams.diskSizeGb", fmt::format("{}", asked), fmt::format("Requested disk size cannot be smaller than the image size ({} GB)", least));
        }
        if (disk.value("boot", false)) {
            plan["diskGb"] = asked;
            plan["image"] = own == nullptr ? "" : own->value("kept", "");
        }
    }
    return std::nullopt;
}

Response GceService::insertInstance(const GceCall& call)
{
    Json plan;
    if (auto refused = checkInstance(call, plan)) {
        return std::move(*refused);
    }
    if (const auto quota = exceededQuota(call, plan, true)) {
        return googleError(403, *quota, "quotaExceeded", "usageLimits");
    }
    const std::string name = call.body.value("name", "");
    const std::string number = m_world.identifiers.number();
    const std::string path = fmt::format("zones/{}/instances/{}", call.zone, name);
    const std::string machine = "gce-" + m_world.identifiers.hex(12);
    Json body = call.body;
    body["kind"] = "compute#instance";
    body["id"] = number;
    body["creationTimestamp"] = offsetTime(m_world.clock.now());
    body["status"] = "PROVISIONING";
    body["zone"] = link(call, "zones/" + call.zone);
    body["machineType"] = link(call, fmt::format("zones/{}/machineTypes/{}", call.zone, plan.value("machineType", "")));
    body["selfLink"] = link(call, path);
    body["labelFingerprint"] = fingerprintOf(body.value("labels", Json::object()));
    body["fingerprint"] = fingerprintOf(number);
    Json metadata = body.value("metadata", Json::object());
    metadata["kind"] = "compute#metadata";
    metadata["fingerprint"] = fingerprintOf(metadata.value("items", Json::array()));
    body["metadata"] = std::move(metadata);
    int index = 0;
    std::string onDisk;
    for (auto& disk : body["disks"]) {
        disk["kind"] = "compute#attachedDisk";
        disk["index"] = index;
        disk["type"] = "PERSISTENT";
        disk["mode"] = disk.value("mode", "READ_WRITE");
        disk["deviceName"] = disk.value("deviceName", index == 0 ? "persistent-disk-0" : fmt::format("persistent-disk-{}", index));
        const std::string source = disk.value("source", "");
        if (source.empty()) {
            const Json given = disk.value("initializeParams", Json::object());
            std::string diskName = given.value("diskName", index == 0 ? name : fmt::format("{}-{}", name, index));
            m_world.store.put(
                diskKey(call.project, call.zone, diskName),
                {{"machine", index == 0 ? machine : ""},
                 {"body",
                  {{"kind", "compute#disk"}, {"id", m_world.identifiers.number()}, {"creationTimestamp", offsetTime(m_world.clock.now())},
                   {"name", diskName}, {"sizeGb", fmt::format("{}", index == 0 ? plan.value("diskGb", 10) : 10)}, {"status", "READY"},
                   {"sourceImage", given.value("sourceImage", "")}, {"zone", link(call, "zones/" + call.zone)},
                   {"type", link(call, fmt::format("zones/{}/diskTypes/{}", call.zone, lastPart(given.value("diskType", "pd-standard"))))},
                   {"labels", given.value("labels", Json::object())}, {"users", Json::array({link(call, path)})},
                   {"selfLink", link(call, fmt::format("zones/{}/disks/{}", call.zone, diskName))}}}});
            disk["source"] = link(call, fmt::format("zones/{}/disks/{}", call.zone, diskName));
            disk["diskSizeGb"] = fmt::format("{}", index == 0 ? plan.value("diskGb", 10) : 10);
            disk.erase("initializeParams");
        } else if (Json attached = *m_world.store.find(diskKey(call.project, call.zone, lastPart(source))); true) {
            onDisk = index == 0 ? attached.value("machine", "") : onDisk;
            attached["body"]["users"] = Json::array({link(call, path)});
            m_world.store.put(diskKey(call.project, call.zone, lastPart(source)), std::move(attached));
        }
        ++index;
    }
    Json& scheduling = body["scheduling"];
    scheduling = scheduling.is_object() ? scheduling : Json::object();
    scheduling["onHostMaintenance"] = scheduling.value("onHostMaintenance", "MIGRATE");
    scheduling["automaticRestart"] = scheduling.value("automaticRestart", !plan.value("spot", false));
    scheduling["preemptible"] = plan.value("spot", false);
    scheduling["provisioningModel"] = plan.value("spot", false) ? "SPOT" : "STANDARD";
    const auto quota = exceededQuota(call, plan, false);
    const std::string key = instanceKey(call.project, call.zone, name);
    m_world.store.put(key, {{"body", body}, {"plan", plan}, {"machine", onDisk.empty() ? machine : onDisk}, {"power", "creating"}});
    std::string outcome;
    int status = 503;
    const std::string size = plan.value("accelerator", "").empty() ? plan.value("machineType", "") : plan.value("accelerator", "");
    const auto scripted = m_world.faults.capacity({call.zone, findGceZone(call.zone)->region}, size);
    if (scripted && *scripted != "gives") {
        outcome = *scripted;
    } else if (!scripted && !plan.value("accelerator", "").empty() && gceOffer(plan.value("accelerator", ""), call.zone) != GceOffer::Gives) {
        outcome = "ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS";
    }
    Json operation{{"effect", "gce.insert"}, {"key", key}, {"targetId", number}};
    Json error;
    if (quota) {
        error = {{"code", "QUOTA_EXCEEDED"}, {"message", *quota}};
        status = 403;
    } else if (!outcome.empty()) {
        error = soldOut(call.zone, call.project, plan, outcome);
    }
    if (!error.is_null()) {
        operation["failure"] = error;
        operation["httpErrorStatusCode"] = status;
    }
    return begin(call, "insert", link(call, path), std::move(operation), error.is_null() ? 15 : 6);
}

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
        const std::string diskId = diskKey(words[3], words[5], lastPart(disk.value("source", "")));
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
    if (document.value("address", "").empty()) {
        document["address"] = newLoopbackAddress(m_world);
    }
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
        removeInstance(key);
        // A disk that was made for it goes with it, whatever its autoDelete says.
        const auto words = splitText(key, '/');
        m_world.store.erase(diskKey(words[3], words[5], words[7]));
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
    if (method != "GET") {
        if (auto again = repeated(call); again.status != 0) {
            return again;
        }
    }
    if (call.rest.size() == 1) {
        return method == "POST" ? insertInstance(call)
                                : list(call, "compute#instanceList", fmt::format("gce/instances/projects/{}/zones/{}/", call.project, call.zone));
    }
    const std::string name = call.rest[1];
    const std::string key = instanceKey(call.project, call.zone, name);
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
    const std::string key = instanceKey(call.project, call.zone, name);
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
        body["metadata"]["fingerprint"] = fingerprintOf(body["metadata"]["items"]);
        return save("setMetadata");
    }
    if (verb == "setLabels") {
        if (call.body.value("labelFingerprint", "") != body.value("labelFingerprint", "")) {
            return googleError(412, "Labels fingerprint either invalid or resource labels have changed", "conditionNotMet");
        }
        body["labels"] = call.body.value("labels", Json::object());
        body["labelFingerprint"] = fingerprintOf(body["labels"]);
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
    const std::string key = diskKey(call.project, call.zone, name);
    const std::string target = link(call, fmt::format("zones/{}/disks/{}", call.zone, name));
    const Json* found = m_world.store.find(key);
    if (call.rest.size() == 1) {
        if (!isName(name) || found != nullptr) {
            return found != nullptr
                ? googleError(409, fmt::format("The resource 'projects/{}/zones/{}/disks/{}' already exists", call.project, call.zone, name), "alreadyExists")
                : googleError(400, fmt::format("Invalid value for field 'resource.name': '{}'.", name), "invalid");
        }
        Json body = call.body;
        body["kind"] = "compute#disk";
        body["id"] = m_world.identifiers.number();
        body["creationTimestamp"] = offsetTime(m_world.clock.now());
        body["sizeGb"] = body.contains("sizeGb") ? body["sizeGb"] : Json("10");
        body["status"] = "READY";
        body["physicalBlockSizeBytes"] = "4096";
        body["labelFingerprint"] = fingerprintOf(body.value("labels", Json::object()));
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
