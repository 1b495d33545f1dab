// Compute Engine: an instance is asked for.
#include <algorithm>
#include <cctype>
#include <utility>

#include <fmt/format.h>

#include "cloud/sandbox/gce_service.h"
#include "cloud/sandbox/gce_tables.h"

namespace ty::sandbox {

namespace {

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

bool isGceName(const std::string& name)
{
    return !name.empty() && name.size() <= 63 && std::islower(static_cast<unsigned char>(name[0])) != 0 && name.back() != '-'
        && std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '-'; });
}

std::optional<Response> GceService::checkInstance(const GceCall& call, Json& plan) const
{
    const Json& body = call.body;
    const auto invalid = [](const std::string& field, const std::string& value, const std::string& why) {
        return googleError(400, fmt::format("Invalid value for field '{}': '{}'. {}", field, value, why), "invalid");
    };
    const std::string name = body.value("name", "");
    if (!isGceName(name)) {
        return invalid("resource.name", name, "Must be a match of regex '(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)'");
    }
    if (m_world.store.contains(gceInstanceKey(call.project, call.zone, name))) {
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
            if (!m_world.store.contains(gceDiskKey(call.project, call.zone, lastPart(source)))) {
                return googleError(
                    404, fmt::format("The resource 'projects/{}/zones/{}/disks/{}' was not found", call.project, call.zone, lastPart(source)), "notFound");
            }
            continue;
        }
        const Json given = disk.value("initializeParams", Json::object());
        if (const std::string kind = lastPart(given.value("diskType", "pd-standard")); !isGceDiskType(kind)) {
            return invalid("resource.disks[0].initializeParams.diskType", kind, "The referenced diskType resource cannot be found.");
        }
        if (const std::string own = given.value("diskName", ""); m_world.store.contains(gceDiskKey(call.project, call.zone, own))) {
            return googleError(
                409, fmt::format("The resource 'projects/{}/zones/{}/disks/{}' already exists", call.project, call.zone, own), "alreadyExists");
        }
        const std::string image = given.value("sourceImage", "");
        const std::string last = lastPart(image);
        const auto& images = gceImages();
        const auto found = std::find_if(images.begin(), images.end(), [&](const auto& each) { return each.name == last || each.family == last; });
        const char* shelf = image.find("/machineImages/") == std::string::npos ? "images" : "machineImages";
        const Json* own = m_world.store.find(fmt::format("gce/{0}/projects/{1}/global/{0}/{2}", shelf, call.project, last));
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

Response GceService::insertInstance(const GceCall& asked)
{
    GceCall call = asked;
    if (auto refused = fillFromMachineImage(asked, call.body)) {
        return std::move(*refused);
    }
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
    body["labelFingerprint"] = gceFingerprint(body.value("labels", Json::object()));
    body["fingerprint"] = gceFingerprint(number);
    Json metadata = body.value("metadata", Json::object());
    metadata["kind"] = "compute#metadata";
    metadata["fingerprint"] = gceFingerprint(metadata.value("items", Json::array()));
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
                gceDiskKey(call.project, call.zone, diskName),
                {{"machine", index == 0 ? machine : ""},
                 {"madeBy", path},
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
        } else if (Json attached = *m_world.store.find(gceDiskKey(call.project, call.zone, lastPart(source))); true) {
            onDisk = index == 0 ? attached.value("machine", "") : onDisk;
            attached["body"]["users"] = Json::array({link(call, path)});
            m_world.store.put(gceDiskKey(call.project, call.zone, lastPart(source)), std::move(attached));
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
    const std::string key = gceInstanceKey(call.project, call.zone, name);
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

} // namespace ty::sandbox
