#include "engine/backends/cpu/loops/small_matmul.h"

#include <algorithm>
#include <array>

#include "engine/backends/cpu/loops/block_transpose.h"
#include "engine/backends/cpu/loops/channel_vector.h"
#include "engine/backends/cpu/loops/clones.h"

namespace ty::engine::loops {

namespace {

constexpr std::int64_t kColumns = 16; ///< of a panel
constexpr std::int64_t kTerms = 64;   ///< rows of a panel, which stays in the nearest cache

/// Up to 16 columns of some rows of b.
struct Panel {
    const float* data = nullptr;
    std::int64_t stride = kColumns; ///< floats from row to row
    std::int64_t terms = 0;         ///< rows
    std::int64_t width = kColumns;  ///< columns that count
    bool hasOnes = false;           ///< column `width` holds ones
};

/// A row of a panel, or of sums, in vectors of `Lanes` floats.
template<int Lanes>
struct PanelRow {
    static constexpr int kVectors = static_cast<int>(kColumns) / Lanes;
    typedef float Part __attribute__((vector_size(Lanes * sizeof(float)))); // `using` forgets a size that depends on Lanes
    typedef float PartInMemory __attribute__((vector_size(Lanes * sizeof(float)), aligned(4), may_alias));

    Part parts[kVectors];

    TY_INLINE void load(const float* place)
    {
        TY_UNROLL
        for (int v = 0; v < kVectors; ++v) {
            parts[v] = *reinterpret_cast<const PartInMemory*>(place + v * Lanes);
        }
    }
    TY_INLINE void store(float* place) const
    {
        TY_UNROLL
        for (int v = 0; v < kVectors; ++v) {
            *reinterpret_cast<PartInMemory*>(place + v * Lanes) = parts[v];
        }
    }
    TY_INLINE void add(float factor, const PanelRow& row)
    {
        TY_UNROLL
        for (int v = 0; v < kVectors; ++v) {
            parts[v] += factor * row.parts[v];
        }
    }

