#include "engine/bench/step_times.h"

#include <algorithm>
#include <cassert>
#include <cstddef>

#include "engine/base/median.h"

namespace ty::engine {

double StepTimes::median() const
{
    return ty::median(m_seconds);
}

double StepTimes::fastest() const
{
    return *std::min_element(m_seconds.begin(), m_seconds.end());
}

double StepTimes::turnMedian() const
{
    assert(m_turn < m_seconds.size());
    return ty::median({m_seconds.begin() + static_cast<std::ptrdiff_t>(m_turn), m_seconds.end()});
}

} // namespace ty::engine
