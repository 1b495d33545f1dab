#include "engine/embedding/plane_tree.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace ty::engine {

namespace {
constexpr std::size_t kLeafPoints = 6; // fewer are asked one by one
constexpr int kDeepest = 40;           // equal points cannot be told apart by smaller squares
} // namespace

void PlaneTree::build(std::span<const float> places)
{
    const std::size_t count = places.size() / 2;
    m_order.resize(count);
    std::iota(m_order.begin(), m_order.end(), 0U);
    m_squares.clear();
    m_places.assign(places.begin(), places.end());
    std::array<float, 2> low{std::numeric_limits<float>::max(), std::numeric_limits<float>::max()};
    std::array<float, 2> high{std::numeric_limits<float>::lowest(), std::numeric_limits<float>::lowest()};
    for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t axis = 0; axis < 2; ++axis) {
            low[axis] = std::min(low[axis], places[2 * i + axis]);
            high[axis] = std::max(high[axis], places[2 * i + axis]);
        }
    }
    if (count > 0) {
        const float width = std::max({high[0] - low[0], high[1] - low[1], 1e-12F}) * 1.00001F;
        addSquare(0, count, low, width, 0);
    }
    m_rank.resize(count);
    for (std::size_t at = 0; at < count; ++at) {
        m_rank[m_order[at]] = static_cast<std::uint32_t>(at);
        m_places[2 * at] = places[2 * m_order[at]];
        m_places[2 * at + 1] = places[2 * m_order[at] + 1];
    }
}

// NOLINTNEXTLINE(misc-no-recursion): no deeper than kDeepest
void PlaneTree::addSquare(std::size_t first, std::size_t last, std::array<float, 2> corner, float width, int depth)
{
    const std::size_t at = m_squares.size();
    m_squares.emplace_back();
    double x = 0;
    double y = 0;
    for (std::size_t i = first; i < last; ++i) {
        x += static_cast<double>(m_places[2 * m_order[i]]); // still in the points' own order
        y += static_cast<double>(m_places[2 * m_order[i] + 1]);
    }
    const auto count = static_cast<double>(last - first);
    m_squares[at].centre = {static_cast<float>(x / count), static_cast<float>(y / count)};
    m_squares[at].width = width;
    m_squares[at].points = static_cast<std::uint32_t>(last - first);
    m_squares[at].first = static_cast<std::uint32_t>(first);
    m_squares[at].isLeaf = last - first <= kLeafPoints || depth >= kDeepest;
    if (!m_squares[at].isLeaf) {
        const float half = width / 2;
        const auto begin = m_order.begin();
        const auto isLeft = [&](std::uint32_t point) { return m_places[2 * point] < corner[0] + half; };
        const auto isLow = [&](std::uint32_t point) { return m_places[2 * point + 1] < corner[1] + half; };
        const auto middle = std::stable_partition(begin + static_cast<std::ptrdiff_t>(first), begin + static_cast<std::ptrdiff_t>(last), isLeft);
        const auto left = std::stable_partition(begin + static_cast<std::ptrdiff_t>(first), middle, isLow);
        const auto right = std::stable_partition(middle, begin + static_cast<std::ptrdiff_t>(last), isLow);
        const std::array<std::size_t, 5> ends{
            first, static_cast<std::size_t>(left - begin), static_cast<std::size_t>(middle - begin), static_cast<std::size_t>(right - begin), last};
        for (std::size_t part = 0; part < 4; ++part) {
            if (ends[part] < ends[part + 1]) {
                const std::array<float, 2> inner{corner[0] + (part >= 2 ? half : 0), corner[1] + (part % 2 == 1 ? half : 0)};
                addSquare(ends[part], ends[part + 1], inner, half, depth + 1);
            }
        }
    }
    m_squares[at].next = static_cast<std::int32_t>(m_squares.size());
}

PlaneTree::Push PlaneTree::pushOn(std::size_t point, double angle) const
{
    const std::size_t rank = m_rank[point];
    const float x = m_places[2 * rank];
    const float y = m_places[2 * rank + 1];
    const auto limit = static_cast<float>(angle * angle);
    Push made;
    for (std::size_t at = 0; at < m_squares.size();) {
        const Square& square = m_squares[at];
        const float dx = x - square.centre[0];
        const float dy = y - square.centre[1];
        const float distance = dx * dx + dy * dy;
        const bool isInside = rank >= square.first && rank < square.first + square.points;
        if (!isInside && square.width * square.width < limit * distance) {
            const float closeness = 1 / (1 + distance);
            const float pull = static_cast<float>(square.points) * closeness * closeness;
            made.sum += static_cast<double>(static_cast<float>(square.points) * closeness);
            made.force[0] += static_cast<double>(pull * dx);
            made.force[1] += static_cast<double>(pull * dy);
            at = static_cast<std::size_t>(square.next);
            continue;
        }
        if (!square.isLeaf) {
            ++at;
            continue;
        }
        for (std::size_t other = square.first; other < square.first + square.points; ++other) {
            if (other == rank) {
                continue;
            }
            const float wayX = x - m_places[2 * other];
            const float wayY = y - m_places[2 * other + 1];
            const float closeness = 1 / (1 + wayX * wayX + wayY * wayY);
            made.sum += static_cast<double>(closeness);
            made.force[0] += static_cast<double>(closeness * closeness * wayX);
            made.force[1] += static_cast<double>(closeness * closeness * wayY);
        }
        at = static_cast<std::size_t>(square.next);
    }
    return made;
}

} // namespace ty::engine
