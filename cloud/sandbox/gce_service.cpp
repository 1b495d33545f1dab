#include "cloud/sandbox/gce_service.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "cloud/sandbox/gce_tables.h"
#include "cloud/sandbox/scopes.h"

namespace ty::sandbox {

namespace {

constexpr char kCreated[] = "2016-01-01T00:00:00.000-08:00";

std::string numberOf(const std::string& text)
{
    return fmt::format("{}", 1000 + (static_cast<unsigned char>(sha256(text)[0]) << 8) + static_cast<unsigned char>(sha256(text)[1]));
}

const char* statusWord(int status)
{
    return status == 400 ? "INVALID_ARGUMENT"
        : status == 401  ? "UNAUTHENTICATED"
        : status == 403  ? "PERMISSION_DENIED"
        : status == 404  ? "NOT_FOUND"
        : status == 409  ? "ALREADY_EXISTS"
        : status == 429  ? "RESOURCE_EXHAUSTED"
        : status == 503  ? "UNAVAILABLE"
                         : "";
}

} // namespace

std::string lastPart(const std::string& link)
{
    const auto slash = link.rfind('/');
    return slash == std::string::npos ? link : link.substr(slash + 1);
}

Response googleError(int status, const std::string& message, const std::string& reason, const std::string& domain)
{
    Json error{
        {"code", status},
        {"message", message},
        {"errors", Json::array({{{"message", message}, {"domain", domain}, {"reason", reason}}})}};
    if (*statusWord(status) != '\0' && status != 404 && status != 409) {
        error["status"] = statusWord(status);
    }
    return jsonResponse(status, {{"error", std::move(error)}});
}

GceService::GceService(World& world, const GoogleSignIn& signIn) : m_world(world), m_signIn(signIn)
{
    registerInstanceEffects();
}

bool GceService::isMine(const Request& request)
{
    return request.path.size() >= 3 && request.path[0] == "compute" && request.path[1] == "v1" && request.path[2] == "projects";
}

std::string GceService::link(const GceCall& call, const std::string& path) const
{
    return call.base + "projects/" + call.project + "/" + path;
}

Response GceService::handle(const Request& request)
{
    const auto token = m_signIn.presented(request);
    if (token.state != TokenState::Good) {
        Response response = googleError(
            401,
            token.state == TokenState::Missing
                ? "Login Required."
                : "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
                  "authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
            token.state == TokenState::Missing ? "required" : "authError");
        response.set("WWW-Authenticate", "Bearer realm=\"https://accounts.google.com/\", error=\"invalid_token\"");
        return response;
    }
    GceCall call{request, request.path.size() > 3 ? request.path[3] : "", "", {}, Json::object(), request.origin + "/compute/v1/"};
    if (!request.body.empty() && request.method != "GET") {
        auto body = parseJson(request.body, "request");
        if (!body || !body->is_object()) {
            return googleError(400, "Invalid JSON payload received.", "parseError");
        }
        call.body = std::move(body).value();
    }
    call.rest.assign(request.path.begin() + std::min<std::ptrdiff_t>(4, static_cast<std::ptrdiff_t>(request.path.size())), request.path.end());
    const auto projects = projectsOf(m_world);
    const bool isOurs = std::any_of(projects.begin(), projects.end(), [&](const Scope& each) { return each.id == call.project; });
    if (!isOurs) {
        const bool isImageProject = std::any_of(gceImages().begin(), gceImages().end(), [&](const auto& image) { return image.project == call.project; });
        if (isImageProject && call.rest.size() >= 2 && call.rest[0] == "global" && call.rest[1] == "images") {
            return onImages(call, call.project);
        }
        return googleError(404, fmt::format("The resource 'projects/{}' was not found", call.project), "notFound");
    }
    if (request.method != "GET" && roleOf(m_world) == Role::Reader) {
        return googleError(
            403, fmt::format("Required 'compute.instances.create' permission for 'projects/{}'", call.project), "forbidden");
    }
    if (request.method != "GET") {
        if (auto again = repeated(call); again.status != 0) {
            return again;
        }
    }
    if (call.rest.empty()) {
        return onProject(call);
    }
    if (call.rest[0] == "zones") {
        return onZone(call);
    }
    if (call.rest[0] == "regions") {
        return onRegions(call);
    }
    if (call.rest[0] == "aggregated") {
        return onAggregated(call);
    }
    return onGlobal(call);
}

Response GceService::onProject(const GceCall& call) const
{
    const auto quota = [&](const char* metric, double limit) {
        const int set = m_world.faults.quota("global", metric).value_or(static_cast<int>(limit));
        return Json{{"metric", metric}, {"limit", static_cast<double>(set)}, {"usage", static_cast<double>(used("", metric))}};
    };
    return jsonResponse(
        200,
        {{"kind", "compute#project"},
         {"id", m_world.identity.projectNumber},
         {"creationTimestamp", kCreated},
         {"name", call.project},
         {"selfLink", call.base + "projects/" + call.project},
         {"defaultServiceAccount", m_world.identity.serviceAccount},
         {"defaultNetworkTier", "PREMIUM"},
         {"quotas", Json::array({quota("CPUS_ALL_REGIONS", 500), quota("GPUS_ALL_REGIONS", 16), quota("SNAPSHOTS", 1000), quota("NETWORKS", 5), quota("FIREWALLS", 100)})}});
}

Json GceService::regionJson(const GceCall& call, const std::string& region) const
{
    Json quotas = Json::array();
    const auto add = [&](const std::string& metric, int limit) {
        quotas.push_back(
            {{"metric", metric},
             {"limit", static_cast<double>(m_world.faults.quota(region, metric).value_or(limit))},
             {"usage", static_cast<double>(used(region, metric))}});
    };
    add("CPUS", 72);
    add("DISKS_TOTAL_GB", 4096);
    add("SSD_TOTAL_GB", 1000);
    add("INSTANCES", 720);
    add("IN_USE_ADDRESSES", 69);
    for (const auto& accelerator : gceAccelerators()) {
        if (accelerator.name != "nvidia-h100-80gb") { // not listed by the real service either
            add(accelerator.quota, 8);
            add("PREEMPTIBLE_" + accelerator.quota, 8);
        }
    }
    Json zones = Json::array();
    for (const auto& zone : gceZones()) {
        if (zone.region == region) {
            zones.push_back(link(call, "zones/" + zone.name));
        }
    }
    return {
        {"kind", "compute#region"},
        {"id", numberOf(region)},
        {"creationTimestamp", kCreated},
        {"name", region},
        {"description", region},
        {"status", "UP"},
        {"zones", std::move(zones)},
        {"quotas", std::move(quotas)},
        {"selfLink", link(call, "regions/" + region)}};
}

Response GceService::onRegions(const GceCall& call) const
{
    const auto regions = gceRegions();
    if (call.rest.size() == 1) {
        Json items = Json::array();
        for (const auto& region : regions) {
            items.push_back(regionJson(call, region));
        }
        return page(call, "compute#regionList", items);
    }
    const std::string& name = call.rest[1];
    if (std::find(regions.begin(), regions.end(), name) == regions.end()) {
        return googleError(404, fmt::format("The resource 'projects/{}/regions/{}' was not found", call.project, name), "notFound");
    }
    if (call.rest.size() == 2) {
        return jsonResponse(200, regionJson(call, name));
    }
    if (call.rest[2] == "subnetworks") {
        Json subnet{{"kind", "compute#subnetwork"}, {"name", "default"}, {"region", link(call, "regions/" + name)}, {"ipCidrRange", "10.128.0.0/20"}, {"network", link(call, "global/networks/default")}, {"selfLink", link(call, "regions/" + name + "/subnetworks/default")}};
        return call.rest.size() == 3 ? page(call, "compute#subnetworkList", Json::array({subnet})) : jsonResponse(200, subnet);
    }
    return googleError(404, "The requested URL was not found on this server.", "notFound");
}

Json GceService::zoneJson(const GceCall& call, const std::string& zone) const
{
    return {
        {"kind", "compute#zone"},
        {"id", numberOf(zone)},
        {"creationTimestamp", kCreated},
        {"name", zone},
        {"description", zone},
        {"status", "UP"},
        {"region", link(call, "regions/" + findGceZone(zone)->region)},
        {"selfLink", link(call, "zones/" + zone)},
        {"availableCpuPlatforms", {"Intel Broadwell", "Intel Cascade Lake", "Intel Skylake"}},
        {"supportsPzs", false}};
}

Json GceService::machineTypeJson(const GceCall& call, const std::string& name, const std::string& zone) const
{
    const auto* type = findGceMachineType(name, zone);
    Json body{
        {"kind", "compute#machineType"},
        {"id", numberOf(name)},
        {"creationTimestamp", kCreated},
        {"name", name},
        {"description", fmt::format("{} vCPUs, {:.2f} GB RAM", type->cpus, type->memoryMb / 1024.0)},
        {"guestCpus", type->cpus},
        {"memoryMb", type->memoryMb},
        {"imageSpaceGb", 0},
        {"maximumPersistentDisks", 128},
        {"maximumPersistentDisksSizeGb", "263168"},
        {"zone", zone},
        {"selfLink", link(call, fmt::format("zones/{}/machineTypes/{}", zone, name))},
        {"isSharedCpu", name == "f1-micro" || name == "g1-small" || name == "e2-micro" || name == "e2-small"}};
    if (!type->accelerator.empty()) {
        body["accelerators"] = Json::array({{{"guestAcceleratorType", type->accelerator}, {"guestAcceleratorCount", type->acceleratorCount}}});
    }
    return body;
}

Json GceService::acceleratorJson(const GceCall& call, const std::string& name, const std::string& zone) const
{
    const auto* accelerator = findGceAccelerator(name);
    return {
        {"kind", "compute#acceleratorType"},
        {"id", numberOf(name)},
        {"creationTimestamp", kCreated},
        {"name", name},
        {"description", accelerator->description},
        {"zone", link(call, "zones/" + zone)},
        {"selfLink", link(call, fmt::format("zones/{}/acceleratorTypes/{}", zone, name))},
        {"maximumCardsPerInstance", accelerator->most}};
}

Response GceService::page(const GceCall& call, const char* kind, const Json& items) const
{
    const std::string asked = call.request.parameter("maxResults");
    const auto limit = asked.empty() ? std::size_t{500} : static_cast<std::size_t>(std::clamp(std::atol(asked.c_str()), 1L, 500L));
    const auto first = static_cast<std::size_t>(std::max(0L, std::atol(decodeBase64Url(call.request.parameter("pageToken")).value_or("0").c_str())));
    // name=x, labels.k=v, status=RUNNING, joined by AND or blanks; the forms that clients of ours and gcloud send.
    std::vector<std::pair<std::string, std::string>> wanted;
    std::string filter = call.request.parameter("filter");
    filter.erase(std::remove_if(filter.begin(), filter.end(), [](char c) { return c == '(' || c == ')' || c == '"' || c == '\''; }), filter.end());
    std::string previous;
    for (const auto& word : splitText(filter, ' ')) {
        const auto equals = word.find('=');
        if (equals != std::string::npos && equals > 0) {
            wanted.emplace_back(word.substr(0, equals), word.substr(equals + 1));
        } else if (!word.empty() && word != "AND" && word != "eq") {
            if (!previous.empty()) {
                wanted.emplace_back(previous, word);
                previous.clear();
            } else {
                previous = word;
            }
        }
    }
    Json chosen = Json::array();
    for (const auto& item : items) {
        const bool isFit = std::all_of(wanted.begin(), wanted.end(), [&](const auto& condition) {
            const auto& [field, value] = condition;
            const Json labels = item.value("labels", Json::object());
            const std::string given = field.starts_with("labels.") ? labels.value(field.substr(7), "\x01") : item.value(field, "\x01");
            return value == "*" ? given != "\x01" : given == value;
        });
        if (isFit) {
            chosen.push_back(item);
        }
    }
    Json shown = Json::array();
    for (std::size_t i = first; i < chosen.size() && shown.size() < limit; ++i) {
        shown.push_back(chosen[i]);
    }
    Json body{{"kind", kind}, {"id", call.request.pathFrom(2).substr(1)}, {"selfLink", call.request.origin + call.request.pathFrom(0)}};
    const auto next = first + shown.size();
    if (!shown.empty()) {
        body["items"] = std::move(shown);
    }
    if (next < chosen.size()) {
        body["nextPageToken"] = base64Url(fmt::format("{}", next));
    }
    return jsonResponse(200, body);
}

Response GceService::onZone(GceCall& call)
{
    if (call.rest.size() == 1) {
        Json items = Json::array();
        for (const auto& zone : gceZones()) {
            items.push_back(zoneJson(call, zone.name));
        }
        return page(call, "compute#zoneList", items);
    }
    call.zone = call.rest[1];
    if (findGceZone(call.zone) == nullptr) {
        // Words of the real service for a zone in a path.
        return googleError(400, fmt::format("Invalid value for field 'zone': '{}'. Unknown zone.", call.zone), "invalid");
    }
    if (call.rest.size() == 2) {
        return jsonResponse(200, zoneJson(call, call.zone));
    }
    call.rest.erase(call.rest.begin(), call.rest.begin() + 2);
    const std::string kind = call.rest[0];
    const std::string name = call.rest.size() > 1 ? call.rest[1] : "";
    const auto missing = [&] {
        return googleError(
            404, fmt::format("The resource 'projects/{}/zones/{}/{}/{}' was not found", call.project, call.zone, kind, name), "notFound");
    };
    if (kind == "instances") {
        return onInstances(call);
    }
    if (kind == "disks") {
        return onDisks(call);
    }
    if (kind == "operations") {
        return onOperations(call);
    }
    if (kind == "machineTypes") {
        if (!name.empty()) {
            return findGceMachineType(name, call.zone) == nullptr ? missing() : jsonResponse(200, machineTypeJson(call, name, call.zone));
        }
        Json items = Json::array();
        for (const auto& type : gceMachineTypes()) {
            if (findGceMachineType(type.name, call.zone) != nullptr) {
                items.push_back(machineTypeJson(call, type.name, call.zone));
            }
        }
        return page(call, "compute#machineTypeList", items);
    }
    if (kind == "acceleratorTypes") {
        if (!name.empty()) {
            return gceOffer(name, call.zone) == GceOffer::Absent ? missing() : jsonResponse(200, acceleratorJson(call, name, call.zone));
        }
        Json items = Json::array();
        for (const auto& accelerator : gceAccelerators()) {
            if (gceOffer(accelerator.name, call.zone) != GceOffer::Absent) {
                items.push_back(acceleratorJson(call, accelerator.name, call.zone));
            }
        }
        return page(call, "compute#acceleratorTypeList", items);
    }
    if (kind == "diskTypes") {
        Json items = Json::array();
        for (const char* type : kGceDiskTypes) {
            items.push_back(
                {{"kind", "compute#diskType"}, {"name", type}, {"zone", link(call, "zones/" + call.zone)}, {"validDiskSize", "10GB-65536GB"},
                 {"defaultDiskSizeGb", "100"}, {"selfLink", link(call, fmt::format("zones/{}/diskTypes/{}", call.zone, type))}});
        }
        return page(call, "compute#diskTypeList", items);
    }
    return googleError(404, "The requested URL was not found on this server.", "notFound");
}

Response GceService::onAggregated(const GceCall& call) const
{
    const std::string kind = call.rest.size() > 1 ? call.rest[1] : "";
    Json items = Json::object();
    for (const auto& zone : gceZones()) {
        Json list = Json::array();
        if (kind == "acceleratorTypes") {
            for (const auto& accelerator : gceAccelerators()) {
                if (gceOffer(accelerator.name, zone.name) != GceOffer::Absent) {
                    list.push_back(acceleratorJson(call, accelerator.name, zone.name));
                }
            }
        } else if (kind == "machineTypes") {
            for (const auto& type : gceMachineTypes()) {
                if (findGceMachineType(type.name, zone.name) != nullptr) {
                    list.push_back(machineTypeJson(call, type.name, zone.name));
                }
            }
        } else if (kind == "instances" || kind == "disks") {
            for (const auto& key : m_world.store.keysBelow(fmt::format("gce/{}/projects/{}/zones/{}/", kind, call.project, zone.name))) {
                list.push_back(publicJson(*m_world.store.find(key)));
            }
        } else {
            return googleError(404, "The requested URL was not found on this server.", "notFound");
        }
        const std::string scope = "zones/" + zone.name;
        if (list.empty()) {
            items[scope] = {
                {"warning",
                 {{"code", "NO_RESULTS_ON_PAGE"},
                  {"message", fmt::format("There are no results for scope '{}' on this page.", scope)},
                  {"data", Json::array({{{"key", "scope"}, {"value", scope}}})}}}};
        } else {
            items[scope] = {{kind, std::move(list)}};
        }
    }
    std::string singular = kind.substr(0, kind.size() - 1);
    return jsonResponse(
        200,
        {{"kind", fmt::format("compute#{}AggregatedList", singular)},
         {"id", fmt::format("projects/{}/aggregated/{}", call.project, kind)},
         {"items", std::move(items)},
         {"selfLink", call.request.origin + call.request.pathFrom(0)}});
}

Response GceService::onGlobal(GceCall& call)
{
    if (call.rest[0] != "global" || call.rest.size() < 2) {
        return googleError(404, "The requested URL was not found on this server.", "notFound");
    }
    if (call.rest[1] == "images") {
        return onImages(call, call.project);
    }
    call.rest.erase(call.rest.begin());
    if (call.rest[0] == "operations") {
        return onOperations(call);
    }
    if (call.rest[0] == "firewalls") {
        return onFirewalls(call);
    }
    if (call.rest[0] == "machineImages") {
        return onMachineImages(call);
    }
    if (call.rest[0] == "networks") {
        const Json network{
            {"kind", "compute#network"}, {"id", numberOf("network")}, {"name", "default"}, {"autoCreateSubnetworks", true},
            {"description", "Default network for the project"}, {"selfLink", link(call, "global/networks/default")}};
        if (call.rest.size() == 1) {
            return page(call, "compute#networkList", Json::array({network}));
        }
        return call.rest[1] == "default" ? jsonResponse(200, network)
                                         : googleError(404, fmt::format("The resource 'projects/{}/global/networks/{}' was not found", call.project, call.rest[1]), "notFound");
    }
    return googleError(404, "The requested URL was not found on this server.", "notFound");
}

Response GceService::onImages(const GceCall& call, const std::string& project)
{
    Json items = Json::array();
    const std::string base = call.base + "projects/" + project + "/global/images/";
    for (const auto& image : gceImages()) {
        if (image.project == project) {
            items.push_back(
                {{"kind", "compute#image"}, {"id", numberOf(image.name)}, {"creationTimestamp", kCreated}, {"name", image.name},
                 {"family", image.family}, {"status", "READY"}, {"diskSizeGb", fmt::format("{}", image.diskGb)},
                 {"architecture", image.architecture}, {"sourceType", "RAW"}, {"selfLink", base + image.name}});
        }
    }
    for (const auto& key : m_world.store.keysBelow("gce/images/projects/" + project + "/")) {
        items.push_back(publicJson(*m_world.store.find(key)));
    }
    const auto& rest = call.rest; // global, images, [family,] name
    const std::string& method = call.request.method;
    if (rest.size() == 2 && method == "POST") {
        const std::string name = call.body.value("name", "");
        const std::string disk = lastPart(call.body.value("sourceDisk", ""));
        std::string zone;
        const auto parts = splitText(call.body.value("sourceDisk", ""), '/');
        for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
            zone = parts[i] == "zones" ? parts[i + 1] : zone;
        }
        const Json* source = m_world.store.find(fmt::format("gce/disks/projects/{}/zones/{}/disks/{}", project, zone, disk));
        if (source == nullptr) {
            return googleError(404, fmt::format("The resource 'projects/{}/zones/{}/disks/{}' was not found", project, zone, disk), "notFound");
        }
        if (m_world.store.contains(fmt::format("gce/images/projects/{}/global/images/{}", project, name))) {
            return googleError(409, fmt::format("The resource 'projects/{}/global/images/{}' already exists", project, name), "alreadyExists");
        }
        for (const auto& user : publicJson(*source).value("users", Json::array())) {
            const Json* holder = m_world.store.find(gceInstanceKey(project, zone, lastPart(user.get<std::string>())));
            if (holder != nullptr && publicJson(*holder).value("status", "") != "TERMINATED") {
                return googleError(
                    400,
                    fmt::format("The disk resource 'projects/{}/zones/{}/disks/{}' is already being used by '{}'", project, zone, disk, user.get<std::string>()),
                    "resourceInUseByAnotherResource");
            }
        }
        const std::string machine = source->value("machine", "");
        const std::string kept = "image-" + m_world.identifiers.hex(12);
        if (!machine.empty()) {
            if (const auto copied = m_world.host.keepDisk(machine, kept); !copied) {
                return googleError(500, copied.error().message, "backendError");
            }
        }
        const std::string path = "global/images/" + name;
        m_world.store.put(
            fmt::format("gce/images/projects/{}/{}", project, path),
            {{"kept", kept},
             {"body",
              {{"kind", "compute#image"}, {"id", m_world.identifiers.number()}, {"creationTimestamp", offsetTime(m_world.clock.now())},
               {"name", name}, {"family", call.body.value("family", "")}, {"status", "READY"}, {"sourceDisk", call.body.value("sourceDisk", "")},
               {"diskSizeGb", publicJson(*source).value("sizeGb", "10")}, {"labels", call.body.value("labels", Json::object())}, {"selfLink", link(call, path)}}}});
        return begin(call, "insert", link(call, path), {{"effect", "gce.nothing"}}, 20);
    }
    if (rest.size() == 2) {
        return page(call, "compute#imageList", items);
    }
    const bool isFamily = rest.size() == 4 && rest[2] == "family";
    for (auto image = items.rbegin(); image != items.rend(); ++image) {
        if ((isFamily && image->value("family", "") == rest[3]) || (!isFamily && image->value("name", "") == rest[2])) {
            if (method != "DELETE") {
                return jsonResponse(200, *image);
            }
            const std::string key = fmt::format("gce/images/projects/{}/global/images/{}", project, rest[2]);
            if (const Json* document = m_world.store.find(key)) {
                m_world.host.dropDisk(document->value("kept", ""));
                m_world.store.erase(key);
                return begin(call, "delete", link(call, "global/images/" + rest[2]), {{"effect", "gce.nothing"}}, 5);
            }
        }
    }
    return googleError(
        404, fmt::format("The resource 'projects/{}/global/images/{}{}' was not found", project, isFamily ? "family/" : "", rest.back()), "notFound");
}

} // namespace ty::sandbox
