#include "engine/trees/binned_table.h"

#include <algorithm>
#include <cmath>

#include "engine/base/parallel_ranges.h"

namespace ty::engine {

namespace {

constexpr std::size_t kMostSampledRows = 200'000; ///< shares of so many are those of all

/// A number from which `below` and `above` lie on different sides with "x <= number".
float between(float below, float above)
{
    const float middle = below + (above - below) / 2;
    return middle < above ? middle : below;
}

/// Distinct values ascending with how many rows have each.
struct DistinctValues {
    std::vector<float> values;
    std::vector<std::size_t> counts;
};

DistinctValues distinctOf(std::span<const float> values)
{
    const std::size_t step = std::max<std::size_t>(1, values.size() / kMostSampledRows);
    std::vector<float> sorted;
    sorted.reserve(values.size() / step + 1);
    for (std::size_t i = 0; i < values.size(); i += step) {
        if (!std::isnan(values[i])) {
            sorted.push_back(values[i]);
        }
    }
    std::sort(sorted.begin(), sorted.end());
    DistinctValues distinct;
    for (const float value : sorted) {
        if (distinct.values.empty() || value != distinct.values.back()) {
            distinct.values.push_back(value);
            distinct.counts.push_back(0);
        }
        ++distinct.counts.back();
    }
    return distinct;
}

std::vector<float> thresholdsOf(const DistinctValues& distinct, std::size_t mostBins)
{
    std::vector<float> thresholds;
    const std::size_t count = distinct.values.size();
    std::size_t rowsLeft = 0;
    for (const std::size_t rows : distinct.counts) {
        rowsLeft += rows;
    }
    std::size_t inBin = 0;
    for (std::size_t i = 0; i + 1 < count; ++i) {
        inBin += distinct.counts[i];
        const std::size_t binsLeft = mostBins - thresholds.size();
        if (binsLeft <= 1) {
            break;
        }
        // Few values that are left get a bin each; else a bin ends when it has its share of the rows that are left.
        const bool isEnough = count - i <= binsLeft || inBin * binsLeft >= rowsLeft;
        if (isEnough) {
            thresholds.push_back(between(distinct.values[i], distinct.values[i + 1]));
            rowsLeft -= inBin;
            inBin = 0;
        }
    }
    return thresholds;
}

} // namespace

BinnedTable::Column BinnedTable::binNumbers(std::span<const float> values, int mostBins)
{
    Column column;
    column.thresholds = thresholdsOf(distinctOf(values), static_cast<std::size_t>(mostBins));
    column.valueBins = static_cast<int>(column.thresholds.size()) + 1;
    column.bins.resize(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (std::isnan(values[i])) {
            column.bins[i] = static_cast<std::uint8_t>(column.valueBins);
            column.hasMissing = true;
            continue;
        }
        const auto at = std::lower_bound(column.thresholds.begin(), column.thresholds.end(), values[i]);
        column.bins[i] = static_cast<std::uint8_t>(at - column.thresholds.begin());
    }
    return column;
}

BinnedTable::Column BinnedTable::binCategories(std::span<const float> values, const Feature& feature)
{
    const int categories = feature.categories;
    Column column;
    column.ranks = feature.ranks;
    column.isCategory = true;
    column.valueBins = categories;
    column.bins.resize(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        const bool isKnown = values[i] >= 0 && values[i] < static_cast<float>(categories);
        column.bins[i] = static_cast<std::uint8_t>(isKnown ? static_cast<int>(values[i]) : categories);
        column.hasMissing = column.hasMissing || !isKnown;
    }
    return column;
}

BinnedTable::BinnedTable(const FeatureTable& table, int mostBins, int threads)
    : m_rows(table.rows()), m_columns(table.features().size())
{
    const auto bin = [&](std::size_t first, std::size_t last) -> Result<void> {
        for (std::size_t f = first; f < last; ++f) {
            const Feature& feature = table.features()[f];
            m_columns[f] = feature.isCategory() ? binCategories(table.column(f), feature)
                                                : binNumbers(table.column(f), mostBins);
        }
        return {};
    };
    (void)parallelRanges(m_columns.size(), threads, bin); // nothing in it fails but memory, which ends the run elsewhere
}

} // namespace ty::engine
