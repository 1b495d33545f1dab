#include "engine/data/encoded_categories.h"

#include <algorithm>

#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

constexpr std::size_t kMostSortedCategories = 64; ///< of more the frequent ones come first

} // namespace

std::vector<std::uint64_t> countCategories(
    const ColumnInfo& source, std::span<const std::int32_t> codes, std::span<const std::uint32_t> samples)
{
    std::vector<std::uint64_t> counts(source.categories.size(), 0);
    for (const std::uint32_t sample : samples) {
        if (codes[sample] >= 0) {
            ++counts[static_cast<std::size_t>(codes[sample])];
        }
    }
    return counts;
}

EncodedColumn encodeCategory(const ColumnInfo& source, const std::vector<std::uint64_t>& counts, std::size_t mostCategories)
{
    EncodedColumn column;
    column.name = source.name;
    column.sourceType = source.type;
    column.kind = EncodedColumn::Kind::OneHot;
    std::vector<std::size_t> order;
    for (std::size_t code = 0; code < counts.size(); ++code) {
        if (counts[code] > 0) {
            order.push_back(code);
        }
    }
    const bool isByName = order.size() <= kMostSortedCategories;
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return !isByName && counts[a] != counts[b] ? counts[a] > counts[b] : naturallyLess(source.categories[a], source.categories[b]);
    });
    order.resize(std::min(order.size(), mostCategories));
    for (const std::size_t code : order) {
        column.categories.push_back(source.categories[code]);
    }
    return column;
}

EncodedColumn encodeFirstCategories(const ColumnInfo& source, std::size_t mostCategories)
{
    EncodedColumn column;
    column.name = source.name;
    column.sourceType = source.type;
    column.kind = EncodedColumn::Kind::OneHot;
    const std::size_t count = std::min(source.categories.size(), mostCategories);
    column.categories.assign(source.categories.begin(), source.categories.begin() + static_cast<std::ptrdiff_t>(count));
    return column;
}

} // namespace ty::engine
