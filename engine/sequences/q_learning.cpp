#include "engine/sequences/q_learning.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/base/random.h"

namespace ty::engine {

namespace {

using Move = GridWorld::Move;

Move turned(Move move, int quarter)
{
    return static_cast<Move>((static_cast<int>(move) + quarter) & 3);
}

/// Mean value of a move: as wished, or to one of its sides.
double expectedValue(const GridWorld& world, const QTable& table, std::size_t at, Move move, double discount)
{
    const auto of = [&](Move taken) {
        const std::size_t reached = world.after(at, taken);
        return world.rewardOf(reached) + (world.isEnd(reached) ? 0 : discount * table.valueOf(reached));
    };
    const double slip = world.slip();
    return (1 - slip) * of(move) + slip / 2 * (of(turned(move, 1)) + of(turned(move, 3)));
}

} // namespace

Result<GridWorld> GridWorld::read(const std::string& text, double slip, double stepReward)
{
    GridWorld world;
    world.m_slip = slip;
    world.m_stepReward = stepReward;
    bool hasStart = false;
    std::size_t line = 1;
    std::size_t column = 1;
    for (const char square : text) {
        if (square == '\n') {
            if (column > 1) {
                world.m_width = world.m_width == 0 ? column - 1 : world.m_width;
                if (world.m_width != column - 1) {
                    return Error{ErrorKind::InvalidInput, fmt::format("line {}: {} squares, the first line has {}", line, column - 1, world.m_width), {}};
                }
                ++line;
            }
            column = 1;
            continue;
        }
        if (std::string(".#SGP").find(square) == std::string::npos) {
            return Error{
                ErrorKind::InvalidInput, fmt::format("line {}, column {}: '{}' is no square", line, column, square),
                "Write . for free, # for a wall, S for the start, G for a goal, P for a pit."};
        }
        if (square == 'S') {
            hasStart = true;
            world.m_start = world.m_squares.size();
        }
        world.m_squares += square;
        ++column;
    }
    if (world.m_width == 0) {
        world.m_width = world.m_squares.size();
    }
    if (!hasStart || world.m_squares.find('G') == std::string::npos || world.m_squares.size() % world.m_width != 0) {
        return Error{ErrorKind::InvalidInput, "the world needs lines of equal length with a start (S) and a goal (G)", {}};
    }
    return world;
}

std::size_t GridWorld::after(std::size_t at, Move move) const
{
    const std::size_t row = at / m_width;
    const std::size_t column = at % m_width;
    std::size_t reached = at;
    if (move == Move::Up && row > 0) {
        reached = at - m_width;
    } else if (move == Move::Down && row + 1 < height()) {
        reached = at + m_width;
    } else if (move == Move::Left && column > 0) {
        reached = at - 1;
    } else if (move == Move::Right && column + 1 < m_width) {
        reached = at + 1;
    }
    return isFree(reached) ? reached : at;
}

double GridWorld::rewardOf(std::size_t reached) const
{
    return m_squares[reached] == 'G' ? 1 : m_squares[reached] == 'P' ? -1 : m_stepReward;
}

Move QTable::best(std::size_t square) const
{
    const auto from = values.begin() + static_cast<std::ptrdiff_t>(square * GridWorld::kMoves);
    return static_cast<Move>(std::max_element(from, from + GridWorld::kMoves) - from);
}

double QTable::valueOf(std::size_t square) const
{
    return values[square * GridWorld::kMoves + static_cast<std::size_t>(best(square))];
}

Result<QTable> learnMoves(
    const GridWorld& world, const QLearningSettings& settings, const EpisodeTold& told, const QLearningState* from)
{
    constexpr double kLeastExploring = 0.01;
    Random random(settings.seed);
    QLearningState state{0, {std::vector<double>(world.squares() * GridWorld::kMoves)}, random.state()};
    if (from != nullptr) {
        if (from->table.values.size() != state.table.values.size()) {
            return Error{ErrorKind::InvalidInput, "what was learned before is of another world", {}};
        }
        state = *from;
        random.setState(state.random);
    }
    QTable& table = state.table;
    for (int episode = state.episode + 1; episode <= settings.episodes; ++episode) {
        const double part = static_cast<double>(episode - 1) / std::max(1, settings.episodes - 1);
        const double exploring = settings.exploring + (kLeastExploring - settings.exploring) * part;
        std::size_t at = world.start();
        double sum = 0;
        int steps = 0;
        while (!world.isEnd(at) && steps < settings.mostSteps) {
            const Move wished = random.uniform() < exploring ? static_cast<Move>(random.below(GridWorld::kMoves)) : table.best(at);
            const double luck = random.uniform();
            const Move taken = luck >= world.slip() ? wished : turned(wished, luck < world.slip() / 2 ? 1 : 3);
            const std::size_t reached = world.after(at, taken);
            const double reward = world.rewardOf(reached);
            const double later = world.isEnd(reached) ? 0 : settings.discount * table.valueOf(reached);
            double& value = table.values[at * GridWorld::kMoves + static_cast<std::size_t>(wished)];
            value += settings.rate * (reward + later - value);
            sum += reward;
            at = reached;
            ++steps;
        }
        state.episode = episode;
        state.random = random.state();
        TY_TRY(const bool goesOn, told(sum, steps, state));
        if (!goesOn) {
            break;
        }
    }
    return std::move(state.table);
}

QTable bestMoves(const GridWorld& world, double discount)
{
    constexpr double kSettled = 1e-12;
    QTable table{std::vector<double>(world.squares() * GridWorld::kMoves)};
    for (double change = 1; change > kSettled;) {
        change = 0;
        for (std::size_t at = 0; at < world.squares(); ++at) {
            for (std::size_t move = 0; world.isFree(at) && !world.isEnd(at) && move < GridWorld::kMoves; ++move) {
                double& value = table.values[at * GridWorld::kMoves + move];
                const double next = expectedValue(world, table, at, static_cast<Move>(move), discount);
                change = std::max(change, std::abs(next - value));
                value = next;
            }
        }
    }
    return table;
}

} // namespace ty::engine
