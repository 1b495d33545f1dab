#pragma once

#include <map>
#include <optional>
#include <string>

namespace ty::cloud {

/// How much money a chase may still spend. What is under way is reckoned at its worst, what has ended at what it was; a
/// price that is not known is counted apart and never as 0. Not thread-safe.
class Spending {
public:
    /// Attempts are reckoned with this until they end: making, looking and deleting one.
    static constexpr double kReservedHours = 0.25;
    /// The least that providers bill.
    static constexpr double kLeastHours = 1.0 / 60;

    /// `cap`: USD; nothing: no limit.
    explicit Spending(std::optional<double> cap) : m_cap(cap) {}

    /// Whether an attempt at that price fits in what is left. One of unknown price always does: that it may be made at all is
    /// asked elsewhere.
    bool allows(std::optional<double> usdPerHour) const;
    /// Whether it would fit once nothing is under way.
    bool wouldAllow(std::optional<double> usdPerHour) const;
    void begin(const std::string& place, std::optional<double> usdPerHour);
    /// It stood for so long; 0: it never did. Result: what that costs; nothing: unknown.
    std::optional<double> end(const std::string& place, double hours);
    /// What an earlier program's attempt has cost.
    void add(std::optional<double> usd);

    double spent() const { return m_spent; }
    /// The most that what is under way may cost.
    double reserved() const;
    /// Machines that stood and whose price nobody knows.
    int unknown() const { return m_unknown; }
    std::optional<double> cap() const { return m_cap; }

private:
    std::optional<double> m_cap;
    double m_spent = 0;
    int m_unknown = 0;
    std::map<std::string, std::optional<double>> m_open;
};

} // namespace ty::cloud
