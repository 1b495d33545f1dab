#pragma once

namespace ty::engine {

/// Probability that a value of Student's distribution is at most `t`. @param freedom  degrees of freedom, > 0
/// Source: Abramowitz, Stegun, Handbook of Mathematical Functions (1964), 26.7.1 by the incomplete beta function 26.5.
double studentProbability(double t, double freedom);

/// The value that a share `probability` in (0, 1) of Student's distribution does not exceed.
double studentQuantile(double probability, double freedom);

} // namespace ty::engine
