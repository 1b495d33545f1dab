#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/data/dataset.h"

namespace ty::runner {

/// A dataset of one unlabelled sample, made from what a person typed, drew or dropped.
class SingleSample : public engine::Dataset {
public:
    /// `expected`: Encoder::expectedData() of the model that will answer.
    explicit SingleSample(engine::DatasetInfo expected);

    /// {"column": value, ...}; values are numbers, texts or null. A column that is not given is missing; an unknown
    /// category counts as missing. Errors: InvalidInput naming a column that the model does not know or a value that
    /// does not fit it.
    Result<void> setRow(const Json& row);
    /// Pixels as rows of interleaved channels (grey, RGB or RGBA), 0..255; brought to the model's channels and size.
    Result<void> setPixels(int width, int height, int channels, const std::vector<std::uint8_t>& pixels);
    /// A PNG or JPEG file.
    Result<void> setImageFile(const std::string& path);

    const engine::DatasetInfo& info() const override { return m_prepared ? m_prepared->info() : m_info; }
    engine::SplitPart partOf(std::uint64_t) const override { return engine::SplitPart::Test; }
    std::string sampleId(std::uint64_t) const override { return "sample"; }
    std::int32_t classOf(std::uint64_t) const override { return -1; }
    double targetOf(std::uint64_t) const override;
    std::span<const float> numericColumn(std::size_t column) const override;
    std::span<const std::int32_t> categoryColumn(std::size_t column) const override;
    std::string cellText(std::uint64_t sample, std::size_t column) const override;
    Result<void> readImage(std::uint64_t sample, std::span<std::uint8_t> chw) const override;

private:
    Result<void> setCell(std::size_t column, const Json& value);
    Result<void> prepare();

    engine::DatasetInfo m_info;
    std::vector<engine::ColumnInfo> m_read; ///< columns that a person gives
    std::unique_ptr<engine::Dataset> m_prepared; ///< the row after the model's preparation, if it has one
    std::vector<float> m_numbers;       ///< one a column
    std::vector<std::int32_t> m_codes;  ///< one a column
    std::vector<std::string> m_texts;   ///< one a column
    std::vector<std::uint8_t> m_pixels; ///< {C, H, W}
};

} // namespace ty::runner
