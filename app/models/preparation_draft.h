#pragma once

#include <cstddef>
#include <vector>

#include "engine/base/preparation.h"

namespace ty::app {

/// Steps while a person works on them, with what was before each change. Values alone; any thread.
class PreparationDraft {
public:
    /// What is kept with the dataset; forgets changes.
    void reset(const Preparation& kept);
    const Preparation& steps() const { return m_now; }
    bool isChanged() const { return !(m_now == m_kept); }

    std::size_t add(StepKind kind); ///< at the end; returns its place
    void remove(std::size_t place);
    /// To the place of its neighbour. @param by  -1 or 1
    void move(std::size_t place, int by);
    void setEnabled(std::size_t place, bool isEnabled);
    /// Another setting. Changes of one field one after the other are one change to take back.
    /// @param field  names the field; empty: a change of its own
    void replace(std::size_t place, const PrepareStep& step, const std::string& field);

    bool canUndo() const { return !m_before.empty(); }
    bool canRedo() const { return !m_after.empty(); }
    void undo();
    void redo();

private:
    void change(Preparation next, const std::string& field);

    Preparation m_kept;
    Preparation m_now;
    std::vector<Preparation> m_before;
    std::vector<Preparation> m_after;
    std::string m_field; ///< of the last change
};

} // namespace ty::app
