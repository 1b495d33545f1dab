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

/// Pixels an axis that a tile sees, and from one tile to the next.
constexpr std::int64_t kReach = 13;
constexpr std::int64_t kStep = 8;
/// Room for the pixels that a strip sees, by whole vectors.
constexpr std::int64_t kStripPixels = (kStridedWindowStrip + 2) * kStep;

alignas(64) constexpr float kNoPixels[kStripPixels] = {};

TY_INLINE void splitPair(const Vec& a, const Vec& b, Vec& even, Vec& odd)
{
    even = __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    odd = __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
}

/// r[j][t] = row[8 t + j] of 16 tiles.
TY_INLINE void splitTiles(const float* row, Vec (&r)[kStep])
{
    Vec halves[2][4]; // pixels 2 k and 2 k + 1
    TY_UNROLL
    for (int i = 0; i < 4; ++i) {
        const Vec first = at(row + 2 * i * kLanes);
        const Vec second = at(row + (2 * i + 1) * kLanes);
        splitPair(first, second, halves[0][i], halves[1][i]);
    }
    TY_UNROLL
    for (int half = 0; half < 2; ++half) {
        Vec quarters[2][2];
        splitPair(halves[half][0], halves[half][1], quarters[0][0], quarters[1][0]);
        splitPair(halves[half][2], halves[half][3], quarters[0][1], quarters[1][1]);
        TY_UNROLL
        for (int quarter = 0; quarter < 2; ++quarter) {
            const int place = half + 2 * quarter;
            splitPair(quarters[quarter][0], quarters[quarter][1], r[place], r[place + 4]);
        }
    }
}

/// Columns of 16 pixels of all that a strip sees under the vertical transform: rows 0 to 6 of the phase of even taps, 7 to
/// 12 of the other.
TY_INLINE void transformColumns(const float* const (&rows)[kReach], std::int64_t offset, float* target)
{
    Vec even[kPoints];
    Vec odd[kPoints];
    TY_UNROLL
    for (int i = 0; i < kFinite; ++i) {
        even[i] = at(rows[2 * i] + offset);
        odd[i] = at(rows[2 * i + 1] + offset);
    }
    even[kFinite] = at(rows[2 * kFinite] + offset);
    Vec r[kPoints];
    strided::inputPoints(even, r);
    strided::inputAtInfinity(even, r[kFinite]);
    TY_UNROLL
    for (int i = 0; i < kPoints; ++i) {
        at(target + i * kStripPixels) = r[i];
    }
    strided::inputPoints(odd, r);
    TY_UNROLL
    for (int i = 0; i < kFinite; ++i) {
        at(target + (kPoints + i) * kStripPixels) = r[i];
    }
}

/// What a strip sees of one channel of an image, under the vertical transform: {13, kStripPixels}.
TY_INLINE void transformRows(const StridedWindow& window, const StridedWindowStrip& strip, const float* plane, float* target)
{
    const std::int64_t firstRow = 2 * strip.row - window.top;
    const std::int64_t firstColumn = 2 * strip.column - window.left;
    const std::int64_t begin = std::max<std::int64_t>(0, -firstColumn);
    const std::int64_t end = std::min(strip.tiles * kStep + kReach - kStep, window.width - firstColumn);
    for (std::int64_t i = 0; i < kReach; ++i) {
        float* row = target + i * kStripPixels;
        std::fill(row, row + std::min(begin, kStripPixels), 0.0F);
        std::fill(row + std::max<std::int64_t>(0, end), row + kStripPixels, 0.0F);
    }
    const float* rows[kReach]; // at column `begin`
    std::int64_t steps[kReach];
    for (std::int64_t i = 0; i < kReach; ++i) {
        const std::int64_t row = firstRow + i;
        const bool isThere = row >= 0 && row < window.height;
        rows[i] = isThere ? plane + row * window.width + firstColumn + begin : kNoPixels;
        steps[i] = isThere ? 1 : 0;
    }
    std::int64_t column = begin;
    for (; column + kLanes <= end; column += kLanes) {
        transformColumns(rows, column - begin, target + column);
    }
    if (column < end) {
        const std::int64_t count = end - column;
        alignas(64) float last[kReach][kLanes] = {};
        alignas(64) float results[kReach * kStripPixels];
        const float* lastRows[kReach];
        for (std::int64_t i = 0; i < kReach; ++i) {
            std::copy_n(rows[i] + steps[i] * (column - begin), count, last[i]);
            lastRows[i] = last[i];
        }
        transformColumns(lastRows, 0, results);
        for (std::int64_t i = 0; i < kReach; ++i) {
            std::copy_n(results + i * kStripPixels, count, target + i * kStripPixels + column);
        }
    }
}

