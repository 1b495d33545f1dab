// Compute Engine: the operations on instances and disks, and what is used of the quotas.
#include <utility>

#include <fmt/format.h>

#include "cloud/sandbox/gce_service.h"
#include "cloud/sandbox/gce_tables.h"

namespace ty::sandbox {

std::string gceFingerprint(const Json& value)
{
    return base64(sha256(value.dump()).substr(0, 8));
}

std::string gceInstanceKey(const std::string& project, const std::string& zone, const std::string& name)
{
    return fmt::format("gce/instances/projects/{}/zones/{}/instances/{}", project, zone, name);
}

std::string gceDiskKey(const std::string& project, const std::string& zone, const std::string& name)
{
    return fmt::format("gce/disks/projects/{}/zones/{}/disks/{}", project, zone, name);
}

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

} // namespace ty::sandbox
