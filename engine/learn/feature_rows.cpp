#include "engine/learn/feature_rows.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "engine/base/parallel_ranges.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

Result<void> readPixels(const Dataset& dataset, std::span<const std::uint32_t> samples, FeatureTable& table, int threads)
{
    dataset.expect(samples);
    return parallelRanges(samples.size(), threads, [&](std::size_t first, std::size_t last) -> Result<void> {
        std::vector<std::uint8_t> pixels(table.features().size());
        for (std::size_t row = first; row < last; ++row) {
            TY_CHECK(dataset.readImage(samples[row], pixels));
            for (std::size_t p = 0; p < pixels.size(); ++p) {
                table.column(p)[row] = static_cast<float>(pixels[p]);
            }
        }
        return {};
    });
}

/// The course of a year is another view of a date that is there already.
bool isFeature(const EncodedColumn& column)
{
    return column.kind == EncodedColumn::Kind::Standardised || column.kind == EncodedColumn::Kind::OneHot;
}

/// @param column  of the encoder
void readColumn(
    const Dataset& dataset, std::size_t source, const Encoder& encoder, std::size_t column, std::span<const std::uint32_t> samples,
    std::span<float> into)
{
    constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();
    const auto numbers = dataset.numericColumn(source);
    const auto codes = dataset.categoryColumn(source);
    for (std::size_t row = 0; row < samples.size(); ++row) {
        if (!numbers.empty()) {
            into[row] = numbers[samples[row]];
        } else {
            const std::int32_t input = codes.empty() ? -1 : encoder.inputOf(column, codes[samples[row]]);
            into[row] = input >= 0 ? static_cast<float>(input) : kMissing;
        }
    }
}

/// The place of each name among them as people sort them: "I9" before "I10".
std::vector<std::uint8_t> ranksOf(const std::vector<std::string>& names)
{
    std::vector<std::size_t> sorted(names.size());
    std::iota(sorted.begin(), sorted.end(), std::size_t{0});
    std::stable_sort(sorted.begin(), sorted.end(), [&](std::size_t a, std::size_t b) { return naturallyLess(names[a], names[b]); });
    std::vector<std::uint8_t> ranks(names.size());
    for (std::size_t place = 0; place < sorted.size(); ++place) {
        ranks[sorted[place]] = static_cast<std::uint8_t>(std::min<std::size_t>(place, FeatureTable::kMostCategories));
    }
    return ranks;
}

} // namespace

std::vector<Feature> featuresOf(const Encoder& encoder)
{
    std::vector<Feature> features;
    if (encoder.kind() == DataKind::Image) {
        const auto& shape = encoder.inputShape();
        for (std::int64_t c = 0; c < shape[0]; ++c) {
            for (std::int64_t y = 0; y < shape[1]; ++y) {
                for (std::int64_t x = 0; x < shape[2]; ++x) {
                    features.push_back({shape[0] == 1 ? fmt::format("pixel {},{}", x, y) : fmt::format("pixel {},{} of channel {}", x, y, c), 0});
                }
            }
        }
        return features;
    }
    for (const EncodedColumn& column : encoder.columns()) {
        if (column.kind == EncodedColumn::Kind::Standardised) {
            features.push_back({column.name, 0});
        } else if (column.kind == EncodedColumn::Kind::OneHot) {
            features.push_back({column.name, static_cast<int>(column.categories.size()), ranksOf(column.categories)});
        }
    }
    return features;
}

Result<FeatureTable> readFeatures(
    const Dataset& dataset, const Encoder& encoder, std::span<const std::uint32_t> samples, int threads)
{
    FeatureTable table(featuresOf(encoder), samples.size());
    if (encoder.kind() == DataKind::Image) {
        TY_CHECK(readPixels(dataset, samples, table, threads));
        return table;
    }
    const auto& columns = dataset.info().columns;
    std::size_t feature = 0;
    for (std::size_t c = 0; c < encoder.columns().size(); ++c) {
        const EncodedColumn& encoded = encoder.columns()[c];
        if (!isFeature(encoded)) {
            continue;
        }
        const auto found =
            std::find_if(columns.begin(), columns.end(), [&](const ColumnInfo& column) { return column.name == encoded.name; });
        if (found == columns.end()) {
            return Error{
                ErrorKind::InvalidInput, fmt::format("{} lacks the column \"{}\"", dataset.info().name, encoded.name), {}};
        }
        readColumn(dataset, static_cast<std::size_t>(found - columns.begin()), encoder, c, samples, table.column(feature++));
    }
    return table;
}

std::vector<float> readTargets(const Dataset& dataset, const Encoder& encoder, std::span<const std::uint32_t> samples)
{
    std::vector<float> targets;
    targets.reserve(samples.size());
    for (const std::uint32_t sample : samples) {
        targets.push_back(encoder.encodeTarget(dataset, sample));
    }
    return targets;
}

std::vector<std::uint32_t> labelledOf(const Dataset& dataset, Task task, std::span<const std::uint32_t> samples)
{
    if (task == Task::Grouping) {
        return {samples.begin(), samples.end()}; // nobody asks for a target
    }
    std::vector<std::uint32_t> labelled;
    for (const std::uint32_t sample : samples) {
        if (task == Task::Classification ? dataset.classOf(sample) >= 0 : std::isfinite(dataset.targetOf(sample))) {
            labelled.push_back(sample);
        }
    }
    return labelled;
}

} // namespace ty::engine
