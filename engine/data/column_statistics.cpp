#include "engine/data/column_statistics.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <iterator>

namespace ty::engine {

void DistinctNumbers::insert(float value, std::uint64_t times)
{
    const std::size_t mask = m_slots.size() - 1;
    const auto bits = std::bit_cast<std::uint32_t>(value);
    std::size_t slot = (static_cast<std::uint64_t>(bits) * 0x9e3779b97f4a7c15ULL >> 40) & mask;
    while (m_slots[slot].second != 0 && m_slots[slot].first != value) {
        slot = (slot + 1) & mask;
    }
    m_used += m_slots[slot].second == 0 ? 1 : 0;
    m_slots[slot].first = value;
    m_slots[slot].second += times;
}

void DistinctNumbers::add(float value, std::uint64_t times)
{
    if (m_isFull) {
        return;
    }
    if (m_slots.size() < 2 * (m_used + 1)) {
        const auto old = std::move(m_slots);
        m_slots.assign(std::max<std::size_t>(64, old.size() * 2), {0.0F, 0});
        m_used = 0;
        for (const auto& [number, count] : old) {
            if (count != 0) {
                insert(number, count);
            }
        }
    }
    insert(value == 0 ? 0.0F : value, times); // -0 and 0 are one value
    if (m_used > kLimit) {
        giveUp();
    }
}

void DistinctNumbers::giveUp()
{
    m_isFull = true;
    m_used = kLimit + 1;
    m_slots = {};
}

void DistinctNumbers::add(const DistinctNumbers& other)
{
    if (other.m_isFull && !m_isFull) {
        giveUp();
    }
    for (const auto& [number, count] : other.m_slots) {
        if (count != 0) {
            add(number, count);
        }
    }
}

std::vector<std::pair<float, std::uint64_t>> DistinctNumbers::sorted() const
{
    std::vector<std::pair<float, std::uint64_t>> found;
    std::copy_if(m_slots.begin(), m_slots.end(), std::back_inserter(found), [](const auto& slot) {
        return slot.second != 0;
    });
    std::sort(found.begin(), found.end());
    return found;
}

namespace {

/// Sum of the squared differences from `mean`; four sums at once, which need not wait for one another.
double squaresAround(double mean, std::span<const float> values)
{
    std::array<double, 4> sums{};
    const auto add = [mean](double& sum, float value) {
        const double difference = std::isnan(value) ? 0.0 : value - mean;
        sum += difference * difference;
    };
    std::size_t i = 0;
    for (; i + sums.size() <= values.size(); i += sums.size()) {
        for (std::size_t k = 0; k < sums.size(); ++k) {
            add(sums[k], values[i + k]);
        }
    }
    for (; i < values.size(); ++i) {
        add(sums[0], values[i]);
    }
    return sums[0] + sums[1] + (sums[2] + sums[3]);
}

} // namespace

void NumberStatistics::add(std::span<const float> values)
{
    NumberStatistics piece;
    double sum = 0;
    for (const float value : values) {
        if (std::isnan(value)) {
            ++piece.missing;
            piece.isCounter = false;
            continue;
        }
        if (piece.present == 0) {
            piece.first = value;
        } else {
            piece.isCounter = piece.isCounter && value == piece.last + 1.0F;
        }
        piece.last = value;
        ++piece.present;
        sum += value;
        piece.minimum = std::min<double>(piece.minimum, value);
        piece.maximum = std::max<double>(piece.maximum, value);
        piece.areAllIntegers = piece.areAllIntegers && std::nearbyintf(value) == value;
        if (distinct.isExact()) {
            piece.distinct.add(value);
        }
    }
    if (piece.present > 0) {
        piece.mean = sum / static_cast<double>(piece.present);
        piece.squares = squaresAround(piece.mean, values);
        if (!distinct.isExact() || !piece.distinct.isExact()) {
            piece.binned.add(values);
        }
    }
    add(piece);
}

void NumberStatistics::add(const NumberStatistics& next)
{
    missing += next.missing;
    isCounter = isCounter && next.isCounter;
    addDistinct(next);
    areAllIntegers = areAllIntegers && next.areAllIntegers;
    if (next.present == 0) {
        return;
    }
    if (present == 0) {
        first = next.first;
    } else {
        isCounter = isCounter && next.first == last + 1.0F;
    }
    last = next.last;
    minimum = std::min(minimum, next.minimum);
    maximum = std::max(maximum, next.maximum);
    // Chan, Golub, LeVeque: Updating formulae and a pairwise algorithm for computing sample
    // variances (1979).
    const auto a = static_cast<double>(present);
    const auto b = static_cast<double>(next.present);
    const double difference = next.mean - mean;
    mean += difference * b / (a + b);
    squares += next.squares + difference * difference * a * b / (a + b);
    present += next.present;
}

void NumberStatistics::addDistinct(const NumberStatistics& next)
{
    // What giving up would forget is binned first.
    std::vector<std::pair<float, std::uint64_t>> counted;
    if (distinct.isExact() && (!next.distinct.isExact() || distinct.size() + next.distinct.size() > DistinctNumbers::kLimit)) {
        counted = distinct.sorted();
    }
    distinct.add(next.distinct);
    if (!distinct.isExact()) {
        for (const auto& [value, times] : counted) {
            binned.add(value, times);
        }
        for (const auto& [value, times] : next.distinct.sorted()) {
            binned.add(value, times);
        }
    }
    binned.add(next.binned);
}

ValueHistogram NumberStatistics::spread() const
{
    constexpr int kMostBars = 32;
    constexpr int kNarrowest = -1000;
    ValueHistogram all = binned;
    if (distinct.isExact()) {
        for (const auto& [value, times] : distinct.sorted()) {
            all.add(value, times);
        }
    }
    return all.coarser(kMostBars, areAllIntegers ? 0 : kNarrowest);
}

double NumberStatistics::deviation() const
{
    return present == 0 ? 0.0 : std::sqrt(squares / static_cast<double>(present));
}

} // namespace ty::engine