/// The horizontal transform of one row of a channel; v at the channel's first point of the phase of even taps, and of odd.
TY_INLINE void transformTiles(const float* row, std::int64_t tiles, float* even, float* odd)
{
    Vec following[kStep];
    splitTiles(row, following);
    for (std::int64_t tile = 0; tile < tiles; tile += kLanes) {
        Vec places[kReach]; // of all 16 tiles
        TY_UNROLL
        for (int j = 0; j < kStep; ++j) {
            places[j] = following[j];
        }
        const float* behind = row + (tile + kLanes) * kStep;
        if (tile + kLanes < tiles) {
            splitTiles(behind, following);
        } else {
            TY_UNROLL
            for (int j = 0; j < kReach - kStep; ++j) {
                following[j] = Vec{} + behind[j];
            }
        }
        TY_UNROLL
        for (int j = 0; j < kReach - kStep; ++j) {
            places[kStep + j] = __builtin_shufflevector(
                places[j], following[j], 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
        }
        Vec d[kPoints];
        Vec r[kPoints];
        TY_UNROLL
        for (int j = 0; j < kPoints; ++j) {
            d[j] = places[2 * j];
        }
        strided::inputPoints(d, r);
        strided::inputAtInfinity(d, r[kFinite]);
        TY_UNROLL
        for (int j = 0; j < kPoints; ++j) {
            at(even + j * kStridedWindowStrip + tile) = r[j];
        }
        TY_UNROLL
        for (int j = 0; j < kFinite; ++j) {
            d[j] = places[2 * j + 1];
        }
        strided::inputPoints(d, r);
        TY_UNROLL
        for (int j = 0; j < kFinite; ++j) {
            at(odd + j * kStridedWindowStrip + tile) = r[j];
        }
    }
}

} // namespace

TY_CLONES
void stridedWindowInput(const StridedWindow& window, std::int64_t index, const float* x, float* v)
{
    const StridedWindowStrip strip = window.strip(index);
    const std::int64_t plane = window.height * window.width;
    const std::int64_t setRows = kAxis * window.channels;
    alignas(64) float pixels[kAxis * kStripPixels];
    for (std::int64_t c = 0; c < window.channels; ++c) {
        transformRows(window, strip, x + (strip.image * window.channels + c) * plane, pixels);
        for (std::int64_t row = 0; row < kAxis; ++row) {
            const bool isEven = row < kPoints;
            float* set = v + setOf(isEven ? row : row - kPoints, isEven ? 0 : 1) * setRows * kStridedWindowStrip;
            transformTiles(
                pixels + row * kStripPixels,
                strip.tiles,
                set + c * kPoints * kStridedWindowStrip,
                set + (window.channels * kPoints + c * kFinite) * kStridedWindowStrip);
        }
    }
}

TY_CLONES
void stridedWindowWeights(
    const StridedWindow& window, const float* weight, std::int64_t begin, std::int64_t end, float* u)
{
    const std::int64_t perFilter = window.channels * window.windowHeight * window.windowWidth;
    const std::int64_t setRows = kAxis * window.channels;
    for (std::int64_t block = begin; block < end; ++block) {
        for (std::int64_t c = 0; c < window.channels; ++c) {
            Vec taps[2 * kTaps][2 * kTaps] = {}; // those beyond the window are zero
            for (std::int64_t i = 0; i < window.windowHeight; ++i) {
                for (std::int64_t j = 0; j < window.windowWidth; ++j) {
                    const float* place = weight + block * kLanes * perFilter
                        + (c * window.windowHeight + i) * window.windowWidth + j;
                    alignas(64) float filters[kLanes];
                    for (std::int64_t k = 0; k < kLanes; ++k) {
                        filters[k] = place[k * perFilter];
                    }
                    taps[i][j] = at(filters);
                }
            }
            for (int rowPhase = 0; rowPhase < 2; ++rowPhase) {
                for (int columnPhase = 0; columnPhase < 2; ++columnPhase) {
                    Vec columns[kTaps][kPoints]; // by tap of the horizontal axis, then vertical point
                    for (int j = 0; j < kTaps; ++j) {
                        const int column = 2 * j + columnPhase;
                        const Vec d[kTaps] = {
                            taps[rowPhase][column],
                            taps[rowPhase + 2][column],
                            taps[rowPhase + 4][column],
                            taps[rowPhase + 6][column]};
                        strided::tapPoints(d, columns[j]);
                    }
                    for (int i = 0; i < kPoints - rowPhase; ++i) {
                        const Vec d[kTaps] = {columns[0][i], columns[1][i], columns[2][i], columns[3][i]};
                        Vec r[kPoints];
                        strided::tapPoints(d, r);
                        const std::int64_t row = (block * kAxis + setOf(i, rowPhase)) * setRows
                            + (columnPhase == 0 ? c * kPoints : window.channels * kPoints + c * kFinite);
                        for (int j = 0; j < kPoints - columnPhase; ++j) {
                            at(u + (row + j) * kLanes) = r[j];
                        }
                    }
                }
            }
        }
    }
}

} // namespace ty::engine::loops
