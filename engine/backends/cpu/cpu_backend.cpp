#include "engine/backends/cpu/cpu_backend.h"

#include <algorithm>
#include <atomic>
#include <fstream>
#include <string>

#include <fmt/format.h>
#include <oneapi/dnnl/dnnl.hpp>
#include <omp.h>

#include "engine/backends/cpu/cpu_session.h"

namespace ty::engine {

namespace {

std::string processorName()
{
    std::ifstream file("/proc/cpuinfo");
    std::string line;
    while (std::getline(file, line)) {
        if (line.starts_with("model name")) {
            const std::size_t colon = line.find(':');
            return colon == std::string::npos ? line : line.substr(std::min(colon + 2, line.size()));
        }
    }
    return "processor";
}

std::string instructionSet()
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f")) {
        return hasTiles() ? "AVX-512 and AMX" : "AVX-512";
    }
    if (__builtin_cpu_supports("avx2")) {
        return "AVX2";
    }
    return "SSE";
#else
    return "vector units as oneDNN finds them";
#endif
}

class CpuBackend final : public Backend {
public:
    explicit CpuBackend(int threads)
        : m_engine(dnnl::engine::kind::cpu, 0), m_threads(threads > 0 ? threads : std::max(1, omp_get_num_procs()))
    {
        // The threads are started now: OpenMP ends the program if one cannot be, which is least likely before the weights
        // and the samples have taken their memory.
        std::atomic<int> started = 0;
#pragma omp parallel num_threads(m_threads)
        ++started;
    }

    std::string deviceName() const override { return "cpu"; }

    std::string description() const override
    {
        const dnnl_version_t* version = dnnl_version();
        return fmt::format(
            "{}, {} {}, {}, oneDNN {}.{}.{}",
            processorName(),
            m_threads,
            m_threads == 1 ? "thread" : "threads",
            instructionSet(),
            version->major,
            version->minor,
            version->patch);
    }

    int threads() const override { return m_threads; }

    Result<std::unique_ptr<TrainingSession>> createSession(
        const ModelDescription& model, const TrainingSetup& setup, std::uint64_t seed) override
    {
        return CpuSession::create(model, setup, seed, m_engine, m_threads);
    }

private:
    dnnl::engine m_engine;
    int m_threads;
};

} // namespace

bool hasBFloat16()
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512bf16") != 0;
#else
    return false;
#endif
}

bool hasTiles()
{
    const auto isa = static_cast<unsigned>(dnnl::get_effective_cpu_isa());
    constexpr auto kTiles = static_cast<unsigned>(dnnl::cpu_isa::avx512_core_amx);
    return (isa & kTiles) == kTiles; // newer sets contain the older ones
}

std::unique_ptr<Backend> makeCpuBackend(int threads)
{
    return std::make_unique<CpuBackend>(threads);
}

} // namespace ty::engine
