#include <algorithm>
#include <cctype>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <sqlite3.h>

#include "engine/base/files.h"
#include "engine/data/content_hash.h"
#include "engine/data/data_files.h"
#include "engine/data/formats/formats.h"
#include "engine/data/formats/table_path.h"
#include "engine/data/near_copy.h"
#include "engine/data/table_builder.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

struct CloseDatabase {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
struct FinishStatement {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using DatabaseHandle = std::unique_ptr<sqlite3, CloseDatabase>;
using StatementHandle = std::unique_ptr<sqlite3_stmt, FinishStatement>;

int isStopWanted(void* options)
{
    return static_cast<const OpenOptions*>(options)->stop.stop_requested() ? 1 : 0;
}

/// A database of somebody else: it is read only, and nothing that its schema says may run code or write.
class ForeignDatabase {
public:
    static Result<ForeignDatabase> open(const std::string& path, const OpenOptions& options)
    {
        ForeignDatabase database(path);
        // One whose folder is read-only, or whose log nobody may touch, is taken as it lies there.
        for (const char* mode : {"?mode=ro", "?mode=ro&immutable=1"}) {
            sqlite3* handle = nullptr;
            const int opened = sqlite3_open_v2((database.uri() + mode).c_str(), &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, nullptr);
            database.m_handle.reset(handle);
            if (opened == SQLITE_OK && database.restrict(options) && database.canRead()) {
                return database;
            }
        }
        return database.failure();
    }

    Result<StatementHandle> prepare(const std::string& sql) const
    {
        sqlite3_stmt* statement = nullptr;
        if (sqlite3_prepare_v2(m_handle.get(), sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) {
            return failure();
        }
        return StatementHandle(statement);
    }

    /// Whether there is one more row.
    Result<bool> step(sqlite3_stmt* statement) const
    {
        const int code = sqlite3_step(statement);
        if (code != SQLITE_ROW && code != SQLITE_DONE) {
            return code == SQLITE_INTERRUPT ? cancelledError() : failure();
        }
        return code == SQLITE_ROW;
    }

private:
    explicit ForeignDatabase(std::string path) : m_path(std::move(path)) {}

    std::string uri() const
    {
        std::string text = "file:";
        for (const char c : m_path) {
            const bool isPlain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '/' || c == '.' || c == '_' || c == '-';
            text += isPlain ? std::string(1, c) : fmt::format("%{:02x}", static_cast<unsigned char>(c));
        }
        return text;
    }

    bool restrict(const OpenOptions& options) const
    {
        constexpr int kLongestCell = 1 << 26;
        constexpr int kStepsBetweenLooks = 10'000;
        sqlite3* const handle = m_handle.get();
        sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, kLongestCell);
        sqlite3_progress_handler(handle, kStepsBetweenLooks, isStopWanted, const_cast<OpenOptions*>(&options)); // is only read
        return sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr) == SQLITE_OK &&
               sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr) == SQLITE_OK &&
               sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr) == SQLITE_OK;
    }

    bool canRead() const
    {
        const auto statement = prepare("SELECT count(*) FROM sqlite_master");
        return statement && sqlite3_step(statement->get()) == SQLITE_ROW;
    }

    Error failure() const
    {
        const int code = m_handle == nullptr ? SQLITE_NOMEM : sqlite3_errcode(m_handle.get());
        const std::string why = m_handle == nullptr ? "not enough memory" : sqlite3_errmsg(m_handle.get());
        const std::string name = fileName(m_path);
        if (code == SQLITE_BUSY || code == SQLITE_LOCKED) {
            return {ErrorKind::Busy, name + " is being written by another program", "Try again when that program is done."};
        }
        if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) {
            return {ErrorKind::InvalidInput, fmt::format("{} is damaged: {}", name, why), "Copy the file again, or repair it: sqlite3 x.db .recover."};
        }
        return {ErrorKind::InvalidInput, fmt::format("cannot read {}: {}", name, why), {}};
    }

    std::string m_path;
    DatabaseHandle m_handle;
};

