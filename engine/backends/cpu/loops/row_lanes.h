#pragma once

#include <cstddef>

#include "engine/backends/cpu/loops/channel_vector.h"
#include "engine/backends/cpu/loops/column_shuffles.h"

namespace ty::engine::loops {

/// Narrow rows side by side: column c of row r is value[c][r], so that a loop over the lanes works on all rows at once.
/// Rows that are not there are zeros.
struct RowLanes {
    static constexpr std::size_t kRows = 16;
    static constexpr std::size_t kMostColumns = 16;

    alignas(64) float value[kMostColumns][kRows];

    template<typename T>
    TY_INLINE void load(const T* rows, std::size_t count, std::size_t columns)
    {
        for (std::size_t c = 0; c < columns; ++c) {
            if (count < kRows) {
                at(value[c]) = Vec{};
            }
            for (std::size_t r = 0; r < count; ++r) {
                value[c][r] = toFloat(rows[r * columns + c]);
            }
        }
    }

    template<typename T>
    TY_INLINE void store(T* rows, std::size_t count, std::size_t columns) const
    {
        for (std::size_t r = 0; r < count; ++r) {
            for (std::size_t c = 0; c < columns; ++c) {
                rows[r * columns + c] = fromFloat<T>(value[c][r]);
            }
        }
    }

    /// The largest of each row.
    TY_INLINE void maxima(float* best, std::size_t columns) const
    {
#pragma omp simd
        for (std::size_t l = 0; l < kRows; ++l) {
            best[l] = value[0][l];
        }
        for (std::size_t c = 1; c < columns; ++c) {
#pragma omp simd
            for (std::size_t l = 0; l < kRows; ++l) {
                best[l] = value[c][l] > best[l] ? value[c][l] : best[l];
            }
        }
    }
};

/// The same for 2 to 4 columns of floats, with vectors of 16 floats: those turn in registers, where single floats wait for
/// each other's way through memory. (Narrower vectors are turned four times as fast by way of memory.)
struct ShuffledRowLanes : RowLanes {
    static constexpr std::size_t kMostColumns = 4;

    TY_INLINE void load(const float* rows, std::size_t count, std::size_t columns)
    {
        switch (columns) {
        case 2: loadColumns<2>(rows, count); break;
        case 3: loadColumns<3>(rows, count); break;
        default: loadColumns<4>(rows, count); break;
        }
    }
    TY_INLINE void store(float* rows, std::size_t count, std::size_t columns) const
    {
        switch (columns) {
        case 2: storeColumns<2>(rows, count); break;
        case 3: storeColumns<3>(rows, count); break;
        default: storeColumns<4>(rows, count); break;
        }
    }

private:
    template<int Columns>
    TY_INLINE void loadColumns(const float* rows, std::size_t count)
    {
        Vec all[Columns];
        ColumnShuffles<Columns>::load(rows, count, all);
        TY_UNROLL
        for (int c = 0; c < Columns; ++c) {
            at(value[c]) = all[c];
        }
    }
    template<int Columns>
    TY_INLINE void storeColumns(float* rows, std::size_t count) const
    {
        Vec all[Columns];
        TY_UNROLL
        for (int c = 0; c < Columns; ++c) {
            all[c] = at(value[c]);
        }
        ColumnShuffles<Columns>::store(all, count, rows);
    }
};

} // namespace ty::engine::loops
