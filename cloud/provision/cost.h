#pragma once

#include <optional>
#include <string>
#include <vector>

namespace ty::cloud {

/// Hours that a month is reckoned with, as the providers' own calculators do.
inline constexpr double kHoursPerMonth = 730;

/// One row of a cost table. A price that is not known is empty; it is never 0.
struct CostLine {
    std::string what; ///< "Standard_NC4as_T4_v3", "System disk, 64 GiB"
    std::optional<double> perHour;
    bool isPaidWhenOff = false; ///< disks and addresses are
};

/// What a machine costs, before tax, at list prices.
struct CostTable {
    std::string currency = "USD";
    std::string priceDate; ///< day of the price list, UTC
    std::vector<CostLine> lines;
    std::string note; ///< why prices are missing, a sentence; empty: nothing to say

    /// Empty when any line that is paid in that state is not known: a sum without it would promise too little.
    std::optional<double> perHour(bool isOn) const;
    std::optional<double> perDay(bool isOn) const;
    std::optional<double> perMonth(bool isOn) const;
    /// A month in which it is on for so many hours, at most kHoursPerMonth, and off for the rest.
    std::optional<double> perMonthOf(double hoursOn) const;
    /// The sum of what is known, to be shown as "at least".
    double knownPerHour(bool isOn) const;
};

} // namespace ty::cloud
