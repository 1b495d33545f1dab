#pragma once

#include <string>

#include "cloud/sandbox/arm_plain.h"

namespace ty::sandbox {

/// Managed disks. What is on a disk exists only for OS disks: the home folder of their machine.
class Disks : public PlainResources {
public:
    explicit Disks(World& world);
    Response put(const ArmCall& call) override;
    Response patch(const ArmCall& call) override;
    Response remove(const ArmCall& call) override;
    Response act(const ArmCall& call) override;
    /// With an OS disk goes what is on it.
    void vanish(const std::string& id) override;

private:
    Response answer(const ArmCall& call, const Json& body, int status);
};

/// Managed images: what capturing a generalized machine leaves, and what new machines can begin from.
class Images : public PlainResources {
public:
    explicit Images(World& world);
    Response put(const ArmCall& call) override;
    Response remove(const ArmCall& call) override;
    void vanish(const std::string& id) override;
};

/// Folder name under which the machine host keeps an image's disk.
std::string imageFolder(const std::string& imageId);

/// The document of a managed disk made with a machine or by itself.
/// @param given  "properties" as a PUT gives them: creationData, diskSizeGB, ...
Json newDisk(World& world, const ArmPath& path, const std::string& region, const std::string& sku, const Json& given);
/// Marks a disk as held by a machine ("Attached", or "Reserved" while it is deallocated), or by none ("Unattached").
void setDiskState(World& world, const std::string& diskId, const std::string& state, const std::string& machineId);

} // namespace ty::sandbox
