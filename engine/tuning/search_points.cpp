#include "engine/tuning/search_points.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/base/random.h"

namespace ty::engine {

namespace {

constexpr std::uint64_t kShiftStream = 0x48414c54; // apart from the streams of random points

std::vector<std::uint32_t> firstPrimes(std::size_t count)
{
    std::vector<std::uint32_t> primes;
    for (std::uint32_t candidate = 2; primes.size() < count; ++candidate) {
        if (std::all_of(primes.begin(), primes.end(), [candidate](std::uint32_t prime) { return candidate % prime != 0; })) {
            primes.push_back(candidate);
        }
    }
    return primes;
}

/// The digits of `index` in base `base`, permuted and mirrored behind the point. The permutation leaves 0 where it is; without one,
/// large bases count up together for their first numbers.
double mirrored(std::uint64_t index, std::uint32_t base, std::uint64_t seed)
{
    std::vector<std::uint32_t> digits(base);
    std::iota(digits.begin(), digits.end(), 0U);
    Random random(seed, kShiftStream + base);
    for (std::uint32_t i = base - 1; i > 1; --i) {
        std::swap(digits[i], digits[1 + random.below(i)]);
    }
    double value = 0;
    double weight = 1.0 / base;
    for (; index > 0; index /= base) {
        value += weight * digits[index % base];
        weight /= base;
    }
    return value;
}

} // namespace

std::vector<double> randomPoint(std::size_t dimensions, std::uint64_t seed, std::uint64_t index)
{
    Random random(seed, index + 1);
    std::vector<double> point(dimensions);
    std::generate(point.begin(), point.end(), [&random] { return random.uniform(); });
    return point;
}

std::vector<double> haltonPoint(std::size_t dimensions, std::uint64_t seed, std::uint64_t index)
{
    const auto primes = firstPrimes(dimensions);
    Random shifts(seed, kShiftStream);
    std::vector<double> point(dimensions);
    for (std::size_t i = 0; i < dimensions; ++i) {
        const double shifted = mirrored(index + 1, primes[i], seed) + shifts.uniform();
        point[i] = std::min(shifted - std::floor(shifted), std::nextafter(1.0, 0.0));
    }
    return point;
}

} // namespace ty::engine
