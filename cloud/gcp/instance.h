#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cloud/model/fields.h"
#include "cloud/model/machine_state.h"

namespace ty::cloud::gcp {

/// A disk made together with its machine.
struct DiskParameters {
    std::string diskName;
    std::string diskType; ///< "zones/us-central1-a/diskTypes/pd-balanced"
    std::string sourceImage;
    std::string sourceSnapshot;
    std::optional<std::int64_t> sizeGiB;
    TextMap labels;

    void fields(auto& f)
    {
        f("diskName", diskName);
        f("diskType", diskType);
        f("sourceImage", sourceImage);
        f("sourceSnapshot", sourceSnapshot);
        f.asText("diskSizeGb", sizeGiB);
        f("labels", labels);
    }
};

struct AttachedDisk {
    std::string source; ///< address of a disk that exists
    std::string deviceName;
    std::string mode; ///< READ_WRITE or READ_ONLY
    std::string type; ///< PERSISTENT or SCRATCH
    std::string interface; ///< SCSI or NVME
    std::optional<bool> isBoot;
    std::optional<bool> autoDelete;
    std::optional<std::int64_t> index;
    std::optional<std::int64_t> sizeGiB;
    std::optional<DiskParameters> make;

    void fields(auto& f)
    {
        f("source", source);
        f("deviceName", deviceName);
        f("mode", mode);
        f("type", type);
        f("interface", interface);
        f("boot", isBoot);
        f("autoDelete", autoDelete);
        f("index", index);
        f.asText("diskSizeGb", sizeGiB);
        f("initializeParams", make);
    }
};

/// A public address.
struct AccessConfig {
    std::string name = "External NAT";
    std::string type = "ONE_TO_ONE_NAT";
    std::string natIp; ///< chosen by Google when empty
    std::string networkTier;

    void fields(auto& f)
    {
        f("name", name);
        f("type", type);
        f("natIP", natIp);
        f("networkTier", networkTier);
    }
};

struct NetworkInterface {
    std::string name;
    std::string network;    ///< "global/networks/default"
    std::string subnetwork;
    std::string networkIp;
    std::string nicType;
    std::string stackType;
    std::string fingerprint;
    std::vector<AccessConfig> accessConfigs; ///< empty: no public address

    void fields(auto& f)
    {
        f("name", name);
        f("network", network);
        f("subnetwork", subnetwork);
        f("networkIP", networkIp);
        f("nicType", nicType);
        f("stackType", stackType);
        f("fingerprint", fingerprint);
        f("accessConfigs", accessConfigs);
    }
};

struct GuestAccelerator {
    std::string type; ///< "zones/us-central1-a/acceleratorTypes/nvidia-tesla-t4"
    std::optional<std::int64_t> count;

    void fields(auto& f)
    {
        f("acceleratorType", type);
        f("acceleratorCount", count);
    }
};

/// What happens to a machine when its host has to go.
struct Scheduling {
    std::string onHostMaintenance; ///< TERMINATE (has to be with GPUs) or MIGRATE
    std::string provisioningModel; ///< SPOT or STANDARD
    std::string instanceTerminationAction; ///< of spot: STOP or DELETE
    std::optional<bool> automaticRestart;
    std::optional<bool> isPreemptible;

    void fields(auto& f)
    {
        f("onHostMaintenance", onHostMaintenance);
        f("provisioningModel", provisioningModel);
        f("instanceTerminationAction", instanceTerminationAction);
        f("automaticRestart", automaticRestart);
        f("preemptible", isPreemptible);
    }
};

struct MetadataItem {
    std::string key;
    std::string value;

    void fields(auto& f)
    {
        f("key", key);
        f("value", value);
    }
};

/// Texts that programs on the machine can read; "ssh-keys" are its users. Changing them needs the fingerprint of the
/// last reading.
struct Metadata {
    std::string fingerprint;
    std::vector<MetadataItem> items;

    void fields(auto& f)
    {
        f("fingerprint", fingerprint);
        f("items", items);
    }
};

struct ServiceAccount {
    std::string email;
    std::vector<std::string> scopes;

    void fields(auto& f)
    {
        f("email", email);
        f("scopes", scopes);
    }
};

struct NetworkTags {
    std::string fingerprint;
    std::vector<std::string> items;

