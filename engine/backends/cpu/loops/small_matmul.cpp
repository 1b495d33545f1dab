#include "engine/backends/cpu/loops/small_matmul.h"

#include <algorithm>

#include "engine/backends/cpu/loops/block_transpose.h"
#include "engine/backends/cpu/loops/channel_vector.h"
#include "engine/backends/cpu/loops/clones.h"

namespace ty::engine::loops {

namespace {

constexpr std::int64_t kTerms = 64; ///< rows of a panel, which stays in the nearest cache
constexpr int kRowsAtOnce = 6;      ///< whose sums fit into 16 registers of 8 floats

/// Up to 16 columns of some rows of b.
struct Panel {
    const float* data = nullptr;
    std::int64_t stride = kLanes; ///< floats from row to row
    std::int64_t terms = 0;       ///< rows
    std::int64_t width = kLanes;  ///< columns that count
};

TY_INLINE void loadSome(const float* place, std::int64_t width, Vec& values)
{
    if (width == kLanes) {
        values = at(place);
        return;
    }
    alignas(64) float lanes[kLanes];
#pragma omp simd
    for (std::int64_t l = 0; l < kLanes; ++l) {
        lanes[l] = l < width ? place[l] : 0.0F;
    }
    values = at(lanes);
}

TY_INLINE void storeSome(const Vec& values, std::int64_t width, float* place)
{
    if (width == kLanes) {
        at(place) = values;
        return;
    }
    alignas(64) float lanes[kLanes];
    at(lanes) = values;
#pragma omp simd
    for (std::int64_t l = 0; l < kLanes; ++l) {
        if (l < width) {
            place[l] = lanes[l];
        }
    }
}

/// Rows of b lie whole behind each other, or are put so into `room`, with zeros behind the last column.
TY_INLINE Panel panelOf(
    const SmallMatMul& shape, const float* b, std::int64_t column, std::int64_t term, float* room)
{
    const std::int64_t width = std::min(kLanes, shape.columns - column);
    const std::int64_t terms = std::min(kTerms, shape.inner - term);
    const float* first = b + column * shape.bColumn + term * shape.bInner;
    if (shape.bColumn == 1 && width == kLanes) {
        return {first, shape.bInner, terms, width};
    }
    if (shape.bColumn == 1) {
        for (std::int64_t k = 0; k < terms; ++k) {
            Vec row;
            loadSome(first + k * shape.bInner, width, row);
            at(room + k * kLanes) = row;
        }
        return {room, kLanes, terms, width};
    }
    std::int64_t done = 0;
    if (shape.bInner == 1 && width == kLanes) {
        for (; done + kLanes <= terms; done += kLanes) {
            transpose(first + done, shape.bColumn, room + done * kLanes);
        }
    }
    for (std::int64_t k = done; k < terms; ++k) {
        float* row = room + k * kLanes;
        for (std::int64_t l = 0; l < kLanes; ++l) {
            row[l] = l < width ? first[l * shape.bColumn + k * shape.bInner] : 0.0F;
        }
    }
    return {room, kLanes, terms, width};
}

/// Some rows of c = bias, or c, plus those of a times the panel.
template<int Rows>
TY_INLINE void multiplyRows(
    const SmallMatMul& shape, const float* a, const Panel& panel, const Vec* bias, float* c, std::int64_t cRow)
{
    Vec sums[Rows];
    TY_UNROLL
    for (int r = 0; r < Rows; ++r) {
        if (bias != nullptr) {
            sums[r] = *bias;
        } else {
            loadSome(c + r * cRow, panel.width, sums[r]);
        }
    }
    for (std::int64_t k = 0; k < panel.terms; ++k) {
        const Vec row = at(panel.data + k * panel.stride);
        TY_UNROLL
        for (int r = 0; r < Rows; ++r) {
            sums[r] += a[r * shape.aRow + k * shape.aInner] * row;
        }
    }
    TY_UNROLL
    for (int r = 0; r < Rows; ++r) {
        storeSome(sums[r], panel.width, c + r * cRow);
    }
}

/// By vectors along the columns. Each result is summed up in the order of its terms.
TY_INLINE void multiplyWide(
    const SmallMatMul& shape, const float* a, const float* b, const float* bias, float* c, std::int64_t cRow)
{
    alignas(64) float room[kTerms * kLanes];
    for (std::int64_t column = 0; column < shape.columns; column += kLanes) {
        for (std::int64_t term = 0; term < shape.inner; term += kTerms) {
            const Panel panel = panelOf(shape, b, column, term, room);
            Vec first{};
            if (bias != nullptr) {
                loadSome(bias + column, panel.width, first);
            }
            const Vec* begin = term == 0 ? &first : nullptr;
            const float* left = a + term * shape.aInner;
            std::int64_t i = 0;
            for (; i + kRowsAtOnce <= shape.rows; i += kRowsAtOnce) {
                multiplyRows<kRowsAtOnce>(shape, left + i * shape.aRow, panel, begin, c + i * cRow + column, cRow);
            }
            for (; i + 2 <= shape.rows; i += 2) {
                multiplyRows<2>(shape, left + i * shape.aRow, panel, begin, c + i * cRow + column, cRow);
            }
            if (i < shape.rows) {
                multiplyRows<1>(shape, left + i * shape.aRow, panel, begin, c + i * cRow + column, cRow);
            }
        }
    }
}

/// One column: a's rows times a vector.
TY_INLINE void multiplyColumn(
    const SmallMatMul& shape, const float* a, const float* b, const float* bias, float* c, std::int64_t cRow)
{
    for (std::int64_t i = 0; i < shape.rows; ++i) {
        const float* left = a + i * shape.aRow;
        float total = 0;
        if (shape.aInner == 1 && shape.bInner == 1) {
#pragma omp simd reduction(+ : total)
            for (std::int64_t k = 0; k < shape.inner; ++k) {
                total += left[k] * b[k];
            }
        } else {
            for (std::int64_t k = 0; k < shape.inner; ++k) {
                total += left[k * shape.aInner] * b[k * shape.bInner];
            }
        }
        c[i * cRow] = total + (bias != nullptr ? *bias : 0.0F);
    }
}

} // namespace

TY_CLONES
void smallMatMul(const SmallMatMul& shape, const float* a, const float* b, const float* bias, float* c)
{
    const std::int64_t cRow = shape.cRow != 0 ? shape.cRow : shape.columns;
    if (shape.columns == 1) {
        multiplyColumn(shape, a, b, bias, c, cRow);
    } else {
        multiplyWide(shape, a, b, bias, c, cRow);
    }
}

} // namespace ty::engine::loops
