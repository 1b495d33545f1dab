#pragma once

#include <array>
#include <string>
#include <vector>

namespace ty::sandbox {

struct GceZone {
    std::string name;   ///< "us-central1-a"
    std::string region; ///< "us-central1"
};

/// 121 zones in 40 regions, by name the real ones.
const std::vector<GceZone>& gceZones();
const GceZone* findGceZone(const std::string& name);
std::vector<std::string> gceRegions();

struct GceAccelerator {
    std::string name;        ///< "nvidia-tesla-t4"
    std::string description; ///< "NVIDIA T4"
    std::string quota;       ///< "NVIDIA_T4_GPUS"
    int most;                ///< in one instance
};
const std::vector<GceAccelerator>& gceAccelerators();
const GceAccelerator* findGceAccelerator(const std::string& name);

enum class GceOffer { Gives, NoCapacity, Absent };
/// Whether an accelerator is to be had in a zone: an invention, the same on every computer. Of the T4, 12 zones give one,
/// 72 offer it and have none left, 37 do not offer it.
GceOffer gceOffer(const std::string& accelerator, const std::string& zone);

struct GceMachineType {
    std::string name;
    int cpus;
    int memoryMb;
    std::string accelerator; ///< built in, as with g2 and a2; empty: none
    int acceleratorCount = 0;
};
const std::vector<GceMachineType>& gceMachineTypes();
/// nullptr when the zone does not have it.
const GceMachineType* findGceMachineType(const std::string& name, const std::string& zone);

inline constexpr std::array<const char*, 3> kGceDiskTypes{"pd-standard", "pd-balanced", "pd-ssd"};

bool isGceDiskType(const std::string& name);

struct GceImage {
    std::string project;
    std::string family;
    std::string name;
    int diskGb;
    std::string architecture = "X86_64";
};
const std::vector<GceImage>& gceImages();

} // namespace ty::sandbox
