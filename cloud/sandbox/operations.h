#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "cloud/sandbox/clock.h"
#include "cloud/sandbox/document_store.h"

namespace ty::sandbox {

/// Work that takes time: begun by a request, ended by the clock (or by whoever does it), asked about in between.
///
/// An operation is a document "op/<id>": effect, arguments, start, due, status (InProgress, Succeeded, Failed), end, error,
/// output. What is to happen at its end is a function found by the effect's name, so that an operation begun before a
/// restart ends after it. Times in the documents are microseconds. Under the owner's lock.
class Operations {
public:
    /// Runs when the operation is due; may fill "error" (which makes it Failed) or "output" of the operation.
    using Finish = std::function<void(Json& operation)>;

    Operations(DocumentStore& store, const Clock& clock);

    void onFinish(const std::string& effect, Finish finish) { m_finishers[effect] = std::move(finish); }
    /// Begins it. `id` is kept if `operation` names one. @return the id
    std::string begin(std::string id, Json operation, Duration length);
    /// The same for work whose end the clock does not know; finish() ends it.
    std::string beginOpen(std::string id, Json operation);
    /// Ends an operation now, running its effect.
    void finish(const std::string& id);
    void finish(const std::string& id, const Json& outcome);
    /// Brings the world to the clock's time: ends, in their order, all operations that are due.
    void settle();

    const Json* find(const std::string& id) const;
    /// When settle() has something to do next.
    std::optional<TimePoint> nextDue() const;
    /// Ids of those not ended.
    std::vector<std::string> pending() const;
    /// Reads the store again after its changes were taken back.
    void reload();

private:
    std::string add(const std::string& id, Json operation, std::optional<TimePoint> due);

    DocumentStore& m_store;
    const Clock& m_clock;
    std::map<std::string, Finish> m_finishers;
    std::set<std::pair<std::int64_t, std::string>> m_due;
};

/// Whether a document of an operation has ended.
bool isEnded(const Json& operation);

} // namespace ty::sandbox
