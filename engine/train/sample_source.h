#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/base/large_vector.h"
#include "engine/base/random.h"
#include "engine/base/result.h"
#include "engine/data/dataset.h"
#include "engine/data/encoder.h"
#include "engine/train/cached_images.h"
#include "engine/train/kept_rows.h"

namespace ty::engine {

/// Encoded samples by position, as the trainer sees them. Any thread may read.
class SampleSource {
public:
    virtual ~SampleSource() = default;
    virtual std::size_t size() const = 0;
    virtual std::size_t inputSize() const = 0;
    /// Writes inputSize() floats. Errors name the sample.
    virtual Result<void> readInput(std::size_t position, std::span<float> into) const = 0;
    /// readInput() of a part of the sample that `random` draws, where there is more of it than that gives.
    virtual Result<void> readPart(std::size_t position, Random& /*random*/, std::span<float> into) const { return readInput(position, into); }
    /// Class index as a number, or the encoded target; of no meaning where a target has more numbers than one.
    virtual float target(std::size_t position) const = 0;
    /// Numbers of a target.
    virtual std::size_t targetSize() const { return 1; }
    /// Writes targetSize() floats.
    /// @param input  what the network is given for this sample, perhaps varied
    virtual Result<void> readTarget(std::size_t position, std::span<const float> input, std::span<float> into) const;
    /// These positions will be read, about in this order: what lies far away may be fetched ahead.
    virtual void expect(std::span<const std::uint32_t>) const {}
};

/// Chosen samples of a dataset through an encoder. Each is decoded once and then kept: encoded, if all of them fit into the
/// memory that is given; else pictures as bytes, if those fit; else in a scratch file, pictures as bytes and rows of tables
/// encoded. What the dataset itself reads quickly is not kept a second time. Where they are kept changes no number.
class EncodedSamples final : public SampleSource {
public:
    /// `dataset` and `encoder` must outlive this object.
    /// @param memoryBytes  that kept samples may take
    EncodedSamples(
        const Dataset& dataset,
        const Encoder& encoder,
        std::span<const std::uint32_t> samples,
        std::uint64_t memoryBytes);

    /// That kept samples take, once all have been read.
    std::uint64_t memoryBytes() const;

    std::size_t size() const override { return m_samples.size(); }
    std::size_t inputSize() const override { return m_inputSize; }
    Result<void> readInput(std::size_t position, std::span<float> into) const override;
    Result<void> readPart(std::size_t position, Random& random, std::span<float> into) const override;
    float target(std::size_t position) const override { return m_targets[position]; }
    std::size_t targetSize() const override { return m_encoder.targetSize(); }
    Result<void> readTarget(std::size_t position, std::span<const float> input, std::span<float> into) const override;
    void expect(std::span<const std::uint32_t> positions) const override;

private:
    Result<void> readRow(std::size_t position, std::span<float> into) const;
    Result<void> encode(std::size_t position, std::span<float> into) const;

    const Dataset* m_dataset; ///< the one given, or m_pictures
    const Encoder& m_encoder;
    LargeVector<std::uint32_t> m_samples;
    LargeVector<float> m_targets;
    std::size_t m_inputSize;
    std::size_t m_rowSize; ///< numbers that are kept of a sample: of a running text one more, the word that follows
    std::unique_ptr<CachedImages> m_pictures;
    std::unique_ptr<KeptRows> m_rows; ///< encoded; null: not kept so
};

} // namespace ty::engine
