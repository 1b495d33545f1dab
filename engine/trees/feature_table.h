#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace ty::engine {

/// What a column of a FeatureTable means.
struct Feature {
    std::string name;
    /// 0: a number. Above 0: a category out of so many, at most kMostCategories; its values are 0, 1, ...
    int categories = 0;
    /// Of a category: the place of each in their order, that of their names as people sort them. Empty: they have none.
    std::vector<std::uint8_t> ranks{};

    bool isCategory() const { return categories > 0; }
    bool operator==(const Feature&) const = default;
};

/// Rows of numbers and categories as they are, column by column; NaN where a value is missing or a category is not known.
class FeatureTable {
public:
    static constexpr int kMostCategories = 255; ///< a bin stays for what is missing

    FeatureTable() = default;
    FeatureTable(std::vector<Feature> features, std::size_t rows)
        : m_features(std::move(features)), m_rows(rows), m_values(m_features.size() * rows)
    {
    }

    const std::vector<Feature>& features() const { return m_features; }
    std::size_t rows() const { return m_rows; }
    std::span<float> column(std::size_t feature) { return std::span(m_values).subspan(feature * m_rows, m_rows); }
    std::span<const float> column(std::size_t feature) const
    {
        return std::span(m_values).subspan(feature * m_rows, m_rows);
    }

private:
    std::vector<Feature> m_features;
    std::size_t m_rows = 0;
    std::vector<float> m_values;
};

} // namespace ty::engine
