#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/backends/cpu/loops/winograd.h"

namespace ty::engine::kernels {

/// The tiles of pictures of results, as even shares in blocks that are transformed at once. Immutable; blocks point into it.
class WinogradTiling {
public:
    /// `results`: of stride 2 the smaller pictures, whichever way the pass goes. There are at most as many shares as
    /// groups of tiles.
    WinogradTiling(
        loops::WinogradKind kind, const loops::WinogradPicture& results, std::int64_t tilesAtOnce, int shares);
    WinogradTiling(const WinogradTiling&) = delete;
    WinogradTiling& operator=(const WinogradTiling&) = delete;

    int shares() const { return static_cast<int>(m_ends.size()); }
    std::int64_t capacity() const { return m_capacity; } ///< of each block
    std::int64_t floats(std::int64_t channels) const; ///< of a block that is transformed
    /// Of all shares, one share after the other.
    std::span<const loops::WinogradBlock> blocks() const { return m_blocks; }
    std::span<const loops::WinogradBlock> blocks(int share) const
    {
        const auto index = static_cast<std::size_t>(share);
        const std::size_t begin = share == 0 ? 0 : m_ends[index - 1];
        return blocks().subspan(begin, m_ends[index] - begin);
    }

private:
    std::vector<loops::WinogradPlace> m_places;
    std::vector<loops::WinogradBlock> m_blocks;
    std::vector<std::size_t> m_ends; ///< of each share's blocks
    loops::WinogradKind m_kind;
    std::int64_t m_capacity = 0;
};

inline std::int64_t winogradGroups(std::int64_t tiles)
{
    return (tiles + loops::kWinogradGroup - 1) / loops::kWinogradGroup;
}

/// The tiles of the groups [begin, end) of a block, in the same memory: for transforms, not for products.
loops::WinogradBlock winogradGroupsOf(const loops::WinogradBlock& block, std::int64_t begin, std::int64_t end);

} // namespace ty::engine::kernels
