#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/trees/feature_table.h"

namespace ty::engine {

/// A table with each value replaced by the number of the bin it lies in, so that the best split of a node is found by
/// counting. Bins are made of the values themselves where there are few, else of equal shares of the rows.
class BinnedTable {
public:
    static constexpr int kMostBins = 256; ///< with the one for missing values, which is the last

    /// @param mostBins  of a number, without the one for missing values; in [2, 255]
    BinnedTable(const FeatureTable& table, int mostBins, int threads);

    std::size_t rows() const { return m_rows; }
    std::size_t features() const { return m_columns.size(); }
    bool isCategory(std::size_t feature) const { return m_columns[feature].isCategory; }
    std::span<const std::uint8_t> column(std::size_t feature) const { return m_columns[feature].bins; }
    /// Bins of values; that of missing values is the one after them.
    int valueBins(std::size_t feature) const { return m_columns[feature].valueBins; }
    /// Of a category: the place of the bin in the order of its feature, or the bin where the feature has no order.
    int rank(std::size_t feature, int bin) const
    {
        const Column& column = m_columns[feature];
        return column.ranks.empty() ? bin : column.ranks[static_cast<std::size_t>(bin)];
    }
    bool hasMissing(std::size_t feature) const { return m_columns[feature].hasMissing; }
    /// Of a number: values up to this lie in `bin` or before it. bin < valueBins - 1.
    float threshold(std::size_t feature, int bin) const { return m_columns[feature].thresholds[static_cast<std::size_t>(bin)]; }

private:
    struct Column {
        bool isCategory = false;
        bool hasMissing = false;
        int valueBins = 1;
        std::vector<float> thresholds;
        std::vector<std::uint8_t> ranks;
        std::vector<std::uint8_t> bins;
    };
    static Column binNumbers(std::span<const float> values, int mostBins);
    static Column binCategories(std::span<const float> values, const Feature& feature);

    std::size_t m_rows = 0;
    std::vector<Column> m_columns;
};

} // namespace ty::engine
