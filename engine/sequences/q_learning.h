#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/base/random.h"
#include "engine/base/result.h"

namespace ty::engine {

/// A world of squares: walls, a start, goals and pits. A step costs a little; goals and pits end an episode.
class GridWorld {
public:
    enum class Move : std::uint8_t { Up, Right, Down, Left };
    static constexpr std::size_t kMoves = 4;

    /// Lines of equal length: '.' free, '#' wall, 'S' start, 'G' goal (+1), 'P' pit (-1).
    /// @param slip  probability that a step goes to one of the two sides instead
    /// Errors: InvalidInput naming line and column.
    static Result<GridWorld> read(const std::string& text, double slip = 0, double stepReward = -0.04);

    std::size_t width() const { return m_width; }
    std::size_t height() const { return m_squares.size() / m_width; }
    std::size_t squares() const { return m_squares.size(); }
    char square(std::size_t at) const { return m_squares[at]; }
    std::size_t start() const { return m_start; }
    bool isEnd(std::size_t at) const { return m_squares[at] == 'G' || m_squares[at] == 'P'; }
    bool isFree(std::size_t at) const { return m_squares[at] != '#'; }
    double slip() const { return m_slip; }
    /// Where a step leads that goes as it should; against a wall it leads nowhere.
    std::size_t after(std::size_t at, Move move) const;
    double rewardOf(std::size_t reached) const;

private:
    std::string m_squares;
    std::size_t m_width = 0;
    std::size_t m_start = 0;
    double m_slip = 0;
    double m_stepReward = 0;
};

struct QLearningSettings {
    int episodes = 2000;
    double rate = 0.1;       ///< by which an estimate follows what was met
    double discount = 0.95;  ///< of what comes a step later
    double exploring = 0.3;  ///< share of random moves at first; falls to 0.01 over the episodes
    int mostSteps = 500;     ///< of an episode
    std::uint64_t seed = 1;
};

/// What is known of each move from each square.
struct QTable {
    std::vector<double> values; ///< {squares, kMoves}

    GridWorld::Move best(std::size_t square) const;
    double valueOf(std::size_t square) const;
};

/// All that learning needs to go on.
struct QLearningState {
    int episode = 0; ///< done
    QTable table;
    Random::State random{};
};

/// Told after each episode: the sum of rewards, the steps. False: no further.
using EpisodeTold = std::function<Result<bool>(double reward, int steps, const QLearningState& state)>;

/// Source: Watkins, Dayan, Q-learning (1992).
/// @param from  where to go on, in the same world and with the same settings; null: at the beginning
/// Errors: InvalidInput for a state of another world.
Result<QTable> learnMoves(
    const GridWorld& world, const QLearningSettings& settings, const EpisodeTold& told, const QLearningState* from = nullptr);

/// The table that nothing can be better than, by iterating over all moves until nothing changes: what learning is held to.
/// Source: Bellman, Dynamic Programming (1957).
QTable bestMoves(const GridWorld& world, double discount);

} // namespace ty::engine
