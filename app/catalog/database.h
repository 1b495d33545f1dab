#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>

#include "engine/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace ty::catalog {

class Database;
struct OpenReport;

/// A prepared statement with its values bound. Goes back to the database's cache when destroyed.
class Statement {
public:
    Statement(Statement&& other) noexcept;
    Statement& operator=(Statement&&) = delete;
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;
    ~Statement();

    /// Steps to the next row; false after the last.
    Result<bool> next();
    /// Ready for the next values and another run.
    void rewind();

    void bind(int index, std::int64_t value);
    void bind(int index, double value); ///< NaN and infinity are stored as NULL
    void bind(int index, std::string_view value);
    void bind(int index, std::span<const std::byte> value);
    void bindNull(int index);
    template<typename T>
    void bindValue(int index, const T& value)
    {
        if constexpr (std::is_null_pointer_v<T>) {
            bindNull(index);
        } else if constexpr (std::is_floating_point_v<T>) {
            bind(index, static_cast<double>(value));
        } else if constexpr (std::is_integral_v<T>) {
            bind(index, static_cast<std::int64_t>(value));
        } else if constexpr (std::is_convertible_v<T, std::span<const std::byte>>) {
            bind(index, std::span<const std::byte>(value));
        } else {
            bind(index, std::string_view(value));
        }
    }

    bool isNull(int column) const;
    std::int64_t integer(int column) const;
    double real(int column) const; ///< NaN for NULL
    std::string text(int column) const;
    std::span<const std::byte> blob(int column) const; ///< valid until next(), rewind() or the end

private:
    friend class Database;
    Statement(Database& database, sqlite3_stmt* handle, std::string sql);

    Database* m_database;
    sqlite3_stmt* m_handle;
    std::string m_sql;
};

/// One step of the schema's history. Applied when `user_version` is below `version`; versions rise by one.
struct Migration {
    int version = 0;
    const char* sql = "";
};

/// One connection to one SQLite file: WAL, foreign keys, 5 s patience with other writers. One thread.
class Database {
public:
    /// Creates or opens, migrates after a backup into `backupFolder`. A file that is no database, or a damaged one, is
    /// moved aside (report->movedAside) and a new one begun.
    /// Errors: Permission, DiskFull, Io, Busy, Unsupported when `user_version` is above the last migration's.
    static Result<std::unique_ptr<Database>> open(
        const std::string& file, std::span<const Migration> migrations, const std::string& backupFolder,
        OpenReport& report);
    /// A second connection to a file that open() has seen, which cannot write: for another thread.
    static Result<std::unique_ptr<Database>> openForReading(const std::string& file);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    /// A statement with `values` bound to ?1, ?2, ...
    template<typename... Values>
    Result<Statement> query(const std::string& sql, const Values&... values)
    {
        TY_TRY(Statement statement, prepare(sql));
        int index = 0;
        (statement.bindValue(++index, values), ...);
        return statement;
    }
    /// Runs a statement that gives no rows; the number of rows it changed.
    template<typename... Values>
    Result<std::int64_t> change(const std::string& sql, const Values&... values)
    {
        TY_TRY(Statement statement, query(sql, values...));
        TY_CHECK(statement.next());
        return changes();
    }
    /// The same, and NotFound when nothing was there to change. `what`: "run 17".
    template<typename... Values>
    Result<void> changeOne(const std::string& what, const std::string& sql, const Values&... values)
    {
        TY_TRY(const std::int64_t rows, change(sql, values...));
        if (rows == 0) {
            return Error{ErrorKind::NotFound, "there is no " + what + " in the catalog", {}};
        }
        return {};
    }
    /// Several statements without values.
    Result<void> execute(const std::string& sql);
    std::int64_t lastId() const;

    /// Runs `body` (returning Result<void>) inside one transaction; its error rolls back.
    template<typename Body>
    Result<void> transaction(Body&& body)
    {
        if (m_isInTransaction) {
            return body();
        }
        TY_CHECK(execute("BEGIN IMMEDIATE"));
        m_isInTransaction = true;
        Result<void> result = body();
        m_isInTransaction = false;
        if (result) {
            result = execute("COMMIT");
        }
        if (!result) {
            rollBack();
        }
        return result;
    }

    const std::string& file() const { return m_file; }

private:
    friend class Statement;
    Database() = default;

    static Result<std::unique_ptr<Database>> connect(const std::string& file, bool& isDamaged);
    Result<void> migrate(
        std::span<const Migration> migrations, const std::string& backupFolder, OpenReport& report);
    Result<std::string> backUp(const std::string& folder, std::int64_t version);
    Result<Statement> prepare(const std::string& sql);
    std::int64_t changes() const;
    void rollBack();
    Error lastError(const std::string& action) const;

    sqlite3* m_handle = nullptr;
    std::string m_file;
    bool m_isInTransaction = false;
    std::unordered_map<std::string, sqlite3_stmt*> m_idle; ///< prepared, waiting to be used again
};

} // namespace ty::catalog
