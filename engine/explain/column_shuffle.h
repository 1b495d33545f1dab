#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/data/dataset.h"

namespace ty {
class Random;
}

namespace ty::engine {

/// A table in which the values of one column have changed places among some samples: all else of a sample stays. What that
/// costs a model tells how much it looks at the column.
class ColumnShuffle final : public Dataset {
public:
    /// @param source   a table that outlives this
    /// @param samples  among which values change places
    ColumnShuffle(const Dataset& source, std::vector<std::uint32_t> samples, std::size_t column);

    /// Draws the places anew.
    void shuffle(Random& random);

    const DatasetInfo& info() const override { return m_source.info(); }
    SplitPart partOf(std::uint64_t sample) const override { return m_source.partOf(sample); }
    std::string sampleId(std::uint64_t sample) const override { return m_source.sampleId(sample); }
    std::int32_t classOf(std::uint64_t sample) const override { return m_source.classOf(sample); }
    double targetOf(std::uint64_t sample) const override { return m_source.targetOf(sample); }
    std::span<const float> numericColumn(std::size_t column) const override;
    std::span<const std::int32_t> categoryColumn(std::size_t column) const override;
    std::string cellText(std::uint64_t sample, std::size_t column) const override;
    Result<void> readImage(std::uint64_t sample, std::span<std::uint8_t> chw) const override { return m_source.readImage(sample, chw); }
    bool isReadQuickly() const override { return m_source.isReadQuickly(); }

private:
    const Dataset& m_source;
    std::vector<std::uint32_t> m_samples;
    std::size_t m_column;
    std::vector<std::uint32_t> m_from; ///< {source samples}: whose value a sample has now
    std::vector<float> m_numbers;
    std::vector<std::int32_t> m_codes;
};

} // namespace ty::engine
