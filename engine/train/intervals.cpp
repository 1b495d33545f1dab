#include "engine/train/intervals.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "engine/base/random.h"

namespace ty::engine {

namespace {

constexpr double kNormal95 = 1.959963984540054;
constexpr std::uint64_t kSeed = 95;
constexpr std::size_t kMostResamples = 1000;
constexpr std::size_t kFewestResamples = 200;
constexpr std::size_t kMostDraws = 20'000'000; ///< about a tenth of a second

double quantile(std::span<const double> sorted, double share)
{
    const double place = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return std::lerp(sorted[below], sorted[above], place - static_cast<double>(below));
}

} // namespace

Interval wilsonInterval(std::uint64_t successes, std::uint64_t samples)
{
    if (samples == 0) {
        return {0, 1};
    }
    const auto n = static_cast<double>(samples);
    const double p = static_cast<double>(successes) / n;
    const double square = kNormal95 * kNormal95;
    const double centre = p + square / (2 * n);
    const double half = kNormal95 * std::sqrt(p * (1 - p) / n + square / (4 * n * n));
    const double scale = 1 + square / n;
    return {std::max(0.0, (centre - half) / scale), std::min(1.0, (centre + half) / scale)};
}

std::optional<Interval> meanProportionInterval(std::span<const Proportion> proportions)
{
    if (proportions.empty()) {
        return std::nullopt;
    }
    double mean = 0;
    double below = 0;
    double above = 0;
    for (const Proportion& one : proportions) {
        const double value = static_cast<double>(one.successes) / static_cast<double>(one.samples);
        const Interval around = wilsonInterval(one.successes, one.samples);
        mean += value;
        below += (value - around.low) * (value - around.low);
        above += (around.high - value) * (around.high - value);
    }
    const auto count = static_cast<double>(proportions.size());
    mean /= count;
    return Interval{std::max(0.0, mean - std::sqrt(below) / count), std::min(1.0, mean + std::sqrt(above) / count)};
}

std::optional<Interval> meanInterval(std::span<const double> values)
{
    if (values.size() < 2) {
        return std::nullopt;
    }
    const auto n = static_cast<double>(values.size());
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
    const double squares = std::accumulate(values.begin(), values.end(), 0.0, [mean](double sum, double value) {
        return sum + (value - mean) * (value - mean);
    });
    const double half = kNormal95 * std::sqrt(squares / (n - 1) / n);
    return Interval{mean - half, mean + half};
}

std::optional<Interval> bootstrapInterval(
    std::size_t samples, const std::function<double(std::span<const std::uint32_t>)>& measure)
{
    if (samples < 2) {
        return std::nullopt;
    }
    const std::size_t resamples = std::clamp(kMostDraws / samples, kFewestResamples, kMostResamples);
    Random random(kSeed);
    std::vector<std::uint32_t> drawn(samples);
    std::vector<double> values;
    values.reserve(resamples);
    for (std::size_t i = 0; i < resamples; ++i) {
        for (std::uint32_t& index : drawn) {
            index = static_cast<std::uint32_t>(random.below(samples));
        }
        if (const double value = measure(drawn); !std::isnan(value)) {
            values.push_back(value);
        }
    }
    std::sort(values.begin(), values.end());
    if (values.empty() || values.front() == values.back()) {
        return std::nullopt;
    }
    return Interval{quantile(values, 0.025), quantile(values, 0.975)};
}

} // namespace ty::engine
