#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>

namespace ty::engine {

struct Interval {
    double low = 0;
    double high = 0;
};

/// 95 % interval of a proportion. Source: Wilson, JASA 22 (1927).
Interval wilsonInterval(std::uint64_t successes, std::uint64_t samples);

/// One proportion of several whose mean is looked at.
struct Proportion {
    std::uint64_t successes = 0;
    std::uint64_t samples = 0; ///< >= 1
};

/// 95 % interval of the mean of independent proportions, each counting the same; it does not shrink to a point where
/// all of them are 1. Empty without proportions. Source: the MOVER of Zou, Donner, Statistics in Medicine 27 (2008),
/// over Wilson's intervals.
std::optional<Interval> meanProportionInterval(std::span<const Proportion> proportions);

/// 95 % interval of a mean by its standard error. Empty below 2 values.
std::optional<Interval> meanInterval(std::span<const double> values);

/// 95 % percentile interval of any measure by resampling; the same numbers each time.
/// Empty below 2 samples and where the resamples do not differ: that would claim certainty.
/// @param measure  of the samples with these indices, each in [0, samples), some twice; NaN resamples are left out
/// Source: Efron, Tibshirani, An Introduction to the Bootstrap (1993), chapter 13.
std::optional<Interval> bootstrapInterval(
    std::size_t samples, const std::function<double(std::span<const std::uint32_t>)>& measure);

} // namespace ty::engine
