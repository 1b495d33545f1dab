#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/data/dataset.h"

namespace ty::testing {

/// A dataset held in memory, made up for a test. Columns are described in info(); cells stand in `numbers` or `codes`.
class TinyDataset final : public engine::Dataset {
public:
    engine::DatasetInfo description;
    std::vector<std::vector<float>> numbers;       ///< of each column; empty for categories
    std::vector<std::vector<std::int32_t>> codes;  ///< of each column; empty for numbers
    std::vector<std::vector<std::uint8_t>> images; ///< {C, H, W} of each sample
    std::vector<std::int32_t> labels;              ///< Classification
    std::vector<double> targets;                   ///< Regression

    const engine::DatasetInfo& info() const override { return description; }
    engine::SplitPart partOf(std::uint64_t) const override { return engine::SplitPart::Training; }
    std::string sampleId(std::uint64_t sample) const override { return "sample " + std::to_string(sample); }
    std::int32_t classOf(std::uint64_t sample) const override { return labels.empty() ? -1 : labels[sample]; }
    double targetOf(std::uint64_t sample) const override;
    std::span<const float> numericColumn(std::size_t column) const override { return numbers[column]; }
    std::span<const std::int32_t> categoryColumn(std::size_t column) const override { return codes[column]; }
    std::string cellText(std::uint64_t sample, std::size_t column) const override;
    Result<void> readImage(std::uint64_t sample, std::span<std::uint8_t> chw) const override;
};

/// `samples` random pictures in `classes` classes; a class is a little brighter than the one before.
std::unique_ptr<TinyDataset> tinyImages(const std::array<int, 3>& shape, int classes, std::uint64_t samples);

struct TinyTableOptions {
    bool hasCategories = false; ///< two columns of texts
    bool hasMissing = false;    ///< every seventh cell, numbers and texts
    bool hasDate = false;       ///< dates within two weeks of 2024, and others over decades
    engine::Task task = engine::Task::Classification;
};

/// `samples` rows with four numeric columns of very different ranges, and what the options add.
std::unique_ptr<TinyDataset> tinyTable(const TinyTableOptions& options, std::uint64_t samples);

} // namespace ty::testing
