#include <array>
#include <filesystem>
#include <fstream>

#include <QTemporaryDir>
#include <QTest>

#include "app/catalog/database.h"
#include "app/catalog/records.h"
#include "app/catalog/schema.h"
#include "engine/base/files.h"

using namespace ty;
using namespace ty::catalog;

namespace {

constexpr std::array kFirst = {Migration{1, "CREATE TABLE pets(name TEXT)"}};
constexpr std::array kSecond
    = {Migration{1, "CREATE TABLE pets(name TEXT)"}, Migration{2, "ALTER TABLE pets ADD COLUMN legs INTEGER DEFAULT 4"}};
constexpr std::array kBroken
    = {Migration{1, "CREATE TABLE pets(name TEXT)"},
       Migration{2, "ALTER TABLE pets ADD COLUMN legs INTEGER DEFAULT 4; SELECT * FROM nowhere"}};

std::int64_t number(Database& database, const std::string& sql)
{
    auto row = database.query(sql);
    return row && row.value().next().valueOr(false) ? row.value().integer(0) : -1;
}

} // namespace

class TestDatabase : public QObject {
    Q_OBJECT

private slots:
    void init();
    void emptyFileBecomesNewestVersion();
    void migrationKeepsRowsAndMakesABackupFirst();
    void failedMigrationLeavesTheOldDatabase();
    void newerDatabaseIsRefusedAndNotTouched();
    void garbageIsMovedAside();
    void damagedPageIsFoundAndMovedAside();
    void tornWalLosesOnlyTheTornTransaction();
    void readerSeesCommittedRowsWhileAWriterWrites();
    void transactionRollsBackOnError();
    void unwritableFolderIsPermission();
    void documentedTablesAreTheTablesThatAre();

private:
    std::unique_ptr<Database> open(std::span<const Migration> migrations)
    {
        m_report = {};
        auto opened = Database::open(m_file, migrations, m_file + "-backups", m_report);
        if (!opened) {
            m_error = opened.error();
            return nullptr;
        }
        return std::move(opened).value();
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::string m_file;
    OpenReport m_report;
    Error m_error;
};

void TestDatabase::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_file = m_folder->path().toStdString() + "/c.sqlite";
}

void TestDatabase::emptyFileBecomesNewestVersion()
{
    std::ofstream(m_file).close();

    const auto database = open(kSecond);

    QVERIFY2(database, m_error.message.c_str());
    QCOMPARE(number(*database, "PRAGMA user_version"), 2);
    QCOMPARE(m_report.migratedFrom, -1);
    QVERIFY(m_report.backup.empty());
}

void TestDatabase::migrationKeepsRowsAndMakesABackupFirst()
{
    QVERIFY(open(kFirst)->execute("INSERT INTO pets VALUES('Rex')"));

    const auto database = open(kSecond);

    QVERIFY2(database, m_error.message.c_str());
    QCOMPARE(number(*database, "SELECT legs FROM pets WHERE name='Rex'"), 4);
    QCOMPARE(m_report.migratedFrom, 1);
    OpenReport report;
    auto backup = Database::open(m_report.backup, kFirst, {}, report);
    QVERIFY(backup);
    QCOMPARE(number(*backup.value(), "SELECT count(*) FROM pets"), 1);
}

void TestDatabase::failedMigrationLeavesTheOldDatabase()
{
    QVERIFY(open(kFirst)->execute("INSERT INTO pets VALUES('Rex')"));

    QVERIFY(!open(kBroken));

    const auto database = open(kFirst);
    QVERIFY2(database, m_error.message.c_str());
    QCOMPARE(number(*database, "SELECT count(*) FROM pets"), 1);
    QCOMPARE(number(*database, "SELECT count(*) FROM pragma_table_info('pets')"), 1);
}

void TestDatabase::newerDatabaseIsRefusedAndNotTouched()
{
    QVERIFY(open(kSecond));

    QVERIFY(!open(kFirst));

    QCOMPARE(m_error.kind, ErrorKind::Unsupported);
    QVERIFY(m_report.movedAside.empty());
    QVERIFY(open(kSecond));
}

void TestDatabase::garbageIsMovedAside()
{
    QVERIFY(writeFileAtomically(m_file, std::string(8192, 'g')));

    const auto database = open(kFirst);

    QVERIFY2(database, m_error.message.c_str());
    QVERIFY(m_report.isNew);
    QCOMPARE(readFile(m_report.movedAside).valueOr({}), std::string(8192, 'g'));
    QCOMPARE(number(*database, "SELECT count(*) FROM pets"), 0);
}

