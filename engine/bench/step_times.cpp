#include "engine/bench/step_times.h"

#include <algorithm>
#include <cassert>

namespace ty::engine {

namespace {

double medianFrom(std::vector<double> seconds, std::size_t begin)
{
    assert(begin < seconds.size());
    const auto first = seconds.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto middle = first + (seconds.end() - first) / 2;
    std::nth_element(first, middle, seconds.end());
    return *middle;
}

} // namespace

double StepTimes::median() const
{
    return medianFrom(m_seconds, 0);
}

double StepTimes::fastest() const
{
    return *std::min_element(m_seconds.begin(), m_seconds.end());
}

double StepTimes::turnMedian() const
{
    return medianFrom(m_seconds, m_turn);
}

} // namespace ty::engine
