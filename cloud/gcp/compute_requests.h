#pragma once

#include <optional>
#include <string>

#include "cloud/gcp/compute_catalog.h"
#include "cloud/gcp/firewall.h"
#include "cloud/gcp/instance.h"
#include "cloud/http/url.h"
#include "engine/base/json.h"

namespace ty::cloud::gcp {

/// A request to Compute Engine, without host and token. Plain values in, plain values out.
struct ComputeRequest {
    std::string method = "GET";
    std::string path; ///< "projects/{project}/zones/..", not encoded, without a first slash
    Query query;
    std::optional<Json> body;
    bool isRepeatable = false; ///< a POST that carries a requestId
};

/// Where a machine is.
struct InstanceRef {
    std::string project;
    std::string zone;
    std::string name;
};

struct ListOptions {
    std::string filter; ///< "labels.trainyard = yes"
    int pageSize = 500; ///< the most there is; 0: the service's own
};

// What there is.
ComputeRequest getProject(const std::string& project);
ComputeRequest listRegions(const std::string& project, const ListOptions& options = {});
ComputeRequest getRegion(const std::string& project, const std::string& region);
ComputeRequest listZones(const std::string& project, const ListOptions& options = {});
ComputeRequest getZone(const std::string& project, const std::string& zone);
ComputeRequest listAllAcceleratorTypes(const std::string& project, const ListOptions& options = {});
ComputeRequest listAcceleratorTypes(const std::string& project, const std::string& zone, const ListOptions& options = {});
ComputeRequest getAcceleratorType(const std::string& project, const std::string& zone, const std::string& name);
ComputeRequest listAllMachineTypes(const std::string& project, const ListOptions& options = {});
ComputeRequest listMachineTypes(const std::string& project, const std::string& zone, const ListOptions& options = {});
ComputeRequest getMachineType(const std::string& project, const std::string& zone, const std::string& name);
ComputeRequest listDiskTypes(const std::string& project, const std::string& zone, const ListOptions& options = {});
/// `project`: "debian-cloud", "ubuntu-os-cloud", "deeplearning-platform-release", or the own one.
ComputeRequest listImages(const std::string& project, const ListOptions& options = {});
ComputeRequest getImage(const std::string& project, const std::string& name);
/// The newest image of a family.
ComputeRequest getImageFamily(const std::string& project, const std::string& family);
ComputeRequest createImage(const std::string& project, const Image& image, const std::string& requestId = {});
ComputeRequest deleteImage(const std::string& project, const std::string& name, const std::string& requestId = {});
ComputeRequest listMachineImages(const std::string& project, const ListOptions& options = {});
ComputeRequest getMachineImage(const std::string& project, const std::string& name);
ComputeRequest createMachineImage(
    const std::string& project, const MachineImage& image, const std::string& requestId = {});
ComputeRequest deleteMachineImage(
    const std::string& project, const std::string& name, const std::string& requestId = {});

// Machines. `requestId`: a UUID; the same request with the same id is done once, so it may be sent again.
ComputeRequest insertInstance(
    const std::string& project, const std::string& zone, const Instance& instance, const std::string& requestId = {});
ComputeRequest getInstance(const InstanceRef& instance);
ComputeRequest listInstances(const std::string& project, const std::string& zone, const ListOptions& options = {});
ComputeRequest listAllInstances(const std::string& project, const ListOptions& options = {});
ComputeRequest startInstance(const InstanceRef& instance, const std::string& requestId = {});
ComputeRequest stopInstance(const InstanceRef& instance, const std::string& requestId = {});
ComputeRequest resetInstance(const InstanceRef& instance, const std::string& requestId = {});
ComputeRequest deleteInstance(const InstanceRef& instance, const std::string& requestId = {});
/// `metadata` with the fingerprint that was read last; a stale one answers 412.
ComputeRequest setMetadata(const InstanceRef& instance, const Metadata& metadata, const std::string& requestId = {});
ComputeRequest setLabels(
    const InstanceRef& instance,
    const TextMap& labels,
    const std::string& fingerprint,
    const std::string& requestId = {});
/// Of a stopped machine; `machineType` as in Instance.
ComputeRequest setMachineType(
    const InstanceRef& instance, const std::string& machineType, const std::string& requestId = {});
ComputeRequest setScheduling(
    const InstanceRef& instance, const Scheduling& scheduling, const std::string& requestId = {});
/// Whether a disk of a machine goes with it. `device`: the disk's device name there.
ComputeRequest setDiskAutoDelete(
    const InstanceRef& instance, const std::string& device, bool isDeleted, const std::string& requestId = {});
ComputeRequest getSerialOutput(const InstanceRef& instance, std::int64_t start = 0);

// Disks.
ComputeRequest insertDisk(
    const std::string& project, const std::string& zone, const Disk& disk, const std::string& requestId = {});
ComputeRequest getDisk(const InstanceRef& disk);
ComputeRequest listAllDisks(const std::string& project, const ListOptions& options = {});
ComputeRequest resizeDisk(const InstanceRef& disk, std::int64_t sizeGiB, const std::string& requestId = {});
ComputeRequest deleteDisk(const InstanceRef& disk, const std::string& requestId = {});

// Rules of networks.
ComputeRequest listFirewalls(const std::string& project, const ListOptions& options = {});
ComputeRequest getFirewall(const std::string& project, const std::string& name);
ComputeRequest insertFirewall(const std::string& project, const Firewall& firewall, const std::string& requestId = {});
ComputeRequest deleteFirewall(const std::string& project, const std::string& name, const std::string& requestId = {});

// Operations.
ComputeRequest getZoneOperation(const std::string& project, const std::string& zone, const std::string& name);
/// Answers when the operation is done, or after about two minutes.
ComputeRequest waitZoneOperation(const std::string& project, const std::string& zone, const std::string& name);
ComputeRequest getGlobalOperation(const std::string& project, const std::string& name);

} // namespace ty::cloud::gcp