void TestDatabase::damagedPageIsFoundAndMovedAside()
{
    {
        const auto database = open(kFirst);
        QVERIFY(database->execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<5000)"
            " INSERT INTO pets SELECT 'pet number ' || i FROM n"));
    }
    std::fstream file(m_file, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(3 * 4096);
    file << std::string(4096, '\xee');
    file.close();

    const auto database = open(kFirst);

    QVERIFY2(database, m_error.message.c_str());
    QVERIFY(!m_report.movedAside.empty());
    QVERIFY(!m_report.damage.empty());
    QCOMPARE(number(*database, "SELECT count(*) FROM pets"), 0);
}

void TestDatabase::tornWalLosesOnlyTheTornTransaction()
{
    // A copy of file and log while the writer is open is what a power loss leaves.
    const std::string copy = m_folder->path().toStdString() + "/copy.sqlite";
    {
        const auto database = open(kFirst);
        for (int i = 0; i < 20; ++i) {
            QVERIFY(database->change("INSERT INTO pets VALUES(?1)", std::string(1000, 'p')));
        }
        std::filesystem::copy_file(m_file, copy);
        std::filesystem::copy_file(m_file + "-wal", copy + "-wal");
    }
    std::filesystem::resize_file(copy + "-wal", std::filesystem::file_size(copy + "-wal") - 1000);
    m_file = copy;

    const auto database = open(kFirst);

    QVERIFY2(database, m_error.message.c_str());
    QVERIFY(m_report.movedAside.empty());
    const std::int64_t rows = number(*database, "SELECT count(*) FROM pets");
    QVERIFY2(rows == 19, std::to_string(rows).c_str());
}

void TestDatabase::readerSeesCommittedRowsWhileAWriterWrites()
{
    const auto writer = open(kFirst);
    const auto reader = open(kFirst);
    QVERIFY(writer->execute("INSERT INTO pets VALUES('Rex')"));

    const auto written = writer->transaction([&]() -> Result<void> {
        TY_CHECK(writer->execute("INSERT INTO pets VALUES('Mia')"));
        const std::int64_t seen = number(*reader, "SELECT count(*) FROM pets");
        return seen == 1 ? Result<void>() : Error{ErrorKind::Internal, "reader saw " + std::to_string(seen), {}};
    });

    QVERIFY2(written, written ? "" : written.error().message.c_str());
    QCOMPARE(number(*reader, "SELECT count(*) FROM pets"), 2);
}

void TestDatabase::transactionRollsBackOnError()
{
    const auto database = open(kFirst);

    const auto result = database->transaction([&]() -> Result<void> {
        TY_CHECK(database->execute("INSERT INTO pets VALUES('Rex')"));
        return Error{ErrorKind::Cancelled, "enough", {}};
    });

    QCOMPARE(result.error().message, std::string("enough"));
    QCOMPARE(number(*database, "SELECT count(*) FROM pets"), 0);
    QVERIFY(database->transaction([&] { return database->execute("INSERT INTO pets VALUES('Mia')"); }));
}

void TestDatabase::unwritableFolderIsPermission()
{
    m_file = "/proc/trainyard/c.sqlite"; // not even root may create it

    QVERIFY(!open(kFirst));

    QCOMPARE(m_error.kind, ErrorKind::Permission);
    QVERIFY(m_error.message.find("/proc/trainyard") != std::string::npos);
    QVERIFY(!m_error.advice.empty());
}

void TestDatabase::documentedTablesAreTheTablesThatAre()
{
    const std::string document = readFile(std::string(TRAINYARD_SOURCE_DIR) + "/app/catalog/SCHEMA.md").valueOr({});
    const auto database = open(catalogMigrations());
    QVERIFY2(database, m_error.message.c_str());

    auto row = database->query(
        "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c"
        " WHERE t.type='table' AND t.name NOT LIKE 'sqlite_%'");
    QVERIFY(row);

    int columns = 0;
    while (row.value().next().valueOr(false)) {
        const std::string table = "### " + row.value().text(0) + "\n";
        const auto start = document.find(table);
        QVERIFY2(start != std::string::npos, table.c_str());
        const std::string section = document.substr(start + 4, document.find("\n### ", start + 4) - start - 4);
        const std::string column = "`" + row.value().text(1) + "`";
        QVERIFY2(section.find(column) != std::string::npos, (table + column).c_str());
        ++columns;
    }
    QVERIFY(columns > 100);
}

QTEST_GUILESS_MAIN(TestDatabase)
#include "tst_database.moc"
