#pragma once

#include <cstdint>
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

    int shares() const { return static_cast<int>(m_shares.size()); }
    std::int64_t capacity() const { return m_capacity; } ///< of each block
    std::int64_t floats(std::int64_t channels) const; ///< of a block that is transformed
    const std::vector<loops::WinogradBlock>& blocks(int share) const { return m_shares[static_cast<std::size_t>(share)]; }
    /// Those of all shares, one share after the other.
    std::vector<loops::WinogradBlock> allBlocks() const;

private:
    std::vector<loops::WinogradPlace> m_places;
    std::vector<std::vector<loops::WinogradBlock>> m_shares;
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
