#include "cloud/sandbox/gce_tables.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include <fmt/format.h>

#include "cloud/sandbox/keys.h"

namespace ty::sandbox {

namespace {

int lot(const std::string& words)
{
    const std::string digest = sha256(words);
    return (static_cast<unsigned char>(digest[0]) * 256 + static_cast<unsigned char>(digest[1])) % 100;
}

constexpr char kT4[] = "nvidia-tesla-t4";
constexpr std::size_t kWithoutT4 = 37;

const std::set<std::string>& zonesThatGiveT4()
{
    static const std::set<std::string> zones{
        "asia-east1-c",   "asia-northeast1-a", "asia-south1-b",             "asia-southeast1-b",    "australia-southeast1-a",
        "europe-west1-d", "europe-west4-b",    "me-west1-b",                "northamerica-northeast1-c",
        "southamerica-east1-c", "us-central1-f", "us-west4-a"};
    return zones;
}

const std::set<std::string>& zonesWithoutT4()
{
    static const std::set<std::string> zones = [] {
        std::vector<std::pair<std::string, std::string>> others;
        for (const auto& zone : gceZones()) {
            if (!zonesThatGiveT4().contains(zone.name)) {
                others.emplace_back(sha256("t4 " + zone.name), zone.name);
            }
        }
        std::sort(others.begin(), others.end());
        std::set<std::string> chosen;
        for (std::size_t i = 0; i < kWithoutT4; ++i) {
            chosen.insert(others[i].second);
        }
        return chosen;
    }();
    return zones;
}

} // namespace

std::vector<std::string> gceRegions()
{
    return {"africa-south1", "asia-east1", "asia-east2", "asia-northeast1", "asia-northeast2", "asia-northeast3", "asia-south1",
            "asia-south2", "asia-southeast1", "asia-southeast2", "australia-southeast1", "australia-southeast2",
            "europe-central2", "europe-north1", "europe-southwest1", "europe-west1", "europe-west10", "europe-west12",
            "europe-west2", "europe-west3", "europe-west4", "europe-west6", "europe-west8", "europe-west9", "me-central1",
            "me-central2", "me-west1", "northamerica-northeast1", "northamerica-northeast2", "southamerica-east1",
            "southamerica-west1", "us-central1", "us-east1", "us-east4", "us-east5", "us-south1", "us-west1", "us-west2",
            "us-west3", "us-west4"};
}

const std::vector<GceZone>& gceZones()
{
    static const std::vector<GceZone> zones = [] {
        std::vector<GceZone> all;
        for (const auto& region : gceRegions()) {
            // Two regions begin at b, one has a fourth zone.
            const std::string letters = region == "europe-west1" || region == "us-east1" ? "bcd" : region == "us-central1" ? "abcf" : "abc";
            for (const char letter : letters) {
                all.push_back({region + "-" + letter, region});
            }
        }
        return all;
    }();
    return zones;
}

const GceZone* findGceZone(const std::string& name)
{
    const auto& zones = gceZones();
    const auto found = std::find_if(zones.begin(), zones.end(), [&](const auto& zone) { return zone.name == name; });
    return found == zones.end() ? nullptr : &*found;
}

const std::vector<GceAccelerator>& gceAccelerators()
{
    static const std::vector<GceAccelerator> all{
        {kT4, "NVIDIA T4", "NVIDIA_T4_GPUS", 4},
        {"nvidia-tesla-v100", "NVIDIA V100", "NVIDIA_V100_GPUS", 8},
        {"nvidia-tesla-p4", "NVIDIA P4", "NVIDIA_P4_GPUS", 4},
        {"nvidia-l4", "NVIDIA L4", "NVIDIA_L4_GPUS", 8},
        {"nvidia-tesla-a100", "NVIDIA A100 40GB", "NVIDIA_A100_GPUS", 16},
        {"nvidia-h100-80gb", "NVIDIA H100 80GB", "NVIDIA_H100_GPUS", 8},
    };
    return all;
}

const GceAccelerator* findGceAccelerator(const std::string& name)
{
    const auto& all = gceAccelerators();
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.name == name; });
    return found == all.end() ? nullptr : &*found;
}

