#include "app/catalog/chases.h"

#include <utility>

#include "app/catalog/database.h"
#include "app/catalog/records.h"
#include "app/catalog/schema.h"
#include "engine/base/run_events.h"

namespace ty::catalog {

namespace {

constexpr const char* kColumns = "SELECT id, state, request, places, started, ended FROM chases ";

std::string nameOf(std::int64_t id)
{
    return "chase " + std::to_string(id);
}

Result<ChaseRecord> readRow(const Statement& row)
{
    ChaseRecord chase;
    chase.id = row.integer(0);
    chase.state = row.text(1);
    TY_TRY(chase.request, parseJson(row.text(2), nameOf(chase.id)));
    TY_TRY(chase.places, parseJson(row.text(3), nameOf(chase.id)));
    chase.started = row.text(4);
    chase.ended = row.text(5);
    return chase;
}

} // namespace

Result<std::unique_ptr<Chases>> Chases::open(const Paths& paths)
{
    OpenReport report;
    TY_TRY(auto database, Database::open(paths.catalogFile(), catalogMigrations(), paths.backupFolder(), report));
    return std::unique_ptr<Chases>(new Chases(std::move(database)));
}

Chases::Chases(std::unique_ptr<Database> database)
    : m_database(std::move(database))
{
}

Chases::~Chases() = default;

Result<std::int64_t> Chases::begin(const Json& request, const Json& places)
{
    TY_CHECK(m_database->change(
        "INSERT INTO chases(state, request, places, started) VALUES('open', ?1, ?2, ?3)", toJsonLine(request),
        toJsonLine(places), utcNow()));
    return m_database->lastId();
}

Result<void> Chases::setPlaces(std::int64_t id, const Json& places)
{
    return m_database->changeOne(nameOf(id), "UPDATE chases SET places=?2 WHERE id=?1", id, toJsonLine(places));
}

Result<void> Chases::end(std::int64_t id, const Json& places)
{
    return m_database->changeOne(
        nameOf(id), "UPDATE chases SET state='done', places=?2, ended=?3 WHERE id=?1", id, toJsonLine(places), utcNow());
}

Result<ChaseRecord> Chases::find(std::int64_t id)
{
    TY_TRY(Statement row, m_database->query(std::string(kColumns) + "WHERE id=?1", id));
    TY_TRY(const bool isRow, row.next());
    if (!isRow) {
        return Error{ErrorKind::NotFound, "there is no " + nameOf(id) + " in the catalog", {}};
    }
    return readRow(row);
}

Result<std::optional<ChaseRecord>> Chases::newest()
{
    TY_TRY(Statement row, m_database->query(std::string(kColumns) + "ORDER BY id DESC LIMIT 1"));
    TY_TRY(const bool isRow, row.next());
    if (!isRow) {
        return std::optional<ChaseRecord>();
    }
    TY_TRY(ChaseRecord chase, readRow(row));
    return std::optional(std::move(chase));
}

Result<void> Chases::block(const BlockRecord& block)
{
    TY_CHECK(m_database->change(
        "INSERT INTO blocks(account, place, verdict, reason, until) VALUES(?1, ?2, ?3, ?4, ?5)"
        " ON CONFLICT(account, place) DO UPDATE SET verdict=?3, reason=?4, until=?5",
        block.account, block.place, block.verdict, block.reason, block.until));
    return {};
}

Result<std::vector<BlockRecord>> Chases::blocks(const std::string& account)
{
    TY_CHECK(m_database->change("DELETE FROM blocks WHERE until<=?1", utcNow()));
    TY_TRY(
        Statement row,
        m_database->query("SELECT account, place, verdict, reason, until FROM blocks WHERE account=?1", account));
    std::vector<BlockRecord> blocks;
    for (;;) {
        TY_TRY(const bool isRow, row.next());
        if (!isRow) {
            return blocks;
        }
        blocks.push_back({row.text(0), row.text(1), row.text(2), row.text(3), row.text(4)});
    }
}

Result<void> Chases::clearBlocks()
{
    TY_CHECK(m_database->change("DELETE FROM blocks"));
    return {};
}

} // namespace ty::catalog
