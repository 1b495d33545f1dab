#include "engine/train/cached_images.h"

#include <algorithm>
#include <cassert>

namespace ty::engine {

namespace {

enum CacheState : std::uint8_t { kEmpty = 0, kWriting = 1, kReady = 2 };

constexpr std::uint32_t kNoRow = 0xffffffffU;

std::size_t pictureBytesOf(const Dataset& dataset)
{
    std::size_t bytes = 1;
    for (const int extent : dataset.info().imageShape) {
        bytes *= static_cast<std::size_t>(extent);
    }
    return bytes;
}

} // namespace

std::uint64_t CachedImages::bytesFor(const Dataset& dataset, std::size_t samples)
{
    return static_cast<std::uint64_t>(samples) * pictureBytesOf(dataset);
}

CachedImages::CachedImages(const Dataset& dataset, std::span<const std::uint32_t> samples)
    : m_dataset(dataset)
    , m_pictureBytes(pictureBytesOf(dataset))
    , m_rows(dataset.size(), kNoRow)
    , m_cache(new std::uint8_t[samples.size() * m_pictureBytes])
    , m_states(std::make_unique<std::atomic<std::uint8_t>[]>(samples.size()))
{
    for (std::size_t row = 0; row < samples.size(); ++row) {
        m_rows[samples[row]] = static_cast<std::uint32_t>(row);
    }
}

Result<void> CachedImages::readImage(std::uint64_t sample, std::span<std::uint8_t> chw) const
{
    assert(chw.size() == m_pictureBytes);
    const std::uint32_t row = m_rows[sample];
    if (row == kNoRow) {
        return m_dataset.readImage(sample, chw);
    }
    std::uint8_t* const kept = m_cache.get() + row * m_pictureBytes;
    if (m_states[row].load(std::memory_order_acquire) == kReady) {
        std::copy_n(kept, m_pictureBytes, chw.begin());
        return {};
    }
    TY_CHECK(m_dataset.readImage(sample, chw));
    std::uint8_t expected = kEmpty;
    if (m_states[row].compare_exchange_strong(expected, kWriting, std::memory_order_acq_rel)) {
        std::copy(chw.begin(), chw.end(), kept);
        m_states[row].store(kReady, std::memory_order_release);
    }
    return {};
}

} // namespace ty::engine
