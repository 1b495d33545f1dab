#pragma once

#include <cstdint>

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

} // namespace ty::engine
