#include "cloud/provision/cost.h"

#include <algorithm>

namespace ty::cloud {

namespace {

constexpr double kHoursPerDay = 24;

std::optional<double> times(const std::optional<double>& value, double factor)
{
    return value ? std::optional(*value * factor) : std::nullopt;
}

} // namespace

std::optional<double> CostTable::perHour(bool isOn) const
{
    double sum = 0;
    for (const auto& line : lines) {
        if (!isOn && !line.isPaidWhenOff) {
            continue;
        }
        if (!line.perHour) {
            return {};
        }
        sum += *line.perHour;
    }
    return sum;
}

std::optional<double> CostTable::perDay(bool isOn) const
{
    return times(perHour(isOn), kHoursPerDay);
}

std::optional<double> CostTable::perMonth(bool isOn) const
{
    return times(perHour(isOn), kHoursPerMonth);
}

std::optional<double> CostTable::perMonthOf(double hoursOn) const
{
    const auto on = perHour(true);
    const auto off = perHour(false);
    const double hours = std::clamp(hoursOn, 0.0, kHoursPerMonth);
    return on && off ? std::optional(*on * hours + *off * (kHoursPerMonth - hours)) : std::nullopt;
}

double CostTable::knownPerHour(bool isOn) const
{
    double sum = 0;
    for (const auto& line : lines) {
        if (isOn || line.isPaidWhenOff) {
            sum += line.perHour.value_or(0.0);
        }
    }
    return sum;
}

} // namespace ty::cloud
