#include "engine/backends/cpu/kernels/winograd_tiling.h"

#include <algorithm>

namespace ty::engine::kernels {

namespace {

using loops::kWinogradGroup;
using loops::kWinogradTile;
using loops::WinogradBlock;
using loops::WinogradPlace;

struct Extent {
    std::int64_t first = 0;
    std::int64_t size = kWinogradTile;
};

/// Tiles of four, the last ones of three where those would reach beyond the picture.
std::vector<Extent> extentsOf(std::int64_t length)
{
    const std::int64_t tiles = (length + kWinogradTile - 1) / kWinogradTile;
    const std::int64_t full = std::max<std::int64_t>(0, tiles - (tiles * kWinogradTile - length));
    std::vector<Extent> extents;
    std::int64_t first = 0;
    for (std::int64_t i = 0; i < tiles; ++i) {
        extents.push_back({first, i < full ? kWinogradTile : kWinogradTile - 1});
        first += extents.back().size;
    }
    return extents;
}

/// The order of WinogradBlock.
int sortOf(const WinogradPlace& place)
{
    const bool isShort = place.columns < kWinogradTile;
    return place.rows == kWinogradTile ? (isShort ? 0 : 1) : (isShort ? 3 : 2);
}

} // namespace

WinogradTiling::WinogradTiling(
    loops::WinogradKind kind, const loops::WinogradPicture& results, std::int64_t tilesAtOnce, int shares)
    : m_kind(kind)
{
    m_places.reserve(static_cast<std::size_t>(results.tiles()));
    const auto rows = extentsOf(results.height);
    const auto columns = extentsOf(results.width);
    for (std::int64_t image = 0; image < results.images; ++image) {
        for (const Extent& row : rows) {
            for (const Extent& column : columns) {
                m_places.push_back(
                    {static_cast<std::int32_t>(image),
                     static_cast<std::int32_t>(row.first),
                     static_cast<std::int32_t>(column.first),
                     static_cast<std::int16_t>(row.size),
                     static_cast<std::int16_t>(column.size)});
            }
        }
    }
    const auto tiles = static_cast<std::int64_t>(m_places.size());
    const std::int64_t groups = winogradGroups(tiles);
    const std::int64_t count = std::min<std::int64_t>(shares, groups);
    const std::int64_t wished = winogradGroups(tilesAtOnce) * kWinogradGroup;
    const std::int64_t atOnce = std::min(wished, (groups + count - 1) / count * kWinogradGroup);
    const bool isMixed = std::any_of(m_places.begin(), m_places.end(), [](const auto& place) { return sortOf(place) != 1; });
    m_capacity = isMixed ? atOnce + kWinogradGroup : atOnce;
    for (std::int64_t share = 0; share < count; ++share) {
        const std::int64_t end = std::min(tiles, groups * (share + 1) / count * kWinogradGroup);
        for (std::int64_t first = groups * share / count * kWinogradGroup; first < end; first += atOnce) {
            WinogradPlace* places = m_places.data() + first;
            WinogradBlock block{kind, places, std::min(atOnce, end - first), m_capacity, {}};
            std::stable_sort(places, places + block.count, [](const auto& a, const auto& b) { return sortOf(a) < sortOf(b); });
            for (int sort = 0; sort < 3; ++sort) {
                block.ends[sort] = std::count_if(
                    places, places + block.count, [sort](const auto& place) { return sortOf(place) <= sort; });
            }
            m_blocks.push_back(block);
        }
        m_ends.push_back(m_blocks.size());
    }
}

std::int64_t WinogradTiling::floats(std::int64_t channels) const
{
    const std::int64_t side = loops::winogradSide(m_kind);
    return side * side * loops::winogradTileStride(channels, m_capacity);
}

WinogradBlock winogradGroupsOf(const WinogradBlock& block, std::int64_t begin, std::int64_t end)
{
    WinogradBlock part = block;
    part.places += begin * kWinogradGroup;
    part.count = std::min(end * kWinogradGroup, block.count) - begin * kWinogradGroup;
    return part;
}

} // namespace ty::engine::kernels
