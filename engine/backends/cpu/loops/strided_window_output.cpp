#include "engine/backends/cpu/loops/strided_window.h"

#include "engine/backends/cpu/loops/strided_window_points.h"

namespace ty::engine::loops {

namespace {

using strided::kAxis;
using strided::kFinite;
using strided::kPoints;
using strided::kResults;
using strided::setOf;

constexpr int kTilesAtOnce = 4;

/// The products of some tiles at one place of the vertical axis, transformed back along the horizontal one while they are
/// in registers: {tiles, 4, 16}. `v` at the first tile, `u` at 16 filters; `sets` of both follow each other.
TY_INLINE void multiplyStripPlace(const float* v, const float* u, int sets, std::int64_t channels, float* result)
{
    Vec sums[kTilesAtOnce][kPoints] = {};
    for (int set = 0; set < sets; ++set) {
        for (std::int64_t c = 0; c < channels; ++c) {
            TY_UNROLL
            for (int j = 0; j < kPoints; ++j) {
                const Vec row = at(u + j * kLanes);
                TY_UNROLL
                for (int t = 0; t < kTilesAtOnce; ++t) {
                    sums[t][j] += v[j * kStridedWindowStrip + t] * row;
                }
            }
            u += kPoints * kLanes;
            v += kPoints * kStridedWindowStrip;
        }
        for (std::int64_t c = 0; c < channels; ++c) {
            TY_UNROLL
            for (int j = 0; j < kFinite; ++j) {
                const Vec row = at(u + j * kLanes);
                TY_UNROLL
                for (int t = 0; t < kTilesAtOnce; ++t) {
                    sums[t][j] += v[j * kStridedWindowStrip + t] * row;
                }
            }
            u += kFinite * kLanes;
            v += kFinite * kStridedWindowStrip;
        }
    }
    TY_UNROLL
    for (int t = 0; t < kTilesAtOnce; ++t) {
        Vec r[kResults];
        strided::outputPoints(sums[t], r);
        TY_UNROLL
        for (int j = 0; j < kResults; ++j) {
            at(result + (t * kResults + j) * kLanes) = r[j];
        }
    }
}

/// 16 filters of the tiles of a strip, transformed back along the vertical axis. `y`: those filters of the image.
TY_INLINE void finishStrip(
    const StridedWindow& window, const StridedWindowStrip& strip, const float* sums, const Vec& bias, bool isRelu, float* y)
{
    constexpr std::int64_t kPlace = kStridedWindowStrip * kResults * kLanes;
    float* target = y + (strip.row * window.resultWidth + strip.column) * kLanes;
    for (std::int64_t column = 0; column < strip.columns; ++column) {
        const float* place = sums + column * kLanes;
        const Vec d[kPoints] = {
            at(place),
            at(place + kPlace),
            at(place + 2 * kPlace),
            at(place + 3 * kPlace),
            at(place + 4 * kPlace),
            at(place + 5 * kPlace),
            at(place + 6 * kPlace)};
        Vec r[kResults];
        strided::outputPoints(d, r);
        TY_UNROLL
        for (int i = 0; i < kResults; ++i) {
            r[i] += bias;
            if (isRelu) {
                r[i] = r[i] > 0.0F ? r[i] : Vec{};
            }
            if (i < strip.rows) {
                at(target + (i * window.resultWidth + column) * kLanes) = r[i];
            }
        }
    }
}

} // namespace

TY_CLONES
void stridedWindowOutput(
    const StridedWindow& window,
    std::int64_t index,
    const float* v,
    const float* u,
    const float* bias,
    bool isRelu,
    float* scratch,
    float* y)
{
    const StridedWindowStrip strip = window.strip(index);
    const std::int64_t setRows = kAxis * window.channels;
    const std::int64_t filterBlocks = window.filters / kLanes;
    const std::int64_t planeFloats = window.resultHeight * window.resultWidth * kLanes;
    for (std::int64_t block = 0; block < filterBlocks; ++block) {
        const float* weights = u + block * kAxis * setRows * kLanes;
        float* plane = y + (strip.image * filterBlocks + block) * planeFloats;
        float* row = plane + (strip.row * window.resultWidth + strip.column) * kLanes;
        for (std::int64_t i = 0; i < kPoints; ++i) {
            const std::int64_t first = setOf(i, 0) * setRows;
            for (std::int64_t tile = 0; tile < strip.tiles; tile += kTilesAtOnce) {
                // What the results will be written to comes into the cache meanwhile.
                if (i < kResults) {
                    TY_UNROLL
                    for (int column = 0; column < kTilesAtOnce * kResults; ++column) {
                        __builtin_prefetch(row + (i * window.resultWidth + tile * kResults + column) * kLanes, 1);
                    }
                }
                multiplyStripPlace(
                    v + first * kStridedWindowStrip + tile,
                    weights + first * kLanes,
                    i < kFinite ? 2 : 1,
                    window.channels,
                    scratch + (i * kStridedWindowStrip + tile) * kResults * kLanes);
            }
        }
        const Vec addend = bias != nullptr ? Vec(at(bias + block * kLanes)) : Vec{};
        finishStrip(window, strip, scratch, addend, isRelu, plane);
    }
}

} // namespace ty::engine::loops
