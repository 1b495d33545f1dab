#include <filesystem>
#include <utility>

#include "app/catalog/catalog.h"
#include "app/catalog/database.h"
#include "app/catalog/run_note.h"
#include "engine/base/files.h"
#include "engine/base/folder_lock.h"
#include "engine/base/run_events.h"

namespace ty::catalog {

namespace {

/// The table that holds a kind of thing; empty for an unknown kind.
std::string tableOf(const std::string& kind)
{
    for (const char* known : {"run", "dataset", "model", "view"}) {
        if (kind == known) {
            return kind + "s";
        }
    }
    return {};
}

Error busy(const std::string& name)
{
    return Error{
        ErrorKind::Busy, "run " + name + " is still training", "Stop it first, or wait until it has finished."};
}

/// Removes what the runner, the catalog and the window (its command pipe, the runner's last words) write, and the folder if nothing else is in it. A folder that the person
/// chose with --out may hold files of their own.
Result<void> removeRunFiles(const std::string& root)
{
    const RunFolder folder{root};
    const std::string note = root + "/" + RunNote::kFileName;
    for (const std::string& path :
         {folder.checkpointFolder(), folder.modelFolder(), folder.evaluationFolder(), folder.eventsFile(),
          folder.logFile(), folder.lockFile(), folder.specFile(), note, root + "/.commands", root + "/runner.txt"}) {
        TY_CHECK(removeTree(path));
    }
    std::error_code code;
    std::filesystem::remove(root, code); // fails, as it should, when something is left
    return {};
}

} // namespace

Result<TrashItem> Catalog::moveToTrash(
    const std::string& kind, std::int64_t itemId, const std::string& name, std::int64_t bytes)
{
    TrashItem item;
    item.kind = kind;
    item.itemId = itemId;
    item.name = name;
    item.bytes = bytes;
    item.deleted = utcNow();
    auto stored = m_database->transaction([&]() -> Result<void> {
        TY_CHECK(m_database->changeOne(
            kind + " " + std::to_string(itemId),
            "UPDATE " + tableOf(kind) + " SET deleted=?2 WHERE id=?1 AND deleted IS NULL", itemId, item.deleted));
        TY_CHECK(m_database->change(
            "INSERT OR REPLACE INTO trash(kind, item_id, name, bytes, deleted, expires)"
            " VALUES(?1, ?2, ?3, ?4, ?5, strftime('%Y-%m-%dT%H:%M:%fZ', ?5, '+30 days'))",
            kind, itemId, name, bytes, item.deleted));
        item.id = m_database->lastId();
        return {};
    });
    TY_CHECK(std::move(stored));
    TY_TRY(Statement row, m_database->query("SELECT expires FROM trash WHERE id=?1", item.id));
    TY_CHECK(row.next());
    item.expires = row.text(0);
    return item;
}

Result<TrashItem> Catalog::deleteRun(std::int64_t id)
{
    TY_TRY(const RunRecord record, run(id));
    if (FolderLock::isHeld(RunFolder{record.folder}.lockFile())) {
        return busy(record.name);
    }
    TY_TRY(
        const TrashItem item,
        moveToTrash("run", id, record.name, static_cast<std::int64_t>(treeBytes(record.folder))));
    TY_CHECK(m_database->change("DELETE FROM queue WHERE run_id=?1", id));
    // Should the note fail (a full disk), a rebuilt catalog would show the run again; nothing is lost.
    (void)saveRunNote(id);
    return item;
}

Result<TrashItem> Catalog::deleteDataset(std::int64_t id)
{
    TY_TRY(const DatasetRecord record, dataset(id));
    return moveToTrash("dataset", id, record.name, 0);
}

Result<TrashItem> Catalog::deleteModel(std::int64_t id)
{
    TY_TRY(const ModelRecord record, model(id));
    const auto bytes = isImported(record.folder) ? static_cast<std::int64_t>(treeBytes(record.folder)) : 0;
    return moveToTrash("model", id, record.name, bytes);
}

Result<TrashItem> Catalog::deleteView(std::int64_t id)
{
    TY_TRY(Statement row, m_database->query("SELECT name FROM views WHERE id=?1", id));
    TY_TRY(const bool hasRow, row.next());
    return moveToTrash("view", id, hasRow ? row.text(0) : std::string(), 0);
}

Result<std::vector<TrashItem>> Catalog::trash()
{
    TY_TRY(
        Statement row,
        m_database->query("SELECT id, kind, item_id, name, bytes, deleted, expires FROM trash ORDER BY id DESC"));
    std::vector<TrashItem> list;
    for (;;) {
        TY_TRY(const bool hasRow, row.next());
        if (!hasRow) {
            return list;
        }
        list.push_back(
            {row.integer(0), row.text(1), row.integer(2), row.text(3), row.integer(4), row.text(5), row.text(6)});
    }
}

Result<void> Catalog::restore(std::int64_t trashId)
{
    TrashItem item;
    {
        TY_TRY(Statement row, m_database->query("SELECT kind, item_id, name FROM trash WHERE id=?1", trashId));
        TY_TRY(const bool hasRow, row.next());
        if (!hasRow) {
            return Error{ErrorKind::NotFound, "this is not in the trash any more", {}};
        }
        item.kind = row.text(0);
        item.itemId = row.integer(1);
        item.name = row.text(2);
    }
    auto stored = m_database->transaction([&]() -> Result<void> {
        auto restored = m_database->changeOne(
            item.kind + " " + std::to_string(item.itemId),
            "UPDATE " + tableOf(item.kind) + " SET deleted=NULL WHERE id=?1", item.itemId);
        if (!restored && restored.error().kind == ErrorKind::AlreadyExists) {
            return Error{
                ErrorKind::AlreadyExists, "there is another " + item.kind + " named \"" + item.name + "\" now",
                "Rename that one first."};
        }
        TY_CHECK(std::move(restored));
        TY_CHECK(m_database->change("DELETE FROM trash WHERE id=?1", trashId));
        return {};
    });
    TY_CHECK(std::move(stored));
    return item.kind == "run" ? saveRunNote(item.itemId) : Result<void>();
}

Result<void> Catalog::purge(const TrashItem& item, TrashReport& report)
{
    if (item.kind == "run") {
        TY_TRY(const RunRecord record, run(item.itemId));
        if (FolderLock::isHeld(RunFolder{record.folder}.lockFile())) {
            return busy(record.name);
        }
        const auto before = treeBytes(record.folder);
        const bool isOurs = std::filesystem::path(record.folder).parent_path() == m_paths.runsFolder();
        TY_CHECK(isOurs ? removeTree(record.folder) : removeRunFiles(record.folder));
        report.bytesFreed += static_cast<std::int64_t>(before - treeBytes(record.folder));
    }
    if (item.kind == "model") {
        // It is not known where its run went before it.
        if (const auto record = model(item.itemId); record && isImported(record->folder)) {
            report.bytesFreed += static_cast<std::int64_t>(treeBytes(record->folder));
            TY_CHECK(removeTree(record->folder));
        }
    }
    // Files first: if the machine stops here, the row is still in the trash and the next time finishes the work.
    return m_database->transaction([&]() -> Result<void> {
        if (item.kind == "run") {
            TY_CHECK(m_database->change(
                "DELETE FROM trash WHERE kind='model' AND item_id IN (SELECT id FROM models WHERE run_id=?1)",
                item.itemId));
            TY_CHECK(m_database->change("DELETE FROM models WHERE run_id=?1", item.itemId));
        }
        TY_CHECK(m_database->change("DELETE FROM " + tableOf(item.kind) + " WHERE id=?1", item.itemId));
        TY_CHECK(m_database->change("DELETE FROM trash WHERE id=?1", item.id));
        return {};
    });
}

Result<TrashReport> Catalog::emptyTrash(const std::vector<std::int64_t>& ids)
{
    TY_TRY(const std::vector<TrashItem> items, trash());
    TrashReport report;
    for (const TrashItem& item : items) {
        bool isChosen = ids.empty();
        for (const std::int64_t id : ids) {
            isChosen = isChosen || id == item.id;
        }
        if (!isChosen) {
            continue;
        }
        if (auto purged = purge(item, report); !purged) {
            report.failures.push_back(item.name + ": " + purged.error().message);
        } else {
            ++report.items;
        }
    }
    // The points of deleted runs can be most of the file: give the pages back to the disk.
    const auto before = treeBytes(m_paths.catalogFile());
    TY_CHECK(m_database->execute("PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE);"));
    const auto after = treeBytes(m_paths.catalogFile());
    report.bytesFreed += before > after ? static_cast<std::int64_t>(before - after) : 0;
    return report;
}

} // namespace ty::catalog
