#include "engine/base/parallel_ranges.h"

#include <algorithm>
#include <thread>
#include <vector>

#include "engine/base/memory_guard.h"

namespace ty::engine {

Result<void> parallelRanges(
    std::size_t count, int threads, const std::function<Result<void>(std::size_t, std::size_t)>& work)
{
    const std::size_t parts = std::clamp<std::size_t>(static_cast<std::size_t>(std::max(threads, 1)), 1, std::max<std::size_t>(count, 1));
    std::vector<Result<void>> results(parts);
    {
        std::vector<std::jthread> helpers;
        for (std::size_t part = 1; part < parts; ++part) {
            helpers.emplace_back([&, part] {
                results[part] = guardMemory(
                    "computing in parallel", [&] { return work(count * part / parts, count * (part + 1) / parts); });
            });
        }
        results[0] = work(0, count / parts);
    }
    for (auto& result : results) {
        TY_CHECK(std::move(result));
    }
    return {};
}

} // namespace ty::engine
