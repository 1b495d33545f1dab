#include "cloud/azure/machine_requests.h"

namespace ty::cloud::azure {

namespace {

/// The body of a PUT: what the path says is not said again.
template<typename T>
Json bodyOf(T model)
{
    model.id.clear();
    model.name.clear();
    model.type.clear();
    return toJson(model);
}

ArmRequest withFlag(ArmRequest request, const char* name, Flag flag)
{
    if (flag == Flag::Yes) {
        request.query.emplace_back(name, "true");
    }
    return request;
}

ArmRequest withText(ArmRequest request, const char* name, const std::string& value)
{
    if (!value.empty()) {
        request.query.emplace_back(name, value);
    }
    return request;
}

/// Nothing when all are meant: the service takes a missing body for that.
std::optional<Json> bodyOf(const InstanceIds& instances)
{
    return instances.instanceIds.empty() ? std::nullopt : std::optional(toJson(instances));
}

} // namespace

ArmRequest createMachine(const ResourceRef& machine, const VirtualMachine& model)
{
    return putResource(machine, bodyOf(model));
}

ArmRequest deallocate(const ResourceRef& machine, Flag hibernate)
{
    return withFlag(actOn(machine, "deallocate"), "hibernate", hibernate);
}

ArmRequest powerOff(const ResourceRef& machine, Flag skipShutdown)
{
    return withFlag(actOn(machine, "powerOff"), "skipShutdown", skipShutdown);
}

ArmRequest start(const ResourceRef& machine)
{
    return actOn(machine, "start");
}

ArmRequest restart(const ResourceRef& machine)
{
    return actOn(machine, "restart");
}

ArmRequest redeploy(const ResourceRef& machine)
{
    return actOn(machine, "redeploy");
}

ArmRequest reimage(const ResourceRef& machine)
{
    return actOn(machine, "reimage");
}

ArmRequest generalize(const ResourceRef& machine)
{
    return actOn(machine, "generalize");
}

ArmRequest resize(const ResourceRef& machine, const std::string& size)
{
    VirtualMachine change;
    change.size = size;
    return patchResource(machine, toJson(change));
}

ArmRequest deleteMachine(const ResourceRef& machine, Flag force)
{
    return withFlag(deleteResource(machine), "forceDeletion", force);
}

ArmRequest getMachine(const ResourceRef& machine, const std::string& expand)
{
    return getResource(machine, expand);
}

ArmRequest getInstanceView(const ResourceRef& machine)
{
    ArmRequest request = getResource(machine);
    request.path += "/instanceView";
    return request;
}

ArmRequest listMachines(const std::string& subscription, Flag statusOnly, const std::string& filter)
{
    return withText(
        withFlag(listInSubscription(subscription, kVirtualMachines), "statusOnly", statusOnly), "$filter", filter);
}

ArmRequest listMachinesInGroup(const std::string& subscription, const std::string& group, const std::string& filter)
{
    return withText(listInGroup(subscription, group, kVirtualMachines), "$filter", filter);
}

ArmRequest listMachinesInRegion(const std::string& subscription, const std::string& region)
{
    ArmRequest request = listInSubscription(subscription, kVirtualMachines);
    request.path = "/subscriptions/" + subscription + "/providers/Microsoft.Compute/locations/" + region + "/virtualMachines";
    return request;
}

ArmRequest runCommand(const ResourceRef& machine, const RunCommand& command)
{
    return actOn(machine, "runCommand", toJson(command));
}

ArmRequest bootLog(const ResourceRef& machine, int minutes)
{
    return withText(
        actOn(machine, "retrieveBootDiagnosticsData"),
        "sasUriExpirationTimeInMinutes",
        minutes > 0 ? std::to_string(minutes) : "");
}

ArmRequest simulateEviction(const ResourceRef& machine)
{
    return actOn(machine, "simulateEviction");
}

ArmRequest captureUnmanaged(const ResourceRef& machine, const CaptureParameters& parameters)
{
    return actOn(machine, "capture", toJson(parameters));
}

ArmRequest captureImage(const ResourceRef& image, const CapturedImage& model)
{
    return putResource(image, bodyOf(model));
}

ArmRequest createDisk(const ResourceRef& disk, const Disk& model)
{
    return putResource(disk, bodyOf(model));
}

ArmRequest updateDisk(const ResourceRef& disk, const Disk& change)
{
    return patchResource(disk, bodyOf(change));
}

ArmRequest grantDiskAccess(const ResourceRef& disk, const DiskAccess& access)
{
    return actOn(disk, "beginGetAccess", toJson(access));
}

ArmRequest revokeDiskAccess(const ResourceRef& disk)
{
    return actOn(disk, "endGetAccess");
}

ArmRequest createScaleSet(const ResourceRef& set, const ScaleSet& model)
{
    return putResource(set, bodyOf(model));
}

ArmRequest resizeScaleSet(const ResourceRef& set, std::int64_t capacity)
{
    ScaleSet change;
    change.sku.capacity = capacity;
    return patchResource(set, toJson(change));
}

ArmRequest deleteScaleSet(const ResourceRef& set, Flag force)
{
    return withFlag(deleteResource(set), "forceDeletion", force);
}

ArmRequest startInstances(const ResourceRef& set, const InstanceIds& instances)
{
    return actOn(set, "start", bodyOf(instances));
}

ArmRequest deallocateInstances(const ResourceRef& set, const InstanceIds& instances, Flag hibernate)
{
    return withFlag(actOn(set, "deallocate", bodyOf(instances)), "hibernate", hibernate);
}

ArmRequest powerOffInstances(const ResourceRef& set, const InstanceIds& instances, Flag skipShutdown)
{
    return withFlag(actOn(set, "poweroff", bodyOf(instances)), "skipShutdown", skipShutdown);
}

ArmRequest restartInstances(const ResourceRef& set, const InstanceIds& instances)
{
    return actOn(set, "restart", bodyOf(instances));
}

ArmRequest deleteInstances(const ResourceRef& set, const InstanceIds& instances, Flag force)
{
    return withFlag(actOn(set, "delete", bodyOf(instances)), "forceDeletion", force);
}

ArmRequest getScaleSetView(const ResourceRef& set)
{
    ArmRequest request = getResource(set);
    request.path += "/instanceView";
    return request;
}

ArmRequest listScaleSetMachines(
    const ResourceRef& set, const std::string& expand, const std::string& filter, const std::string& select)
{
    ArmRequest request = getResource(set, expand);
    request.path += "/virtualMachines";
    return withText(withText(std::move(request), "$filter", filter), "$select", select);
}

ResourceRef shutdownOf(const ResourceRef& machine)
{
    return ResourceRef{machine.subscription, machine.group, kSchedules, {"shutdown-computevm-" + machine.names.back()}};
}

ArmRequest putShutdown(const ResourceRef& machine, const ShutdownSchedule& schedule)
{
    ShutdownSchedule asked = schedule;
    asked.targetResourceId = machine.id();
    return putResource(shutdownOf(machine), bodyOf(asked));
}

} // namespace ty::cloud::azure
