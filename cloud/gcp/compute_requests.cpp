#include "cloud/gcp/compute_requests.h"

namespace ty::cloud::gcp {

namespace {

std::string inProject(const std::string& project, const std::string& rest)
{
    return "projects/" + project + rest;
}

std::string inZone(const std::string& project, const std::string& zone, const std::string& rest)
{
    return inProject(project, "/zones/" + zone + rest);
}

std::string place(const InstanceRef& instance, const std::string& verb = {})
{
    return inZone(instance.project, instance.zone, "/instances/" + instance.name + verb);
}

std::string diskPlace(const InstanceRef& disk, const std::string& verb = {})
{
    return inZone(disk.project, disk.zone, "/disks/" + disk.name + verb);
}

ComputeRequest get(std::string path)
{
    return ComputeRequest{"GET", std::move(path), {}, {}, false};
}

ComputeRequest list(std::string path, const ListOptions& options)
{
    ComputeRequest request = get(std::move(path));
    if (!options.filter.empty()) {
        request.query.emplace_back("filter", options.filter);
    }
    if (options.pageSize > 0) {
        request.query.emplace_back("maxResults", std::to_string(options.pageSize));
    }
    return request;
}

/// Aggregated lists go on when some zone does not answer.
ComputeRequest aggregated(std::string path, const ListOptions& options)
{
    ComputeRequest request = list(std::move(path), options);
    request.query.emplace_back("returnPartialSuccess", "true");
    return request;
}

ComputeRequest write(const char* method, std::string path, std::optional<Json> body, const std::string& requestId)
{
    ComputeRequest request{method, std::move(path), {}, std::move(body), !requestId.empty()};
    if (!requestId.empty()) {
        request.query.emplace_back("requestId", requestId);
    }
    return request;
}

ComputeRequest post(std::string path, std::optional<Json> body, const std::string& requestId)
{
    return write("POST", std::move(path), std::move(body), requestId);
}

} // namespace

ComputeRequest getProject(const std::string& project)
{
    return get("projects/" + project);
}

ComputeRequest listRegions(const std::string& project, const ListOptions& options)
{
    return list(inProject(project, "/regions"), options);
}

ComputeRequest getRegion(const std::string& project, const std::string& region)
{
    return get(inProject(project, "/regions/" + region));
}

ComputeRequest listZones(const std::string& project, const ListOptions& options)
{
    return list(inProject(project, "/zones"), options);
}

ComputeRequest getZone(const std::string& project, const std::string& zone)
{
    return get(inZone(project, zone, ""));
}

ComputeRequest listAllAcceleratorTypes(const std::string& project, const ListOptions& options)
{
    return aggregated(inProject(project, "/aggregated/acceleratorTypes"), options);
}

ComputeRequest listAcceleratorTypes(const std::string& project, const std::string& zone, const ListOptions& options)
{
    return list(inZone(project, zone, "/acceleratorTypes"), options);
}

ComputeRequest getAcceleratorType(const std::string& project, const std::string& zone, const std::string& name)
{
    return get(inZone(project, zone, "/acceleratorTypes/" + name));
}

ComputeRequest listAllMachineTypes(const std::string& project, const ListOptions& options)
{
    return aggregated(inProject(project, "/aggregated/machineTypes"), options);
}

ComputeRequest listMachineTypes(const std::string& project, const std::string& zone, const ListOptions& options)
{
    return list(inZone(project, zone, "/machineTypes"), options);
}

ComputeRequest getMachineType(const std::string& project, const std::string& zone, const std::string& name)
{
    return get(inZone(project, zone, "/machineTypes/" + name));
}

ComputeRequest listDiskTypes(const std::string& project, const std::string& zone, const ListOptions& options)
{
    return list(inZone(project, zone, "/diskTypes"), options);
}

ComputeRequest listImages(const std::string& project, const ListOptions& options)
{
    return list(inProject(project, "/global/images"), options);
}

ComputeRequest getImage(const std::string& project, const std::string& name)
{
    return get(inProject(project, "/global/images/" + name));
}

ComputeRequest getImageFamily(const std::string& project, const std::string& family)
{
    return get(inProject(project, "/global/images/family/" + family));
}

ComputeRequest createImage(const std::string& project, const Image& image, const std::string& requestId)
{
    return post(inProject(project, "/global/images"), toJson(image), requestId);
}

ComputeRequest deleteImage(const std::string& project, const std::string& name, const std::string& requestId)
{
    return write("DELETE", inProject(project, "/global/images/" + name), {}, requestId);
}

ComputeRequest listMachineImages(const std::string& project, const ListOptions& options)
{
    return list(inProject(project, "/global/machineImages"), options);
}

ComputeRequest getMachineImage(const std::string& project, const std::string& name)
{
    return get(inProject(project, "/global/machineImages/" + name));
}

ComputeRequest createMachineImage(const std::string& project, const MachineImage& image, const std::string& requestId)
{
    return post(inProject(project, "/global/machineImages"), toJson(image), requestId);
}

ComputeRequest deleteMachineImage(const std::string& project, const std::string& name, const std::string& requestId)
{
    return write("DELETE", inProject(project, "/global/machineImages/" + name), {}, requestId);
}

ComputeRequest insertInstance(
    const std::string& project, const std::string& zone, const Instance& instance, const std::string& requestId)
{
    return post(inZone(project, zone, "/instances"), toJson(instance), requestId);
}

ComputeRequest getInstance(const InstanceRef& instance)
{
    return get(place(instance));
}

ComputeRequest listInstances(const std::string& project, const std::string& zone, const ListOptions& options)
{
    return list(inZone(project, zone, "/instances"), options);
}

ComputeRequest listAllInstances(const std::string& project, const ListOptions& options)
{
    return aggregated(inProject(project, "/aggregated/instances"), options);
}

ComputeRequest startInstance(const InstanceRef& instance, const std::string& requestId)
{
    return post(place(instance, "/start"), {}, requestId);
}

ComputeRequest stopInstance(const InstanceRef& instance, const std::string& requestId)
{
    return post(place(instance, "/stop"), {}, requestId);
}

ComputeRequest resetInstance(const InstanceRef& instance, const std::string& requestId)
{
    return post(place(instance, "/reset"), {}, requestId);
}

ComputeRequest deleteInstance(const InstanceRef& instance, const std::string& requestId)
{
    return write("DELETE", place(instance), {}, requestId);
}

ComputeRequest setMetadata(const InstanceRef& instance, const Metadata& metadata, const std::string& requestId)
{
    return post(place(instance, "/setMetadata"), toJson(metadata), requestId);
}

ComputeRequest setLabels(
    const InstanceRef& instance, const TextMap& labels, const std::string& fingerprint, const std::string& requestId)
{
    return post(place(instance, "/setLabels"), Json{{"labelFingerprint", fingerprint}, {"labels", labels}}, requestId);
}

ComputeRequest setMachineType(const InstanceRef& instance, const std::string& machineType, const std::string& requestId)
{
    return post(place(instance, "/setMachineType"), Json{{"machineType", machineType}}, requestId);
}

ComputeRequest setScheduling(const InstanceRef& instance, const Scheduling& scheduling, const std::string& requestId)
{
    return post(place(instance, "/setScheduling"), toJson(scheduling), requestId);
}

ComputeRequest setDiskAutoDelete(
    const InstanceRef& instance, const std::string& device, bool isDeleted, const std::string& requestId)
{
    ComputeRequest request = post(place(instance, "/setDiskAutoDelete"), {}, requestId);
    request.query.emplace_back("autoDelete", isDeleted ? "true" : "false");
    request.query.emplace_back("deviceName", device);
    return request;
}

ComputeRequest getSerialOutput(const InstanceRef& instance, std::int64_t start)
{
    ComputeRequest request = get(place(instance, "/serialPort"));
    if (start > 0) {
        request.query.emplace_back("start", std::to_string(start));
    }
    return request;
}

ComputeRequest insertDisk(
    const std::string& project, const std::string& zone, const Disk& disk, const std::string& requestId)
{
    return post(inZone(project, zone, "/disks"), toJson(disk), requestId);
}

ComputeRequest getDisk(const InstanceRef& disk)
{
    return get(diskPlace(disk));
}

ComputeRequest listAllDisks(const std::string& project, const ListOptions& options)
{
    return aggregated(inProject(project, "/aggregated/disks"), options);
}

ComputeRequest resizeDisk(const InstanceRef& disk, std::int64_t sizeGiB, const std::string& requestId)
{
    return post(diskPlace(disk, "/resize"), Json{{"sizeGb", std::to_string(sizeGiB)}}, requestId);
}

ComputeRequest deleteDisk(const InstanceRef& disk, const std::string& requestId)
{
    return write("DELETE", diskPlace(disk), {}, requestId);
}

ComputeRequest listFirewalls(const std::string& project, const ListOptions& options)
{
    return list(inProject(project, "/global/firewalls"), options);
}

ComputeRequest getFirewall(const std::string& project, const std::string& name)
{
    return get(inProject(project, "/global/firewalls/" + name));
}

ComputeRequest insertFirewall(const std::string& project, const Firewall& firewall, const std::string& requestId)
{
    return post(inProject(project, "/global/firewalls"), toJson(firewall), requestId);
}

ComputeRequest deleteFirewall(const std::string& project, const std::string& name, const std::string& requestId)
{
    return write("DELETE", inProject(project, "/global/firewalls/" + name), {}, requestId);
}

ComputeRequest getZoneOperation(const std::string& project, const std::string& zone, const std::string& name)
{
    return get(inZone(project, zone, "/operations/" + name));
}

ComputeRequest waitZoneOperation(const std::string& project, const std::string& zone, const std::string& name)
{
    ComputeRequest request = post(inZone(project, zone, "/operations/" + name + "/wait"), {}, {});
    request.isRepeatable = true; // it only waits
    return request;
}

ComputeRequest getGlobalOperation(const std::string& project, const std::string& name)
{
    return get(inProject(project, "/global/operations/" + name));
}

} // namespace ty::cloud::gcp
