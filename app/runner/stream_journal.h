#pragma once

#include <functional>
#include <mutex>
#include <string>

#include "app/streaming/store_files.h"
#include "engine/train/fit_control.h"

namespace ty::runner {

/// Between a fit and its journal: says after each epoch what reading from stores has cost, and passes on what the threads
/// that read have to tell. Any thread.
class StreamJournal : public engine::FitSink {
public:
    using Counters = std::function<cloud::ReadCounters()>;

    /// `inner` outlives this.
    explicit StreamJournal(engine::FitSink& inner) : m_inner(inner) {}

    /// From then on epochs tell of reading. Before the first event.
    void setCounters(Counters counters) { m_counters = std::move(counters); }
    Result<void> emitEvent(const std::string& type, Json fields) override;
    /// A store went away, or came back.
    void tellOfStore(const std::string& text, bool isTrouble);

private:
    Json takeReading();

    engine::FitSink& m_inner;
    Counters m_counters;
    std::mutex m_mutex;         ///< guards `m_inner` and what follows
    cloud::ReadCounters m_told; ///< by the events before
};

} // namespace ty::runner
