#include <chrono>
#include <filesystem>
#include <stop_token>

#include <QTest>

#include "app/catalog/backups.h"
#include "tests/catalog/catalog_fixture.h"

using namespace ty;
using namespace ty::catalog;

namespace fs = std::filesystem;

class TestBackups : public QObject {
    Q_OBJECT
private slots:
    void oneCopyADay();
    void theLastThreeAreKept();
    void aStoppedCopyLeavesNothing();
    void aBackupTakesThePlaceOfADamagedCatalog();
    void withoutTheBackupNothingChanges();
};

namespace {
/// As if it had been made that many hours ago.
void age(const std::string& file, int hours)
{
    fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::hours(hours));
}
} // namespace

void TestBackups::oneCopyADay()
{
    CatalogFixture f;
    QCOMPARE(backUpDaily(f.paths).valueOr(false), true);
    QCOMPARE(backUpDaily(f.paths).valueOr(true), false);
    QCOMPARE(catalogBackups(f.paths).size(), 1U);
    age(catalogBackups(f.paths).front(), 25);
    QCOMPARE(backUpDaily(f.paths).valueOr(false), true);
}

void TestBackups::theLastThreeAreKept()
{
    CatalogFixture f;
    QVERIFY(backUpDaily(f.paths).valueOr(false));
    const auto first = f.paths.backupFolder() + "/catalog-daily-2026-01-09T00-00-00.sqlite";
    fs::rename(catalogBackups(f.paths).front(), first);
    for (int days = 1; days <= 4; ++days) {
        const auto older = f.paths.backupFolder() + "/catalog-daily-2026-01-0" + std::to_string(days) + "T00-00-00.sqlite";
        fs::copy_file(first, older);
        age(older, 24 * (10 - days));
    }
    age(first, 25);
    QVERIFY(backUpDaily(f.paths).valueOr(false));
    const auto kept = catalogBackups(f.paths);
    QCOMPARE(kept.size(), 3U);
    QCOMPARE(kept.at(1), first);
}

void TestBackups::aStoppedCopyLeavesNothing()
{
    CatalogFixture f;
    for (int run = 0; run < 3; ++run) {
        TY_VERIFY(f.catalog->createRun(f.spec()));
    }
    std::stop_source stop;
    stop.request_stop();
    QCOMPARE(backUpDaily(f.paths, stop.get_token()).valueOr(true), false);
    QVERIFY(!fs::exists(f.paths.backupFolder()) || fs::is_empty(f.paths.backupFolder()));
}

void TestBackups::aBackupTakesThePlaceOfADamagedCatalog()
{
    CatalogFixture f;
    const RunRecord run = f.catalog->createRun(f.spec()).value();
    TY_VERIFY(f.catalog->setSetting("remembered", 7));
    QVERIFY(backUpDaily(f.paths).valueOr(false));
    f.catalog.reset();
    TY_VERIFY(writeFileAtomically(f.paths.catalogFile(), "not a database at all, sorry"));

    TY_VERIFY(restoreBackup(f.paths, catalogBackups(f.paths).front()));
    f.reopen();

    QVERIFY(f.catalog);
    QVERIFY(f.report.movedAside.empty());
    QCOMPARE(f.catalog->run(run.id).value().name, run.name);
    QVERIFY(f.catalog->setting("remembered").value() == Json(7));
    int kept = 0;
    for (const auto& entry : fs::directory_iterator(f.paths.dataFolder())) {
        kept += entry.path().string().find("catalog.sqlite.replaced-") != std::string::npos ? 1 : 0;
    }
    QCOMPARE(kept, 1);
}

void TestBackups::withoutTheBackupNothingChanges()
{
    CatalogFixture f;
    const RunRecord run = f.catalog->createRun(f.spec()).value();
    f.catalog.reset();
    const auto restored = restoreBackup(f.paths, f.paths.backupFolder() + "/catalog-daily-none.sqlite");
    QVERIFY(!restored);
    QCOMPARE(restored.error().kind, ErrorKind::NotFound);
    f.reopen();
    QVERIFY(f.catalog);
    QVERIFY(f.catalog->run(run.id));
}

QTEST_APPLESS_MAIN(TestBackups)
#include "tst_backups.moc"
