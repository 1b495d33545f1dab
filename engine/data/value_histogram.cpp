#include "engine/data/value_histogram.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ty::engine {

namespace {

constexpr int kIndexBits = 40; ///< places of bins stay below two to this power, far from the limits of double

std::int64_t binOf(double value, int exponent)
{
    return static_cast<std::int64_t>(std::floor(std::ldexp(value, -exponent)));
}

/// The narrowest bins that can hold these values.
int exponentFor(double least, double most, int mostBins)
{
    const double largest = std::max(std::abs(least), std::abs(most));
    int exponent = largest == 0 ? -kIndexBits : std::ilogb(largest) - kIndexBits;
    if (most > least) {
        exponent = std::max(exponent, std::ilogb(most - least) - std::ilogb(static_cast<double>(mostBins)) - 1);
    }
    while (binOf(most, exponent) - binOf(least, exponent) + 1 > mostBins) {
        ++exponent;
    }
    return exponent;
}

} // namespace

double ValueHistogram::width() const
{
    return std::ldexp(1.0, m_exponent);
}

double ValueHistogram::from() const
{
    return std::ldexp(static_cast<double>(m_first), m_exponent);
}

double ValueHistogram::to() const
{
    return std::ldexp(static_cast<double>(m_first) + static_cast<double>(m_counts.size()), m_exponent);
}

void ValueHistogram::widen(int exponent)
{
    if (exponent <= m_exponent) {
        return;
    }
    const int by = std::min(exponent - m_exponent, 62);
    const std::int64_t first = m_first >> by; // towards minus infinity, as floor
    std::vector<std::uint64_t> wider;
    for (std::size_t i = 0; i < m_counts.size(); ++i) {
        const auto bin = static_cast<std::size_t>(((m_first + static_cast<std::int64_t>(i)) >> by) - first);
        wider.resize(std::max(wider.size(), bin + 1));
        wider[bin] += m_counts[i];
    }
    m_first = first;
    m_counts = std::move(wider);
    m_exponent = exponent;
}

void ValueHistogram::makeRoom(int exponent, double least, double most)
{
    if (m_counts.empty()) {
        m_exponent = exponent;
        m_first = binOf(least, exponent);
        m_counts.assign(static_cast<std::size_t>(binOf(most, exponent) - m_first + 1), 0);
        return;
    }
    int wanted = std::max(exponent, m_exponent);
    const auto binsAt = [&](int width) {
        const int by = std::min(width - m_exponent, 62);
        const std::int64_t mine = (m_first + static_cast<std::int64_t>(m_counts.size()) - 1) >> by;
        return std::max(mine, binOf(most, width)) - std::min(m_first >> by, binOf(least, width)) + 1;
    };
    while (binsAt(wanted) > kMostBins) {
        ++wanted;
    }
    widen(wanted);
    const std::int64_t first = std::min(m_first, binOf(least, wanted));
    const std::int64_t last = std::max(m_first + static_cast<std::int64_t>(m_counts.size()) - 1, binOf(most, wanted));
    m_counts.insert(m_counts.begin(), static_cast<std::size_t>(m_first - first), 0);
    m_first = first;
    m_counts.resize(static_cast<std::size_t>(last - first + 1));
}

void ValueHistogram::add(std::span<const float> values)
{
    float least = std::numeric_limits<float>::infinity();
    float most = -least;
    for (const float value : values) {
        if (std::isfinite(value)) {
            least = std::min(least, value);
            most = std::max(most, value);
        }
    }
    if (least > most) {
        return;
    }
    makeRoom(exponentFor(least, most, kMostBins), least, most);
    const double scale = std::ldexp(1.0, -m_exponent);
    const auto first = static_cast<double>(m_first);
    for (const float value : values) {
        if (std::isfinite(value)) {
            ++m_counts[static_cast<std::size_t>(std::floor(value * scale) - first)];
        }
    }
}

void ValueHistogram::add(float value, std::uint64_t times)
{
    if (std::isfinite(value) && times > 0) {
        makeRoom(exponentFor(value, value, kMostBins), value, value);
        m_counts[static_cast<std::size_t>(binOf(value, m_exponent) - m_first)] += times;
    }
}

void ValueHistogram::add(const ValueHistogram& other)
{
    if (other.isEmpty()) {
        return;
    }
    if (isEmpty()) {
        *this = other;
        return;
    }
    ValueHistogram theirs = other;
    theirs.widen(m_exponent);
    // The middles of their outer bins lie in these bins at any width.
    const double half = theirs.width() / 2;
    makeRoom(theirs.m_exponent, theirs.from() + half, theirs.to() - half);
    theirs.widen(m_exponent);
    for (std::size_t i = 0; i < theirs.m_counts.size(); ++i) {
        m_counts[static_cast<std::size_t>(theirs.m_first - m_first) + i] += theirs.m_counts[i];
    }
}

ValueHistogram ValueHistogram::coarser(int most, int leastExponent) const
{
    ValueHistogram result = *this;
    result.widen(leastExponent);
    while (static_cast<int>(result.m_counts.size()) > most) {
        result.widen(result.m_exponent + 1);
    }
    return result;
}

} // namespace ty::engine
