#include "cloud/chase/spending.h"

#include <algorithm>

namespace ty::cloud {

bool Spending::allows(std::optional<double> usdPerHour) const
{
    return !m_cap || m_spent + reserved() + usdPerHour.value_or(0.0) * kReservedHours <= *m_cap;
}

bool Spending::wouldAllow(std::optional<double> usdPerHour) const
{
    return !m_cap || m_spent + usdPerHour.value_or(0.0) * kReservedHours <= *m_cap;
}

void Spending::begin(const std::string& place, std::optional<double> usdPerHour)
{
    m_open[place] = usdPerHour;
}

std::optional<double> Spending::end(const std::string& place, double hours)
{
    const auto found = m_open.find(place);
    if (found == m_open.end()) {
        return 0.0;
    }
    const std::optional<double> price = found->second;
    m_open.erase(found);
    if (hours <= 0) {
        return 0.0;
    }
    if (!price) {
        ++m_unknown;
        return std::nullopt;
    }
    const double usd = *price * std::max(hours, kLeastHours);
    m_spent += usd;
    return usd;
}

void Spending::add(std::optional<double> usd)
{
    if (usd) {
        m_spent += *usd;
    } else {
        ++m_unknown;
    }
}

double Spending::reserved() const
{
    double sum = 0;
    for (const auto& [place, price] : m_open) {
        sum += price.value_or(0.0) * kReservedHours;
    }
    return sum;
}

} // namespace ty::cloud
