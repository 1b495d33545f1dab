#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <utility>

#include "app/catalog/catalog.h"
#include "app/catalog/database.h"
#include "app/catalog/event_ingest.h"
#include "app/catalog/run_note.h"
#include "engine/base/files.h"
#include "engine/base/folder_lock.h"
#include "engine/base/run_events.h"

namespace ty::catalog {

namespace {

namespace fs = std::filesystem;

Error processDied()
{
    return Error{
        ErrorKind::Io, "the training process ended without saying why (it was killed, or the computer stopped)",
        "Resume continues from the last checkpoint."};
}

/// The number of the last complete event; 0 when there is none.
std::uint64_t lastSeqOf(const std::string& eventsFile)
{
    constexpr std::streamoff kTailBytes = 1 << 16; // longer than any event
    std::ifstream file(eventsFile, std::ios::binary | std::ios::ate);
    if (!file) {
        return 0;
    }
    const std::streamoff size = file.tellg();
    file.seekg(std::max<std::streamoff>(0, size - kTailBytes));
    std::uint64_t last = 0;
    for (std::string line; std::getline(file, line) && !file.eof();) {
        if (const auto event = RunEvent::fromLine(line); event) { // the first may be half a line
            last = std::max(last, event.value().seq);
        }
    }
    return last;
}

std::string firstEventTime(const std::string& eventsFile)
{
    auto text = readFile(eventsFile);
    if (!text) {
        return {};
    }
    const auto event = RunEvent::fromLine(text.value().substr(0, text.value().find('\n')));
    return event ? event.value().time : std::string();
}

} // namespace

Result<void> Catalog::repairRun(std::int64_t id, RepairReport& report)
{
    TY_TRY(const RunRecord before, run(id));
    const RunFolder folder{before.folder};
    const bool hasEvents = pathExists(folder.eventsFile());
    if (before.state == RunState::Queued && !hasEvents) {
        return {}; // waits for its turn
    }
    // Looked at before reading: a runner that ends in between has written all it had to say.
    const bool isAlive = FolderLock::isHeld(folder.lockFile());
    EventIngest ingest(*this, id);
    TY_CHECK(ingest.replay(folder.eventsFile()));
    if (ingest.damagedLines() > 0) {
        report.problems.push_back(
            before.name + ": " + std::to_string(ingest.damagedLines()) + " unreadable lines in events.jsonl");
    }
    TY_TRY(const RunRecord after, run(id));
    const bool isOver = !isActive(after.state) && after.state != RunState::Queued;
    if (isAlive || isOver) {
        if (isOver && after.hasModel) {
            if (auto model = registerModelOfRun(id); !model) {
                report.problems.push_back(before.name + ": " + model.error().message);
            }
        }
        report.caughtUp.push_back(before.name);
    } else {
        TY_CHECK(setRunState(id, RunState::Interrupted, processDied()));
        report.interrupted.push_back(before.name);
    }
    return measureRun(id);
}

Result<RunRecord> Catalog::adoptRun(const std::string& folder)
{
    std::error_code code;
    const fs::path absolute = fs::absolute(folder, code).lexically_normal();
    std::string root = code ? folder : absolute.string();
    while (root.size() > 1 && root.back() == '/') {
        root.pop_back();
    }
    RepairReport report;
    std::int64_t id = 0;
    {
        TY_TRY(Statement known, m_database->query("SELECT id FROM runs WHERE folder=?1", root));
        TY_TRY(const bool isKnown, known.next());
        id = isKnown ? known.integer(0) : 0;
    }
    if (id != 0) {
        TY_CHECK(repairRun(id, report));
        return run(id);
    }

    const RunFolder files{root};
    TY_TRY(RunSpec spec, RunSpec::load(files.specFile()));
    auto loadedNote = RunNote::load(root);
    const RunNote note = loadedNote ? loadedNote.value() : RunNote{}; // stars and notes are not worth failing for
    if (!note.name.empty()) {
        spec.name = note.name;
    }
    if (spec.name.empty()) {
        spec.name = fs::path(root).filename().string();
    }

    RunRecord record;
    record.folder = root;
    record.projectId = 1;
    record.isStarred = note.isStarred;
    record.notes = note.notes;
    record.created = note.created.empty() ? firstEventTime(files.eventsFile()) : note.created;
    if (record.created.empty()) {
        record.created = utcNow();
    }
    TY_TRY(record.datasetId, datasetOfPath(spec.data.training, spec.data.fingerprint));
    record.dataset = fs::path(spec.data.training).stem().string();
    if (record.datasetId != 0) {
        TY_TRY(const DatasetRecord data, dataset(record.datasetId));
        record.dataset = data.name;
    }
    if (!note.project.empty()) {
        TY_TRY(const auto known, projects());
        for (const ProjectRecord& project : known) {
            record.projectId = project.name == note.project ? project.id : record.projectId;
        }
        if (record.projectId == 1 && note.project != known.front().name) {
            TY_TRY(const ProjectRecord made, createProject(note.project));
            record.projectId = made.id;
        }
    }

    auto inserted = insertRun(spec, record);
    if (!inserted && inserted.error().kind == ErrorKind::AlreadyExists) {
        TY_TRY(spec.name, freeRunName(spec.name));
        inserted = insertRun(spec, record);
    }
    if (!inserted) {
        return std::move(inserted).error();
    }
    id = inserted.value().id;
    if (!note.tags.empty()) {
        TY_CHECK(setRunTags(id, note.tags));
    }
    if (pathExists(files.eventsFile())) {
        TY_CHECK(repairRun(id, report));
    } else {
        TY_CHECK(setRunState(
            id, RunState::Stopped, Error{ErrorKind::Cancelled, "it was never started", "Train it again."}));
    }
    if (!note.deleted.empty()) {
        TY_CHECK(deleteRun(id));
    }
    return run(id);
}

Result<void> Catalog::adoptModels(RepairReport& report)
{
    std::set<std::string> known;
    {
        TY_TRY(Statement row, m_database->query("SELECT folder FROM models"));
        for (;;) {
            TY_TRY(const bool hasRow, row.next());
            if (!hasRow) {
                break;
            }
            known.insert(row.text(0));
        }
    }
    std::error_code code;
    std::set<std::string> found;
    for (fs::directory_iterator it(fs::weakly_canonical(m_paths.modelsFolder(), code), code), end; !code && it != end; it.increment(code)) {
        const std::string folder = it->path().string();
        const bool isWhole = it->path().extension().empty(); // an import that was cut off leaves NAME.new
        if (isWhole && !known.contains(folder) && pathExists(folder + "/model.json")) {
            found.insert(folder);
        }
    }
    for (const std::string& folder : found) {
        if (auto adopted = registerModel(folder, {}, 0); !adopted) {
            report.problems.push_back(folder + ": " + adopted.error().message);
        } else {
            report.adopted.push_back(adopted.value().name);
        }
    }
    return {};
}

Result<RepairReport> Catalog::repair()
{
    RepairReport report;
    std::vector<std::int64_t> unfinished;
    std::set<std::string> knownFolders;
    {
        TY_TRY(Statement row, m_database->query("SELECT id, folder, state, last_seq FROM runs"));
        for (;;) {
            TY_TRY(const bool hasRow, row.next());
            if (!hasRow) {
                break;
            }
            knownFolders.insert(row.text(1));
            const RunState state = runStateFromName(row.text(2));
            // One that had ended may have been resumed by a runner that nobody in this catalog watched.
            const bool isUnfinished = isActive(state) || state == RunState::Queued;
            const bool hasNews = !isUnfinished && state != RunState::Finished
                && lastSeqOf(RunFolder{row.text(1)}.eventsFile()) > static_cast<std::uint64_t>(row.integer(3));
            if (isUnfinished || hasNews) {
                unfinished.push_back(row.integer(0));
            }
        }
    }
    for (const std::int64_t id : unfinished) {
        if (auto repaired = repairRun(id, report); !repaired) {
            report.problems.push_back("run " + std::to_string(id) + ": " + repaired.error().message);
        }
    }

    std::error_code code;
    std::set<std::string> found; // in the order of their names, so that ids come out the same every time
    for (fs::directory_iterator it(m_paths.runsFolder(), code), end; !code && it != end; it.increment(code)) {
        const std::string folder = it->path().string();
        if (!knownFolders.contains(folder) && pathExists(RunFolder{folder}.specFile())) {
            found.insert(folder);
        }
    }
    for (const std::string& folder : found) {
        if (auto adopted = adoptRun(folder); !adopted) {
            report.problems.push_back(folder + ": " + adopted.error().message);
        } else {
            report.adopted.push_back(adopted.value().name);
        }
    }

    TY_CHECK(adoptModels(report));
    TY_TRY(const std::vector<TrashItem> items, trash());
    TrashReport emptied;
    const std::string now = utcNow();
    for (const TrashItem& item : items) {
        if (item.expires < now) {
            if (auto purged = purge(item, emptied); !purged) {
                report.problems.push_back(item.name + ": " + purged.error().message);
            } else {
                ++report.expired;
            }
        }
    }
    return report;
}

} // namespace ty::catalog
