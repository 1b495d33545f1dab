#include "app/models/preparation_draft.h"

#include <utility>

namespace ty::app {

void PreparationDraft::reset(const Preparation& kept)
{
    m_kept = kept;
    m_now = kept;
    m_before.clear();
    m_after.clear();
    m_field.clear();
}

void PreparationDraft::change(Preparation next, const std::string& field)
{
    if (next == m_now) {
        return;
    }
    if (field.empty() || field != m_field || m_before.empty()) {
        m_before.push_back(std::move(m_now));
    }
    m_field = field;
    m_after.clear();
    m_now = std::move(next);
}

std::size_t PreparationDraft::add(StepKind kind)
{
    Preparation next = m_now;
    next.steps.push_back(PrepareStep::of(kind));
    change(std::move(next), {});
    return m_now.steps.size() - 1;
}

void PreparationDraft::remove(std::size_t place)
{
    if (place < m_now.steps.size()) {
        Preparation next = m_now;
        next.steps.erase(next.steps.begin() + static_cast<std::ptrdiff_t>(place));
        change(std::move(next), {});
    }
}

void PreparationDraft::move(std::size_t place, int by)
{
    const auto other = static_cast<std::ptrdiff_t>(place) + by;
    if (place < m_now.steps.size() && other >= 0 && other < static_cast<std::ptrdiff_t>(m_now.steps.size())) {
        Preparation next = m_now;
        std::swap(next.steps[place], next.steps[static_cast<std::size_t>(other)]);
        change(std::move(next), {});
    }
}

void PreparationDraft::setEnabled(std::size_t place, bool isEnabled)
{
    if (place < m_now.steps.size()) {
        Preparation next = m_now;
        next.steps[place].isEnabled = isEnabled;
        change(std::move(next), {});
    }
}

void PreparationDraft::replace(std::size_t place, const PrepareStep& step, const std::string& field)
{
    if (place < m_now.steps.size()) {
        Preparation next = m_now;
        next.steps[place] = step;
        change(std::move(next), field.empty() ? field : std::to_string(place) + field);
    }
}

void PreparationDraft::undo()
{
    if (canUndo()) {
        m_after.push_back(std::exchange(m_now, std::move(m_before.back())));
        m_before.pop_back();
        m_field.clear();
    }
}

void PreparationDraft::redo()
{
    if (canRedo()) {
        m_before.push_back(std::exchange(m_now, std::move(m_after.back())));
        m_after.pop_back();
        m_field.clear();
    }
}

} // namespace ty::app
