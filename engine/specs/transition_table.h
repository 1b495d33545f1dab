#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/specs/state_space.h"

namespace ty::engine::specs {

struct ExampleSettings {
    double invalidProportion = 1.0; ///< invalid transitions for each valid one; 0 or more
    std::uint64_t seed = 777;
    double testShare = 0.2;         ///< in [0, 1)
    bool keepsQueryLoops = false;   ///< self-loops of operations that return results
    bool keepsDeadEnds = false;     ///< transitions into states that no operation leaves
};

/// One row: a transition and whether the machine can make it.
struct Example {
    Transition transition;
    bool isValid = true;
};

/// A machine's transitions as a table for a learner that tells possible ones from impossible ones.
///
/// Columns: Operation-Name; Pre-v for each variable v before; Post-v after; Available-Transition (Y or N). Numbers are written
/// I5, truth values TRUE and FALSE, elements by name; a set or a function is a column for each element or pair that occurs
/// in a reachable state, In or NotIn.
/// Source: Cai et al., Fast Automated Abstract Machine Repair (2022), section on semantics learning.
class TransitionTable {
public:
    /// Every valid transition that the settings keep, and as many invalid ones as they ask for: a state, an operation and a
    /// state, each drawn out of those of the valid rows, where the machine has no such transition. Shuffled.
    /// Errors: InvalidInput where the space is only a part of all, has no transition, or has no invalid triple.
    static Result<TransitionTable> make(const Machine& machine, const StateSpace& space, const ExampleSettings& settings);

    const std::vector<std::string>& columnNames() const { return m_columnNames; }
    const std::vector<Example>& examples() const { return m_examples; }
    std::size_t validCount() const { return m_validCount; }
    /// The first rows are for training, the others for testing.
    std::size_t trainingCount() const { return m_trainingCount; }

    /// The row's cells, one for each column.
    std::vector<std::string> cells(const Example& example) const;
    /// The same for a transition between any two states, seen or not; the last cell is left out.
    std::vector<std::string> cells(std::uint32_t operation, const Number* before, const Number* after) const;

    /// Rows [begin, end) as CSV with a header line, whole or not at all.
    Result<void> writeCsv(const std::string& path, std::size_t begin, std::size_t end) const;

private:
    TransitionTable(const Machine& machine, const StateSpace& space) : m_machine(&machine), m_space(&space) {}

    /// A column of one side: a scalar variable, or one element or pair of it.
    struct Feature {
        std::int32_t slot = 0;
        const Variable* variable = nullptr;
        Number element = 0; ///< a set's bit, or a function's value
    };

    void findFeatures();
    std::string cell(const Feature& feature, const Number* state) const;
    Result<void> drawInvalid(const ExampleSettings& settings);

    const Machine* m_machine;
    const StateSpace* m_space;
    std::vector<Feature> m_features;
    std::vector<std::string> m_columnNames;
    std::vector<Example> m_examples;
    std::size_t m_validCount = 0;
    std::size_t m_trainingCount = 0;
};

} // namespace ty::engine::specs
