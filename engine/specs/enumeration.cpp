#include <algorithm>
#include <chrono>
#include <cstring>
#include <new>

#include <fmt/format.h>

#include "engine/specs/lexer.h"
#include "engine/specs/state_space.h"
#include "engine/specs/stepper.h"
#include "engine/specs/value_words.h"

namespace ty::engine::specs {

namespace {

constexpr StateIndex kNone = ~StateIndex{0};

/// The states found so far, by content: open addressing, linear probing.
class StateTable {
public:
    explicit StateTable(StateSpace& space) : m_space(space), m_entries(1024, Entry{kNone, 0}) {}

    /// The index of a state, and whether it is new.
    std::pair<StateIndex, bool> findOrAdd(const Number* state)
    {
        const auto width = static_cast<std::size_t>(m_space.stateWords);
        const auto hash = hashOf(state, width);
        const auto tag = static_cast<std::uint32_t>(hash >> 32U);
        const auto mask = m_entries.size() - 1;
        auto at = hash & mask;
        while (m_entries[at].index != kNone) {
            if (m_entries[at].tag == tag
                && std::memcmp(m_space.state(m_entries[at].index), state, width * sizeof(Number)) == 0) {
                return {m_entries[at].index, false};
            }
            at = (at + 1) & mask;
        }
        const auto index = m_count++;
        m_entries[at] = {index, tag};
        m_space.words.insert(m_space.words.end(), state, state + width);
        if (std::size_t{m_count} * 2 > m_entries.size()) {
            grow();
        }
        return {index, true};
    }

private:
    struct Entry {
        StateIndex index;
        std::uint32_t tag;
    };

    static std::uint64_t hashOf(const Number* state, std::size_t width)
    {
        std::uint64_t hash = 0x9E3779B97F4A7C15U;
        for (std::size_t word = 0; word < width; ++word) {
            hash = (hash ^ static_cast<std::uint64_t>(state[word])) * 0xD6E8FEB86659FD93U;
            hash ^= hash >> 32U;
        }
        return hash;
    }

    void grow()
    {
        std::vector<Entry> larger(m_entries.size() * 2, Entry{kNone, 0});
        const auto mask = larger.size() - 1;
        for (const auto& entry : m_entries) {
            if (entry.index != kNone) {
                auto at = hashOf(m_space.state(entry.index), static_cast<std::size_t>(m_space.stateWords)) & mask;
                while (larger[at].index != kNone) {
                    at = (at + 1) & mask;
                }
                larger[at] = entry;
            }
        }
        m_entries = std::move(larger);
    }

    StateSpace& m_space;
    std::vector<Entry> m_entries;
    StateIndex m_count = 0;
};

class Exploration {
public:
    Exploration(const Machine& machine, const ExplorationLimits& limits)
        : m_machine(machine)
        , m_limits(limits)
        , m_stepper(machine)
        , m_states(m_space)
    {
        m_space.stateWords = machine.stateWords;
    }

    Result<StateSpace> run(const std::function<void(StateIndex, StateIndex)>& progress, const std::stop_token& stop)
    {
        m_stop = stop;
        using Clock = std::chrono::steady_clock;
        const auto begin = Clock::now();
        auto told = begin;
        m_stepper.setTries(m_limits.tries, stop);
        m_tester.setTries(m_limits.tries, stop);
        TY_CHECK(start());
        StateIndex open = 0;
        for (; open < m_space.stateCount() && m_space.isWhole; ++open) {
            expand(open);
            if ((open & 255U) == 0) {
                if (stop.stop_requested()) {
                    end("stopped");
                }
                const auto now = Clock::now();
                if (progress && now - told > std::chrono::milliseconds(200)) {
                    told = now;
                    progress(m_space.stateCount(), m_space.stateCount() - open);
                }
            }
        }
        m_space.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
        return std::move(m_space);
    }

private:
    Result<void> start()
    {
        m_stepper.start([&](const Number* state) { reach(state, kNone, 0); });
        if (m_stepper.isExhausted()) {
            endTrying();
        } else if (const auto& problem = m_stepper.problem()) {
            return specError(problem->place, "INITIALISATION: " + problem->message);
        }
        if (m_space.stateCount() == 0 && m_space.isWhole) {
            return Error{ErrorKind::InvalidInput, "INITIALISATION has no outcome: no condition in it can hold", {}};
        }
        return {};
    }

