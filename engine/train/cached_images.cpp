#include "engine/train/cached_images.h"

#include <cassert>
#include <cstddef>

namespace ty::engine {

namespace {

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

CachedImages::CachedImages(const Dataset& dataset, std::span<const std::uint32_t> samples, LargePlace place)
    : m_dataset(dataset)
    , m_pictureBytes(pictureBytesOf(dataset))
    , m_rows(dataset.size(), kNoRow)
    , m_kept(KeptRows::make(samples.size(), m_pictureBytes, 1, place))
{
    for (std::size_t row = 0; row < samples.size(); ++row) {
        m_rows[samples[row]] = static_cast<std::uint32_t>(row);
    }
}

Result<void> CachedImages::readImage(std::uint64_t sample, std::span<std::uint8_t> chw) const
{
    assert(chw.size() == m_pictureBytes);
    const std::uint32_t row = m_rows[sample];
    if (row == kNoRow || !m_kept) {
        return m_dataset.readImage(sample, chw);
    }
    if (m_kept->read(row, std::as_writable_bytes(chw))) {
        return {};
    }
    TY_CHECK(m_dataset.readImage(sample, chw));
    if (const auto block = m_kept->claim(row)) {
        m_kept->keep(*block, std::as_bytes(chw));
    }
    return {};
}

void CachedImages::expect(std::span<const std::uint32_t> samples) const
{
    std::vector<std::uint32_t> missing;
    for (const std::uint32_t sample : samples) {
        const std::uint32_t row = m_rows[sample];
        if (row == kNoRow || !m_kept || !m_kept->isKept(row)) {
            missing.push_back(sample);
        }
    }
    m_dataset.expect(missing);
}

} // namespace ty::engine
