#include "cloud/chase/gpu_choice.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <limits>
#include <utility>

#include "cloud/gcp/compute_catalog.h"

namespace ty::cloud {

namespace {

constexpr std::array kKnown{"T4", "L4", "A10", "V100", "P100", "P4", "A100", "H100", "H200", "MI300X"};

/// How many cards which machine type of Google has. Source: Google's page "GPU machine types", 2026-08.
struct GoogleRow {
    const char* gpu;
    const char* accelerator;
    std::int64_t gpus;
    const char* machineType;
    bool isBuiltIn;
};
constexpr std::array kGoogle{
    GoogleRow{"t4", "nvidia-tesla-t4", 1, "n1-standard-4", false},
    GoogleRow{"t4", "nvidia-tesla-t4", 2, "n1-standard-8", false},
    GoogleRow{"t4", "nvidia-tesla-t4", 4, "n1-standard-16", false},
    GoogleRow{"p4", "nvidia-tesla-p4", 1, "n1-standard-4", false},
    GoogleRow{"p4", "nvidia-tesla-p4", 2, "n1-standard-8", false},
    GoogleRow{"p4", "nvidia-tesla-p4", 4, "n1-standard-16", false},
    GoogleRow{"p100", "nvidia-tesla-p100", 1, "n1-standard-4", false},
    GoogleRow{"p100", "nvidia-tesla-p100", 2, "n1-standard-8", false},
    GoogleRow{"p100", "nvidia-tesla-p100", 4, "n1-standard-16", false},
    GoogleRow{"v100", "nvidia-tesla-v100", 1, "n1-standard-4", false},
    GoogleRow{"v100", "nvidia-tesla-v100", 2, "n1-standard-8", false},
    GoogleRow{"v100", "nvidia-tesla-v100", 4, "n1-standard-16", false},
    GoogleRow{"v100", "nvidia-tesla-v100", 8, "n1-standard-32", false},
    GoogleRow{"l4", "nvidia-l4", 1, "g2-standard-4", true},
    GoogleRow{"l4", "nvidia-l4", 2, "g2-standard-24", true},
    GoogleRow{"l4", "nvidia-l4", 4, "g2-standard-48", true},
    GoogleRow{"l4", "nvidia-l4", 8, "g2-standard-96", true},
    GoogleRow{"a100", "nvidia-tesla-a100", 1, "a2-highgpu-1g", true},
    GoogleRow{"a100", "nvidia-tesla-a100", 2, "a2-highgpu-2g", true},
    GoogleRow{"a100", "nvidia-tesla-a100", 4, "a2-highgpu-4g", true},
    GoogleRow{"a100", "nvidia-tesla-a100", 8, "a2-highgpu-8g", true},
    GoogleRow{"a10080gb", "nvidia-a100-80gb", 1, "a2-ultragpu-1g", true},
    GoogleRow{"h100", "nvidia-h100-80gb", 8, "a3-highgpu-8g", true},
};

/// A word of the GPU's name: "A100" is in "NVIDIA A100 PCIe", but not "A10".
bool names(const std::string& gpu, const std::string& wanted)
{
    if (foldedGpu(gpu) == wanted) {
        return true;
    }
    std::string word;
    for (const char c : gpu + " ") {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
            word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        } else {
            if (word == wanted) {
                return true;
            }
            word.clear();
        }
    }
    return false;
}

} // namespace

std::string foldedGpu(const std::string& name)
{
    std::string folded;
    std::string word;
    for (const char c : name + " ") {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
            word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
            continue;
        }
        if (word != "nvidia" && word != "amd" && word != "tesla" && word != "instinct") {
            folded += word;
        }
        word.clear();
    }
    return folded;
}

const azure::ResourceSku* chooseAzureSize(
    const std::vector<azure::ResourceSku>& skus, const std::string& region, const std::string& gpu, std::int64_t gpus)
{
    const std::string wanted = foldedGpu(gpu);
    const azure::ResourceSku* best = nullptr;
    std::pair<bool, double> bestRank;
    for (const azure::ResourceSku& sku : skus) {
        if (sku.resourceType != "virtualMachines") {
            continue;
        }
        const azure::VmSize size = azure::vmSizeOf(sku);
        if (!names(size.gpu, wanted) || std::abs(size.gpus - static_cast<double>(gpus)) > 1e-6) {
            continue;
        }
        const std::pair rank{
            !azure::offerOf(sku, region).isOffered, size.quotaVCpus.value_or(std::numeric_limits<double>::max())};
        if (best == nullptr || rank < bestRank) {
            best = &sku;
            bestRank = rank;
        }
    }
    return best;
}

std::optional<GoogleChoice> chooseGoogleMachine(const std::string& gpu, std::int64_t gpus, bool isSpot)
{
    const std::string wanted = foldedGpu(gpu);
    const auto row = std::find_if(kGoogle.begin(), kGoogle.end(), [&](const GoogleRow& each) {
        return (each.gpu == wanted || foldedGpu(each.accelerator) == wanted) && each.gpus == gpus;
    });
    if (row == kGoogle.end()) {
        return std::nullopt;
    }
    return GoogleChoice{row->accelerator, row->machineType, row->isBuiltIn, gcp::gpuQuotaMetric(row->accelerator, isSpot)};
}

std::span<const char* const> knownGpus()
{
    return kKnown;
}

} // namespace ty::cloud
