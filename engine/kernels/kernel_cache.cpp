#include "engine/kernels/kernel_cache.h"

#include <algorithm>
#include <span>
#include <utility>

#include "engine/base/parallel_ranges.h"

namespace ty::engine {

namespace {

constexpr std::size_t kWorthSharing = std::size_t{1} << 21; ///< products below which starting a thread takes longer

} // namespace

KernelCache::KernelCache(const KernelRows& rows, std::vector<std::uint32_t> order, std::size_t bytes, int threads)
    : m_rows(&rows)
    , m_order(std::move(order))
    , m_most(std::max(bytes / sizeof(float), 4 * m_order.size())) // a step needs two rows and one more
    , m_threads(threads)
    , m_kept(m_order.size())
{
}

void KernelCache::compute(std::size_t place, std::size_t from, std::size_t to, float* into) const
{
    const KernelRow one = m_rows->row(m_order[place]);
    const auto part = [&](std::size_t first, std::size_t last) -> Result<void> {
        const auto places = std::span(m_order).subspan(from + first, last - first);
        m_rows->compare(one, places, {into + first, last - first});
        return {};
    };
    const int threads = (to - from) * m_rows->effort() >= kWorthSharing ? m_threads : 1;
    (void)parallelRanges(to - from, threads, part); // nothing in it can fail
}

const float* KernelCache::row(std::size_t place, std::size_t length)
{
    Kept& kept = m_kept[place];
    if (!kept.values.empty()) {
        m_byUse.splice(m_byUse.end(), m_byUse, kept.used);
    }
    const std::size_t had = kept.values.size();
    if (had < length) {
        if (had == 0) {
            kept.used = m_byUse.insert(m_byUse.end(), place);
        }
        m_count += length - had;
        while (m_count > m_most && m_byUse.size() > 3) { // never the row that was asked for before this one
            Kept& oldest = m_kept[m_byUse.front()];
            m_count -= oldest.values.size();
            oldest.values = std::vector<float>();
            m_byUse.pop_front();
        }
        kept.values.resize(length);
        compute(place, had, length, kept.values.data() + had);
    }
    return kept.values.data();
}

void KernelCache::swapPlaces(std::size_t a, std::size_t b)
{
    if (a == b) {
        return;
    }
    const auto [low, high] = std::minmax(a, b);
    std::swap(m_order[a], m_order[b]);
    std::swap(m_kept[a], m_kept[b]);
    for (const std::size_t place : {a, b}) {
        if (!m_kept[place].values.empty()) {
            *m_kept[place].used = place;
        }
    }
    for (auto at = m_byUse.begin(); at != m_byUse.end();) {
        Kept& kept = m_kept[*at];
        const auto next = std::next(at);
        if (kept.values.size() > high) {
            std::swap(kept.values[low], kept.values[high]);
        } else if (kept.values.size() > low) { // its value of `high` is not known: what follows `low` is given up
            m_count -= kept.values.size() - low;
            kept.values.resize(low);
            if (low == 0) {
                kept.values = std::vector<float>();
                m_byUse.erase(at);
            }
        }
        at = next;
    }
}

} // namespace ty::engine
