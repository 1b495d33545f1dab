#include "engine/kernels/smo_loops.h"

#include <cstdint>
#include <limits>

#include "engine/base/processor_clones.h"

namespace ty::engine {

namespace {

constexpr std::size_t kWidth = 8;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kTiny = 1e-12; ///< curvature of a pair that has none

// The attributes stand behind the name: clang heeds `aligned` there alone.
using Doubles __attribute__((vector_size(64), aligned(8), may_alias)) = double;
using Floats __attribute__((vector_size(32), aligned(4), may_alias)) = float;
using Places = std::int64_t __attribute__((vector_size(64)));

inline const Doubles& doublesAt(const double* from)
{
    return *reinterpret_cast<const Doubles*>(from);
}

inline const Floats& floatsAt(const float* from)
{
    return *reinterpret_cast<const Floats*>(from);
}

inline void offer(SmoCandidate& best, double value, std::size_t place)
{
    if (value > best.value || (value == best.value && place > best.place)) {
        best = {value, place};
    }
}

inline void offerLanes(SmoCandidate& best, const Doubles& values, const Places& places)
{
    for (std::size_t lane = 0; lane < kWidth; ++lane) {
        offer(best, values[lane], static_cast<std::size_t>(places[lane]));
    }
}

} // namespace

TY_FOR_EACH_PROCESSOR
SmoCandidate chooseFirst(const double* slopes, const float* noUp, std::size_t count)
{
    Doubles best = Doubles{} - kInfinity;
    Places places{};
    Places at{0, 1, 2, 3, 4, 5, 6, 7};
    const std::size_t whole = count / kWidth * kWidth;
    for (std::size_t t = 0; t < whole; t += kWidth) {
        const Doubles value = -doublesAt(slopes + t) - __builtin_convertvector(floatsAt(noUp + t), Doubles);
        const auto isBetter = value >= best;
        best = isBetter ? value : best;
        places = isBetter ? at : places;
        at += static_cast<std::int64_t>(kWidth);
    }
    SmoCandidate found{-kInfinity, 0};
    offerLanes(found, best, places);
    for (std::size_t t = whole; t < count; ++t) {
        offer(found, -slopes[t] - static_cast<double>(noUp[t]), t);
    }
    return found;
}

TY_FOR_EACH_PROCESSOR
SmoSecond chooseSecond(
    const double* slopes, const float* noLow, const float* row, const float* diagonals, std::size_t count, double highest,
    double diagonal)
{
    const Doubles none = Doubles{} - kInfinity;
    Doubles best = none;
    Doubles lowest = none;
    Places places{};
    Places at{0, 1, 2, 3, 4, 5, 6, 7};
    const std::size_t whole = count / kWidth * kWidth;
    for (std::size_t t = 0; t < whole; t += kWidth) {
        const Doubles value = doublesAt(slopes + t) - __builtin_convertvector(floatsAt(noLow + t), Doubles);
        lowest = value > lowest ? value : lowest;
        const Doubles difference = highest + value;
        Doubles curvature = diagonal + __builtin_convertvector(floatsAt(diagonals + t), Doubles) - 2 * __builtin_convertvector(floatsAt(row + t), Doubles);
        curvature = curvature > kTiny ? curvature : Doubles{} + kTiny;
        Doubles gain = difference * difference / curvature;
        gain = difference > 0 ? gain : none;
        const auto isBetter = gain >= best;
        best = isBetter ? gain : best;
        places = isBetter ? at : places;
        at += static_cast<std::int64_t>(kWidth);
    }
    SmoSecond found{{-kInfinity, 0}, -kInfinity};
    offerLanes(found.gain, best, places);
    for (std::size_t lane = 0; lane < kWidth; ++lane) {
        found.lowest = lowest[lane] > found.lowest ? lowest[lane] : found.lowest;
    }
    for (std::size_t t = whole; t < count; ++t) {
        const double value = slopes[t] - static_cast<double>(noLow[t]);
        found.lowest = value > found.lowest ? value : found.lowest;
        const double difference = highest + value;
        const double curvature = diagonal + static_cast<double>(diagonals[t]) - 2 * static_cast<double>(row[t]);
        if (difference > 0) {
            offer(found.gain, difference * difference / (curvature > kTiny ? curvature : kTiny), t);
        }
    }
    return found;
}

TY_FOR_EACH_PROCESSOR
void addRows(double* slopes, const float* firstRow, double first, const float* secondRow, double second, std::size_t count)
{
    for (std::size_t t = 0; t < count; ++t) {
        slopes[t] += first * static_cast<double>(firstRow[t]) + second * static_cast<double>(secondRow[t]);
    }
}

} // namespace ty::engine