    void expand(StateIndex index)
    {
        // The states move while they grow in number.
        m_before.assign(m_space.state(index), m_space.state(index) + m_space.stateWords);
        bool isLeft = false;
        for (std::uint32_t operation = 0; operation < m_machine.operations.size() && m_space.isWhole; ++operation) {
            ++m_stamp;
            m_stepper.step(m_machine.operations[operation], m_before.data(), [&](const Number* state) {
                isLeft = true;
                reach(state, index, operation);
            });
            if (m_stepper.isExhausted()) {
                endTrying();
            } else if (m_stepper.problem()) {
                note(index, static_cast<std::int32_t>(operation));
            }
        }
        if (!isLeft && m_space.isWhole) {
            m_space.deadEnds.push_back(index);
        }
    }

    void reach(const Number* state, StateIndex before, std::uint32_t operation)
    {
        if (!m_space.isWhole) {
            return;
        }
        const auto [index, isNew] = m_states.findOrAdd(state);
        if (isNew) {
            m_seen.push_back(0);
            m_space.reachedBy.push_back({before == kNone ? index : before, index, operation});
            if (before == kNone) {
                m_space.initialStates.push_back(index);
            }
            test(index, state);
            if (m_space.stateCount() >= m_limits.states) {
                end(fmt::format("{} states", m_limits.states));
            }
        }
        if (before != kNone && m_seen[index] != m_stamp) {
            m_seen[index] = m_stamp;
            m_space.transitions.push_back({before, index, operation});
            if (m_space.transitions.size() >= m_limits.transitions) {
                end(fmt::format("{} transitions", m_limits.transitions));
            }
        }
    }

    void test(StateIndex index, const Number* state)
    {
        // On its own stepper: the other one is in the middle of a step.
        for (std::uint32_t invariant = 0; invariant < m_machine.invariants.size(); ++invariant) {
            const auto holds = m_tester.holds(m_machine.invariants[invariant], state);
            if (m_tester.isExhausted()) {
                endTrying();
                return;
            }
            if (const auto& problem = m_tester.problem()) {
                note(*problem, index, -1);
            } else if (!holds) {
                m_space.violations.push_back({index, invariant});
            }
        }
    }

    void note(StateIndex state, std::int32_t operation) { note(*m_stepper.problem(), state, operation); }

    void note(const IllDefined& problem, StateIndex state, std::int32_t operation)
    {
        const auto isKnown = std::any_of(m_space.problems.begin(), m_space.problems.end(), [&](const auto& one) {
            return one.place.line == problem.place.line && one.place.column == problem.place.column && one.operation == operation;
        });
        if (!isKnown) {
            m_space.problems.push_back({state, operation, problem.place, problem.message});
        }
    }

    void endTrying() { end(m_stop.stop_requested() ? std::string("stopped") : fmt::format("{} values tried", m_limits.tries)); }

    void end(std::string limit)
    {
        m_space.isWhole = false;
        m_space.limit = std::move(limit);
    }

    const Machine& m_machine;
    ExplorationLimits m_limits;
    Stepper m_stepper;
    Stepper m_tester{m_machine};
    StateSpace m_space;
    StateTable m_states;
    std::vector<Number> m_before;
    std::vector<std::uint64_t> m_seen; ///< for each state, the last step that reached it
    std::uint64_t m_stamp = 0;
    std::stop_token m_stop;
};

} // namespace

std::vector<Transition> StateSpace::pathTo(StateIndex index) const
{
    std::vector<Transition> path;
    while (reachedBy[index].before != index) {
        path.push_back(reachedBy[index]);
        index = reachedBy[index].before;
    }
    std::reverse(path.begin(), path.end());
    return path;
}

Result<StateSpace> explore(
    const Machine& machine, const ExplorationLimits& limits, const std::function<void(StateIndex, StateIndex)>& progress,
    std::stop_token stop)
{
    try {
        return Exploration(machine, limits).run(progress, stop);
    } catch (const std::bad_alloc&) {
        return Error{
            ErrorKind::OutOfMemory, fmt::format("the states of {} need more memory than there is", machine.name),
            "Lower the limit of states, or make the ranges in the spec smaller."};
    }
}

} // namespace ty::engine::specs
