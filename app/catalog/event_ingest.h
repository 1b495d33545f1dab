#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "app/catalog/records.h"
#include "engine/base/result.h"
#include "engine/base/run_events.h"

namespace ty::catalog {

class Catalog;

/// Turns a run's events into catalog rows. Used live while a run trains, and again by Catalog::repair().
///
/// Feed every event of the run in order, from the first: for a run that has been going on, replay() its events.jsonl
/// and continue with what comes. Rows are keyed by sequence number, so events seen before change nothing. apply()
/// collects; flush() writes all in one transaction, which is also the moment when other threads' readers see them:
/// call it a few times a second, and at once after "epoch", "finished" and "failed". Lives on the Catalog's thread.
class EventIngest {
public:
    EventIngest(Catalog& catalog, std::int64_t runId);
    ~EventIngest();
    EventIngest(EventIngest&&) noexcept;

    void apply(const RunEvent& event);
    Result<void> flush();
    /// Applies the complete lines of an events file that have not been applied yet, then flushes. Damaged lines are
    /// skipped and counted. A missing file is no error.
    Result<void> replay(const std::string& eventsFile);

    /// The run as of the last applied event, without asking the database: for the run strip.
    const RunRecord& run() const;
    std::uint64_t lastSeq() const;
    std::int64_t damagedLines() const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace ty::catalog