    /// The first `width` of them; the others become 0.
    TY_INLINE void loadSome(const float* place, std::int64_t width)
    {
        if (width == kColumns) {
            load(place);
            return;
        }
        alignas(64) float lanes[kColumns];
#pragma omp simd
        for (std::int64_t l = 0; l < kColumns; ++l) {
            lanes[l] = l < width ? place[l] : 0.0F;
        }
        load(lanes);
    }
    TY_INLINE void storeSome(float* place, std::int64_t width) const
    {
        if (width == kColumns) {
            store(place);
            return;
        }
        alignas(64) float lanes[kColumns];
        store(lanes);
#pragma omp simd
        for (std::int64_t l = 0; l < kColumns; ++l) {
            if (l < width) {
                place[l] = lanes[l];
            }
        }
    }
};

/// Floats of which 16 from some place on hold a one in any column.
alignas(64) constexpr std::array<float, 2 * kColumns> kOneBehind = [] {
    std::array<float, 2 * kColumns> floats{};
    floats[kColumns] = 1;
    return floats;
}();

/// Rows of b lie whole behind each other, or are put so into `room`, with zeros behind the last column, or a one there
/// where rows of a are to be summed up.
template<int Lanes>
TY_INLINE Panel panelOf(
    const SmallMatMul& shape, const float* b, std::int64_t column, std::int64_t term, float* room)
{
    const std::int64_t width = std::min(kColumns, shape.columns - column);
    const std::int64_t terms = std::min(kTerms, shape.inner - term);
    const float* first = b + column * shape.bColumn + term * shape.bInner;
    const bool hasOnes = shape.rowSums != nullptr && width < kColumns;
    if (shape.bColumn == 1 && width == kColumns) {
        return {first, shape.bInner, terms, width, false};
    }
    PanelRow<Lanes> behind{};
    if (hasOnes) {
        behind.load(kOneBehind.data() + kColumns - width);
    }
    if (shape.bColumn == 1) {
        for (std::int64_t k = 0; k < terms; ++k) {
            PanelRow<Lanes> row;
            row.loadSome(first + k * shape.bInner, width);
            row.add(1, behind);
            row.store(room + k * kColumns);
        }
        return {room, kColumns, terms, width, hasOnes};
    }
    std::int64_t done = 0;
    if constexpr (Lanes == kLanes) {
        if (shape.bInner == 1 && width == kColumns) {
            for (; done + kLanes <= terms; done += kLanes) {
                transpose(first + done, shape.bColumn, room + done * kColumns);
            }
        }
    }
    for (std::int64_t k = done; k < terms; ++k) {
        float* row = room + k * kColumns;
        behind.store(row);
        for (std::int64_t l = 0; l < width; ++l) {
            row[l] = first[l * shape.bColumn + k * shape.bInner];
        }
    }
    return {room, kColumns, terms, width, hasOnes};
}

/// Some rows of c = bias, or c, plus those of a times the panel. `rowSums` are theirs, where the panel has ones.
template<int Lanes, int Rows>
TY_INLINE void multiplyRows(
    const SmallMatMul& shape,
    const float* a,
    const Panel& panel,
    const PanelRow<Lanes>* bias,
    float* c,
    std::int64_t cRow,
    float* rowSums)
{
    PanelRow<Lanes> sums[Rows];
    TY_UNROLL
    for (int r = 0; r < Rows; ++r) {
        if (bias != nullptr) {
            sums[r] = *bias;
        } else {
            sums[r].loadSome(c + r * cRow, panel.width);
        }
    }
    for (std::int64_t k = 0; k < panel.terms; ++k) {
        PanelRow<Lanes> row;
        row.load(panel.data + k * panel.stride);
        TY_UNROLL
        for (int r = 0; r < Rows; ++r) {
            sums[r].add(a[r * shape.aRow + k * shape.aInner], row);
        }
    }
    TY_UNROLL
    for (int r = 0; r < Rows; ++r) {
        sums[r].storeSome(c + r * cRow, panel.width);
    }
    if (panel.hasOnes) {
        TY_UNROLL
        for (int r = 0; r < Rows; ++r) {
            alignas(64) float lanes[kColumns];
            sums[r].store(lanes);
            rowSums[r] = lanes[panel.width];
        }
    }
}

/// By vectors along the columns, `Rows` rows at a time. Each result is summed up in the order of its terms.
template<int Lanes, int Rows>
TY_INLINE void multiplyWide(
    const SmallMatMul& shape, const float* a, const float* b, const float* bias, float* c, std::int64_t cRow)
{
    alignas(64) float room[kTerms * kColumns];
    for (std::int64_t column = 0; column < shape.columns; column += kColumns) {
        for (std::int64_t term = 0; term < shape.inner; term += kTerms) {
            const Panel panel = panelOf<Lanes>(shape, b, column, term, room);
            PanelRow<Lanes> first{};
            if (bias != nullptr) {
                first.loadSome(bias + column, panel.width);
            }
            const PanelRow<Lanes>* begin = term == 0 ? &first : nullptr;
            const float* left = a + term * shape.aInner;
            float* result = c + column;
            const auto sumsFrom = [&](std::int64_t i) { return panel.hasOnes ? shape.rowSums + i : nullptr; };
            std::int64_t i = 0;
            for (; i + Rows <= shape.rows; i += Rows) {
                multiplyRows<Lanes, Rows>(shape, left + i * shape.aRow, panel, begin, result + i * cRow, cRow, sumsFrom(i));
            }
            for (; i + 2 <= shape.rows; i += 2) {
                multiplyRows<Lanes, 2>(shape, left + i * shape.aRow, panel, begin, result + i * cRow, cRow, sumsFrom(i));
            }
            if (i < shape.rows) {
                multiplyRows<Lanes, 1>(shape, left + i * shape.aRow, panel, begin, result + i * cRow, cRow, sumsFrom(i));
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

template<int Lanes, int Rows>
TY_INLINE void multiply(const SmallMatMul& shape, const float* a, const float* b, const float* bias, float* c)
{
    const std::int64_t cRow = shape.cRow != 0 ? shape.cRow : shape.columns;
    if (shape.columns == 1) {
        multiplyColumn(shape, a, b, bias, c, cRow);
    } else {
        multiplyWide<Lanes, Rows>(shape, a, b, bias, c, cRow);
    }
}

// Vectors as wide as the processor's, and as many rows as have their sums in its registers.
#if defined(TY_HAS_CLONES)
__attribute__((target("arch=x86-64-v4"))) void
multiplyBySixteen(const SmallMatMul& shape, const float* a, const float* b, const float* bias, float* c)
{
    multiply<16, 6>(shape, a, b, bias, c);
}

__attribute__((target("arch=x86-64-v3"))) void
multiplyByEight(const SmallMatMul& shape, const float* a, const float* b, const float* bias, float* c)
{
    multiply<8, 6>(shape, a, b, bias, c);
}
#endif

void multiplyByFour(const SmallMatMul& shape, const float* a, const float* b, const float* bias, float* c)
{
    multiply<4, 2>(shape, a, b, bias, c);
}

} // namespace

bool SmallMatMul::canSumRows() const
{
    return columns > 1 && columns % kColumns != 0 && inner <= kTerms;
}

std::span<const SmallMatMulLoop> smallMatMulLoops()
{
#if defined(TY_HAS_CLONES)
    static constexpr std::array loops{multiplyBySixteen, multiplyByEight, multiplyByFour};
    const std::size_t first = __builtin_cpu_supports("x86-64-v4") ? 0 : __builtin_cpu_supports("x86-64-v3") ? 1 : 2;
    return std::span<const SmallMatMulLoop>(loops).subspan(first);
#else
    static constexpr std::array<SmallMatMulLoop, 1> loops{multiplyByFour};
    return loops;
#endif
}

void smallMatMul(const SmallMatMul& shape, const float* a, const float* b, const float* bias, float* c)
{
    static const SmallMatMulLoop loop = smallMatMulLoops().front();
    loop(shape, a, b, bias, c);
}

} // namespace ty::engine::loops
