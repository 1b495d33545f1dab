#pragma once

#include <algorithm>
#include <cstdint>

#include "engine/backends/cpu/shared_units.h"

namespace ty::engine {

/// Calls work(begin, end) over [0, count) split into `threads` ranges, or once here when fewer than two grains are
/// there: waking threads costs more than that.
template<typename Work>
void parallelRanges(int threads, std::int64_t count, std::int64_t grain, const Work& work)
{
    if (threads <= 1 || count < 2 * grain) {
        if (count > 0) {
            work(std::int64_t{0}, count);
        }
        return;
    }
#pragma omp parallel for num_threads(threads) schedule(static, 1)
    for (int i = 0; i < threads; ++i) {
        const std::int64_t begin = count * i / threads;
        const std::int64_t end = count * (i + 1) / threads;
        if (begin < end) {
            work(begin, end);
        }
    }
}

/// Calls work(share) for each of `shares`, each on a thread of its own.
template<typename Work>
void parallelShares(int shares, const Work& work)
{
    if (shares <= 1) {
        work(0);
        return;
    }
#pragma omp parallel for num_threads(shares) schedule(static, 1)
    for (int share = 0; share < shares; ++share) {
        work(share);
    }
}

/// Calls work(begin, end) for all of [0, count), on up to `threads` threads that share units as they go: `most` at once.
/// For results that do not depend on where ranges begin and end.
template<typename Work>
void parallelUnits(int threads, std::int64_t count, std::int64_t most, const Work& work)
{
    const int shares = static_cast<int>(std::min<std::int64_t>(threads, count));
    if (shares <= 1) {
        if (count > 0) {
            work(std::int64_t{0}, count);
        }
        return;
    }
    SharedUnits units(count, shares);
    parallelShares(shares, [&](int share) {
        for (UnitRange range = units.take(share, most); range.count > 0; range = units.take(share, most)) {
            work(range.begin, range.begin + range.count);
        }
    });
}

} // namespace ty::engine