GceOffer gceOffer(const std::string& accelerator, const std::string& zone)
{
    if (findGceZone(zone) == nullptr || findGceAccelerator(accelerator) == nullptr) {
        return GceOffer::Absent;
    }
    if (accelerator == kT4) {
        return zonesThatGiveT4().contains(zone) ? GceOffer::Gives : zonesWithoutT4().contains(zone) ? GceOffer::Absent : GceOffer::NoCapacity;
    }
    if (lot("offer " + accelerator + zone) >= 40) {
        return GceOffer::Absent;
    }
    return lot("stock " + accelerator + zone) < 25 ? GceOffer::Gives : GceOffer::NoCapacity;
}

const std::vector<GceMachineType>& gceMachineTypes()
{
    static const std::vector<GceMachineType> all = [] {
        std::vector<GceMachineType> types{{"e2-micro", 2, 1024, ""}, {"e2-small", 2, 2048, ""}, {"e2-medium", 2, 4096, ""}, {"f1-micro", 1, 614, ""}, {"g1-small", 1, 1740, ""}};
        struct Series {
            const char* prefix;
            int memoryPerCpu;
            std::vector<int> cpus;
        };
        const std::array<Series, 6> plain{{{"n1-standard-", 3840, {1, 2, 4, 8, 16, 32, 64, 96}},
                                           {"n1-highmem-", 6656, {2, 4, 8, 16, 32, 64}},
                                           {"e2-standard-", 4096, {2, 4, 8, 16, 32}},
                                           {"n2-standard-", 4096, {2, 4, 8, 16, 32, 48, 64, 80}},
                                           {"n2-highmem-", 8192, {2, 4, 8, 16, 32}},
                                           {"c2-standard-", 4096, {4, 8, 16, 30, 60}}}};
        for (const auto& series : plain) {
            for (const int cpus : series.cpus) {
                types.push_back({fmt::format("{}{}", series.prefix, cpus), cpus, cpus * series.memoryPerCpu, ""});
            }
        }
        for (const auto& [cpus, count] : std::map<int, int>{{4, 1}, {8, 1}, {12, 1}, {16, 1}, {24, 2}, {32, 1}, {48, 4}, {96, 8}}) {
            types.push_back({fmt::format("g2-standard-{}", cpus), cpus, cpus * 4096, "nvidia-l4", count});
        }
        for (const int count : {1, 2, 4, 8}) {
            types.push_back({fmt::format("a2-highgpu-{}g", count), 12 * count, 87040 * count, "nvidia-tesla-a100", count});
        }
        types.push_back({"a3-highgpu-8g", 208, 1917952, "nvidia-h100-80gb", 8});
        return types;
    }();
    return all;
}

const GceMachineType* findGceMachineType(const std::string& name, const std::string& zone)
{
    const auto& all = gceMachineTypes();
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.name == name; });
    const bool isThere = found != all.end()
        && (found->accelerator.empty() || gceOffer(found->accelerator, zone) != GceOffer::Absent);
    return isThere ? &*found : nullptr;
}

bool isGceDiskType(const std::string& name)
{
    return std::find(kGceDiskTypes.begin(), kGceDiskTypes.end(), name) != kGceDiskTypes.end();
}

const std::vector<GceImage>& gceImages()
{
    static const std::vector<GceImage> all{
        {"debian-cloud", "debian-12", "debian-12-bookworm-v20241009", 10},
        {"debian-cloud", "debian-11", "debian-11-bullseye-v20241009", 10},
        {"ubuntu-os-cloud", "ubuntu-2204-lts", "ubuntu-2204-jammy-v20241016", 10},
        {"ubuntu-os-cloud", "ubuntu-2404-lts-amd64", "ubuntu-2404-noble-amd64-v20241015", 10},
        {"deeplearning-platform-release", "common-cu123-debian-11-py310", "common-cu123-v20240922-debian-11-py310", 50},
        {"deeplearning-platform-release", "pytorch-latest-gpu", "pytorch-2-4-cu124-v20241015-debian-11-py310", 50},
    };
    return all;
}

} // namespace ty::sandbox
