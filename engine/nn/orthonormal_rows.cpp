#include "engine/nn/orthonormal_rows.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/base/parallel_ranges.h"
#include "engine/base/processor_clones.h"

namespace ty::engine {

namespace {

constexpr std::size_t kBlock = 64; ///< rows that are freed of all rows before them at once, side by side
constexpr std::size_t kAtOnce = 4; ///< rows of which a row is freed in one pass over it

/// Frees `row` of kAtOnce orthonormal rows that lie one after the other.
TY_FOR_EACH_PROCESSOR
void freeOfFour(double* row, const double* others, std::size_t length)
{
    const double* a = others;
    const double* b = a + length;
    const double* c = b + length;
    const double* d = c + length;
    double alongA = 0;
    double alongB = 0;
    double alongC = 0;
    double alongD = 0;
#pragma omp simd reduction(+ : alongA, alongB, alongC, alongD)
    for (std::size_t j = 0; j < length; ++j) {
        alongA += row[j] * a[j];
        alongB += row[j] * b[j];
        alongC += row[j] * c[j];
        alongD += row[j] * d[j];
    }
#pragma omp simd
    for (std::size_t j = 0; j < length; ++j) {
        row[j] -= alongA * a[j] + alongB * b[j] + alongC * c[j] + alongD * d[j];
    }
}

TY_FOR_EACH_PROCESSOR
void freeOfOne(double* row, const double* other, std::size_t length)
{
    double along = 0;
#pragma omp simd reduction(+ : along)
    for (std::size_t j = 0; j < length; ++j) {
        along += row[j] * other[j];
    }
#pragma omp simd
    for (std::size_t j = 0; j < length; ++j) {
        row[j] -= along * other[j];
    }
}

TY_FOR_EACH_PROCESSOR
void shortenToOne(double* row, std::size_t length)
{
    double squares = 0;
#pragma omp simd reduction(+ : squares)
    for (std::size_t j = 0; j < length; ++j) {
        squares += row[j] * row[j];
    }
    const double factor = 1 / std::sqrt(squares);
#pragma omp simd
    for (std::size_t j = 0; j < length; ++j) {
        row[j] *= factor;
    }
}

} // namespace

void orthonormalise(std::span<double> rows, std::size_t length, int threads)
{
    const std::size_t count = rows.size() / length;
    const auto rowAt = [&](std::size_t i) { return rows.data() + i * length; };
    for (std::size_t begin = 0; begin < count; begin += kBlock) {
        const std::size_t end = std::min(count, begin + kBlock);
        const auto free = [&](std::size_t first, std::size_t last) -> Result<void> {
            for (std::size_t k = 0; k < begin; k += kAtOnce) { // a block's length is a multiple of it
                for (std::size_t i = first; i < last; ++i) {
                    freeOfFour(rowAt(begin + i), rowAt(k), length);
                }
            }
            return {};
        };
        if (!parallelRanges(end - begin, begin > 0 ? threads : 1, free)) {
            static_cast<void>(free(0, end - begin)); // no thread could be had; a row that is free stays so
        }
        for (std::size_t i = begin; i < end; ++i) {
            for (std::size_t k = begin; k < i; ++k) {
                freeOfOne(rowAt(i), rowAt(k), length);
            }
            shortenToOne(rowAt(i), length);
        }
    }
}

} // namespace ty::engine
