#include "engine/learn/device.h"

#include <cstdint>

#include "engine/backends/cpu/cpu_backend.h"
#include "engine/base/available_memory.h"
#include "engine/base/memory_guard.h"

namespace ty::engine {

namespace {

constexpr std::uint64_t kLeastMemory = std::uint64_t{32} << 20;
constexpr double kFlopsWorthSharing = 1e8; // one to three milliseconds of one core

} // namespace

int chooseThreads(int wanted, double flopsPerStep)
{
    return wanted > 0 ? wanted : flopsPerStep < kFlopsWorthSharing ? 1 : 0;
}

Result<std::unique_ptr<Backend>> makeBackend(const std::string& device, int threads)
{
    if (device.empty() || device == "auto" || device == "cpu") {
        if (availableMemoryBytes() < kLeastMemory) {
            return outOfMemory("the processor's threads"); // they would end the program without a word of ours
        }
        return makeCpuBackend(threads);
    }
    return Error{
        ErrorKind::Unsupported,
        "the device \"" + device + "\" is not available",
        "Choose \"auto\" or \"cpu\"; this build computes on the processor alone."};
}

} // namespace ty::engine
