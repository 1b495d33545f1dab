#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/base/large_vector.h"
#include "engine/data/dataset.h"
#include "engine/train/kept_rows.h"

namespace ty::engine {

/// A set of pictures that decodes each chosen sample once and keeps its bytes, a quarter of what encoded numbers take, in
/// memory or in a scratch file. Without room for them it decodes again. Everything else is asked of the dataset behind it. Any thread may read.
class CachedImages final : public Dataset {
public:
    /// Bytes that `samples` pictures of `dataset` take.
    static std::uint64_t bytesFor(const Dataset& dataset, std::size_t samples);

    /// `dataset` must outlive this object.
    CachedImages(const Dataset& dataset, std::span<const std::uint32_t> samples, LargePlace place);

    std::uint64_t memoryBytes() const { return m_kept ? m_kept->memoryBytes() : 0; }

    const DatasetInfo& info() const override { return m_dataset.info(); }
    SplitPart partOf(std::uint64_t sample) const override { return m_dataset.partOf(sample); }
    std::string sampleId(std::uint64_t sample) const override { return m_dataset.sampleId(sample); }
    std::int32_t classOf(std::uint64_t sample) const override { return m_dataset.classOf(sample); }
    double targetOf(std::uint64_t sample) const override { return m_dataset.targetOf(sample); }
    std::span<const float> numericColumn(std::size_t column) const override { return m_dataset.numericColumn(column); }
    std::span<const std::int32_t> categoryColumn(std::size_t column) const override
    {
        return m_dataset.categoryColumn(column);
    }
    std::string cellText(std::uint64_t sample, std::size_t column) const override
    {
        return m_dataset.cellText(sample, column);
    }
    Result<void> readImage(std::uint64_t sample, std::span<std::uint8_t> chw) const override;
    bool hasOtherParts(std::uint64_t sample) const override { return m_dataset.hasOtherParts(sample); }
    Result<void> readPart(std::uint64_t sample, double place, std::span<std::uint8_t> chw) const override
    {
        return m_dataset.readPart(sample, place, chw);
    }
    /// Of those that are not kept yet.
    void expect(std::span<const std::uint32_t> samples) const override;

private:
    const Dataset& m_dataset;
    std::size_t m_pictureBytes;
    std::vector<std::uint32_t> m_rows; ///< of the cache, by sample; kNoRow: not a chosen sample
    std::unique_ptr<KeptRows> m_kept; ///< null: no room
};

} // namespace ty::engine
