#include "engine/backends/cpu/loops/direct_weight_grad.h"

#include <algorithm>

#include "engine/backends/cpu/loops/channel_vector.h"
#include "engine/backends/cpu/loops/outer_product.h"

namespace ty::engine::loops {

namespace {

/// Pixels whose gradients, of a pair of blocks, stay in the nearest cache with the values they are multiplied with.
constexpr std::int64_t kPixelsAtOnce = 224;

/// Pixels of the result with the values that one place of the window lays upon them.
struct Pixels {
    std::int64_t images = 0;
    std::int64_t rows = 0;
    std::int64_t width = 0;
    std::int64_t xImage = 0; ///< floats from one to the next
    std::int64_t xRow = 0;
    std::int64_t xStep = 0;
    std::int64_t dyImage = 0;
    std::int64_t dyRow = 0;
};

/// Rows channels of x times (16 Blocks) filters of dy, summed over the pixels.
template<int Rows, int Blocks>
TY_INLINE void multiplyPixels(
    const Pixels& pixels,
    const float* x,
    const float* dy,
    std::int64_t dyBlock,
    bool isFirst,
    float* grad,
    std::int64_t gradBlock)
{
    Vec sums[Rows][Blocks] = {};
    for (std::int64_t image = 0; image < pixels.images; ++image) {
        for (std::int64_t row = 0; row < pixels.rows; ++row) {
            const float* values = x + image * pixels.xImage + row * pixels.xRow;
            const float* grads = dy + image * pixels.dyImage + row * pixels.dyRow;
            const float* again = disguised(values);
            for (std::int64_t pixel = 0; pixel < pixels.width;
                 ++pixel, values += pixels.xStep, again += pixels.xStep, grads += kLanes) {
                Vec columns[Blocks];
                TY_UNROLL
                for (int b = 0; b < Blocks; ++b) {
                    columns[b] = at(grads + b * dyBlock);
                }
                addOuterProduct<Rows / 2>(values, again, 1, columns, sums);
            }
        }
    }
    TY_UNROLL
    for (int c = 0; c < Rows; ++c) {
        TY_UNROLL
        for (int b = 0; b < Blocks; ++b) {
            float* place = grad + b * gradBlock + c * kLanes;
            at(place) = isFirst ? sums[c][b] : at(place) + sums[c][b];
        }
    }
}

/// The places of one axis of the result that a place of the window lays inside the picture: [begin, end).
struct Range {
    std::int64_t begin = 0;
    std::int64_t end = 0;
};

Range insideOf(std::int64_t first, std::int64_t last, std::int64_t stride, std::int64_t offset, std::int64_t extent)
{
    const std::int64_t least = offset < 0 ? (-offset + stride - 1) / stride : 0;
    const std::int64_t most = extent - 1 < offset ? 0 : (extent - 1 - offset) / stride + 1;
    const std::int64_t begin = std::max(first, least);
    return {begin, std::max(begin, std::min(last, most))};
}

/// Some images, or some rows of one.
struct Chunk {
    std::int64_t firstImage = 0;
    std::int64_t images = 0;
    std::int64_t firstRow = 0;
    std::int64_t lastRow = 0;
};

template<int Blocks>
TY_INLINE void addPart(
    const BlockedConvolution& convolution,
    const Chunk& chunk,
    const float* x,
    const float* dy,
    std::int64_t filterBlock,
    std::int64_t channelBlock,
    float* weightGrad)
{
    const std::int64_t srcPlane = convolution.src[0] * convolution.src[1] * kLanes;
    const std::int64_t dstPlane = convolution.dst[0] * convolution.dst[1] * kLanes;
    const std::int64_t window = convolution.kernel[0] * convolution.kernel[1];
    const std::int64_t block = window * kLanes * kLanes;
    const bool isFirst = chunk.firstImage == 0 && chunk.firstRow == 0;
    Pixels pixels;
    pixels.images = chunk.images;
    pixels.xImage = convolution.channelBlocks() * srcPlane;
    pixels.dyImage = convolution.filters / kLanes * dstPlane;
    pixels.xRow = convolution.stride[0] * convolution.src[1] * kLanes;
    pixels.xStep = convolution.stride[1] * kLanes;
    const float* values = x + chunk.firstImage * pixels.xImage + channelBlock * srcPlane;
    const float* grads = dy + chunk.firstImage * pixels.dyImage + filterBlock * dstPlane;
    float* result = weightGrad + (filterBlock * convolution.channelBlocks() + channelBlock) * block;
    for (std::int64_t place = 0; place < window; ++place) {
        const std::int64_t down = place / convolution.kernel[1] - convolution.padding[0];
        const std::int64_t right = place % convolution.kernel[1] - convolution.padding[1];
        const Range rows = insideOf(chunk.firstRow, chunk.lastRow, convolution.stride[0], down, convolution.src[0]);
        const Range columns = insideOf(0, convolution.dst[1], convolution.stride[1], right, convolution.src[1]);
        pixels.rows = rows.end - rows.begin;
        pixels.width = columns.end - columns.begin;
        pixels.dyRow = convolution.dst[1] * kLanes;
        if (pixels.dyRow == pixels.width * kLanes && pixels.xRow == pixels.width * pixels.xStep) {
            pixels.width *= pixels.rows; // one row after the other without a gap
            pixels.rows = 1;
        }
        const std::int64_t row = rows.begin * convolution.stride[0] + down;
        const std::int64_t column = columns.begin * convolution.stride[1] + right;
        const float* first = values + (row * convolution.src[1] + column) * kLanes;
        const float* firstGrad = grads + (rows.begin * convolution.dst[1] + columns.begin) * kLanes;
        float* target = result + place * kLanes * kLanes;
        constexpr int kRows = 8;
        const std::int64_t gradBlock = convolution.channelBlocks() * block;
        multiplyPixels<kRows, Blocks>(pixels, first, firstGrad, dstPlane, isFirst, target, gradBlock);
        multiplyPixels<kRows, Blocks>(
            pixels, first + kRows, firstGrad, dstPlane, isFirst, target + kRows * kLanes, gradBlock);
    }
}

TY_INLINE void addChunk(
    const BlockedConvolution& convolution,
    const Chunk& chunk,
    const float* x,
    const float* dy,
    std::int64_t begin,
    std::int64_t end,
    float* weightGrad)
{
    for (std::int64_t part = begin; part < end; ++part) {
        const std::int64_t filterBlock = part / convolution.channelBlocks() * 2;
        const std::int64_t channelBlock = part % convolution.channelBlocks();
        if ((filterBlock + 1) * kLanes < convolution.filters) {
            addPart<2>(convolution, chunk, x, dy, filterBlock, channelBlock, weightGrad);
        } else {
            addPart<1>(convolution, chunk, x, dy, filterBlock, channelBlock, weightGrad);
        }
    }
}

} // namespace

TY_CLONES
void directWeightGrad(
    const BlockedConvolution& convolution,
    const float* x,
    const float* dy,
    std::int64_t begin,
    std::int64_t end,
    float* weightGrad)
{
    const std::int64_t height = convolution.dst[0];
    const std::int64_t pixels = height * convolution.dst[1];
    const std::int64_t imagesAtOnce = std::clamp<std::int64_t>(kPixelsAtOnce / pixels, 1, convolution.images);
    const std::int64_t rowsAtOnce =
        pixels <= kPixelsAtOnce ? height : std::max<std::int64_t>(1, kPixelsAtOnce / convolution.dst[1]);
    for (std::int64_t image = 0; image < convolution.images; image += imagesAtOnce) {
        const std::int64_t images = std::min(imagesAtOnce, convolution.images - image);
        for (std::int64_t row = 0; row < height; row += rowsAtOnce) {
            const Chunk chunk{image, images, row, std::min(height, row + rowsAtOnce)};
            addChunk(convolution, chunk, x, dy, begin, end, weightGrad);
        }
    }
}

} // namespace ty::engine::loops
