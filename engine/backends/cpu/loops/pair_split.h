#pragma once

#include <cstdint>

#include "engine/backends/cpu/loops/channel_vector.h"

// How pixels of pairs of images become the operands of Strassen's products.
namespace ty::engine::loops {

inline constexpr std::int64_t kStrassenProducts = 7;

/// Pairs of pixels of a picture in blocks of 16 channels: the pixel that lies offsets[i] floats on, and the same of the next
/// image.
struct PixelPairs {
    const float* data = nullptr;
    const std::int64_t* offsets = nullptr;
    std::int64_t count = 0;
    std::int64_t other = 0;       ///< floats from an image to its partner
    std::int64_t blockStride = 0; ///< floats from a block of channels to the next
    std::int64_t halfStride = 0;  ///< floats from one half of the channels to the other
    std::int64_t halfBlocks = 1;  ///< blocks of channels of each half
};

/// Which operand of a product the pairs are: the first, whose rows are the pixels; the first turned, whose rows are the
/// channels; or the second, whose rows are the pixels.
enum class PairRole { Rows, TurnedRows, Columns };

/// Pairs as the seven products read them: {halfBlocks, capacity, 16} each. Three of them are read where they lie in the
/// picture, unless the pixels do not lie one after the other.
struct SplitPairs {
    PixelPairs pixels;
    PairRole role = PairRole::Rows;
    bool isWhole = false;      ///< all seven are copied
    std::int64_t capacity = 0; ///< at least pixels.count
    float* planes = nullptr;
    std::int64_t ahead = 12 * kLanes; ///< floats to what is fetched while a block of a pair is split

    static std::int64_t floats(std::int64_t halfBlocks, std::int64_t capacity, bool isWhole)
    {
        return (isWhole ? kStrassenProducts : 4) * (halfBlocks * capacity * kLanes + kLanes);
    }
    std::int64_t planeStride() const { return pixels.halfBlocks * capacity * kLanes + kLanes; }
    /// Floats from quarter 11 to 12 and to 21.
    std::int64_t right() const { return role == PairRole::TurnedRows ? pixels.other : pixels.halfStride; }
    std::int64_t down() const { return role == PairRole::TurnedRows ? pixels.halfStride : pixels.other; }

    /// What product `index` reads of pair `first`: its first block of channels. Where not all are copied, only of pairs that
    /// lie one after the other.
    const float* operand(std::int64_t index, std::int64_t first) const
    {
        if (isWhole) {
            return planes + index * planeStride() + first * kLanes;
        }
        if (isMade(index)) {
            return planes + madePlace(index) * planeStride() + first * kLanes;
        }
        const float* source = pixels.data + pixels.offsets[first];
        if (index == 0) {
            return source;
        }
        if (index == 1) {
            return source + (role == PairRole::Columns ? down() : right());
        }
        return source + right() + down();
    }
    /// Floats between its blocks of channels.
    std::int64_t blockStrideOf(std::int64_t index) const
    {
        return isWhole || isMade(index) ? capacity * kLanes : pixels.blockStride;
    }

    /// Whether the product reads a sum rather than a quarter.
    bool isMade(std::int64_t index) const { return role == PairRole::Columns ? index == 2 || index == 3 || index > 4 : index > 1 && index < 6; }
    /// Its place among the four sums.
    std::int64_t madePlace(std::int64_t index) const { return role == PairRole::Columns && index > 4 ? index - 3 : index - 2; }
};

/// Splits pairs one by one, so that it can be done beside something else.
class PairSplit {
public:
    PairSplit() = default;
    explicit PairSplit(const SplitPairs& target) : PairSplit(target, 0, target.pixels.halfBlocks) {}
    /// Blocks [begin, end) of the channels of each half.
    PairSplit(const SplitPairs& target, std::int64_t begin, std::int64_t end)
        : m_target(target)
        , m_plane(target.planeStride())
        , m_right(target.right())
        , m_down(target.down())
        , m_left(target.pixels.count * (end - begin))
        , m_source(target.pixels.data + begin * target.pixels.blockStride)
        , m_planes(target.planes + begin * target.capacity * kLanes)
    {
    }

    std::int64_t left() const { return m_left; }

    /// Splits the next block of 16 channels of a pair. Precondition: one is left.
    TY_INLINE void step()
    {
        const float* source = m_source + m_target.pixels.offsets[m_pair];
        float* planes = m_planes + m_pair * kLanes;
        const float* next = source + m_target.ahead;
        __builtin_prefetch(next);
        __builtin_prefetch(next + m_right);
        __builtin_prefetch(next + m_down);
        __builtin_prefetch(next + m_right + m_down);
        if (m_target.role == PairRole::Columns) {
            splitColumns(source, planes);
        } else {
            splitRows(source, planes);
        }
        --m_left;
        if (++m_pair == m_target.pixels.count) {
            m_pair = 0;
            m_source += m_target.pixels.blockStride;
            m_planes += m_target.capacity * kLanes;
        }
    }

private:
    TY_INLINE void splitRows(const float* source, float* planes) const
    {
        if (m_target.isWhole) {
            at(planes) = at(source);
            at(planes + m_plane) = at(source + m_right);
            at(planes + 6 * m_plane) = at(source + m_right + m_down);
            planes += 2 * m_plane;
        }
        Vec sum = at(source + m_down) + at(source + m_right + m_down);
        at(planes + m_plane) = sum;
        sum -= at(source);
        at(planes) = sum;
        at(planes + 2 * m_plane) = at(source + m_right) - sum;
        at(planes + 3 * m_plane) = at(source) - at(source + m_down);
    }

    TY_INLINE void splitColumns(const float* source, float* planes) const
    {
        float* last = planes + 2 * m_plane;
        if (m_target.isWhole) {
            at(planes) = at(source);
            at(planes + m_plane) = at(source + m_down);
            at(planes + 4 * m_plane) = at(source + m_right + m_down);
            last = planes + 5 * m_plane;
            planes += 2 * m_plane;
        }
        Vec sum = at(source + m_right) - at(source);
        at(planes + m_plane) = sum;
        sum = at(source + m_right + m_down) - sum;
        at(planes) = sum;
        at(last) = at(source + m_right + m_down) - at(source + m_right);
        at(last + m_plane) = at(source + m_down) - sum;
    }

    SplitPairs m_target;
    std::int64_t m_plane = 0;
    std::int64_t m_right = 0;
    std::int64_t m_down = 0;
    std::int64_t m_left = 0;
    std::int64_t m_pair = 0;
    const float* m_source = nullptr; ///< of the block
    float* m_planes = nullptr;
};

/// All that is left.
void finishSplit(PairSplit& split);

} // namespace ty::engine::loops
