#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>

#include <fmt/format.h>

#include "app/runner/commands.h"
#include "app/runner/learning_state.h"
#include "engine/base/files.h"
#include "engine/sequences/q_learning.h"

namespace ty::runner {

namespace {

using namespace ty::engine;

constexpr const char* kUsualWorld =
    "S..#....\n"
    ".#.#.##.\n"
    ".#...#..\n"
    "...#.#P.\n"
    ".P.#...G\n";
constexpr int kPictures = 40; ///< of a training that is watched
constexpr int kRewardPoints = 500; ///< of a chart

/// Close together at first, when most is learned, and the last one always: after 1, 2, 4 ... of the first, then evenly.
bool isSnapshotDue(const WorldOptions& options, int episode)
{
    if (options.snapshots == 0 || options.form != OutputForm::Json) {
        return false;
    }
    const bool isEarly = episode < options.episodes / options.snapshots && (episode & (episode - 1)) == 0;
    return isEarly || episode % std::max(1, options.episodes / options.snapshots) == 0 || episode == options.episodes;
}

/// The world with the best known move on each square.
std::string pictureOf(const GridWorld& world, const QTable& table)
{
    static constexpr const char* kArrows[] = {"↑", "→", "↓", "←"};
    std::string text;
    for (std::size_t at = 0; at < world.squares(); ++at) {
        const char square = world.square(at);
        const bool isKnown = table.valueOf(at) != 0 || square != '.';
        text += world.isEnd(at) || square == '#' ? std::string(1, square) : isKnown ? kArrows[static_cast<std::size_t>(table.best(at))] : "·";
        text += (at + 1) % world.width() == 0 ? "\n" : " ";
    }
    return text;
}

/// Whether the learned move is as good as the best one wherever the best way leads.
bool isBestWay(const GridWorld& world, const QTable& learned, const QTable& best)
{
    constexpr double kAsGood = 1e-6;
    std::size_t at = world.start();
    for (std::size_t step = 0; step < world.squares() && !world.isEnd(at); ++step) {
        const auto move = static_cast<std::size_t>(learned.best(at));
        if (best.values[at * GridWorld::kMoves + move] < best.valueOf(at) - kAsGood) {
            return false;
        }
        at = world.after(at, learned.best(at));
    }
    return world.isEnd(at);
}

Result<void> run(const WorldOptions& options)
{
    std::string text = kUsualWorld;
    if (!options.squares.empty()) {
        text = options.squares + "\n";
        std::replace(text.begin(), text.end(), '/', '\n');
    } else if (!options.file.empty()) {
        TY_TRY(text, readFile(options.file, std::uint64_t{1} << 20));
    }
    auto world = GridWorld::read(text, options.slip);
    if (!world) {
        return std::move(world).error().withContext(options.file.empty() ? "the world" : options.file);
    }
    QLearningSettings settings;
    settings.episodes = options.episodes;
    settings.rate = options.rate;
    settings.discount = options.discount;
    settings.exploring = options.exploring;
    settings.seed = options.seed;
    double lately = 0;
    const int every = std::max(1, options.episodes / kPictures);
    Json told{{"rewards", Json::array()}, {"snapshots", Json::array()}};
    const int betweenPoints = std::max(1, options.episodes / kRewardPoints);
    double sum = 0;
    int summed = 0;
    LearningState keeper(
        options.kept.file,
        {{"world", text},
         {"slip", options.slip},
         {"episodes", options.episodes},
         {"rate", options.rate},
         {"discount", options.discount},
         {"exploring", options.exploring},
         {"snapshots", options.snapshots},
         {"seed", options.seed}},
        std::chrono::duration<double>(options.kept.seconds));
    TY_TRY(const auto before, keeper.read());
    QLearningState from;
    if (before) {
        TY_TRY(const Json kept, jsonField<Json>(*before, "told", options.kept.file));
        TY_TRY(from.episode, jsonField<int>(*before, "episode", options.kept.file));
        TY_TRY(from.table.values, listField<double>(*before, "values", options.kept.file));
        TY_TRY(const auto random, listField<std::uint64_t>(*before, "random", options.kept.file));
        std::copy_n(random.begin(), std::min(random.size(), from.random.size()), from.random.begin());
        TY_TRY(lately, jsonField<double>(*before, "lately", options.kept.file));
        TY_TRY(sum, jsonField<double>(*before, "sum", options.kept.file));
        TY_TRY(summed, jsonField<int>(*before, "summed", options.kept.file));
        told = kept;
    }
    const auto toldOf = [&](double reward, int steps, const QLearningState& state) -> Result<bool> {
        const int episode = state.episode;
        const QTable& table = state.table;
        lately += (reward - lately) / std::min(episode, 50);
        sum += reward;
        if (++summed == betweenPoints || episode == options.episodes) {
            told["rewards"].push_back({{"episode", episode}, {"reward", sum / summed}});
            sum = 0;
            summed = 0;
        }
        if (isSnapshotDue(options, episode)) {
            told["snapshots"].push_back({{"episode", episode}, {"values", table.values}});
        }
        if (options.isWatched && (episode % every == 0 || episode == options.episodes)) {
            TY_CHECK(printText(fmt::format(
                "\033[H\033[2Jepisode {} of {}: {} steps, mean reward {:.3f}\n{}", episode, options.episodes, steps, lately,
                pictureOf(world.value(), table))));
            std::fflush(stdout);
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
        }
        TY_CHECK(keeper.offer([&] {
            return Json{
                {"episode", episode}, {"values", table.values}, {"random", state.random}, {"lately", lately},
                {"sum", sum},         {"summed", summed},       {"told", told}};
        }));
        return true;
    };
    TY_TRY(const QTable learned, learnMoves(world.value(), settings, toldOf, before ? &from : nullptr));
    keeper.remove();
    const QTable best = bestMoves(world.value(), options.discount);
    const bool isBest = isBestWay(world.value(), learned, best);
    const double value = learned.valueOf(world.value().start());
    const double bestValue = best.valueOf(world.value().start());
    if (options.form == OutputForm::Json) {
        told.update(
            {{"meanReward", lately}, {"valueOfStart", value}, {"bestValueOfStart", bestValue}, {"isBestWay", isBest}, {"values", learned.values}});
        return printJson(told);
    }
    return printText(fmt::format(
        "{}{}\nValue of the start {:.4f}; the best there is {:.4f}.\n", options.isWatched ? "" : pictureOf(world.value(), learned),
        isBest ? "The best way is found." : "The way found is not the best one yet; more episodes help.", value, bestValue));
}

} // namespace

int learnWorld(const WorldOptions& options)
{
    const auto done = run(options);
    return done ? 0 : reportError(done.error(), options.form);
}

} // namespace ty::runner
