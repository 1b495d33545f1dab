#include "engine/specs/stepper.h"

#include <fmt/format.h>

namespace ty::engine::specs {

Stepper::Stepper(const Machine& machine)
    : m_machine(machine)
    , m_evaluator(machine.program, *machine.numbers)
    , m_next(static_cast<std::size_t>(machine.stateWords))
{
}

bool Stepper::holds(const Invariant& invariant, const Number* state)
{
    m_evaluator.clearProblem();
    m_evaluator.setState(state);
    return m_evaluator.holds(invariant.condition);
}

void Stepper::assignCell(const Action& action)
{
    const auto argument = m_evaluator.evaluate(action.index);
    const auto position = argument - action.low;
    if (position < 0 || position >= static_cast<Number>(action.width)) {
        m_evaluator.fail(
            action.index,
            fmt::format(
                "the function has no cell {}, its arguments are {}..{}", argument, action.low,
                action.low + static_cast<Number>(action.width) - 1));
        return;
    }
    m_next[action.slot + static_cast<std::size_t>(position)] = m_evaluator.evaluate(action.node);
}

} // namespace ty::engine::specs
