#pragma once

#include <optional>
#include <span>
#include <string>

namespace ty::cloud::azure {

/// The graphics cards of a family of sizes. The list of sizes does not name them.
struct GpuFamily {
    const char* series;  ///< "NCasT4_v3"
    const char* family;  ///< as quota lists spell it, stray spaces included
    const char* gpu;     ///< "NVIDIA T4"
    double memoryGB;     ///< of one card; 0: not known
    bool isGpu;          ///< false for FPGAs, which count as "GPUs" in the list of sizes
};

std::span<const GpuFamily> gpuFamilies();
/// The row of a family; compared without case and spaces. Null for families without cards.
const GpuFamily* gpuFamily(const std::string& family);
/// How many cards a size has; a fraction where several machines share one. Empty when the table does not hold the size.
std::optional<double> gpusOfSize(const std::string& size);
/// `text` without spaces and in lower case: how names of families and quotas compare.
std::string foldedName(const std::string& text);

} // namespace ty::cloud::azure