    void fields(auto& f)
    {
        f("fingerprint", fingerprint);
        f("items", items);
    }
};

/// A machine of Compute Engine, as it is asked for and as it is answered.
struct Instance {
    std::string id;
    std::string name;
    std::string description;
    std::string hostname;
    std::string zone;
    std::string machineType; ///< "zones/us-central1-a/machineTypes/n1-standard-4"
    std::string sourceMachineImage; ///< of an insertion: all that is not said comes from there, disks always do
    std::string minCpuPlatform;
    std::string cpuPlatform;
    std::string status; ///< PROVISIONING STAGING RUNNING STOPPING TERMINATED SUSPENDING SUSPENDED REPAIRING
    std::string statusMessage;
    std::string selfLink;
    std::string creationTimestamp;
    std::string lastStartTimestamp;
    std::string lastStopTimestamp;
    std::vector<AttachedDisk> disks;
    std::vector<NetworkInterface> networkInterfaces;
    std::vector<GuestAccelerator> accelerators;
    Scheduling scheduling;
    Metadata metadata;
    std::vector<ServiceAccount> serviceAccounts;
    NetworkTags tags;
    TextMap labels;
    std::string labelFingerprint;
    std::string fingerprint;
    std::vector<std::string> resourcePolicies;
    std::optional<bool> canIpForward;
    std::optional<bool> deletionProtection;
    std::optional<bool> isStartRestricted;

    void fields(auto& f)
    {
        f("id", id);
        f("name", name);
        f("description", description);
        f("hostname", hostname);
        f("zone", zone);
        f("machineType", machineType);
        f("sourceMachineImage", sourceMachineImage);
        f("minCpuPlatform", minCpuPlatform);
        f("cpuPlatform", cpuPlatform);
        f("status", status);
        f("statusMessage", statusMessage);
        f("selfLink", selfLink);
        f("creationTimestamp", creationTimestamp);
        f("lastStartTimestamp", lastStartTimestamp);
        f("lastStopTimestamp", lastStopTimestamp);
        f("disks", disks);
        f("networkInterfaces", networkInterfaces);
        f("guestAccelerators", accelerators);
        f("scheduling", scheduling);
        f("metadata", metadata);
        f("serviceAccounts", serviceAccounts);
        f("tags", tags);
        f("labels", labels);
        f("labelFingerprint", labelFingerprint);
        f("fingerprint", fingerprint);
        f("resourcePolicies", resourcePolicies);
        f("canIpForward", canIpForward);
        f("deletionProtection", deletionProtection);
        f("startRestricted", isStartRestricted);
    }

    /// In our words; a stopped machine costs only its disks here.
    MachineState state() const;
    /// The first public address; empty without.
    std::string publicIp() const;
};

/// A disk by itself.
struct Disk {
    std::string name;
    std::string description;
    std::string zone;
    std::string type; ///< address of a disk type
    std::string status; ///< CREATING, READY, FAILED, DELETING
    std::string sourceImage;
    std::string sourceSnapshot;
    std::optional<std::int64_t> sizeGiB;
    std::vector<std::string> users; ///< machines that have it
    std::vector<std::string> resourcePolicies;
    std::string creationTimestamp;
    std::string lastAttachTimestamp;
    std::string lastDetachTimestamp;
    std::string labelFingerprint;
    TextMap labels;
    std::string selfLink;

    void fields(auto& f)
    {
        f("name", name);
        f("description", description);
        f("zone", zone);
        f("type", type);
        f("status", status);
        f("sourceImage", sourceImage);
        f("sourceSnapshot", sourceSnapshot);
        f.asText("sizeGb", sizeGiB);
        f("users", users);
        f("resourcePolicies", resourcePolicies);
        f("creationTimestamp", creationTimestamp);
        f("lastAttachTimestamp", lastAttachTimestamp);
        f("lastDetachTimestamp", lastDetachTimestamp);
        f("labelFingerprint", labelFingerprint);
        f("labels", labels);
        f("selfLink", selfLink);
    }
};

/// One zone's part of an aggregated list.
struct InstanceScope {
    std::vector<Instance> instances;
    std::string warning; ///< "NO_RESULTS_ON_PAGE"

    void fields(auto& f)
    {
        f("instances", instances);
        f("warning.code", warning);
    }
};

struct DiskScope {
    std::vector<Disk> disks;
    std::string warning;

    void fields(auto& f)
    {
        f("disks", disks);
        f("warning.code", warning);
    }
};

/// A machine's console text from a byte on.
struct SerialOutput {
    std::string contents;
    std::optional<std::int64_t> start;
    std::optional<std::int64_t> next; ///< where to go on reading

    void fields(auto& f)
    {
        f("contents", contents);
        f.asText("start", start);
        f.asText("next", next);
    }
};

} // namespace ty::cloud::gcp
