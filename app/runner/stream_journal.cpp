#include "app/runner/stream_journal.h"

#include <utility>

namespace ty::runner {

Json StreamJournal::takeReading()
{
    const cloud::ReadCounters now = m_counters();
    const cloud::ReadCounters before = std::exchange(m_told, now);
    return {
        {"seconds", now.seconds - before.seconds},
        {"storeBytes", now.storeBytes - before.storeBytes},
        {"cacheBytes", now.cacheBytes - before.cacheBytes}};
}

Result<void> StreamJournal::emitEvent(const std::string& type, Json fields)
{
    const std::lock_guard lock(m_mutex);
    if (m_counters && (type == "data" || type == "epoch")) {
        fields["reading"] = takeReading();
    }
    return m_inner.emitEvent(type, std::move(fields));
}

void StreamJournal::tellOfStore(const std::string& text, bool isTrouble)
{
    const std::lock_guard lock(m_mutex);
    // If even this cannot be written, the fit's own next event fails the same way.
    (void)(isTrouble ? m_inner.emitEvent("warning", {{"text", text}, {"advice", ""}, {"store", "away"}})
                     : m_inner.emitEvent("note", {{"text", text}, {"store", "back"}}));
}

} // namespace ty::runner
