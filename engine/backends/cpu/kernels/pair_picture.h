#pragma once

#include <algorithm>
#include <cstdint>

#include "engine/graph/graph.h"

namespace ty::engine::kernels {

/// The pixels of pairs of neighbouring images that a convolution of one pixel reads or writes, counted by pair of images,
/// then by row and column.
struct PairPicture {
    std::int64_t channels = 0;
    std::int64_t height = 0; ///< of the picture
    std::int64_t width = 0;
    std::int64_t rows = 0; ///< that are visited
    std::int64_t columns = 0;
    std::int64_t step = 1; ///< from one to the next
    std::int64_t pairs = 0; ///< of pixels

    /// `visited`: the picture on the other side, of as many pixels as are visited.
    PairPicture(const Value& value, const Value& visited)
        : channels(value.shape[1])
        , height(value.shape[2])
        , width(value.shape[3])
        , rows(visited.shape[2])
        , columns(visited.shape[3])
        , step(rows == height && columns == width ? 1 : 2)
        , pairs(value.shape[0] / 2 * rows * columns)
    {
    }

    std::int64_t blockStride() const { return height * width * 16; }
    std::int64_t imageStride() const { return channels * height * width; }
    std::int64_t halfBlocks() const { return channels / 32; }
    std::int64_t halfStride() const { return halfBlocks() * blockStride(); }
    /// Whether `count` pixels from any multiple of it on lie one after the other.
    bool isConsecutive(std::int64_t count) const { return step == 1 && rows * columns % count == 0; }

    /// The offsets of pairs [first, first + count) from the picture's first float.
    void fillOffsets(std::int64_t first, std::int64_t count, std::int64_t* offsets) const
    {
        std::int64_t image = first / (rows * columns);
        std::int64_t row = first / columns % rows;
        std::int64_t column = first % columns;
        for (std::int64_t i = 0; i < count; ++i) {
            offsets[i] = image * 2 * imageStride() + (row * step * width + column * step) * 16;
            if (++column == columns) {
                column = 0;
                if (++row == rows) {
                    row = 0;
                    ++image;
                }
            }
        }
    }
};

} // namespace ty::engine::kernels
