#include "app/catalog/charges.h"

#include <algorithm>
#include <utility>

#include "app/catalog/database.h"
#include "app/catalog/records.h"
#include "app/catalog/schema.h"

namespace ty::catalog {

namespace {

constexpr const char* kColumns = "SELECT id, account, machine, mark, is_on, per_hour, is_partial, currency, since, until,"
                                 " is_over, state FROM charges ";

Result<std::vector<Charge>> readRows(Statement rows)
{
    std::vector<Charge> charges;
    for (;;) {
        TY_TRY(const bool isRow, rows.next());
        if (!isRow) {
            return charges;
        }
        Charge charge;
        charge.id = rows.integer(0);
        charge.account = rows.text(1);
        charge.machine = rows.text(2);
        charge.mark = rows.text(3);
        charge.isOn = rows.integer(4) != 0;
        charge.perHour = rows.real(5);
        charge.isPartial = rows.integer(6) != 0;
        charge.currency = rows.text(7);
        charge.since = rows.text(8);
        charge.until = rows.text(9);
        charge.isOver = rows.integer(10) != 0;
        charge.state = rows.text(11);
        charges.push_back(std::move(charge));
    }
}

/// "2026-11-21T14:03:07.000Z" of whatever precision and offset 0 a cloud writes; empty for anything else.
std::string secondsOf(const std::string& utc)
{
    constexpr std::size_t kSeconds = 19;
    return utc.size() < kSeconds ? std::string() : utc.substr(0, kSeconds) + ".000Z";
}

bool isSameState(const Charge& charge, const Sighting& sighting)
{
    return charge.state == sighting.state && charge.isOn == sighting.isOn && charge.perHour == sighting.perHour && charge.isPartial == sighting.isPartial
        && charge.currency == sighting.currency;
}

} // namespace

Result<std::unique_ptr<Charges>> Charges::open(const Paths& paths)
{
    OpenReport report;
    TY_TRY(auto database, Database::open(paths.catalogFile(), catalogMigrations(), paths.backupFolder(), report));
    return std::unique_ptr<Charges>(new Charges(std::move(database)));
}

Charges::Charges(std::unique_ptr<Database> database)
    : m_database(std::move(database))
{
}

Charges::~Charges() = default;

Result<void> Charges::see(const std::string& account, const std::vector<Sighting>& machines, const std::string& now)
{
    return m_database->transaction([&]() -> Result<void> {
        TY_TRY(
            Statement rows,
            m_database->query(std::string(kColumns) + "WHERE is_over=0 AND account=?1 ORDER BY id", account));
        TY_TRY(const auto current, readRows(std::move(rows)));
        for (const Sighting& sighting : machines) {
            TY_CHECK(seeOne(sighting, current, now));
        }
        for (const Charge& charge : current) {
            const bool isThere = std::any_of(machines.begin(), machines.end(), [&](const Sighting& sighting) {
                return sighting.machine == charge.machine && sighting.mark == charge.mark;
            });
            if (!isThere) {
                TY_CHECK(m_database->change("UPDATE charges SET until=?2, is_over=1 WHERE id=?1", charge.id, now));
            }
        }
        return {};
    });
}

Result<void> Charges::seeOne(const Sighting& sighting, const std::vector<Charge>& current, const std::string& now)
{
    const auto last = std::find_if(current.begin(), current.end(), [&](const Charge& charge) {
        return charge.machine == sighting.machine && charge.mark == sighting.mark;
    });
    if (last != current.end()) {
        const bool isSame = isSameState(*last, sighting);
        TY_CHECK(m_database->change(
            "UPDATE charges SET until=?2, is_over=?3 WHERE id=?1", last->id, now, isSame ? 0 : 1));
        if (isSame) {
            return {};
        }
    }
    const bool isFirst = last == current.end();
    const std::string created = secondsOf(sighting.created);
    const std::string since = isFirst && !created.empty() && created < now ? created : now;
    TY_CHECK(m_database->change(
        "INSERT INTO charges(account, machine, mark, is_on, per_hour, is_partial, currency, since, until,"
        " state)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        sighting.account, sighting.machine, sighting.mark, sighting.isOn ? 1 : 0, sighting.perHour,
        sighting.isPartial ? 1 : 0, sighting.currency, since, now, sighting.state));
    return {};
}

Result<std::vector<Spent>> Charges::spent(const std::string& from, const std::string& to)
{
    TY_TRY(
        Statement rows,
        m_database->query(
            "SELECT account, machine, mark, currency, max(is_partial),"
            " sum(24 * per_hour * max(0, julianday(min(until, ?2)) - julianday(max(since, ?1)))) FROM charges"
            " WHERE until>?1 AND since<?2 GROUP BY account, machine, mark, currency ORDER BY account, machine",
            from, to));
    std::vector<Spent> all;
    for (;;) {
        TY_TRY(const bool isRow, rows.next());
        if (!isRow) {
            return all;
        }
        all.push_back(
            {rows.text(0), rows.text(1), rows.text(2), rows.real(5), rows.integer(4) != 0, rows.text(3)});
    }
}

Result<std::vector<Charge>> Charges::current()
{
    TY_TRY(Statement rows, m_database->query(std::string(kColumns) + "WHERE is_over=0 ORDER BY account, machine"));
    return readRows(std::move(rows));
}

} // namespace ty::catalog
