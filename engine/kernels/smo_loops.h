#pragma once

#include <cstddef>

namespace ty::engine {

/// What one pass over the variables finds.
struct SmoCandidate {
    double value = 0;      ///< minus infinity: none
    std::size_t place = 0; ///< the last of equal ones
};

/// A variable of the violating pair: the highest -slope[t] - noUp[t].
/// @param slopes  {count}: sign times gradient, @param noUp  {count}: infinity where the variable cannot go that way, else 0
SmoCandidate chooseFirst(const double* slopes, const float* noUp, std::size_t count);

struct SmoSecond {
    SmoCandidate gain;   ///< of the objective, by second order
    double lowest = 0;   ///< the highest slope[t] - noLow[t]
};

/// The other variable of the pair, given the first.
/// @param row       {count}: kernels of the first variable with all, @param diagonals  {count}: of all with themselves
/// @param highest   chooseFirst().value, @param diagonal  of the first
SmoSecond chooseSecond(
    const double* slopes, const float* noLow, const float* row, const float* diagonals, std::size_t count, double highest,
    double diagonal);

/// slopes[t] += first * firstRow[t] + second * secondRow[t].
void addRows(double* slopes, const float* firstRow, double first, const float* secondRow, double second, std::size_t count);

} // namespace ty::engine
