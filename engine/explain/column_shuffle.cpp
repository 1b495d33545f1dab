#include "engine/explain/column_shuffle.h"

#include <numeric>
#include <utility>

#include "engine/base/random.h"

namespace ty::engine {

ColumnShuffle::ColumnShuffle(const Dataset& source, std::vector<std::uint32_t> samples, std::size_t column)
    : m_source(source), m_samples(std::move(samples)), m_column(column), m_from(source.size())
{
    std::iota(m_from.begin(), m_from.end(), 0U);
    const auto numbers = source.numericColumn(column);
    const auto codes = source.categoryColumn(column);
    m_numbers.assign(numbers.begin(), numbers.end());
    m_codes.assign(codes.begin(), codes.end());
}

void ColumnShuffle::shuffle(Random& random)
{
    std::vector<std::uint32_t> order = m_samples;
    random.shuffle(order);
    const auto numbers = m_source.numericColumn(m_column);
    const auto codes = m_source.categoryColumn(m_column);
    for (std::size_t i = 0; i < order.size(); ++i) {
        const std::uint32_t sample = m_samples[i];
        m_from[sample] = order[i];
        if (!m_numbers.empty()) {
            m_numbers[sample] = numbers[order[i]];
        }
        if (!m_codes.empty()) {
            m_codes[sample] = codes[order[i]];
        }
    }
}

std::span<const float> ColumnShuffle::numericColumn(std::size_t column) const
{
    return column == m_column ? std::span<const float>(m_numbers) : m_source.numericColumn(column);
}

std::span<const std::int32_t> ColumnShuffle::categoryColumn(std::size_t column) const
{
    return column == m_column ? std::span<const std::int32_t>(m_codes) : m_source.categoryColumn(column);
}

std::string ColumnShuffle::cellText(std::uint64_t sample, std::size_t column) const
{
    return m_source.cellText(column == m_column ? m_from[sample] : sample, column);
}

} // namespace ty::engine
