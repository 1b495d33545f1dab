#include "app/catalog/database.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <utility>

#include <sqlite3.h>
#include <sys/stat.h>

#include "app/catalog/records.h"
#include "engine/base/files.h"
#include "engine/base/run_events.h"

namespace ty::catalog {

namespace {

constexpr int kBusyMilliseconds = 5000;
/// Below this size every page is checked at each start (about 0.1 s); above it only after a crash.
constexpr std::uintmax_t kAlwaysCheckedBytes = 64U << 20;
constexpr std::int64_t kMappedBytes = std::int64_t{8} << 30;

ErrorKind kindOf(int code)
{
    switch (code & 0xff) {
    case SQLITE_FULL:
        return ErrorKind::DiskFull;
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_AUTH:
        return ErrorKind::Permission;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ErrorKind::Busy;
    case SQLITE_NOMEM:
        return ErrorKind::OutOfMemory;
    case SQLITE_IOERR:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return ErrorKind::Io;
    case SQLITE_CONSTRAINT:
        return ErrorKind::AlreadyExists;
    default:
        return ErrorKind::Internal;
    }
}

std::string adviceFor(int code)
{
    switch (code & 0xff) {
    case SQLITE_FULL:
        return "Free some disk space and try again.";
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
        return "Check that you may write to this folder, or choose another with --data-dir.";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return "Another program is writing to the catalog. Try again in a moment.";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return "Start Trainyard again: it rebuilds the catalog from the run folders.";
    default:
        return {};
    }
}

bool isDamage(int code)
{
    return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;
}

/// "20261121-081530": for file names.
std::string compactNow()
{
    std::string now = utcNow().substr(0, 19);
    std::erase(now, '-');
    std::erase(now, ':');
    std::replace(now.begin(), now.end(), 'T', '-');
    return now;
}

Result<std::string> moveAside(const std::string& file)
{
    const std::string stem = file + ".damaged-" + compactNow();
    std::string target = stem;
    for (int n = 2; pathExists(target); ++n) {
        target = stem + "-" + std::to_string(n);
    }
    std::error_code code;
    for (const char* suffix : {"", "-wal", "-shm"}) {
        if (pathExists(file + suffix)) {
            std::filesystem::rename(file + suffix, target + suffix, code);
            if (code) {
                return errnoError(code.value(), "cannot move aside", file + suffix);
            }
        }
    }
    return target;
}

} // namespace

Statement::Statement(Database& database, sqlite3_stmt* handle, std::string sql)
    : m_database(&database)
    , m_handle(handle)
    , m_sql(std::move(sql))
{
}

Statement::Statement(Statement&& other) noexcept
    : m_database(other.m_database)
    , m_handle(std::exchange(other.m_handle, nullptr))
    , m_sql(std::move(other.m_sql))
{
}

Statement::~Statement()
{
    if (m_handle == nullptr) {
        return;
    }
    rewind();
    sqlite3_clear_bindings(m_handle);
    if (!m_database->m_idle.emplace(std::move(m_sql), m_handle).second) {
        sqlite3_finalize(m_handle);
    }
}

Result<bool> Statement::next()
{
    switch (sqlite3_step(m_handle)) {
    case SQLITE_ROW:
        return true;
    case SQLITE_DONE:
        return false;
    default:
        return m_database->lastError("the catalog refused");
    }
}

void Statement::rewind()
{
    sqlite3_reset(m_handle);
}

void Statement::bind(int index, std::int64_t value)
{
    sqlite3_bind_int64(m_handle, index, value);
}

void Statement::bind(int index, double value)
{
    if (std::isfinite(value)) {
        sqlite3_bind_double(m_handle, index, value);
    } else {
        sqlite3_bind_null(m_handle, index);
    }
}

void Statement::bind(int index, std::string_view value)
{
    sqlite3_bind_text64(
        m_handle, index, value.empty() ? "" : value.data(), value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

void Statement::bind(int index, std::span<const std::byte> value)
{
    const void* bytes = value.empty() ? "" : static_cast<const void*>(value.data());
    sqlite3_bind_blob64(m_handle, index, bytes, value.size(), SQLITE_TRANSIENT);
}

void Statement::bindNull(int index)
{
    sqlite3_bind_null(m_handle, index);
}

bool Statement::isNull(int column) const
{
    return sqlite3_column_type(m_handle, column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const
{
    return sqlite3_column_int64(m_handle, column);
}

double Statement::real(int column) const
{
    return isNull(column) ? std::numeric_limits<double>::quiet_NaN() : sqlite3_column_double(m_handle, column);
}

std::string Statement::text(int column) const
{
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(m_handle, column));
    return bytes == nullptr ? std::string()
                            : std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(m_handle, column)));
}

std::span<const std::byte> Statement::blob(int column) const
{
    const auto* bytes = static_cast<const std::byte*>(sqlite3_column_blob(m_handle, column));
    return bytes == nullptr ? std::span<const std::byte>()
                            : std::span(bytes, static_cast<std::size_t>(sqlite3_column_bytes(m_handle, column)));
}

Database::~Database()
{
    for (auto& [sql, handle] : m_idle) {
        sqlite3_finalize(handle);
    }
    sqlite3_close(m_handle);
}

Result<std::unique_ptr<Database>> Database::open(
    const std::string& file, std::span<const Migration> migrations, const std::string& backupFolder,
    OpenReport& report)
{
    bool isDamaged = false;
    report.isNew = !pathExists(file);
    auto database = connect(file, isDamaged);
    if (!database && isDamaged) {
        report.damage = database.error().message;
        TY_TRY(report.movedAside, moveAside(file));
        report.isNew = true;
        database = connect(file, isDamaged);
    }
    if (database) {
        TY_CHECK(database.value()->migrate(migrations, backupFolder, report));
    }
    return database;
}

Result<std::unique_ptr<Database>> Database::openForReading(const std::string& file)
{
    std::unique_ptr<Database> database(new Database);
    database->m_file = file;
    if (sqlite3_open_v2(file.c_str(), &database->m_handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr)
        != SQLITE_OK) {
        return database->lastError("cannot open");
    }
    sqlite3_extended_result_codes(database->m_handle, 1);
    sqlite3_busy_timeout(database->m_handle, kBusyMilliseconds);
    // Pages of points are read once, in order: straight from the system's cache.
    TY_CHECK(database->execute("PRAGMA mmap_size=" + std::to_string(kMappedBytes)));
    return database;
}

Result<std::unique_ptr<Database>> Database::connect(const std::string& file, bool& isDamaged)
{
    std::error_code code;
    const std::string walFile = file + "-wal";
    const auto bytes = std::filesystem::file_size(file, code);
    const bool isExisting = !code && bytes > 0;
    const auto walBytes = std::filesystem::file_size(walFile, code);
    const bool isUnclean = !code && walBytes > 0;

    std::unique_ptr<Database> database(new Database);
    database->m_file = file;
    const int opened = sqlite3_open_v2(
        file.c_str(), &database->m_handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    isDamaged = false;
    if (opened != SQLITE_OK) {
        return database->lastError("cannot open");
    }
    sqlite3_extended_result_codes(database->m_handle, 1);
    sqlite3_busy_timeout(database->m_handle, kBusyMilliseconds);
    // The file may name data sets and settings of the person: nobody else reads it.
    ::chmod(file.c_str(), 0600);

    // auto_vacuum must be chosen before the first table; on an existing file it changes nothing.
    auto prepared = database->execute("PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL;"
                                      "PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
                                      "SELECT count(*) FROM sqlite_master;");
    if (!prepared) {
        isDamaged = isDamage(sqlite3_errcode(database->m_handle));
        return std::move(prepared).error();
    }
    if (isExisting && (bytes <= kAlwaysCheckedBytes || isUnclean)) {
        TY_TRY(Statement check, database->query("PRAGMA quick_check(1)"));
        const auto row = check.next();
        const bool isWhole = row && row.value() && check.text(0) == "ok";
        if (!isWhole && (row || isDamage(sqlite3_errcode(database->m_handle)))) {
            isDamaged = true;
            return Error{
                ErrorKind::Io, "the catalog " + file + " is damaged" + (row ? ": " + check.text(0) : ""), {}};
        }
        if (!row) {
            return row.error();
        }
    }
    return database;
}

Result<void> Database::migrate(
    std::span<const Migration> migrations, const std::string& backupFolder, OpenReport& report)
{
    std::int64_t version = 0;
    {
        TY_TRY(Statement asked, query("PRAGMA user_version"));
        TY_CHECK(asked.next());
        version = asked.integer(0);
    }
    const int newest = migrations.empty() ? 0 : migrations.back().version;
    if (version > newest) {
        return Error{
            ErrorKind::Unsupported,
            "the catalog " + m_file + " has format " + std::to_string(version) + "; this Trainyard knows formats up to "
                + std::to_string(newest),
            "Start the newer Trainyard that made it, or another folder with --data-dir."};
    }
    if (version == newest) {
        return {};
    }
    if (version > 0) {
        report.migratedFrom = static_cast<int>(version);
        TY_TRY(report.backup, backUp(backupFolder, version));
    }
    return transaction([&]() -> Result<void> {
        // Another process may have migrated while this one waited for the lock.
        TY_TRY(Statement asked, query("PRAGMA user_version"));
        TY_CHECK(asked.next());
        const std::int64_t current = asked.integer(0);
        asked.rewind();
        for (const Migration& migration : migrations) {
            if (migration.version > current) {
                TY_CHECK(execute(migration.sql));
                TY_CHECK(execute("PRAGMA user_version=" + std::to_string(migration.version)));
            }
        }
        return {};
    });
}

Result<std::string> Database::backUp(const std::string& folder, std::int64_t version)
{
    TY_CHECK(makeFolders(folder));
    const std::string stem = folder + "/catalog-v" + std::to_string(version) + "-" + compactNow();
    std::string target = stem + ".sqlite";
    for (int n = 2; pathExists(target); ++n) {
        target = stem + "-" + std::to_string(n) + ".sqlite";
    }
    TY_CHECK(change("VACUUM INTO ?1", target));
    ::chmod(target.c_str(), 0600);
    return target;
}

Result<void> Database::execute(const std::string& sql)
{
    if (sqlite3_exec(m_handle, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        return lastError("the catalog refused");
    }
    return {};
}

std::int64_t Database::lastId() const
{
    return sqlite3_last_insert_rowid(m_handle);
}

std::int64_t Database::changes() const
{
    return sqlite3_changes(m_handle);
}

Result<Statement> Database::prepare(const std::string& sql)
{
    if (auto idle = m_idle.extract(sql)) {
        return Statement(*this, idle.mapped(), sql);
    }
    sqlite3_stmt* handle = nullptr;
    if (sqlite3_prepare_v2(m_handle, sql.c_str(), static_cast<int>(sql.size()), &handle, nullptr) != SQLITE_OK) {
        return lastError("the catalog refused");
    }
    return Statement(*this, handle, sql);
}

void Database::rollBack()
{
    if (sqlite3_get_autocommit(m_handle) == 0) {
        sqlite3_exec(m_handle, "ROLLBACK", nullptr, nullptr, nullptr);
    }
}

Error Database::lastError(const std::string& action) const
{
    const int code = sqlite3_extended_errcode(m_handle);
    return Error{kindOf(code), action + " (" + m_file + "): " + sqlite3_errmsg(m_handle), adviceFor(code)};
}

} // namespace ty::catalog
