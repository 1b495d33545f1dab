#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "cloud/chase/block_list.h"
#include "cloud/chase/chase_place.h"
#include "cloud/chase/chase_request.h"
#include "cloud/chase/spending.h"
#include "cloud/provision/journal.h"
#include "cloud/provision/operation_runner.h"

namespace ty::cloud {

/// How an attempt ended.
struct AttemptEnd {
    Outcome outcome = Outcome::Done;
    Finding finding;
    std::string error;
};

/// What a chase needs of the world. Called on any thread.
class ChaseWorld {
public:
    struct Hooks {
        OperationRunner::Watch watch;
        OperationRunner::IsCancelled isCancelled;
        OperationRunner::IsEnough isEnough;
    };

    virtual ~ChaseWorld() = default;
    /// Makes a machine named `machine` at `place` and takes it away again, journal first. Blocks until that is done.
    /// Errors: the attempt stays open in the journal.
    virtual Result<AttemptEnd> attempt(
        const ChasePlace& place, const std::string& machine, const Hooks& hooks, std::stop_token stop)
        = 0;
    virtual void keepBlock(const Block& block) = 0;
    virtual void keepPlaces(const std::vector<ChasePlace>& places) = 0;
};

/// A look at a chase.
struct ChaseState {
    std::vector<ChasePlace> places;
    int waiting = 0;
    int trying = 0;   ///< the answer is not known yet
    int cleaning = 0; ///< the answer is known, what is left is being taken away
    int given = 0;
    int decided = 0;
    int left = 0; ///< places where something may still be there
    double spentUsd = 0;
    double reservedUsd = 0;
    int unknownPrices = 0;
    std::optional<double> capUsd;
    double seconds = 0; ///< since the chase began, pauses left out
    double perMinute = 0;
    std::optional<double> secondsLeft; ///< an estimate
    bool isPaused = false;
    bool isStopping = false;
    bool isDone = false;
    int winner = -1; ///< the place of the machine that was kept
};

/// Works through the places of a chase, several at a time. What an attempt leaves is cleaned up while the next ones begin.
/// run() blocks; the other functions may be called on any thread.
class ChaseRunner {
public:
    /// `world` outlives this. `places`: arranged; those that are decided are left as they are.
    ChaseRunner(ChaseWorld& world, ChaseRequest request, std::vector<ChasePlace> places, BlockList blocks);

    /// Begins when run() is called; `before`: what has passed already (reading the offers).
    void setElapsed(std::chrono::milliseconds before) { m_before = before; }
    /// Before a place is asked again of which nothing became known; longer each time.
    void setTryAgainAfter(std::chrono::milliseconds wait) { m_tryAgainAfter = wait; }
    /// Until everything is decided and cleaned, or stop(); places that were not come to stay Waiting. `stop` ends the program:
    /// what is under way stays in the journal.
    void run(std::stop_token stop);
    void setPaused(bool isPaused);
    /// No more attempts; those under way are taken back.
    void stop();
    ChaseState state() const;

private:
    using Clock = std::chrono::steady_clock;
    enum class Next { Started, Wait, End };

    Next startNext(std::stop_token stop);
    int pick(bool& isHeldBack);
    void start(std::size_t index, std::stop_token stop);
    void attempt(std::size_t index, const std::string& machine, std::stop_token stop);
    void learn(std::size_t index, const JournalNote& note);
    void decide(std::size_t index, const Finding& finding, const std::string& error);
    void conclude(std::size_t index, const Result<AttemptEnd>& end);
    void block(const ChasePlace& place, const Finding& finding);
    bool isEnough(std::size_t index);
    void finishRest();
    bool stopsAtFirst() const { return !m_request.testsAll.value_or(false); }
    std::string machineName(const ChasePlace& place) const;
    double elapsed() const;

    ChaseWorld& m_world;
    const ChaseRequest m_request;
    std::chrono::milliseconds m_before{0};
    std::chrono::milliseconds m_tryAgainAfter{5000};

    mutable std::mutex m_mutex; ///< of all that follows
    std::condition_variable_any m_changed;
    std::vector<ChasePlace> m_places;
    std::vector<std::string> m_accounts; ///< several of one provider need different names
    BlockList m_blocks;
    Spending m_spending;
    struct Work {
        Clock::time_point began;
        bool isKnown = false;
    };
    std::map<std::size_t, Work> m_work;
    std::map<std::size_t, Clock::time_point> m_notBefore;
    std::list<std::jthread> m_threads;
    std::vector<std::jthread::id> m_finished;
    std::optional<Clock::time_point> m_began;
    Clock::duration m_pausedFor{0};
    std::optional<Clock::time_point> m_pausedSince;
    int m_winner = -1;
    bool m_isStopping = false;
    bool m_isDone = false;
};

} // namespace ty::cloud
