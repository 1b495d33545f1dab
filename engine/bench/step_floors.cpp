#include "engine/bench/step_floors.h"

#include <cassert>
#include <utility>

#include "engine/base/median.h"

namespace ty::engine {

void StepFloors::add(StepProfile profile, double bytesPerSecond, double stepSeconds)
{
    m_ratios.push_back(stepSeconds / profile.floor(bytesPerSecond));
    m_speeds.push_back(bytesPerSecond);
    m_profiles.push_back(std::move(profile));
}

StepProfile StepFloors::profile() const
{
    assert(!m_profiles.empty());
    StepProfile middle = m_profiles.front();
    for (std::size_t i = 0; i < middle.nodes.size(); ++i) {
        std::vector<double> seconds;
        for (const StepProfile& profile : m_profiles) {
            seconds.push_back(profile.nodes[i].seconds);
        }
        middle.nodes[i].seconds = median(std::move(seconds));
    }
    return middle;
}

double StepFloors::bytesPerSecond() const
{
    return median(m_speeds);
}

double StepFloors::seconds() const
{
    return profile().floor(bytesPerSecond());
}

double StepFloors::ratio() const
{
    return median(m_ratios);
}

} // namespace ty::engine
