#include "app/catalog/operations.h"

#include <utility>

#include "app/catalog/database.h"
#include "app/catalog/records.h"
#include "app/catalog/schema.h"
#include "engine/base/run_events.h"

namespace ty::catalog {

namespace {

constexpr const char* kColumns = "SELECT id, kind, target, state, request, direction, step, steps, stage, remote_id, error,"
                                 " started, ended, finding FROM operations ";

Result<OperationRecord> readRow(const Statement& row)
{
    OperationRecord operation;
    operation.id = row.integer(0);
    operation.kind = row.text(1);
    operation.target = row.text(2);
    operation.state = row.text(3);
    TY_TRY(operation.request, parseJson(row.text(4), "operation " + std::to_string(operation.id)));
    operation.direction = row.text(5);
    operation.step = static_cast<int>(row.integer(6));
    operation.steps = static_cast<int>(row.integer(7));
    operation.stage = row.text(8);
    operation.remoteId = row.text(9);
    operation.error = row.text(10);
    operation.started = row.text(11);
    operation.ended = row.text(12);
    operation.finding = row.text(13);
    return operation;
}

Result<std::vector<OperationRecord>> readRows(Statement rows)
{
    std::vector<OperationRecord> operations;
    for (;;) {
        TY_TRY(const bool isRow, rows.next());
        if (!isRow) {
            return operations;
        }
        TY_TRY(OperationRecord operation, readRow(rows));
        operations.push_back(std::move(operation));
    }
}

std::string nameOf(std::int64_t id)
{
    return "operation " + std::to_string(id);
}

} // namespace

Result<std::unique_ptr<Operations>> Operations::open(const Paths& paths)
{
    OpenReport report;
    TY_TRY(auto database, Database::open(paths.catalogFile(), catalogMigrations(), paths.backupFolder(), report));
    // NORMAL may lose the last commits at a power loss; a machine that nobody remembers would go on billing.
    TY_CHECK(database->execute("PRAGMA synchronous=FULL"));
    return std::unique_ptr<Operations>(new Operations(std::move(database)));
}

Operations::Operations(std::unique_ptr<Database> database)
    : m_database(std::move(database))
{
}

Operations::~Operations() = default;

Result<std::int64_t> Operations::begin(const std::string& kind, const std::string& target, const Json& request)
{
    TY_CHECK(m_database->change(
        "INSERT INTO operations(kind, target, state, request, started) VALUES(?1, ?2, 'open', ?3, ?4)", kind, target,
        toJsonLine(request), utcNow()));
    return m_database->lastId();
}

Result<void> Operations::note(const OperationRecord& record)
{
    const double share = record.steps > 0 ? static_cast<double>(record.step) / record.steps : 0.0;
    return m_database->changeOne(
        nameOf(record.id),
        "UPDATE operations SET direction=?2, step=?3, steps=?4, stage=?5, remote_id=?6, error=?7, progress=?8,"
        " finding=?9"
        " WHERE id=?1 AND state='open'",
        record.id, record.direction, record.step, record.steps, record.stage, record.remoteId, record.error, share, record.finding);
}

Result<void> Operations::end(std::int64_t id, const std::string& state, const std::string& error)
{
    return m_database->changeOne(
        nameOf(id), "UPDATE operations SET state=?2, error=?3, remote_id='', ended=?4 WHERE id=?1 AND state='open'", id,
        state, error, utcNow());
}

Result<std::vector<OperationRecord>> Operations::openOnes()
{
    TY_TRY(Statement rows, m_database->query(std::string(kColumns) + "WHERE state='open' ORDER BY id"));
    return readRows(std::move(rows));
}

Result<std::vector<OperationRecord>> Operations::of(const std::string& target, int limit)
{
    TY_TRY(
        Statement rows,
        m_database->query(std::string(kColumns) + "WHERE target = ?1 ORDER BY id DESC LIMIT ?2", target, limit));
    return readRows(std::move(rows));
}

Result<std::vector<OperationRecord>> Operations::newest(int limit)
{
    TY_TRY(Statement rows, m_database->query(std::string(kColumns) + "ORDER BY id DESC LIMIT ?1", limit));
    return readRows(std::move(rows));
}

Result<OperationRecord> Operations::operation(std::int64_t id)
{
    TY_TRY(Statement row, m_database->query(std::string(kColumns) + "WHERE id=?1", id));
    TY_TRY(const bool isRow, row.next());
    if (!isRow) {
        return Error{ErrorKind::NotFound, "there is no " + nameOf(id) + " in the catalog", {}};
    }
    return readRow(row);
}

Result<std::vector<OperationRecord>> Operations::ofChase(std::int64_t chase)
{
    TY_TRY(
        Statement rows,
        m_database->query(
            std::string(kColumns) + "WHERE kind='attempt' AND json_extract(request, '$.chase')=?1 ORDER BY id", chase));
    return readRows(std::move(rows));
}

} // namespace ty::catalog
