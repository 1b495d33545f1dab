#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cloud/azure/instance_view.h"
#include "cloud/azure/machine_profile.h"
#include "cloud/azure/market_image.h"
#include "cloud/azure/resource.h"

namespace ty::cloud::azure {

/// A network card as a machine names it.
struct NetworkInterfaceRef {
    std::string id;
    std::optional<bool> isPrimary;
    std::string deleteOption; ///< Delete: goes with the machine; Detach: stays

    void fields(auto& f)
    {
        f("id", id);
        f("properties.primary", isPrimary);
        f("properties.deleteOption", deleteOption);
    }
};

/// A machine, as it is asked for and as it is answered.
struct VirtualMachine : Resource {
    std::vector<std::string> zones; ///< {"2"} or none
    std::string managedBy;          ///< id of a scale set that it belongs to
    ManagedIdentity identity;
    std::optional<PurchasePlan> plan;
    std::string size; ///< "Standard_NC4as_T4_v3"
    StorageProfile storage;
    OsProfile os;
    std::vector<NetworkInterfaceRef> networkInterfaces;
    std::string priority;       ///< Regular, Spot (Low is of old scale sets)
    std::string evictionPolicy; ///< of spot: Deallocate or Delete
    std::optional<double> maxPrice; ///< of spot, USD per hour; -1: as much as a regular one
    SecurityProfile security;
    BootDiagnostics diagnostics;
    std::string userData; ///< base64, readable from inside at any time
    std::string licenseType;
    std::string availabilitySetId;
    std::string scaleSetId;
    std::string capacityReservationGroupId;
    std::optional<bool> canHibernate;
    std::optional<bool> ultraSsd;
    std::string extensionsTimeBudget; ///< ISO 8601 duration
    std::string vmId;
    std::string timeCreated;
    std::optional<InstanceView> instanceView; ///< when asked for
    std::string provisioningState;

    void fields(auto& f)
    {
        resourceFields(f);
        f("zones", zones);
        f("managedBy", managedBy);
        f("identity", identity);
        f("plan", plan);
        f("properties.hardwareProfile.vmSize", size);
        f("properties.storageProfile", storage);
        f("properties.osProfile", os);
        f("properties.networkProfile.networkInterfaces", networkInterfaces);
        f("properties.priority", priority);
        f("properties.evictionPolicy", evictionPolicy);
        f("properties.billingProfile.maxPrice", maxPrice);
        f("properties.securityProfile", security);
        f("properties.diagnosticsProfile", diagnostics);
        f("properties.userData", userData);
        f("properties.licenseType", licenseType);
        f("properties.availabilitySet.id", availabilitySetId);
        f("properties.virtualMachineScaleSet.id", scaleSetId);
        f("properties.capacityReservation.capacityReservationGroup.id", capacityReservationGroupId);
        f("properties.additionalCapabilities.hibernationEnabled", canHibernate);
        f("properties.additionalCapabilities.ultraSSDEnabled", ultraSsd);
        f("properties.extensionsTimeBudget", extensionsTimeBudget);
        f("properties.vmId", vmId);
        f("properties.timeCreated", timeCreated);
        f("properties.instanceView", instanceView);
        f("properties.provisioningState", provisioningState);
    }

    MachineState state() const
    {
        return machineState(provisioningState, instanceView ? instanceView->statuses : std::vector<InstanceStatus>{});
    }
};

/// A script to run on a machine by its agent, and what it said.
struct RunCommand {
    std::string commandId = "RunShellScript";
    std::vector<std::string> script; ///< lines

    void fields(auto& f)
    {
        f("commandId", commandId);
        f("script", script);
    }
};

struct RunCommandResult {
    std::vector<InstanceStatus> value; ///< one status; its message holds "[stdout]" and "[stderr]"

    void fields(auto& f) { f("value", value); }
};

/// What the agent puts around a script's output, taken apart.
struct ScriptOutput {
    std::string standardOutput;
    std::string standardError;
};

ScriptOutput scriptOutput(const RunCommandResult& result);

/// Moves an unmanaged disk into a template (old machines; managed ones are captured as an image).
struct CaptureParameters {
    std::string vhdPrefix;
    std::string destinationContainerName;
    std::optional<bool> overwriteVhds;

    void fields(auto& f)
    {
        f("vhdPrefix", vhdPrefix);
        f("destinationContainerName", destinationContainerName);
        f("overwriteVhds", overwriteVhds);
    }
};

} // namespace ty::cloud::azure
