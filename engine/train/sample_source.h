#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/base/result.h"
#include "engine/data/dataset.h"
#include "engine/data/encoder.h"
#include "engine/train/cached_images.h"

namespace ty::engine {

/// Encoded samples by position, as the trainer sees them. Any thread may read.
class SampleSource {
public:
    virtual ~SampleSource() = default;
    virtual std::size_t size() const = 0;
    virtual std::size_t inputSize() const = 0;
    /// Writes inputSize() floats. Errors name the sample.
    virtual Result<void> readInput(std::size_t position, std::span<float> into) const = 0;
    /// Class index as a number, or the encoded target.
    virtual float target(std::size_t position) const = 0;
};

/// Chosen samples of a dataset through an encoder. Each is decoded once and then kept: encoded, if all of them fit into
/// a part of the memory that is free now; else pictures as bytes, if those fit; else nothing is kept.
class EncodedSamples final : public SampleSource {
public:
    /// `dataset` and `encoder` must outlive this object.
    EncodedSamples(const Dataset& dataset, const Encoder& encoder, std::vector<std::uint32_t> samples);

    std::size_t size() const override { return m_samples.size(); }
    std::size_t inputSize() const override { return m_inputSize; }
    Result<void> readInput(std::size_t position, std::span<float> into) const override;
    float target(std::size_t position) const override { return m_targets[position]; }

private:
    const Dataset* m_dataset; ///< the one given, or m_pictures
    const Encoder& m_encoder;
    std::vector<std::uint32_t> m_samples;
    std::vector<float> m_targets;
    std::size_t m_inputSize;
    std::unique_ptr<CachedImages> m_pictures;
    std::unique_ptr<float[]> m_cache; ///< {samples, inputSize}; null when it would not fit
    std::unique_ptr<std::atomic<std::uint8_t>[]> m_cacheState; ///< one a sample: empty, being written, ready
};

} // namespace ty::engine
