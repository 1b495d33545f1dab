#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "engine/base/random.h"
#include "engine/data/dataset.h"

namespace ty::engine {

/// A table whose cells lie far apart, as of one that does not fit into memory: two numbers, the second sometimes missing,
/// and a word.
class ScatteredTable final : public Dataset {
public:
    explicit ScatteredTable(std::size_t rows)
    {
        Random random(4);
        for (std::size_t i = 0; i < rows; ++i) {
            const bool isSecond = i % 2 == 1;
            m_codes.push_back(isSecond ? 1 : 0);
            m_words.push_back(static_cast<std::int32_t>(random.below(3)));
            m_first.push_back(static_cast<float>(random.normal() + (isSecond ? 1.5 : -1.5)));
            m_second.push_back(
                i % 11 == 3 ? std::numeric_limits<float>::quiet_NaN() : static_cast<float>(random.normal()));
        }
        m_info.name = "table";
        m_info.samples = rows;
        m_info.target = "kind";
        m_info.classes = {{"a", rows / 2}, {"b", rows / 2}};
        m_info.columns.resize(4);
        m_info.columns[0].name = "first";
        m_info.columns[1].name = "second";
        m_info.columns[2].name = "word";
        m_info.columns[2].type = ColumnType::Category;
        m_info.columns[2].categories = {"x", "y", "z"};
        m_info.columns[3].name = "kind";
        m_info.columns[3].type = ColumnType::Category;
        m_info.columns[3].role = ColumnRole::Target;
        m_info.columns[3].categories = {"a", "b"};
    }

    const DatasetInfo& info() const override { return m_info; }
    SplitPart partOf(std::uint64_t) const override { return SplitPart::Training; }
    std::string sampleId(std::uint64_t sample) const override { return "row " + std::to_string(sample); }
    std::int32_t classOf(std::uint64_t sample) const override { return m_codes[sample]; }
    double targetOf(std::uint64_t) const override { return 0; }
    std::span<const float> numericColumn(std::size_t column) const override
    {
        return column == 0 ? std::span<const float>(m_first)
            : column == 1  ? std::span<const float>(m_second)
                           : std::span<const float>();
    }
    std::span<const std::int32_t> categoryColumn(std::size_t column) const override
    {
        ++lookups;
        return column == 2 ? std::span<const std::int32_t>(m_words)
            : column == 3  ? std::span<const std::int32_t>(m_codes)
                           : std::span<const std::int32_t>();
    }
    std::string cellText(std::uint64_t, std::size_t) const override { return {}; }
    Result<void> readImage(std::uint64_t, std::span<std::uint8_t>) const override
    {
        return Error{ErrorKind::InvalidInput, "a table", {}};
    }

    mutable std::atomic<int> lookups = 0; ///< of words: one a row that is encoded

private:
    DatasetInfo m_info;
    std::vector<float> m_first;
    std::vector<float> m_second;
    std::vector<std::int32_t> m_words;
    std::vector<std::int32_t> m_codes;
};

} // namespace ty::engine
