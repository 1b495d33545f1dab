#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cloud/azure/sku.h"

namespace ty::cloud {

/// "NVIDIA Tesla T4", "nvidia-tesla-t4" and "t4" are all "t4": makers, "tesla" and punctuation dropped.
std::string foldedGpu(const std::string& name);

/// The smallest size in `region` with exactly that many of that GPU; one that is offered before one that is not.
const azure::ResourceSku* chooseAzureSize(
    const std::vector<azure::ResourceSku>& skus, const std::string& region, const std::string& gpu, std::int64_t gpus);

/// A machine of Google with so many of a GPU.
struct GoogleChoice {
    std::string accelerator; ///< "nvidia-tesla-t4"
    std::string machineType; ///< "n1-standard-4"
    bool isBuiltIn = false;  ///< the type brings its cards along; else they are attached
    std::string quota;       ///< metric of a region
};
/// Nothing: Google has no such GPU, or not in that number.
std::optional<GoogleChoice> chooseGoogleMachine(const std::string& gpu, std::int64_t gpus, bool isSpot);

/// The GPUs that one may ask for by name, the most common first.
std::span<const char* const> knownGpus();

} // namespace ty::cloud
