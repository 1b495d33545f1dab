#include "app/provisioning/catalog_journal.h"

#include <utility>

namespace ty::app {

namespace {
constexpr const char* kForward = "forward";
constexpr const char* kUndo = "undo";
} // namespace

CatalogJournal::CatalogJournal(catalog::Operations& operations)
    : m_operations(operations)
{
}

Result<std::int64_t> CatalogJournal::begin(const std::string& kind, const std::string& target, const Json& request)
{
    return m_operations.begin(kind, target, request);
}

Result<void> CatalogJournal::note(std::int64_t id, const cloud::JournalNote& note)
{
    catalog::OperationRecord record;
    record.id = id;
    record.direction = note.direction == cloud::Direction::Undo ? kUndo : kForward;
    record.step = note.step;
    record.steps = note.steps;
    record.stage = note.stage;
    record.remoteId = note.resume;
    record.error = note.error;
    record.finding = note.finding;
    return m_operations.note(record);
}

Result<void> CatalogJournal::end(std::int64_t id, cloud::Outcome outcome, const std::string& error)
{
    return m_operations.end(id, cloud::outcomeName(outcome), error);
}

Result<std::vector<cloud::JournalEntry>> CatalogJournal::openEntries()
{
    TY_TRY(auto records, m_operations.openOnes());
    std::vector<cloud::JournalEntry> entries;
    for (auto& record : records) {
        cloud::JournalEntry entry;
        entry.id = record.id;
        entry.kind = std::move(record.kind);
        entry.target = std::move(record.target);
        entry.request = std::move(record.request);
        entry.note.direction = record.direction == kUndo ? cloud::Direction::Undo : cloud::Direction::Forward;
        entry.note.step = record.step;
        entry.note.steps = record.steps;
        entry.note.stage = std::move(record.stage);
        entry.note.resume = std::move(record.remoteId);
        entry.note.error = std::move(record.error);
        entry.note.finding = std::move(record.finding);
        entry.started = std::move(record.started);
        entries.push_back(std::move(entry));
    }
    return entries;
}

} // namespace ty::app
