#pragma once

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cstdint>
#include <memory>

namespace ty::engine {

/// Units [begin, begin + count) of some work.
struct UnitRange {
    std::int64_t begin = 0;
    std::int64_t count = 0;
};

/// Units of work that threads share out while they do it, because their cores are rarely equally fast: another program, or
/// another guest of the same machine, has a part of them. Each goes over its own even share from the front; who has done
/// that takes from the end of the largest rest. Which thread does what changes from run to run, so a unit's result must not
/// depend on it. Fewer than 2^32 units.
class SharedUnits {
public:
    /// For `shares` threads.
    SharedUnits(std::int64_t count, int shares)
        : m_rests(std::make_unique<Rest[]>(static_cast<std::size_t>(shares))), m_count(count), m_shares(shares)
    {
        assert(count >= 0 && count < (std::int64_t{1} << 32));
        restart();
    }

    /// All units are to be done again. Not while others take some.
    void restart()
    {
        for (int i = 0; i < m_shares; ++i) {
            m_rests[static_cast<std::size_t>(i)].units = packed(m_count * i / m_shares, m_count * (i + 1) / m_shares);
        }
    }

    /// What the thread with this share does next: at most `most` units and half of a rest, so that what is left for the end
    /// is small. None are left when the count is 0. Safe on many threads, each with a share of its own.
    UnitRange take(int share, std::int64_t most)
    {
        const UnitRange own = takeFrom(share, most, true);
        return own.count > 0 ? own : steal(most);
    }

private:
    /// The first unit that nobody has taken, and behind it in the lower half the end. A line each: threads write to theirs.
    struct alignas(64) Rest {
        std::atomic<std::uint64_t> units = 0;
    };

    static std::uint64_t packed(std::int64_t begin, std::int64_t end)
    {
        return static_cast<std::uint64_t>(begin) << 32 | static_cast<std::uint64_t>(end);
    }
    static std::int64_t beginOf(std::uint64_t units) { return static_cast<std::int64_t>(units >> 32); }
    static std::int64_t endOf(std::uint64_t units) { return static_cast<std::int64_t>(units & 0xFFFFFFFFU); }

    UnitRange takeFrom(int share, std::int64_t most, bool isFromFront)
    {
        // Nothing but the range itself is handed over here: what units are about was written before the threads began.
        std::atomic<std::uint64_t>& units = m_rests[static_cast<std::size_t>(share)].units;
        std::uint64_t rest = units.load(std::memory_order_relaxed);
        while (true) {
            const std::int64_t begin = beginOf(rest);
            const std::int64_t end = endOf(rest);
            if (begin >= end) {
                return {};
            }
            const std::int64_t count = std::clamp<std::int64_t>((end - begin) / 2, 1, most);
            const std::uint64_t later = isFromFront ? packed(begin + count, end) : packed(begin, end - count);
            if (units.compare_exchange_weak(rest, later, std::memory_order_relaxed)) {
                return {isFromFront ? begin : end - count, count};
            }
        }
    }

    UnitRange steal(std::int64_t most)
    {
        while (true) {
            int richest = 0;
            std::int64_t left = 0;
            for (int i = 0; i < m_shares; ++i) {
                const std::uint64_t rest = m_rests[static_cast<std::size_t>(i)].units.load(std::memory_order_relaxed);
                if (endOf(rest) - beginOf(rest) > left) {
                    richest = i;
                    left = endOf(rest) - beginOf(rest);
                }
            }
            if (left == 0) {
                return {};
            }
            const UnitRange taken = takeFrom(richest, most, false);
            if (taken.count > 0) {
                return taken;
            }
        }
    }

    std::unique_ptr<Rest[]> m_rests;
    std::int64_t m_count = 0;
    int m_shares = 1;
};

} // namespace ty::engine
