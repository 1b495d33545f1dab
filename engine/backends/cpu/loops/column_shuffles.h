#pragma once

#include <cstddef>
#include <utility>

#include "engine/backends/cpu/loops/channel_vector.h"

// 16 rows of very few columns, which lie behind each other, and their columns: by shuffles in registers, where single
// floats would wait for each other's way through memory.
namespace ty::engine::loops {

/// The first `count` of 16 floats, and zeros behind them; nothing beyond those is read.
TY_INLINE void loadFirst(const float* place, int count, Vec& values)
{
    alignas(64) float lanes[kLanes];
#pragma omp simd
    for (int l = 0; l < kLanes; ++l) {
        lanes[l] = l < count ? place[l] : 0.0F;
    }
    values = at(lanes);
}

TY_INLINE void storeFirst(const Vec& values, int count, float* place)
{
    alignas(64) float lanes[kLanes];
    at(lanes) = values;
#pragma omp simd
    for (int l = 0; l < kLanes; ++l) {
        if (l < count) {
            place[l] = lanes[l];
        }
    }
}

/// 2 <= Columns <= 16.
template<int Columns>
class ColumnShuffles {
    static_assert(Columns >= 2 && Columns <= kLanes);

public:
    /// columns[c] lane r = rows[r * Columns + c], 0 from row `count` on.
    TY_INLINE static void load(const float* rows, std::size_t count, Vec (&columns)[Columns])
    {
        Vec parts[Columns];
        TY_UNROLL
        for (int p = 0; p < Columns; ++p) {
            loadFirst(rows + p * kLanes, floatsFrom(p, count), parts[p]);
        }
        takeAll(parts, columns, Pairs());
    }

    TY_INLINE static void store(const Vec (&columns)[Columns], std::size_t count, float* rows)
    {
        Vec parts[Columns];
        putAll(columns, parts, Pairs());
        TY_UNROLL
        for (int p = 0; p < Columns; ++p) {
            storeFirst(parts[p], floatsFrom(p, count), rows + p * kLanes);
        }
    }

private:
    using Lanes = std::make_integer_sequence<int, kLanes>;
    using Pairs = std::make_integer_sequence<int, Columns * Columns>; ///< of a column and a part

    /// That are left from a part on.
    TY_INLINE static int floatsFrom(int part, std::size_t count)
    {
        return static_cast<int>(count) * Columns - part * static_cast<int>(kLanes);
    }

    // The first two of what is put together come at once, each other one into the lanes that are left to it.
    template<int... Pair>
    TY_INLINE static void takeAll(const Vec* parts, Vec* columns, std::integer_sequence<int, Pair...> /*pairs*/)
    {
        (take<Pair / Columns, Pair % Columns>(parts, columns[Pair / Columns], Lanes()), ...);
    }
    template<int... Pair>
    TY_INLINE static void putAll(const Vec* columns, Vec* parts, std::integer_sequence<int, Pair...> /*pairs*/)
    {
        (put<Pair / Columns, Pair % Columns>(columns, parts[Pair / Columns], Lanes()), ...);
    }

    /// The column's values that lie in the part.
    template<int Column, int Part, int... Lane>
    TY_INLINE static void take(const Vec* parts, Vec& column, std::integer_sequence<int, Lane...> /*lanes*/)
    {
        if constexpr (Part == 1) {
            column = __builtin_shufflevector(parts[0], parts[1], ((Lane * Columns + Column) % 32)...);
        } else if constexpr (Part > 1) {
            column = __builtin_shufflevector(
                column, parts[Part], ((Lane * Columns + Column) / 16 == Part ? 16 + (Lane * Columns + Column) % 16 : Lane)...);
        }
    }
    /// The part's values that belong to the column.
    template<int Part, int Column, int... Lane>
    TY_INLINE static void put(const Vec* columns, Vec& part, std::integer_sequence<int, Lane...> /*lanes*/)
    {
        if constexpr (Column == 1) {
            part = __builtin_shufflevector(
                columns[0], columns[1], ((Part * 16 + Lane) / Columns + ((Part * 16 + Lane) % Columns == 1 ? 16 : 0))...);
        } else if constexpr (Column > 1) {
            part = __builtin_shufflevector(
                part, columns[Column], ((Part * 16 + Lane) % Columns == Column ? 16 + (Part * 16 + Lane) / Columns : Lane)...);
        }
    }
};

} // namespace ty::engine::loops
