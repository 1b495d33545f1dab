#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cloud/azure/resource.h"

namespace ty::cloud::azure {

struct SecurityRule {
    std::string id;
    std::string name;
    std::string description;
    std::string protocol;  ///< Tcp, Udp, Icmp, Esp, Ah or *
    std::string access;    ///< Allow or Deny
    std::string direction; ///< Inbound or Outbound
    std::optional<std::int64_t> priority; ///< 100 to 4096, the lowest wins
    std::string sourceAddressPrefix;      ///< CIDR, service tag or *
    std::vector<std::string> sourceAddressPrefixes;
    std::string sourcePortRange; ///< "22", "1000-2000" or *
    std::vector<std::string> sourcePortRanges;
    std::string destinationAddressPrefix;
    std::vector<std::string> destinationAddressPrefixes;
    std::string destinationPortRange;
    std::vector<std::string> destinationPortRanges;
    std::string provisioningState;

    void fields(auto& f)
    {
        f("id", id);
        f("name", name);
        f("properties.description", description);
        f("properties.protocol", protocol);
        f("properties.access", access);
        f("properties.direction", direction);
        f("properties.priority", priority);
        f("properties.sourceAddressPrefix", sourceAddressPrefix);
        f("properties.sourceAddressPrefixes", sourceAddressPrefixes);
        f("properties.sourcePortRange", sourcePortRange);
        f("properties.sourcePortRanges", sourcePortRanges);
        f("properties.destinationAddressPrefix", destinationAddressPrefix);
        f("properties.destinationAddressPrefixes", destinationAddressPrefixes);
        f("properties.destinationPortRange", destinationPortRange);
        f("properties.destinationPortRanges", destinationPortRanges);
        f("properties.provisioningState", provisioningState);
    }
};

/// A firewall (NSG) for subnets and network cards.
struct SecurityGroup : Resource {
    std::vector<SecurityRule> rules;
    std::vector<SecurityRule> defaultRules; ///< given by Azure
    std::vector<IdRef> networkInterfaces;   ///< that use it
    std::vector<IdRef> subnets;
    std::string resourceGuid;
    std::string provisioningState;

    void fields(auto& f)
    {
        resourceFields(f);
        f("properties.securityRules", rules);
        f("properties.defaultSecurityRules", defaultRules);
        f("properties.networkInterfaces", networkInterfaces);
        f("properties.subnets", subnets);
        f("properties.resourceGuid", resourceGuid);
        f("properties.provisioningState", provisioningState);
    }
};

struct Subnet {
    std::string id;
    std::string name;
    std::string addressPrefix; ///< CIDR
    std::vector<std::string> addressPrefixes;
    std::string securityGroupId;
    std::string natGatewayId;
    std::optional<bool> defaultOutboundAccess;
    std::vector<IdRef> ipConfigurations; ///< of the network cards in it
    std::string provisioningState;

    void fields(auto& f)
    {
        f("id", id);
        f("name", name);
        f("properties.addressPrefix", addressPrefix);
        f("properties.addressPrefixes", addressPrefixes);
        f("properties.networkSecurityGroup.id", securityGroupId);
        f("properties.natGateway.id", natGatewayId);
        f("properties.defaultOutboundAccess", defaultOutboundAccess);
        f("properties.ipConfigurations", ipConfigurations);
        f("properties.provisioningState", provisioningState);
    }
};

struct VirtualNetwork : Resource {
    std::vector<std::string> addressPrefixes;
    std::vector<std::string> dnsServers;
    std::vector<Subnet> subnets;
    std::optional<bool> isEncrypted;
    std::string encryptionEnforcement;
    std::optional<std::int64_t> flowTimeoutMinutes;
    std::optional<bool> enableDdosProtection;
    std::string resourceGuid;
    std::string provisioningState;

