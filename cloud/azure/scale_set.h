#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cloud/azure/instance_view.h"
#include "cloud/azure/machine_profile.h"
#include "cloud/azure/market_image.h"
#include "cloud/azure/resource.h"

namespace ty::cloud::azure {

struct PublicIpTemplate {
    std::string name;
    std::optional<std::int64_t> idleTimeoutMinutes;
    std::string domainNameLabel;
    std::string deleteOption;
    std::string skuName;

    void fields(auto& f)
    {
        f("name", name);
        f("properties.idleTimeoutInMinutes", idleTimeoutMinutes);
        f("properties.dnsSettings.domainNameLabel", domainNameLabel);
        f("properties.deleteOption", deleteOption);
        f("sku.name", skuName);
    }
};

struct IpConfigurationTemplate {
    std::string id;
    std::string name;
    std::string subnetId;
    std::optional<bool> isPrimary;
    std::string privateAddressVersion;
    std::vector<IdRef> loadBalancerBackendPools;
    std::vector<IdRef> loadBalancerInboundNatPools;
    std::vector<IdRef> applicationGatewayBackendPools;
    std::vector<IdRef> applicationSecurityGroups;
    std::optional<PublicIpTemplate> publicIp;

    void fields(auto& f)
    {
        f("id", id);
        f("name", name);
        f("properties.subnet.id", subnetId);
        f("properties.primary", isPrimary);
        f("properties.privateIPAddressVersion", privateAddressVersion);
        f("properties.loadBalancerBackendAddressPools", loadBalancerBackendPools);
        f("properties.loadBalancerInboundNatPools", loadBalancerInboundNatPools);
        f("properties.applicationGatewayBackendAddressPools", applicationGatewayBackendPools);
        f("properties.applicationSecurityGroups", applicationSecurityGroups);
        f("properties.publicIPAddressConfiguration", publicIp);
    }
};

/// The network card that each machine of a scale set gets.
struct NetworkInterfaceTemplate {
    std::string id;
    std::string name;
    std::optional<bool> isPrimary;
    std::optional<bool> enableAcceleratedNetworking;
    std::optional<bool> enableIpForwarding;
    std::string securityGroupId;
    std::vector<std::string> dnsServers;
    std::string deleteOption;
    std::vector<IpConfigurationTemplate> ipConfigurations;

    void fields(auto& f)
    {
        f("id", id);
        f("name", name);
        f("properties.primary", isPrimary);
        f("properties.enableAcceleratedNetworking", enableAcceleratedNetworking);
        f("properties.enableIPForwarding", enableIpForwarding);
        f("properties.networkSecurityGroup.id", securityGroupId);
        f("properties.dnsSettings.dnsServers", dnsServers);
        f("properties.deleteOption", deleteOption);
        f("properties.ipConfigurations", ipConfigurations);
    }
};

struct ScaleSetSku {
    std::string name; ///< VM size
    std::string tier;
    std::optional<std::int64_t> capacity; ///< number of machines

    void fields(auto& f)
    {
        f("name", name);
        f("tier", tier);
        f("capacity", capacity);
    }
};

/// A group of equal machines: our clusters.
struct ScaleSet : Resource {
    ScaleSetSku sku;
    std::vector<std::string> zones;
    ManagedIdentity identity;
    std::optional<PurchasePlan> plan;
    std::string orchestrationMode; ///< Uniform or Flexible
    std::string upgradeMode;       ///< Manual, Automatic, Rolling
    std::optional<bool> overprovision;
    std::optional<bool> singlePlacementGroup;
    std::optional<bool> zoneBalance;
    std::optional<std::int64_t> platformFaultDomainCount;
    std::string proximityPlacementGroupId;
    std::string priority; ///< Regular, Low, Spot
    std::string evictionPolicy;
    std::optional<double> maxPrice;
    OsProfile os;
    StorageProfile storage;
    std::vector<NetworkInterfaceTemplate> networkInterfaces;
    std::string networkApiVersion; ///< Flexible asks for one
    SecurityProfile security;
    BootDiagnostics diagnostics;
    std::string userData;
    std::string licenseType;
    std::string uniqueId;
    std::string timeCreated;
    std::string provisioningState;

    void fields(auto& f)
    {
        resourceFields(f);
        f("sku", sku);
        f("zones", zones);
        f("identity", identity);
        f("plan", plan);
        f("properties.orchestrationMode", orchestrationMode);
        f("properties.upgradePolicy.mode", upgradeMode);
        f("properties.overprovision", overprovision);
        f("properties.singlePlacementGroup", singlePlacementGroup);
        f("properties.zoneBalance", zoneBalance);
        f("properties.platformFaultDomainCount", platformFaultDomainCount);
        f("properties.proximityPlacementGroup.id", proximityPlacementGroupId);
        f("properties.virtualMachineProfile.priority", priority);
        f("properties.virtualMachineProfile.evictionPolicy", evictionPolicy);
        f("properties.virtualMachineProfile.billingProfile.maxPrice", maxPrice);
        f("properties.virtualMachineProfile.osProfile", os);
        f("properties.virtualMachineProfile.storageProfile", storage);
        f("properties.virtualMachineProfile.networkProfile.networkInterfaceConfigurations", networkInterfaces);
        f("properties.virtualMachineProfile.networkProfile.networkApiVersion", networkApiVersion);
        f("properties.virtualMachineProfile.securityProfile", security);
        f("properties.virtualMachineProfile.diagnosticsProfile", diagnostics);
        f("properties.virtualMachineProfile.userData", userData);
        f("properties.virtualMachineProfile.licenseType", licenseType);
        f("properties.uniqueId", uniqueId);
        f("properties.timeCreated", timeCreated);
        f("properties.provisioningState", provisioningState);
    }
};

/// One machine of a scale set.
struct ScaleSetMachine : Resource {
    std::string instanceId;
    std::string size;
    std::vector<std::string> zones;
    StorageProfile storage;
    OsProfile os;
    std::vector<IdRef> networkInterfaces;
    BootDiagnostics diagnostics;
    std::optional<bool> hasLatestModel;
    std::string vmId;
    std::string timeCreated;
    std::optional<InstanceView> instanceView;
    std::string provisioningState;

    void fields(auto& f)
    {
        resourceFields(f);
        f("instanceId", instanceId);
        f("sku.name", size);
        f("zones", zones);
        f("properties.storageProfile", storage);
        f("properties.osProfile", os);
        f("properties.networkProfile.networkInterfaces", networkInterfaces);
        f("properties.diagnosticsProfile", diagnostics);
        f("properties.latestModelApplied", hasLatestModel);
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

/// Which machines of a scale set an action is for; all when empty.
struct InstanceIds {
    std::vector<std::string> instanceIds;

    void fields(auto& f) { f("instanceIds", instanceIds); }
};

/// How many machines of a scale set are in a state.
struct StatusCount {
    std::string code;
    std::optional<std::int64_t> count;

    void fields(auto& f)
    {
        f("code", code);
        f("count", count);
    }
};

struct ScaleSetInstanceView {
    std::vector<StatusCount> machines;
    std::vector<InstanceStatus> statuses;

    void fields(auto& f)
    {
        f("virtualMachine.statusesSummary", machines);
        f("statuses", statuses);
    }
};

} // namespace ty::cloud::azure
