#include "engine/specs/transition_check.h"

#include <set>

#include "engine/specs/stepper.h"
#include "engine/specs/value_words.h"

namespace ty::engine::specs {

namespace {

constexpr std::size_t kMostShown = 5;
constexpr std::size_t kMostKept = 100'000; ///< different states; more are not told apart

} // namespace

TransitionVerdict checkTransition(const Machine& machine, std::size_t operation, const Number* before, const Number* after)
{
    TransitionVerdict verdict;
    const auto width = static_cast<std::size_t>(machine.stateWords);
    std::set<std::vector<Number>> seen;
    Stepper stepper(machine);
    stepper.step(machine.operations[operation], before, [&](const Number* state) {
        verdict.isPossible = verdict.isPossible || std::equal(state, state + width, after);
        if (seen.size() < kMostKept && seen.insert({state, state + width}).second && seen.size() <= kMostShown) {
            verdict.someOutcomes.push_back(stateWords(machine, state));
        }
    });
    verdict.outcomes = seen.size();
    if (!verdict.isPossible && stepper.problem()) {
        verdict.problem = stepper.problem()->message;
    }
    return verdict;
}

} // namespace ty::engine::specs
