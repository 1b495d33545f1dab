#pragma once

#include <string>

#include "cloud/azure/captured_image.h"
#include "cloud/azure/disk.h"
#include "cloud/azure/requests.h"
#include "cloud/azure/scale_set.h"
#include "cloud/azure/schedule.h"
#include "cloud/azure/virtual_machine.h"

namespace ty::cloud::azure {

/// A yes or no that the request says only when it is yes.
enum class Flag { No, Yes };

// One machine. Those without a docstring of their own are "POST <machine>/<verb>" and take minutes.
/// PUT; name and id come from `machine`, the rest from `model`.
ArmRequest createMachine(const ResourceRef& machine, const VirtualMachine& model);
/// Stops paying: the processors are given back. `hibernate`: memory is kept on the OS disk.
ArmRequest deallocate(const ResourceRef& machine, Flag hibernate = Flag::No);
/// Powers off and keeps paying. `skipShutdown`: like pulling the plug.
ArmRequest powerOff(const ResourceRef& machine, Flag skipShutdown = Flag::No);
ArmRequest start(const ResourceRef& machine);
ArmRequest restart(const ResourceRef& machine);
ArmRequest redeploy(const ResourceRef& machine);
ArmRequest reimage(const ResourceRef& machine);
/// Marks a machine as a template; it can never start again. Answers at once.
ArmRequest generalize(const ResourceRef& machine);
/// Another size; the machine restarts, or has to be deallocated before when its host cannot give that size.
ArmRequest resize(const ResourceRef& machine, const std::string& size);
/// `force`: without waiting for a shutdown.
ArmRequest deleteMachine(const ResourceRef& machine, Flag force = Flag::No);
ArmRequest getMachine(const ResourceRef& machine, const std::string& expand = "instanceView");
ArmRequest getInstanceView(const ResourceRef& machine);
/// All machines of a subscription; `statusOnly`: their states instead of their models.
ArmRequest listMachines(const std::string& subscription, Flag statusOnly = Flag::No, const std::string& filter = {});
ArmRequest listMachinesInGroup(const std::string& subscription, const std::string& group, const std::string& filter = {});
ArmRequest listMachinesInRegion(const std::string& subscription, const std::string& region);
ArmRequest runCommand(const ResourceRef& machine, const RunCommand& command);
/// Links to the boot picture and console text; `minutes` they hold, 0: the service's 120.
ArmRequest bootLog(const ResourceRef& machine, int minutes = 0);
/// What a spot machine meets when its place is needed.
ArmRequest simulateEviction(const ResourceRef& machine);
ArmRequest captureUnmanaged(const ResourceRef& machine, const CaptureParameters& parameters);

/// PUT of a managed image from a generalized machine.
ArmRequest captureImage(const ResourceRef& image, const CapturedImage& model);

ArmRequest createDisk(const ResourceRef& disk, const Disk& model);
/// PATCH with what `change` names: size, tier, speed.
ArmRequest updateDisk(const ResourceRef& disk, const Disk& change);
ArmRequest grantDiskAccess(const ResourceRef& disk, const DiskAccess& access);
ArmRequest revokeDiskAccess(const ResourceRef& disk);

// Scale sets. `instances` empty: all.
ArmRequest createScaleSet(const ResourceRef& set, const ScaleSet& model);
ArmRequest resizeScaleSet(const ResourceRef& set, std::int64_t capacity);
ArmRequest deleteScaleSet(const ResourceRef& set, Flag force = Flag::No);
ArmRequest startInstances(const ResourceRef& set, const InstanceIds& instances);
ArmRequest deallocateInstances(const ResourceRef& set, const InstanceIds& instances, Flag hibernate = Flag::No);
ArmRequest powerOffInstances(const ResourceRef& set, const InstanceIds& instances, Flag skipShutdown = Flag::No);
ArmRequest restartInstances(const ResourceRef& set, const InstanceIds& instances);
ArmRequest deleteInstances(const ResourceRef& set, const InstanceIds& instances, Flag force = Flag::No);
ArmRequest getScaleSetView(const ResourceRef& set);
ArmRequest listScaleSetMachines(
    const ResourceRef& set, const std::string& expand = {}, const std::string& filter = {}, const std::string& select = {});

/// PUT of a machine's daily shutdown, in the machine's own group.
ArmRequest putShutdown(const ResourceRef& machine, const ShutdownSchedule& schedule);
/// The schedule's place: it has to be named after the machine.
ResourceRef shutdownOf(const ResourceRef& machine);

} // namespace ty::cloud::azure
