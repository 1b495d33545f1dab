#include "engine/specs/transition_table.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <unordered_set>

#include <fmt/format.h>

#include "engine/base/csv_field.h"
#include "engine/base/files.h"
#include "engine/base/random.h"
#include "engine/specs/value_words.h"

namespace ty::engine::specs {

namespace {

struct SameTransition {
    bool operator()(const Transition& a, const Transition& b) const
    {
        return a.before == b.before && a.after == b.after && a.operation == b.operation;
    }
};

struct TransitionHash {
    std::size_t operator()(const Transition& one) const
    {
        auto hash = (std::uint64_t{one.before} << 32U | one.after) * 0xD6E8FEB86659FD93U;
        hash = (hash ^ (hash >> 32U) ^ one.operation) * 0xD6E8FEB86659FD93U;
        return hash ^ (hash >> 32U);
    }
};

template<typename Value>
void keepEachOnce(std::vector<Value>& values)
{
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
}

} // namespace

Result<TransitionTable> TransitionTable::make(const Machine& machine, const StateSpace& space, const ExampleSettings& settings)
{
    if (!space.isWhole) {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format("{}: the exploration ended at {}, so nobody knows which transitions are impossible", machine.name, space.limit),
            "Raise the limit, or make the ranges in the spec smaller."};
    }
    TransitionTable table(machine, space);
    table.findFeatures();
    std::vector<bool> isDead(space.stateCount());
    for (const auto state : space.deadEnds) {
        isDead[state] = true;
    }
    for (const auto& transition : space.transitions) {
        const bool isQueryLoop
            = machine.operations[transition.operation].isQuery && transition.before == transition.after;
        if ((settings.keepsDeadEnds || !isDead[transition.after]) && (settings.keepsQueryLoops || !isQueryLoop)) {
            table.m_examples.push_back({transition, true});
        }
    }
    table.m_validCount = table.m_examples.size();
    if (table.m_validCount == 0) {
        return Error{ErrorKind::InvalidInput, fmt::format("{} has no transition to learn from", machine.name), {}};
    }
    TY_CHECK(table.drawInvalid(settings));
    std::vector<std::uint32_t> order(table.m_examples.size());
    std::iota(order.begin(), order.end(), 0U);
    Random(settings.seed, 1).shuffle(order);
    std::vector<Example> shuffled;
    shuffled.reserve(order.size());
    for (const auto index : order) {
        shuffled.push_back(table.m_examples[index]);
    }
    table.m_examples = std::move(shuffled);
    table.m_trainingCount = static_cast<std::size_t>(
        std::floor((1.0 - settings.testShare) * static_cast<double>(table.m_examples.size()) + 1e-9));
    return table;
}

Result<void> TransitionTable::drawInvalid(const ExampleSettings& settings)
{
    // Whatever the machine can do is no invalid transition, be it left out of the valid rows or not.
    const std::unordered_set<Transition, TransitionHash, SameTransition> possible(
        m_space->transitions.begin(), m_space->transitions.end());
    // Drawn out of what the valid rows show: an operation or a state that stands in invalid rows alone would give them away.
    std::vector<StateIndex> states;
    std::vector<std::uint32_t> operations;
    for (const auto& example : m_examples) {
        states.insert(states.end(), {example.transition.before, example.transition.after});
        operations.push_back(example.transition.operation);
    }
    keepEachOnce(states);
    keepEachOnce(operations);
    const auto isSeen = [](const auto& sorted, auto value) { return std::binary_search(sorted.begin(), sorted.end(), value); };
    const auto reachable = std::count_if(possible.begin(), possible.end(), [&](const Transition& one) {
        return isSeen(states, one.before) && isSeen(states, one.after) && isSeen(operations, one.operation);
    });
    const auto triples = static_cast<double>(states.size()) * static_cast<double>(states.size()) * static_cast<double>(operations.size());
    const auto wanted
        = static_cast<std::size_t>(std::llround(settings.invalidProportion * static_cast<double>(m_validCount)));
    if (wanted > 0 && triples <= static_cast<double>(reachable)) {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format("{} can go from every state to every state by every operation: nothing is invalid", m_machine->name), {}};
    }
    Random random(settings.seed);
    while (m_examples.size() < m_validCount + wanted) {
        const Transition drawn{
            states[random.below(states.size())], states[random.below(states.size())], operations[random.below(operations.size())]};
        if (!possible.contains(drawn)) {
            m_examples.push_back({drawn, false});
        }
    }
    return {};
}

