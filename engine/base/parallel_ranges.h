#pragma once

#include <cstddef>
#include <functional>

#include "engine/base/result.h"

namespace ty::engine {

/// Calls `work(first, last)` for parts of [0, count) on up to `threads` threads, the calling one among them, and
/// waits. The first error by position is returned. `work` must be safe to call at once for different parts.
Result<void> parallelRanges(
    std::size_t count, int threads, const std::function<Result<void>(std::size_t, std::size_t)>& work);

} // namespace ty::engine
