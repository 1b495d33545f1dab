#include "app/catalog/datastores.h"

#include <utility>

#include "app/catalog/database.h"
#include "app/catalog/records.h"
#include "app/catalog/schema.h"
#include "engine/base/run_events.h"

namespace ty::catalog {

namespace {

constexpr const char* kColumns = "SELECT id, name, kind, uri, details, created FROM datastores ";

Result<DatastoreRecord> readRow(const Statement& row)
{
    DatastoreRecord store;
    store.id = row.integer(0);
    store.name = row.text(1);
    store.kind = row.text(2);
    store.uri = row.text(3);
    TY_TRY(store.details, parseJson(row.text(4), "store " + store.name));
    store.created = row.text(5);
    return store;
}

} // namespace

Result<std::unique_ptr<Datastores>> Datastores::open(const Paths& paths)
{
    OpenReport report;
    TY_TRY(auto database, Database::open(paths.catalogFile(), catalogMigrations(), paths.backupFolder(), report));
    return std::unique_ptr<Datastores>(new Datastores(std::move(database)));
}

Datastores::Datastores(std::unique_ptr<Database> database)
    : m_database(std::move(database))
{
}

Datastores::~Datastores() = default;

Result<void> Datastores::put(const DatastoreRecord& store)
{
    TY_CHECK(m_database->change(
        "INSERT INTO datastores(name, kind, uri, details, created) VALUES(?1, ?2, ?3, ?4, ?5)"
        " ON CONFLICT(name) DO UPDATE SET kind=?2, uri=?3, details=?4",
        store.name, store.kind, store.uri, toJsonLine(store.details), utcNow()));
    return {};
}

Result<std::vector<DatastoreRecord>> Datastores::all()
{
    TY_TRY(Statement rows, m_database->query(std::string(kColumns) + "ORDER BY name COLLATE NOCASE"));
    std::vector<DatastoreRecord> stores;
    for (;;) {
        TY_TRY(const bool isRow, rows.next());
        if (!isRow) {
            return stores;
        }
        TY_TRY(DatastoreRecord store, readRow(rows));
        stores.push_back(std::move(store));
    }
}

Result<std::optional<DatastoreRecord>> Datastores::find(const std::string& name)
{
    TY_TRY(Statement row, m_database->query(std::string(kColumns) + "WHERE name=?1", name));
    TY_TRY(const bool isRow, row.next());
    if (!isRow) {
        return std::optional<DatastoreRecord>();
    }
    TY_TRY(DatastoreRecord store, readRow(row));
    return std::optional<DatastoreRecord>(std::move(store));
}

Result<void> Datastores::remove(const std::string& name)
{
    return m_database->changeOne("store " + name, "DELETE FROM datastores WHERE name=?1", name);
}

} // namespace ty::catalog