std::string quoted(const std::string& name)
{
    std::string text = "\"";
    for (const char c : name) {
        text += c == '"' ? "\"\"" : std::string(1, c);
    }
    return text + "\"";
}

struct FoundTable {
    std::string name;
    std::uint64_t rows = 0;
};

/// The last row's number says how many there are, about; a table that numbers no rows is counted.
Result<std::uint64_t> countRows(const ForeignDatabase& database, const std::string& table)
{
    auto statement = database.prepare("SELECT max(_rowid_) FROM " + quoted(table));
    if (!statement) {
        statement = database.prepare("SELECT count(*) FROM " + quoted(table));
    }
    if (!statement) {
        return std::move(statement).error();
    }
    TY_TRY(const bool isThere, database.step(statement->get()));
    return static_cast<std::uint64_t>(isThere ? std::max<sqlite3_int64>(0, sqlite3_column_int64(statement->get(), 0)) : 0);
}

std::string textOf(sqlite3_stmt* statement, int column)
{
    const auto* text = sqlite3_column_text(statement, column);
    const int bytes = sqlite3_column_bytes(statement, column);
    return text == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(text), static_cast<std::size_t>(bytes));
}

Result<std::vector<FoundTable>> listTables(const ForeignDatabase& database)
{
    TY_TRY(
        const auto statement,
        database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
                         "AND sql NOT LIKE 'create virtual%' ORDER BY name"));
    std::vector<FoundTable> tables;
    for (;;) {
        TY_TRY(const bool isThere, database.step(statement.get()));
        if (!isThere) {
            break;
        }
        tables.push_back({textOf(statement.get(), 0), 0});
    }
    for (FoundTable& table : tables) {
        TY_TRY(table.rows, countRows(database, table.name));
    }
    return tables;
}

std::string namesOf(const std::vector<FoundTable>& tables)
{
    constexpr std::size_t kMostNamed = 12;
    std::string names;
    for (std::size_t i = 0; i < std::min(tables.size(), kMostNamed); ++i) {
        names += (i == 0 ? "" : ", ") + tables[i].name;
    }
    return tables.size() > kMostNamed ? names + ", ..." : names;
}

/// Cells of one table, or of a view that was named.
class SqliteTable {
public:
    SqliteTable(const std::string& path, const std::string& name, const OpenOptions& options)
        : m_name(name)
        , m_options(options)
        , m_builder(path, "sqlite", options)
    {
    }

    Result<void> read(const ForeignDatabase& database, const std::string& table, std::uint64_t mostRows, std::uint64_t rowsInAll)
    {
        TY_TRY(const auto statement, database.prepare("SELECT * FROM " + quoted(table)));
        sqlite3_stmt* const row = statement.get();
        const int width = sqlite3_column_count(row);
        m_blobs.resize(static_cast<std::size_t>(width));
        for (int c = 0; c < width; ++c) {
            m_builder.addColumn(sqlite3_column_name(row, c));
            m_hash.addField(m_builder.columnName(static_cast<std::size_t>(c)));
        }
        while (m_builder.rows() < mostRows) {
            TY_TRY(const bool isThere, database.step(row));
            if (!isThere) {
                break;
            }
            m_place = fmt::format("{} row {}", m_name, m_builder.rows() + 1);
            for (int c = 0; c < width; ++c) {
                takeCell(row, c);
            }
            m_builder.endRow(0);
            constexpr std::uint64_t kRowsBetweenWords = 10'000;
            if (m_options.progress && m_builder.rows() % kRowsBetweenWords == 0) {
                m_options.progress(
                    static_cast<double>(m_builder.rows()) / static_cast<double>(std::max(rowsInAll, m_builder.rows())),
                    "reading row " + grouped(m_builder.rows()));
            }
        }
        return {};
    }

    std::uint64_t rows() const { return m_builder.rows(); }

