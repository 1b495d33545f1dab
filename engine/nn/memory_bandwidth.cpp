#include "engine/nn/memory_bandwidth.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <thread>
#include <vector>

namespace ty::engine {

double measureMemoryBandwidth(int threads, int tries)
{
    constexpr std::size_t kFloats = kBandwidthBytes / (2 * sizeof(float));
    const std::vector<float> source(kFloats, 1.0F);
    std::vector<float> target(kFloats);
    const auto count = static_cast<std::size_t>(std::max(1, threads));
    double best = 1e9;
    for (int i = 0; i < tries; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        std::vector<std::jthread> workers;
        for (std::size_t part = 0; part < count; ++part) {
            workers.emplace_back([&source, &target, part, count] {
                const std::size_t from = kFloats * part / count;
                const std::size_t to = kFloats * (part + 1) / count;
                std::memcpy(target.data() + from, source.data() + from, (to - from) * sizeof(float));
            });
        }
        workers.clear(); // joins
        best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    }
    return 2.0 * static_cast<double>(kFloats * sizeof(float)) / best;
}

} // namespace ty::engine
