#include "engine/train/sample_source.h"

#include <algorithm>
#include <cassert>
#include <cstddef>

namespace ty::engine {

namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 16; ///< of rows that are written into a file at once

} // namespace

Result<void>
SampleSource::readTarget(std::size_t position, std::span<const float> /*input*/, std::span<float> into) const
{
    into.front() = target(position);
    return {};
}

EncodedSamples::EncodedSamples(
    const Dataset& dataset, const Encoder& encoder, std::span<const std::uint32_t> samples, std::uint64_t memoryBytes)
    : m_dataset(&dataset)
    , m_encoder(encoder)
    , m_samples(samples.begin(), samples.end(), LargeAllocator<std::uint32_t>(placeFor(samples.size_bytes())))
    , m_targets(LargeAllocator<float>(m_samples.get_allocator()))
    , m_inputSize(encoder.inputSize())
    , m_rowSize(m_inputSize + (encoder.task() == Task::NextWord ? 1 : 0))
{
    m_targets.reserve(m_samples.size());
    for (const std::uint32_t sample : m_samples) {
        m_targets.push_back(encoder.encodeTarget(dataset, sample));
    }
    const std::size_t rowBytes = m_rowSize * sizeof(float);
    if (static_cast<std::uint64_t>(m_samples.size()) * rowBytes <= memoryBytes) {
        m_rows = KeptRows::make(m_samples.size(), rowBytes, 1, LargePlace::Memory);
    } else if (dataset.isReadQuickly()) {
        return;
    } else if (encoder.kind() == DataKind::Image) {
        const bool isFitting = CachedImages::bytesFor(dataset, m_samples.size()) <= memoryBytes;
        m_pictures =
            std::make_unique<CachedImages>(dataset, m_samples, isFitting ? LargePlace::Memory : LargePlace::File);
        m_dataset = m_pictures.get();
    } else {
        // Cells of a row lie far apart in a table that is too large for the memory; here they come together.
        const std::size_t rowsPerBlock = std::max<std::size_t>(1, kBlockBytes / rowBytes);
        m_rows = KeptRows::make(m_samples.size(), rowBytes, rowsPerBlock, LargePlace::File);
    }
}

std::uint64_t EncodedSamples::memoryBytes() const
{
    return m_rows ? m_rows->memoryBytes() : m_pictures ? m_pictures->memoryBytes() : 0;
}

Result<void> EncodedSamples::encode(std::size_t position, std::span<float> into) const
{
    return m_encoder.encodeInput(*m_dataset, m_samples[position], into);
}

Result<void> EncodedSamples::readInput(std::size_t position, std::span<float> into) const
{
    assert(position < m_samples.size() && into.size() == m_inputSize);
    if (m_rowSize == m_inputSize) {
        return readRow(position, into);
    }
    std::vector<float> row(m_rowSize);
    TY_CHECK(readRow(position, row));
    std::copy_n(row.begin(), m_inputSize, into.begin());
    return {};
}

Result<void> EncodedSamples::readPart(std::size_t position, Random& random, std::span<float> into) const
{
    const double place = random.uniform();
    if (m_encoder.kind() != DataKind::Image || !m_dataset->hasOtherParts(m_samples[position])) {
        return readInput(position, into);
    }
    return m_encoder.encodePart(*m_dataset, m_samples[position], place, into);
}

Result<void>
EncodedSamples::readTarget(std::size_t position, std::span<const float> input, std::span<float> into) const
{
    assert(position < m_samples.size() && into.size() == targetSize());
    if (m_encoder.task() == Task::Reconstruction) {
        std::copy(input.begin(), input.end(), into.begin());
        return {};
    }
    if (m_encoder.task() != Task::NextWord) {
        return SampleSource::readTarget(position, input, into);
    }
    std::vector<float> row(m_rowSize);
    TY_CHECK(readRow(position, row));
    std::copy(row.begin() + 1, row.end(), into.begin());
    return {};
}

/// A sample as it is kept.
Result<void> EncodedSamples::readRow(std::size_t position, std::span<float> into) const
{
    if (!m_rows) {
        return encode(position, into);
    }
    if (m_rows->read(position, std::as_writable_bytes(into))) {
        return {};
    }
    const auto block = m_rows->claim(position);
    if (!block) {
        return encode(position, into);
    }
    std::vector<float> neighbours(block->rows > 1 ? block->rows * m_rowSize : 0);
    const std::span<float> rows = neighbours.empty() ? into : std::span<float>(neighbours);
    for (std::size_t i = 0; i < block->rows; ++i) {
        if (auto done = encode(block->first + i, rows.subspan(i * m_rowSize, m_rowSize)); !done) {
            m_rows->giveUp(*block);
            return done;
        }
    }
    m_rows->keep(*block, std::as_bytes(rows));
    if (!neighbours.empty()) {
        std::copy_n(neighbours.begin() + static_cast<std::ptrdiff_t>((position - block->first) * m_rowSize), m_rowSize, into.begin());
    }
    return {};
}

void EncodedSamples::expect(std::span<const std::uint32_t> positions) const
{
    if (m_encoder.kind() != DataKind::Image) {
        return; // tables are read when they are opened
    }
    std::vector<std::uint32_t> missing;
    for (const std::uint32_t position : positions) {
        if (!m_rows || !m_rows->isKept(position)) {
            missing.push_back(m_samples[position]);
        }
    }
    m_dataset->expect(missing);
}

} // namespace ty::engine
