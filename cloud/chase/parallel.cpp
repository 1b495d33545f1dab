#include "cloud/chase/parallel.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace ty::cloud {

void forEachInParallel(std::size_t count, std::size_t threads, const std::function<void(std::size_t)>& work)
{
    std::atomic<std::size_t> next{0};
    std::vector<std::jthread> workers;
    for (std::size_t i = 0; i < std::min(count, threads); ++i) {
        workers.emplace_back([&] {
            for (std::size_t index = next++; index < count; index = next++) {
                work(index);
            }
        });
    }
}

} // namespace ty::cloud
