#include "cloud/sandbox/operations.h"

#include <utility>

namespace ty::sandbox {

namespace {

constexpr char kPrefix[] = "op/";
/// Real clouds forget an operation after a day or more; one that ended earlier is dropped at a start.
constexpr auto kKept = std::chrono::hours(24);

std::string keyOf(const std::string& id)
{
    return kPrefix + id;
}

} // namespace

bool isEnded(const Json& operation)
{
    return operation.value("status", "") != "InProgress";
}

Operations::Operations(DocumentStore& store, const Clock& clock) : m_store(store), m_clock(clock)
{
    const auto oldest = toMicroseconds(m_clock.now() - kKept);
    for (const auto& key : m_store.keysBelow(kPrefix)) {
        const Json& operation = *m_store.find(key);
        if (isEnded(operation) && operation.value("end", std::int64_t{0}) < oldest) {
            m_store.erase(key);
        }
    }
    reload();
}

void Operations::reload()
{
    m_due.clear();
    for (const auto& key : m_store.keysBelow(kPrefix)) {
        const Json& operation = *m_store.find(key);
        if (!isEnded(operation) && operation.contains("due")) {
            m_due.emplace(operation["due"].get<std::int64_t>(), key.substr(sizeof kPrefix - 1));
        }
    }
}

std::string Operations::add(const std::string& id, Json operation, std::optional<TimePoint> due)
{
    operation["id"] = id;
    operation["status"] = "InProgress";
    operation["start"] = toMicroseconds(m_clock.now());
    if (due) {
        operation["due"] = toMicroseconds(*due);
        m_due.emplace(toMicroseconds(*due), id);
    }
    m_store.put(keyOf(id), std::move(operation));
    return id;
}

std::string Operations::begin(std::string id, Json operation, Duration length)
{
    return add(id, std::move(operation), m_clock.now() + length);
}

std::string Operations::beginOpen(std::string id, Json operation)
{
    return add(id, std::move(operation), std::nullopt);
}

void Operations::finish(const std::string& id)
{
    finish(id, Json::object());
}

void Operations::finish(const std::string& id, const Json& outcome)
{
    const Json* kept = m_store.find(keyOf(id));
    if (kept == nullptr || isEnded(*kept)) {
        return;
    }
    Json operation = *kept;
    operation.update(outcome);
    m_due.erase({operation.value("due", std::int64_t{0}), id});
    const auto finisher = m_finishers.find(operation.value("effect", ""));
    if (finisher != m_finishers.end()) {
        finisher->second(operation);
    }
    operation["status"] = operation.contains("error") ? "Failed" : "Succeeded";
    operation["end"] = toMicroseconds(m_clock.now());
    m_store.put(keyOf(id), std::move(operation));
}

void Operations::settle()
{
    const auto now = toMicroseconds(m_clock.now());
    while (!m_due.empty() && m_due.begin()->first <= now) {
        const std::string id = m_due.begin()->second;
        m_due.erase(m_due.begin());
        finish(id);
    }
}

const Json* Operations::find(const std::string& id) const
{
    return m_store.find(keyOf(id));
}

std::optional<TimePoint> Operations::nextDue() const
{
    return m_due.empty() ? std::nullopt : std::optional(fromMicroseconds(m_due.begin()->first));
}

std::vector<std::string> Operations::pending() const
{
    std::vector<std::string> ids;
    for (const auto& key : m_store.keysBelow(kPrefix)) {
        if (!isEnded(*m_store.find(key))) {
            ids.push_back(key.substr(sizeof kPrefix - 1));
        }
    }
    return ids;
}

} // namespace ty::sandbox