    Result<TableContent> finish(std::uint64_t bytes)
    {
        for (std::size_t c = 0; c < m_blobs.size(); ++c) {
            if (m_blobs[c] > 0) {
                m_builder.addProblem(
                    {ProblemSeverity::Note, "ignored-column",
                     fmt::format("column \"{}\" holds {} cells of bytes that are no text", m_builder.columnName(c), grouped(m_blobs[c])),
                     "They count as missing.", m_blobs[c], {}, {m_builder.columnName(c)}});
            }
        }
        return m_builder.finish(bytes, m_hash.finish());
    }

    TableBuilder& builder() { return m_builder; }

private:
    void takeCell(sqlite3_stmt* row, int at)
    {
        const auto column = static_cast<std::size_t>(at);
        const int type = sqlite3_column_type(row, at);
        const std::string text = type == SQLITE_BLOB ? std::string() : textOf(row, at);
        m_hash.addField(text);
        if (type == SQLITE_BLOB) {
            ++m_blobs[column];
        } else if (type == SQLITE_TEXT) {
            if (!isMissingToken(text)) {
                m_builder.setText(column, text, m_place);
            }
        } else if (type != SQLITE_NULL) {
            m_builder.setNumber(column, sqlite3_column_double(row, at));
        }
    }

    std::string m_name;
    const OpenOptions& m_options;
    TableBuilder m_builder;
    ContentHash m_hash;
    std::vector<std::uint64_t> m_blobs; ///< by column
    std::string m_place;
};

} // namespace

TablePath TablePath::of(const std::string& path)
{
    const auto at = path.rfind("::");
    if (at == std::string::npos || path.find(']', at) != std::string::npos || pathExists(path)) { // "sftp://[::1]/x" has none
        return {path, {}};
    }
    return {path.substr(0, at), path.substr(at + 2)};
}

Result<TableReading> readSqlite(const std::string& path, const OpenOptions& options, std::uint64_t mostRows)
{
    const auto [file, wanted] = TablePath::of(path);
    const std::string name = fileName(file);
    TY_TRY(const NearCopy here, NearCopy::of(options.files, file, options.stop));
    TY_TRY(const auto database, ForeignDatabase::open(here.path(), options));
    TY_TRY(const auto tables, listTables(database));
    if (tables.empty() && wanted.empty()) {
        return Error{ErrorKind::InvalidInput, name + " holds no table", {}};
    }
    FoundTable table{wanted, 0};
    if (wanted.empty()) {
        table = *std::max_element(
            tables.begin(), tables.end(), [](const FoundTable& a, const FoundTable& b) { return a.rows < b.rows; });
    } else if (auto rows = countRows(database, wanted)) {
        table.rows = *rows;
    } else {
        return Error{
            ErrorKind::NotFound, fmt::format("{} holds no table \"{}\"", name, wanted), "Its tables are " + namesOf(tables) + "."};
    }
    SqliteTable reader(path, name, options);
    TY_CHECK(reader.read(database, table.name, mostRows, table.rows));
    if (wanted.empty() && tables.size() > 1) {
        std::vector<std::string> names{table.name}; // the one that is read before the others
        for (const FoundTable& one : tables) {
            if (one.name != table.name) {
                names.push_back(one.name);
            }
        }
        reader.builder().addProblem(
            {ProblemSeverity::Note, "several-tables",
             fmt::format("{} holds {} tables; {}, the longest, is read", name, tables.size(), table.name),
             fmt::format("For another one give {}::TABLE. There are {}.", file, namesOf(tables)), tables.size(), {}, std::move(names)});
    }
    TableReading reading;
    if (reader.rows() == mostRows && reader.rows() < table.rows) {
        reading.share = static_cast<double>(reader.rows()) / static_cast<double>(table.rows);
    }
    TY_TRY(const auto opened, openDataFile(nullptr, here.path()));
    TY_TRY(reading.content, reader.finish(opened->bytes()));
    return reading;
}

} // namespace ty::engine