void TransitionTable::findFeatures()
{
    std::vector<std::string> names;
    for (const auto& variable : m_machine->variables) {
        const auto& type = variable.type;
        if (type.form == Form::Scalar) {
            m_features.push_back({variable.slot, &variable, 0});
            names.push_back(variable.name);
        } else if (type.form == Form::Set) {
            std::uint64_t seen = 0;
            for (StateIndex state = 0; state < m_space->stateCount(); ++state) {
                seen |= static_cast<std::uint64_t>(m_space->state(state)[variable.slot]);
            }
            const auto base = type.element.kind == ElementKind::Integer ? m_machine->setBase : 0;
            for (; seen != 0; seen &= seen - 1) {
                const auto bit = std::countr_zero(seen);
                m_features.push_back({variable.slot, &variable, bit});
                names.push_back(fmt::format("{}-{}", variable.name, elementWords(*m_machine, type.element, base + bit)));
            }
        } else {
            for (std::int32_t argument = 0; argument < type.width(); ++argument) {
                std::vector<Number> seen;
                const auto slot = variable.slot + argument;
                for (StateIndex state = 0; state < m_space->stateCount(); ++state) {
                    const auto value = m_space->state(state)[slot];
                    if (std::find(seen.begin(), seen.end(), value) == seen.end()) {
                        seen.push_back(value);
                    }
                }
                std::sort(seen.begin(), seen.end(), [&](Number a, Number b) { return m_machine->numbers->isLess(a, b); });
                for (const auto value : seen) {
                    m_features.push_back({slot, &variable, value});
                    names.push_back(fmt::format(
                        "{}-({}|->{})", variable.name, elementWords(*m_machine, type.domain, type.domainBounds.low + argument),
                        elementWords(*m_machine, type.element, value)));
                }
            }
        }
    }
    m_columnNames.push_back("Operation-Name");
    for (const auto* side : {"Pre-", "Post-"}) {
        for (const auto& name : names) {
            m_columnNames.push_back(side + name);
        }
    }
    m_columnNames.push_back("Available-Transition");
}

std::string TransitionTable::cell(const Feature& feature, const Number* state) const
{
    const auto& type = feature.variable->type;
    const auto word = state[feature.slot];
    switch (type.form) {
    case Form::Scalar:
        return (type.element.kind == ElementKind::Integer ? "I" : "") + elementWords(*m_machine, type.element, word);
    case Form::Set:
        return ((static_cast<std::uint64_t>(word) >> feature.element) & 1U) != 0 ? "In" : "NotIn";
    case Form::Function:
        break;
    }
    return word == feature.element ? "In" : "NotIn";
}

std::vector<std::string> TransitionTable::cells(std::uint32_t operation, const Number* before, const Number* after) const
{
    std::vector<std::string> row{m_machine->operations[operation].name};
    for (const auto* state : {before, after}) {
        for (const auto& feature : m_features) {
            row.push_back(cell(feature, state));
        }
    }
    return row;
}

std::vector<std::string> TransitionTable::cells(const Example& example) const
{
    const auto& one = example.transition;
    auto row = cells(one.operation, m_space->state(one.before), m_space->state(one.after));
    row.push_back(example.isValid ? "Y" : "N");
    return row;
}

Result<void> TransitionTable::writeCsv(const std::string& path, std::size_t begin, std::size_t end) const
{
    std::string text;
    const auto append = [&text](const std::vector<std::string>& row) {
        for (std::size_t column = 0; column < row.size(); ++column) {
            text += (column > 0 ? "," : "") + csvField(row[column]);
        }
        text += '\n';
    };
    append(m_columnNames);
    for (auto row = begin; row < std::min(end, m_examples.size()); ++row) {
        append(cells(m_examples[row]));
    }
    return writeFileAtomically(path, text);
}

} // namespace ty::engine::specs
