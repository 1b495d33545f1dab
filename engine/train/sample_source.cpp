#include "engine/train/sample_source.h"

#include <algorithm>
#include <cassert>
#include <new>

#include "engine/base/available_memory.h"

namespace ty::engine {

namespace {

enum CacheState : std::uint8_t { kEmpty = 0, kWriting = 1, kReady = 2 };

} // namespace

EncodedSamples::EncodedSamples(const Dataset& dataset, const Encoder& encoder, std::vector<std::uint32_t> samples)
    : m_dataset(&dataset)
    , m_encoder(encoder)
    , m_samples(std::move(samples))
    , m_inputSize(encoder.inputSize())
{
    m_targets.reserve(m_samples.size());
    for (const std::uint32_t sample : m_samples) {
        m_targets.push_back(encoder.encodeTarget(dataset, sample));
    }
    // Half of what is free: training and validation samples, weights and activations have to fit as well.
    const std::uint64_t free = availableMemoryBytes() / 2;
    const std::uint64_t floats = static_cast<std::uint64_t>(m_samples.size()) * m_inputSize;
    if (floats > 0 && floats * sizeof(float) <= free) {
        m_cache.reset(new (std::nothrow) float[floats]);
        if (m_cache) {
            m_cacheState = std::make_unique<std::atomic<std::uint8_t>[]>(m_samples.size());
        }
    } else if (encoder.kind() == DataKind::Image && CachedImages::bytesFor(dataset, m_samples.size()) <= free) {
        m_pictures = std::make_unique<CachedImages>(dataset, m_samples);
        m_dataset = m_pictures.get();
    }
}

Result<void> EncodedSamples::readInput(std::size_t position, std::span<float> into) const
{
    assert(position < m_samples.size() && into.size() == m_inputSize);
    if (!m_cache) {
        return m_encoder.encodeInput(*m_dataset, m_samples[position], into);
    }
    auto& state = m_cacheState[position];
    float* row = m_cache.get() + position * m_inputSize;
    if (state.load(std::memory_order_acquire) == kReady) {
        std::copy_n(row, m_inputSize, into.begin());
        return {};
    }
    TY_CHECK(m_encoder.encodeInput(*m_dataset, m_samples[position], into));
    std::uint8_t expected = kEmpty;
    if (state.compare_exchange_strong(expected, kWriting, std::memory_order_acq_rel)) {
        std::copy(into.begin(), into.end(), row);
        state.store(kReady, std::memory_order_release);
    }
    return {};
}

} // namespace ty::engine
