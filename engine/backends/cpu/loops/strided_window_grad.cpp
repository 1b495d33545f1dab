#include "engine/backends/cpu/loops/strided_window.h"

#include "engine/backends/cpu/loops/strided_window_points.h"

namespace ty::engine::loops {

namespace {

using strided::kAxis;
using strided::kFinite;
using strided::kPoints;
using strided::kResults;
using strided::kTaps;
using strided::setOf;

/// Floats between two points of a strip's gradient: a cache line more, or they would meet in the same cache set.
constexpr std::int64_t kPointStride = (kStridedWindowStrip + 1) * kLanes;
static_assert(kPoints * kPoints * kPointStride == kStridedWindowGradFloats);

alignas(64) constexpr float kNoGrads[kLanes] = {};

/// w = 16 filters of a strip under A of both axes: {49, kPointStride}. `dy`: those filters of the image.
TY_INLINE void transformGrads(
    const StridedWindow& window, const StridedWindowStrip& strip, const float* dy, Vec& total, float* w)
{
    const float* rows[kResults];
    TY_UNROLL
    for (int i = 0; i < kResults; ++i) {
        rows[i] = dy + ((strip.row + i) * window.resultWidth + strip.column) * kLanes;
    }
    for (std::int64_t tile = 0; tile < strip.tiles; ++tile) {
        Vec columns[kResults][kPoints]; // by column, then transformed row
        for (std::int64_t j = 0; j < kResults; ++j) {
            const std::int64_t column = tile * kResults + j;
            const std::int64_t offset = column * kLanes;
            const std::int64_t height = column < strip.columns ? strip.rows : 0;
            const Vec d[kResults] = {
                at(height > 0 ? rows[0] + offset : kNoGrads),
                at(height > 1 ? rows[1] + offset : kNoGrads),
                at(height > 2 ? rows[2] + offset : kNoGrads),
                at(height > 3 ? rows[3] + offset : kNoGrads)};
            total += (d[0] + d[1]) + (d[2] + d[3]);
            strided::gradPoints(d, columns[j]);
        }
        for (int i = 0; i < kPoints; ++i) {
            const Vec d[kResults] = {columns[0][i], columns[1][i], columns[2][i], columns[3][i]};
            Vec r[kPoints];
            strided::gradPoints(d, r);
            TY_UNROLL
            for (int j = 0; j < kPoints; ++j) {
                at(w + (i * kPoints + j) * kPointStride + tile * kLanes) = r[j];
            }
        }
    }
}

/// The products at one point of all phases that have it, summed over the tiles. `v` and `du` at the point's place in its
/// (first) set.
template<int Channels, int RowPhases, int ColumnPhases>
TY_INLINE void multiplyGradPoint(const float* v, const float* w, std::int64_t tiles, bool isFirst, float* du)
{
    constexpr int kPhases = RowPhases * ColumnPhases;
    // Rows of v and of du from the point's own to that of another phase and channel.
    constexpr auto kRowOf = [](int phase, int c) {
        const bool isOdd = phase % ColumnPhases == 1;
        return phase / ColumnPhases * static_cast<int>(kAxis) * Channels
            + (isOdd ? kPoints * Channels + c * kFinite : c * kPoints);
    };
    Vec sums[kPhases][Channels] = {};
    for (std::int64_t tile = 0; tile < tiles; ++tile) {
        const Vec row = at(w + tile * kLanes);
        TY_UNROLL
        for (int phase = 0; phase < kPhases; ++phase) {
            TY_UNROLL
            for (int c = 0; c < Channels; ++c) {
                sums[phase][c] += v[kRowOf(phase, c) * kStridedWindowStrip + tile] * row;
            }
        }
    }
    TY_UNROLL
    for (int phase = 0; phase < kPhases; ++phase) {
        TY_UNROLL
        for (int c = 0; c < Channels; ++c) {
            float* place = du + kRowOf(phase, c) * kLanes;
            at(place) = isFirst ? sums[phase][c] : at(place) + sums[phase][c];
        }
    }
}

/// All products of 16 filters.
template<int Channels>
TY_INLINE void multiplyGrads(const float* v, const float* w, std::int64_t tiles, bool isFirst, float* du)
{
    constexpr std::int64_t kSetRows = kAxis * Channels;
    for (int i = 0; i < kPoints; ++i) {
        const float* set = v + setOf(i, 0) * kSetRows * kStridedWindowStrip;
        float* sums = du + setOf(i, 0) * kSetRows * kLanes;
        for (int j = 0; j < kPoints; ++j) {
            const float* tileRow = set + j * kStridedWindowStrip;
            const float* grads = w + (i * kPoints + j) * kPointStride;
            float* target = sums + j * kLanes;
            if (i < kFinite && j < kFinite) {
                multiplyGradPoint<Channels, 2, 2>(tileRow, grads, tiles, isFirst, target);
            } else if (i < kFinite) {
                multiplyGradPoint<Channels, 2, 1>(tileRow, grads, tiles, isFirst, target);
            } else if (j < kFinite) {
                multiplyGradPoint<Channels, 1, 2>(tileRow, grads, tiles, isFirst, target);
            } else {
                multiplyGradPoint<Channels, 1, 1>(tileRow, grads, tiles, isFirst, target);
            }
        }
    }
}

/// The taps of a phase of one channel for 16 filters, from the points of all shares. `du` at the channel's first point in
/// the phase's first set.
TY_INLINE void gatherTaps(
    const float* du,
    std::int64_t setFloats,
    std::int64_t shareStride,
    int shares,
    int rowPhase,
    int columnPhase,
    Vec (&taps)[kTaps][kTaps])
{
    Vec columns[kTaps][kPoints]; // by tap of the horizontal axis, then vertical point
    for (int i = 0; i < kPoints - rowPhase; ++i) {
        const float* set = du + setOf(i, rowPhase) * setFloats;
        Vec d[kPoints];
        for (int j = 0; j < kPoints - columnPhase; ++j) {
            d[j] = at(set + j * kLanes);
            for (int share = 1; share < shares; ++share) {
                d[j] += at(set + share * shareStride + j * kLanes);
            }
        }
        Vec r[kTaps];
        strided::pointTaps(d, kPoints - columnPhase, r);
        for (int tap = 0; tap < kTaps; ++tap) {
            columns[tap][i] = r[tap];
        }
    }
    for (int tap = 0; tap < kTaps; ++tap) {
        Vec r[kTaps];
        strided::pointTaps(columns[tap], kPoints - rowPhase, r);
        for (int i = 0; i < kTaps; ++i) {
            taps[i][tap] = r[i];
        }
    }
}

} // namespace

TY_CLONES
void stridedWindowWeightSums(
    const StridedWindow& window,
    std::int64_t index,
    bool isFirst,
    const float* v,
    const float* dy,
    float* total,
    float* scratch,
    float* du)
{
    const StridedWindowStrip strip = window.strip(index);
    const std::int64_t filterBlocks = window.filters / kLanes;
    const std::int64_t plane = window.resultHeight * window.resultWidth * kLanes;
    for (std::int64_t block = 0; block < filterBlocks; ++block) {
        Vec sum = {};
        transformGrads(window, strip, dy + (strip.image * filterBlocks + block) * plane, sum, scratch);
        if (total != nullptr) {
            at(total + block * kLanes) += sum;
        }
        float* sums = du + block * kStridedWindowProducts * window.channels * kLanes;
        switch (window.channels) {
        case 1: multiplyGrads<1>(v, scratch, strip.tiles, isFirst, sums); break;
        case 2: multiplyGrads<2>(v, scratch, strip.tiles, isFirst, sums); break;
        case 3: multiplyGrads<3>(v, scratch, strip.tiles, isFirst, sums); break;
        default: multiplyGrads<4>(v, scratch, strip.tiles, isFirst, sums); break;
        }
    }
}

TY_CLONES
void stridedWindowWeightGrad(
    const StridedWindow& window,
    const float* du,
    std::int64_t shareStride,
    int shares,
    std::int64_t begin,
    std::int64_t end,
    float* weightGrad)
{
    const std::int64_t perFilter = window.channels * window.windowHeight * window.windowWidth;
    const std::int64_t setRows = kAxis * window.channels;
    for (std::int64_t part = begin * window.channels * 4; part < end * window.channels * 4; ++part) {
        const std::int64_t block = part / 4 / window.channels;
        const std::int64_t c = part / 4 % window.channels;
        const int rowPhase = static_cast<int>(part % 4 / 2);
        const int columnPhase = static_cast<int>(part % 2);
        const std::int64_t row = block * kAxis * setRows
            + (columnPhase == 0 ? c * kPoints : window.channels * kPoints + c * kFinite);
        Vec taps[kTaps][kTaps];
        gatherTaps(
            du + row * kLanes, setRows * kLanes, shareStride, shares, rowPhase, columnPhase, taps);
        float* target = weightGrad + block * kLanes * perFilter + c * window.windowHeight * window.windowWidth;
        for (std::int64_t i = rowPhase; i < window.windowHeight; i += 2) {
            for (std::int64_t j = columnPhase; j < window.windowWidth; j += 2) {
                const Vec& filters = taps[i / 2][j / 2];
                for (std::int64_t k = 0; k < kLanes; ++k) {
                    target[k * perFilter + i * window.windowWidth + j] = filters[k];
                }
            }
        }
    }
}

} // namespace ty::engine::loops
