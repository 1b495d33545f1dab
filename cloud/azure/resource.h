#pragma once

#include <string>
#include <vector>

#include "cloud/model/fields.h"

namespace ty::cloud::azure {

/// A kind of resource and the version of its interface that we speak.
struct ResourceType {
    const char* path; ///< "Microsoft.Network/virtualNetworks/subnets"
    const char* apiVersion;
};

inline constexpr ResourceType kVirtualMachines{"Microsoft.Compute/virtualMachines", "2024-03-01"};
inline constexpr ResourceType kScaleSets{"Microsoft.Compute/virtualMachineScaleSets", "2024-03-01"};
inline constexpr ResourceType kImages{"Microsoft.Compute/images", "2024-03-01"};
inline constexpr ResourceType kGalleries{"Microsoft.Compute/galleries", "2023-07-03"};
inline constexpr ResourceType kGalleryImages{"Microsoft.Compute/galleries/images", "2023-07-03"};
inline constexpr ResourceType kGalleryVersions{"Microsoft.Compute/galleries/images/versions", "2023-07-03"};
inline constexpr ResourceType kDisks{"Microsoft.Compute/disks", "2023-10-02"};
inline constexpr ResourceType kNetworks{"Microsoft.Network/virtualNetworks", "2024-01-01"};
inline constexpr ResourceType kSubnets{"Microsoft.Network/virtualNetworks/subnets", "2024-01-01"};
inline constexpr ResourceType kNetworkInterfaces{"Microsoft.Network/networkInterfaces", "2024-01-01"};
inline constexpr ResourceType kPublicIps{"Microsoft.Network/publicIPAddresses", "2024-01-01"};
inline constexpr ResourceType kSecurityGroups{"Microsoft.Network/networkSecurityGroups", "2024-01-01"};
inline constexpr ResourceType kSecurityRules{"Microsoft.Network/networkSecurityGroups/securityRules", "2024-01-01"};
inline constexpr ResourceType kSchedules{"Microsoft.DevTestLab/schedules", "2018-09-15"};

/// Where one resource is: subscription, group, kind, and a name for each part of the kind's path after the provider.
struct ResourceRef {
    std::string subscription;
    std::string group;
    ResourceType type{};
    std::vector<std::string> names; ///< {"net", "subnet"} for kSubnets

    /// "/subscriptions/../resourceGroups/../providers/Microsoft.Network/virtualNetworks/net/subnets/subnet".
    std::string id() const;
};

/// The last name of a resource id; empty for a text without "/".
std::string nameOfId(const std::string& id);
/// The part of an id after "/resourceGroups/"; empty when there is none.
std::string groupOfId(const std::string& id);
/// The part of an id after "/subscriptions/"; empty when there is none.
std::string subscriptionOfId(const std::string& id);
/// Ids, names and regions of Azure compare without case, and answers do change it.
bool isSame(const std::string& a, const std::string& b);
/// "West US 2" and "westus2" name the same region; this is the second form.
std::string regionName(const std::string& displayed);

/// What every resource of Azure has.
struct Resource {
    std::string id;
    std::string name;
    std::string type;
    std::string location;
    TextMap tags;

    void resourceFields(auto& f)
    {
        f("id", id);
        f("name", name);
        f("type", type);
        f("location", location);
        f("tags", tags);
    }
};

/// {"id": ".."}, the way one resource names another.
struct IdRef {
    std::string id;

    void fields(auto& f) { f("id", id); }
};

} // namespace ty::cloud::azure
