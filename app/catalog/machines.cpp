#include "app/catalog/machines.h"

#include <cmath>
#include <limits>
#include <utility>

#include "app/catalog/database.h"
#include "app/catalog/records.h"
#include "app/catalog/schema.h"
#include "engine/base/run_events.h"

namespace ty::catalog {

namespace {

constexpr const char* kColumns = "SELECT id, name, cloud, state, size, region, address, usd_per_hour, auto_stop_minutes,"
                                 " owner, details, created FROM machines ";

Result<MachineRecord> readRow(const Statement& row)
{
    MachineRecord machine;
    machine.id = row.integer(0);
    machine.name = row.text(1);
    machine.cloud = row.text(2);
    machine.state = row.text(3);
    machine.size = row.text(4);
    machine.region = row.text(5);
    machine.address = row.text(6);
    if (!row.isNull(7)) {
        machine.usdPerHour = row.real(7);
    }
    if (!row.isNull(8)) {
        machine.autoStopMinutes = static_cast<int>(row.integer(8));
    }
    machine.owner = row.text(9);
    TY_TRY(machine.details, parseJson(row.text(10), "machine " + machine.name));
    machine.created = row.text(11);
    return machine;
}

} // namespace

Result<std::unique_ptr<Machines>> Machines::open(const Paths& paths)
{
    OpenReport report;
    TY_TRY(auto database, Database::open(paths.catalogFile(), catalogMigrations(), paths.backupFolder(), report));
    return std::unique_ptr<Machines>(new Machines(std::move(database)));
}

Machines::Machines(std::unique_ptr<Database> database)
    : m_database(std::move(database))
{
}

Machines::~Machines() = default;

Result<std::int64_t> Machines::put(const MachineRecord& machine)
{
    const double price = machine.usdPerHour.value_or(std::numeric_limits<double>::quiet_NaN()); // stored as NULL
    constexpr int kNever = -1;
    TY_CHECK(m_database->change(
        "INSERT INTO machines(name, cloud, state, size, region, address, usd_per_hour, auto_stop_minutes, owner, details,"
        " created) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, nullif(?8, -1), ?9, ?10, ?11) ON CONFLICT(name) DO UPDATE SET"
        " cloud=?2, state=?3, size=?4, region=?5, address=?6, usd_per_hour=?7, auto_stop_minutes=nullif(?8, -1), owner=?9,"
        " details=?10",
        machine.name, machine.cloud, machine.state, machine.size, machine.region, machine.address, price,
        machine.autoStopMinutes.value_or(kNever), machine.owner, toJsonLine(machine.details), utcNow()));
    TY_TRY(Statement row, m_database->query("SELECT id FROM machines WHERE name=?1", machine.name));
    TY_CHECK(row.next());
    return row.integer(0);
}

Result<void> Machines::setState(const std::string& name, const std::string& state, const std::string& address)
{
    return m_database->changeOne(
        "machine " + name, "UPDATE machines SET state=?2, address=?3 WHERE name=?1", name, state, address);
}

Result<std::vector<MachineRecord>> Machines::all()
{
    TY_TRY(Statement rows, m_database->query(std::string(kColumns) + "ORDER BY name"));
    std::vector<MachineRecord> machines;
    for (;;) {
        TY_TRY(const bool isRow, rows.next());
        if (!isRow) {
            return machines;
        }
        TY_TRY(MachineRecord machine, readRow(rows));
        machines.push_back(std::move(machine));
    }
}

Result<std::optional<MachineRecord>> Machines::find(const std::string& name)
{
    TY_TRY(Statement row, m_database->query(std::string(kColumns) + "WHERE name=?1", name));
    TY_TRY(const bool isRow, row.next());
    if (!isRow) {
        return std::optional<MachineRecord>{};
    }
    TY_TRY(MachineRecord machine, readRow(row));
    return std::optional<MachineRecord>{std::move(machine)};
}

Result<void> Machines::remove(const std::string& name)
{
    TY_CHECK(m_database->change("DELETE FROM machines WHERE name=?1", name));
    return {};
}

} // namespace ty::catalog
