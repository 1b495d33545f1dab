#include "engine/learn/device.h"

#include "engine/backends/cpu/cpu_backend.h"

namespace ty::engine {

namespace {

constexpr double kFlopsWorthSharing = 1e8; // one to three milliseconds of one core

} // namespace

int chooseThreads(int wanted, double flopsPerStep)
{
    return wanted > 0 ? wanted : flopsPerStep < kFlopsWorthSharing ? 1 : 0;
}

Result<std::unique_ptr<Backend>> makeBackend(const std::string& device, int threads)
{
    if (device.empty() || device == "auto" || device == "cpu") {
        return makeCpuBackend(threads);
    }
    return Error{
        ErrorKind::Unsupported,
        "the device \"" + device + "\" is not available",
        "Choose \"auto\" or \"cpu\"; this build computes on the processor alone."};
}

} // namespace ty::engine
