#pragma once

#include <cstdint>
#include <vector>

#include "engine/specs/evaluator.h"
#include "engine/specs/machine.h"

namespace ty::engine::specs {

/// Runs a machine's initialisation and operations: every outcome of every choice. One thread an object.
class Stepper {
public:
    explicit Stepper(const Machine& machine);

    /// Calls `reached(state)` for each initial state; a state may come more than once.
    template<typename Reached>
    void start(Reached&& reached)
    {
        std::fill(m_next.begin(), m_next.end(), Number{0});
        m_evaluator.clearProblem();
        m_evaluator.setState(m_next.data());
        run(m_machine.initialisation, nullptr, reached);
    }

    /// Calls `reached(state)` for each state after the operation in `state`; one may come more than once.
    template<typename Reached>
    void step(const MachineOperation& operation, const Number* state, Reached&& reached)
    {
        std::copy_n(state, m_next.size(), m_next.begin());
        m_evaluator.clearProblem();
        m_evaluator.setState(state);
        run(operation.body, nullptr, reached);
    }

    /// See Evaluator.
    void setTries(std::uint64_t tries, const std::stop_token& stop) { m_evaluator.setTries(tries, stop); }
    bool isExhausted() const { return m_evaluator.isExhausted(); }
    /// Whether the invariant holds in `state`; problem() says why it cannot be told.
    bool holds(const Invariant& invariant, const Number* state);
    /// The first ill-defined expression of the last call; what was reached before it stands.
    const std::optional<IllDefined>& problem() const { return m_evaluator.problem(); }

private:
    /// Statements still to run, innermost first.
    struct Pending {
        ActionIndex action;
        const Pending* next;
    };

    template<typename Reached>
    void runPending(const Pending* pending, Reached& reached)
    {
        if (m_evaluator.problem()) {
            return;
        }
        if (pending) {
            run(pending->action, pending->next, reached);
        } else {
            reached(m_next.data());
        }
    }

    template<typename Reached>
    void run(ActionIndex index, const Pending* pending, Reached& reached)
    {
        const auto& action = m_machine.program.actions[index];
        const auto& parts = action.parts;
        switch (action.kind) {
        case ActionKind::Skip:
            runPending(pending, reached);
            break;
        case ActionKind::Assign: {
            const auto before = m_next[action.slot];
            m_next[action.slot] = m_evaluator.evaluate(action.node);
            runPending(pending, reached);
            m_next[action.slot] = before;
            break;
        }
        case ActionKind::AssignFunction:
        case ActionKind::AssignCell: {
            const std::vector<Number> before(m_next.begin() + action.slot, m_next.begin() + action.slot + action.width);
            if (action.kind == ActionKind::AssignCell) {
                assignCell(action);
            } else {
                m_evaluator.evaluateFunction(action.node, m_next.data() + action.slot);
            }
            runPending(pending, reached);
            std::copy(before.begin(), before.end(), m_next.begin() + action.slot);
            break;
        }
        case ActionKind::Parallel:
            runParallel(parts, 0, pending, reached);
            break;
        case ActionKind::Guarded: {
            bool isOpen = false;
            for (std::size_t part = 0; part < action.conditions.size(); ++part) {
                if (m_evaluator.holds(action.conditions[part])) {
                    isOpen = true;
                    run(parts[part], pending, reached);
                }
            }
            if (!isOpen && parts.size() > action.conditions.size() && !m_evaluator.problem()) {
                run(parts.back(), pending, reached);
            }
            break;
        }
        case ActionKind::If:
            for (std::size_t part = 0; part < action.conditions.size(); ++part) {
                if (m_evaluator.holds(action.conditions[part])) {
                    run(parts[part], pending, reached);
                    return;
                }
            }
            if (parts.size() > action.conditions.size()) {
                run(parts.back(), pending, reached);
            } else {
                runPending(pending, reached);
            }
            break;
        case ActionKind::Choice:
            for (const auto part : parts) {
                run(part, pending, reached);
            }
            break;
        case ActionKind::Any:
            m_evaluator.forEachBinding(m_machine.program.groups[action.group], [&] {
                run(parts.front(), pending, reached);
                return !m_evaluator.problem();
            });
            break;
        }
    }

    template<typename Reached>
    void runParallel(const std::vector<ActionIndex>& parts, std::size_t at, const Pending* pending, Reached& reached)
    {
        // Pushed from the last, so that they run in the order written.
        if (at + 1 == parts.size()) {
            run(parts[0], pending, reached);
            return;
        }
        const Pending next{parts[parts.size() - 1 - at], pending};
        runParallel(parts, at + 1, &next, reached);
    }

    void assignCell(const Action& action);

    const Machine& m_machine;
    Evaluator m_evaluator;
    std::vector<Number> m_next;
};

} // namespace ty::engine::specs
