#pragma once

#include <cstddef>
#include <functional>

namespace ty::cloud {

/// Calls `work` for 0 to count - 1 on up to `threads` threads, and returns when all are done.
void forEachInParallel(std::size_t count, std::size_t threads, const std::function<void(std::size_t)>& work);

} // namespace ty::cloud
