// Machine images: a machine's settings and disks are kept, and a copy of what is on its boot disk. Machines are made of them by
// naming them as "sourceMachineImage".
#include <utility>

#include <fmt/format.h>

#include "cloud/sandbox/gce_service.h"

namespace ty::sandbox {

std::optional<Response> GceService::fillFromMachineImage(const GceCall& call, Json& wanted) const
{
    const std::string source = wanted.value("sourceMachineImage", "");
    if (source.empty()) {
        return std::nullopt;
    }
    const Json* image
        = m_world.store.find(fmt::format("gce/machineImages/projects/{}/global/machineImages/{}", call.project, lastPart(source)));
    if (image == nullptr) {
        return googleError(404, fmt::format("The resource '{}' was not found", source), "notFound");
    }
    if (!wanted.value("disks", Json::array()).empty()) {
        return googleError(400, "Disks cannot be overridden when a source machine image is given.", "invalid");
    }
    const std::string name = wanted.value("name", "");
    wanted["disks"] = Json::array();
    for (const auto& saved : image->value("disks", Json::array())) {
        const bool isBoot = saved.value("boot", false);
        const std::string own = isBoot ? name : fmt::format("{}-{}", name, wanted["disks"].size());
        wanted["disks"].push_back(
            {{"boot", isBoot}, {"autoDelete", saved.value("autoDelete", false)}, {"deviceName", saved.value("deviceName", own)},
             {"initializeParams",
              {{"diskName", own}, {"diskSizeGb", saved.value("diskSizeGb", "10")}, {"sourceImage", source}}}});
    }
    if (!wanted.contains("machineType")) {
        wanted["machineType"] = fmt::format(
            "zones/{}/machineTypes/{}", call.zone, (*image)["body"]["instanceProperties"].value("machineType", ""));
    }
    return std::nullopt;
}

Response GceService::onMachineImages(const GceCall& call)
{
    const std::string prefix = fmt::format("gce/machineImages/projects/{}/global/machineImages/", call.project);
    const auto& rest = call.rest; // machineImages, name
    const std::string& method = call.request.method;
    if (rest.size() == 1 && method == "POST") {
        const std::string name = call.body.value("name", "");
        const auto parts = splitText(call.body.value("sourceInstance", ""), '/');
        std::string zone;
        for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
            zone = parts[i] == "zones" ? parts[i + 1] : zone;
        }
        const Json* machine = m_world.store.find(gceInstanceKey(call.project, zone, parts.empty() ? "" : parts.back()));
        if (machine == nullptr) {
            return googleError(404, fmt::format("The resource '{}' was not found", call.body.value("sourceInstance", "")), "notFound");
        }
        if (!isGceName(name)) {
            return googleError(400, fmt::format("Invalid value for field 'resource.name': '{}'.", name), "invalid");
        }
        if (m_world.store.contains(prefix + name)) {
            return googleError(
                409, fmt::format("The resource 'projects/{}/global/machineImages/{}' already exists", call.project, name), "alreadyExists");
        }
        const std::string kept = "image-" + m_world.identifiers.hex(12);
        if (const auto copied = m_world.host.keepDisk(machine->value("machine", ""), kept); !copied) {
            return googleError(500, copied.error().message, "backendError");
        }
        Json disks = Json::array();
        const Json body = publicJson(*machine);
        for (const auto& disk : body.value("disks", Json::array())) {
            disks.push_back({{"sourceDisk", disk.value("source", "")}, {"kind", "compute#savedDisk"}});
        }
        const std::string path = "global/machineImages/" + name;
        m_world.store.put(
            prefix + name,
            {{"kept", kept},
             {"disks", body.value("disks", Json::array())},
             {"body",
              {{"kind", "compute#machineImage"}, {"id", m_world.identifiers.number()}, {"name", name},
               {"creationTimestamp", offsetTime(m_world.clock.now())}, {"description", call.body.value("description", "")},
               {"sourceInstance", call.body.value("sourceInstance", "")}, {"status", "READY"}, {"savedDisks", std::move(disks)},
               {"instanceProperties", {{"machineType", lastPart(body.value("machineType", ""))}}}, {"selfLink", link(call, path)}}}});
        return begin(call, "insert", link(call, path), {{"effect", "gce.nothing"}}, 60);
    }
    if (rest.size() == 1) {
        return list(call, "compute#machineImageList", prefix);
    }
    const Json* found = m_world.store.find(prefix + rest[1]);
    if (found == nullptr) {
        return googleError(404, fmt::format("The resource 'projects/{}/global/machineImages/{}' was not found", call.project, rest[1]), "notFound");
    }
    if (method != "DELETE") {
        return jsonResponse(200, publicJson(*found));
    }
    m_world.host.dropDisk(found->value("kept", ""));
    m_world.store.erase(prefix + rest[1]);
    return begin(call, "delete", link(call, "global/machineImages/" + rest[1]), {{"effect", "gce.nothing"}}, 5);
}

} // namespace ty::sandbox
