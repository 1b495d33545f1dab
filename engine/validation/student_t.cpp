#include "engine/validation/student_t.h"

#include <algorithm>
#include <cmath>

namespace ty::engine {

namespace {

/// The continued fraction of the incomplete beta function by Lentz's method; converges fast for x < (a + 1) / (a + b + 2).
double betaFraction(double a, double b, double x)
{
    constexpr int kMostTerms = 10'000;
    constexpr double kTiny = 1e-300;
    constexpr double kEnough = 1e-15;
    const auto notZero = [](double value) { return std::abs(value) < kTiny ? kTiny : value; };
    double c = 1;
    double d = 1 / notZero(1 - (a + b) * x / (a + 1));
    double fraction = d;
    for (int m = 1; m <= kMostTerms; ++m) {
        const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d = 1 / notZero(1 + even * d);
        c = notZero(1 + even / c);
        fraction *= d * c;
        const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 / notZero(1 + odd * d);
        c = notZero(1 + odd / c);
        fraction *= d * c;
        if (std::abs(d * c - 1) < kEnough) {
            break;
        }
    }
    return fraction;
}

/// @param x, rest  x and 1 - x, both exact: near the ends one cannot be had from the other
double incompleteBeta(double a, double b, double x, double rest)
{
    if (x <= 0 || rest <= 0) {
        return x <= 0 ? 0 : 1;
    }
    const double front =
        std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log(rest));
    return x < (a + 1) / (a + b + 2) ? front * betaFraction(a, b, x) / a : 1 - front * betaFraction(b, a, rest) / b;
}

} // namespace

double studentProbability(double t, double freedom)
{
    if (std::isnan(t)) {
        return t;
    }
    const double sum = freedom + t * t;
    const double tail = std::isinf(t) ? 0 : 0.5 * incompleteBeta(freedom / 2, 0.5, freedom / sum, t * t / sum);
    return t > 0 ? 1 - tail : tail;
}

double studentQuantile(double probability, double freedom)
{
    double low = -1;
    double high = 1;
    while (studentProbability(low, freedom) > probability) {
        low *= 2;
    }
    while (studentProbability(high, freedom) < probability) {
        high *= 2;
    }
    for (int i = 0; i < 200 && high - low > 1e-13 * std::max(1.0, std::abs(high)); ++i) {
        const double middle = (low + high) / 2;
        (studentProbability(middle, freedom) < probability ? low : high) = middle;
    }
    return (low + high) / 2;
}

} // namespace ty::engine