    void fields(auto& f)
    {
        resourceFields(f);
        f("properties.addressSpace.addressPrefixes", addressPrefixes);
        f("properties.dhcpOptions.dnsServers", dnsServers);
        f("properties.subnets", subnets);
        f("properties.encryption.enabled", isEncrypted);
        f("properties.encryption.enforcement", encryptionEnforcement);
        f("properties.flowTimeoutInMinutes", flowTimeoutMinutes);
        f("properties.enableDdosProtection", enableDdosProtection);
        f("properties.resourceGuid", resourceGuid);
        f("properties.provisioningState", provisioningState);
    }
};

struct PublicIp : Resource {
    std::string skuName; ///< Standard (Basic retired in 2025)
    std::string skuTier; ///< Regional or Global
    std::vector<std::string> zones;
    std::string allocationMethod; ///< Static or Dynamic
    std::string version;          ///< IPv4 or IPv6
    std::string address;          ///< empty while a dynamic one is not in use
    std::string domainNameLabel;
    std::string domainNameLabelScope;
    std::string fqdn;
    std::string deleteOption;
    std::optional<std::int64_t> idleTimeoutMinutes;
    std::string ipConfigurationId; ///< of what uses it; empty when it is free
    std::string resourceGuid;
    std::string provisioningState;

    void fields(auto& f)
    {
        resourceFields(f);
        f("sku.name", skuName);
        f("sku.tier", skuTier);
        f("zones", zones);
        f("properties.publicIPAllocationMethod", allocationMethod);
        f("properties.publicIPAddressVersion", version);
        f("properties.ipAddress", address);
        f("properties.dnsSettings.domainNameLabel", domainNameLabel);
        f("properties.dnsSettings.domainNameLabelScope", domainNameLabelScope);
        f("properties.dnsSettings.fqdn", fqdn);
        f("properties.deleteOption", deleteOption);
        f("properties.idleTimeoutInMinutes", idleTimeoutMinutes);
        f("properties.ipConfiguration.id", ipConfigurationId);
        f("properties.resourceGuid", resourceGuid);
        f("properties.provisioningState", provisioningState);
    }
};

struct IpConfiguration {
    std::string id;
    std::string name;
    std::string subnetId;
    std::string publicIpId;
    std::optional<bool> isPrimary;
    std::string privateAddress;
    std::optional<std::int64_t> privateAddressPrefixLength;
    std::string privateAllocationMethod; ///< Dynamic or Static
    std::string privateAddressVersion;
    std::string provisioningState;

    void fields(auto& f)
    {
        f("id", id);
        f("name", name);
        f("properties.subnet.id", subnetId);
        f("properties.publicIPAddress.id", publicIpId);
        f("properties.primary", isPrimary);
        f("properties.privateIPAddress", privateAddress);
        f("properties.privateIPAddressPrefixLength", privateAddressPrefixLength);
        f("properties.privateIPAllocationMethod", privateAllocationMethod);
        f("properties.privateIPAddressVersion", privateAddressVersion);
        f("properties.provisioningState", provisioningState);
    }
};

struct NetworkInterface : Resource {
    std::vector<IpConfiguration> ipConfigurations;
    std::string securityGroupId;
    std::string virtualMachineId; ///< of the machine that has it; empty when it is free
    std::string macAddress;
    std::vector<std::string> dnsServers;
    std::vector<std::string> appliedDnsServers;
    std::string internalDomainNameSuffix;
    std::optional<bool> enableAcceleratedNetworking;
    std::optional<bool> enableIpForwarding;
    std::optional<bool> disableTcpStateTracking;
    std::optional<bool> isPrimary;
    std::string nicType;
    std::string resourceGuid;
    std::string provisioningState;

    void fields(auto& f)
    {
        resourceFields(f);
        f("properties.ipConfigurations", ipConfigurations);
        f("properties.networkSecurityGroup.id", securityGroupId);
        f("properties.virtualMachine.id", virtualMachineId);
        f("properties.macAddress", macAddress);
        f("properties.dnsSettings.dnsServers", dnsServers);
        f("properties.dnsSettings.appliedDnsServers", appliedDnsServers);
        f("properties.dnsSettings.internalDomainNameSuffix", internalDomainNameSuffix);
        f("properties.enableAcceleratedNetworking", enableAcceleratedNetworking);
        f("properties.enableIPForwarding", enableIpForwarding);
        f("properties.disableTcpStateTracking", disableTcpStateTracking);
        f("properties.primary", isPrimary);
        f("properties.nicType", nicType);
        f("properties.resourceGuid", resourceGuid);
        f("properties.provisioningState", provisioningState);
    }
};

} // namespace ty::cloud::azure
