#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cloud/azure/resource.h"

namespace ty::cloud::azure {

struct Subscription {
    std::string id; ///< "/subscriptions/.."
    std::string subscriptionId;
    std::string tenantId;
    std::string displayName;
    std::string state; ///< Enabled, Warned, PastDue, Disabled, Deleted
    std::string authorizationSource;
    std::string quotaId;       ///< kind of offer: "FreeTrial_..." has little quota
    std::string spendingLimit; ///< On, Off, CurrentPeriodOff
    TextMap tags;

    void fields(auto& f)
    {
        f("id", id);
        f("subscriptionId", subscriptionId);
        f("tenantId", tenantId);
        f("displayName", displayName);
        f("state", state);
        f("authorizationSource", authorizationSource);
        f("subscriptionPolicies.quotaId", quotaId);
        f("subscriptionPolicies.spendingLimit", spendingLimit);
        f("tags", tags);
    }
};

struct Tenant {
    std::string id;
    std::string tenantId;
    std::string displayName;
    std::string defaultDomain;
    std::string countryCode;
    std::string tenantType;

    void fields(auto& f)
    {
        f("id", id);
        f("tenantId", tenantId);
        f("displayName", displayName);
        f("defaultDomain", defaultDomain);
        f("countryCode", countryCode);
        f("tenantType", tenantType);
    }
};

/// Zone labels differ between subscriptions; the physical name is the same for all.
struct ZoneMapping {
    std::string logicalZone;  ///< "1"
    std::string physicalZone; ///< "eastus2-az2"

    void fields(auto& f)
    {
        f("logicalZone", logicalZone);
        f("physicalZone", physicalZone);
    }
};

struct PairedRegion {
    std::string name;
    std::string id;

    void fields(auto& f)
    {
        f("name", name);
        f("id", id);
    }
};

struct Location {
    std::string id;
    std::string name; ///< "eastus2"
    std::string type; ///< Region or EdgeZone
    std::string displayName;
    std::string regionalDisplayName; ///< "(US) East US 2"
    std::string regionType;          ///< Physical or Logical
    std::string regionCategory;      ///< Recommended, Extended, Other
    std::string geography;
    std::string geographyGroup;
    std::string physicalLocation; ///< "Virginia"
    std::string latitude;         ///< degrees as text
    std::string longitude;
    std::vector<PairedRegion> pairedRegions;
    std::vector<ZoneMapping> zones; ///< empty where the region has no zones

    void fields(auto& f)
    {
        f("id", id);
        f("name", name);
        f("type", type);
        f("displayName", displayName);
        f("regionalDisplayName", regionalDisplayName);
        f("metadata.regionType", regionType);
        f("metadata.regionCategory", regionCategory);
        f("metadata.geography", geography);
        f("metadata.geographyGroup", geographyGroup);
        f("metadata.physicalLocation", physicalLocation);
        f("metadata.latitude", latitude);
        f("metadata.longitude", longitude);
        f("metadata.pairedRegion", pairedRegions);
        f("availabilityZoneMappings", zones);
    }
};

struct ProviderResourceType {
    std::string resourceType;
    std::vector<std::string> locations; ///< display names: "West US"
    std::vector<std::string> apiVersions;

    void fields(auto& f)
    {
        f("resourceType", resourceType);
        f("locations", locations);
        f("apiVersions", apiVersions);
    }
};

/// "Microsoft.Compute" and the like, which a subscription registers before its first use.
struct Provider {
    std::string id;
    std::string name; ///< "Microsoft.Compute"
    std::string registrationState; ///< NotRegistered, Registering, Registered, Unregistering
    std::string registrationPolicy;
    std::vector<ProviderResourceType> resourceTypes;

    void fields(auto& f)
    {
        f("id", id);
        f("namespace", name);
        f("registrationState", registrationState);
        f("registrationPolicy", registrationPolicy);
        f("resourceTypes", resourceTypes);
    }
};

struct ResourceGroup : Resource {
    std::string managedBy;
    std::string provisioningState;

    void fields(auto& f)
    {
        resourceFields(f);
        f("managedBy", managedBy);
        f("properties.provisioningState", provisioningState);
    }
};

/// One row of a group's content, whatever it is: for finding leftovers.
struct AnyResource : Resource {
    std::string kind;
    std::string managedBy;
    std::string createdTime;
    std::string changedTime;
    std::string provisioningState;

    void fields(auto& f)
    {
        resourceFields(f);
        f("kind", kind);
        f("managedBy", managedBy);
        f("createdTime", createdTime);
        f("changedTime", changedTime);
        f("provisioningState", provisioningState);
    }
};

} // namespace ty::cloud::azure
