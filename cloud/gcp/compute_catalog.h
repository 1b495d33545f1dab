#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cloud/model/fields.h"

namespace ty::cloud::gcp {

/// The last part of a resource address: Compute Engine names things by "https://.../zones/us-central1-a" and by path.
std::string lastPart(const std::string& address);
/// "us-central1" for "us-central1-a".
std::string regionOfZone(const std::string& zone);

/// That a thing is, or will be, gone.
struct Deprecation {
    std::string state; ///< DEPRECATED, OBSOLETE, DELETED
    std::string replacement;

    void fields(auto& f)
    {
        f("state", state);
        f("replacement", replacement);
    }
};

struct Zone {
    std::string name;
    std::string status; ///< UP or DOWN
    std::string region; ///< address
    std::vector<std::string> cpuPlatforms;
    Deprecation deprecated;

    void fields(auto& f)
    {
        f("name", name);
        f("status", status);
        f("region", region);
        f("availableCpuPlatforms", cpuPlatforms);
        f("deprecated", deprecated);
    }
};

struct Quota {
    std::string metric; ///< "NVIDIA_T4_GPUS", "CPUS"
    std::optional<double> limit;
    std::optional<double> usage;

    void fields(auto& f)
    {
        f("metric", metric);
        f("limit", limit);
        f("usage", usage);
    }
};

struct Region {
    std::string name;
    std::string status;
    std::vector<std::string> zones; ///< addresses
    std::vector<Quota> quotas;

    void fields(auto& f)
    {
        f("name", name);
        f("status", status);
        f("zones", zones);
        f("quotas", quotas);
    }
};

struct Project {
    std::string name;
    std::string description;
    std::string defaultServiceAccount;
    std::vector<Quota> quotas; ///< global: GPUS_ALL_REGIONS, CPUS_ALL_REGIONS

    void fields(auto& f)
    {
        f("name", name);
        f("description", description);
        f("defaultServiceAccount", defaultServiceAccount);
        f("quotas", quotas);
    }
};

/// What is left of a quota; empty when the list does not hold it. New kinds of GPUs are not in these lists at all.
std::optional<double> quotaLeft(const std::vector<Quota>& quotas, const std::string& metric);
/// The quota that an accelerator counts on: "nvidia-tesla-t4" on "NVIDIA_T4_GPUS" (spot: "PREEMPTIBLE_...").
std::string gpuQuotaMetric(const std::string& acceleratorType, bool isSpot);

struct AcceleratorType {
    std::string name; ///< "nvidia-tesla-t4"
    std::string description;
    std::string zone; ///< address
    std::optional<std::int64_t> maximumPerInstance;
    Deprecation deprecated;

    void fields(auto& f)
    {
        f("name", name);
        f("description", description);
        f("zone", zone);
        f("maximumCardsPerInstance", maximumPerInstance);
        f("deprecated", deprecated);
    }
};

/// The cards that come with a machine type.
struct BuiltInAccelerator {
    std::string type;
    std::optional<std::int64_t> count;

    void fields(auto& f)
    {
        f("guestAcceleratorType", type);
        f("guestAcceleratorCount", count);
    }
};

struct MachineType {
    std::string name; ///< "n1-standard-4"
    std::string description;
    std::string zone;
    std::optional<std::int64_t> vCpus;
    std::optional<std::int64_t> memoryMiB;
    std::optional<std::int64_t> maximumDisks;
    std::optional<std::int64_t> maximumDisksGiB;
    std::optional<bool> isSharedCpu;
    std::vector<BuiltInAccelerator> accelerators;
    Deprecation deprecated;

    void fields(auto& f)
    {
        f("name", name);
        f("description", description);
        f("zone", zone);
        f("guestCpus", vCpus);
        f("memoryMb", memoryMiB);
        f("maximumPersistentDisks", maximumDisks);
        f.asText("maximumPersistentDisksSizeGb", maximumDisksGiB);
        f("isSharedCpu", isSharedCpu);
        f("accelerators", accelerators);
        f("deprecated", deprecated);
    }
};

struct DiskType {
    std::string name; ///< "pd-balanced"
    std::string description;
    std::string zone;
    std::string validDiskSize; ///< "10GB-65536GB"
    std::optional<std::int64_t> defaultSizeGiB;

    void fields(auto& f)
    {
        f("name", name);
        f("description", description);
        f("zone", zone);
        f("validDiskSize", validDiskSize);
        f.asText("defaultDiskSizeGb", defaultSizeGiB);
    }
};

struct Image {
    std::string name;
    std::string description;
    std::string family;
    std::string status; ///< READY, PENDING, FAILED
    std::string selfLink;
    std::string sourceDisk; ///< address; of captured images
    std::string architecture;
    std::string creationTimestamp;
    std::string labelFingerprint;
    TextMap labels;
    std::optional<std::int64_t> diskGiB;
    std::optional<std::int64_t> archiveBytes;
    Deprecation deprecated;

    void fields(auto& f)
    {
        f("name", name);
        f("description", description);
        f("family", family);
        f("status", status);
        f("selfLink", selfLink);
        f("sourceDisk", sourceDisk);
        f("architecture", architecture);
        f("creationTimestamp", creationTimestamp);
        f("labelFingerprint", labelFingerprint);
        f("labels", labels);
        f.asText("diskSizeGb", diskGiB);
        f.asText("archiveSizeBytes", archiveBytes);
        f("deprecated", deprecated);
    }
};

/// A machine as it was: its settings and all its disks. It has no labels.
struct MachineImage {
    std::string name;
    std::string description;
    std::string sourceInstance; ///< address
    std::string status; ///< READY, CREATING, UPLOADING, INVALID, DELETING
    std::string selfLink;
    std::string creationTimestamp;
    std::optional<std::int64_t> storedBytes;

    void fields(auto& f)
    {
        f("name", name);
        f("description", description);
        f("sourceInstance", sourceInstance);
        f("status", status);
        f("selfLink", selfLink);
        f("creationTimestamp", creationTimestamp);
        f.asText("totalStorageBytes", storedBytes);
    }
};

/// One zone's part of an aggregated list; a zone without any has a warning instead.
struct AcceleratorScope {
    std::vector<AcceleratorType> types;
    std::string warning; ///< "NO_RESULTS_ON_PAGE"

    void fields(auto& f)
    {
        f("acceleratorTypes", types);
        f("warning.code", warning);
    }
};

struct MachineTypeScope {
    std::vector<MachineType> types;
    std::string warning;

    void fields(auto& f)
    {
        f("machineTypes", types);
        f("warning.code", warning);
    }
};

} // namespace ty::cloud::gcp
