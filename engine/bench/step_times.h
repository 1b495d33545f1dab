#pragma once

#include <cstddef>
#include <vector>

namespace ty::engine {

/// Times of steps, measured in turns with somebody else's.
class StepTimes {
public:
    /// The times that are added from now on belong to a new turn.
    void beginTurn() { m_turn = m_seconds.size(); }
    void add(double seconds) { m_seconds.push_back(seconds); }

    std::size_t count() const { return m_seconds.size(); }
    // Preconditions: a time was added (in this turn). Seconds.
    double median() const; ///< of all
    double fastest() const;
    double turnMedian() const; ///< of this turn

private:
    std::vector<double> m_seconds;
    std::size_t m_turn = 0; ///< where it begins
};

} // namespace ty::engine
