#include <algorithm>

#include <QTest>

#include "app/catalog/database.h"
#include "app/catalog/schema.h"
#include "engine/base/folder_lock.h"
#include "tests/catalog/catalog_fixture.h"

using namespace ty;
using namespace ty::catalog;

namespace {

RunRecord makeFinishedRun(CatalogFixture& f)
{
    const RunRecord run = f.catalog->createRun(f.spec()).value();
    const bool isWritten = f.writeRunFolder(run.folder, f.catalog->runSpec(run.id).value(), f.events(3, true));
    const bool isRead = isWritten && EventIngest(*f.catalog, run.id).replay(RunFolder{run.folder}.eventsFile());
    return isRead ? f.catalog->run(run.id).value() : RunRecord{};
}

} // namespace

class TestTrash : public QObject {
    Q_OBJECT

private slots:
    void deletedRunIsHiddenAndComesBackWhole();
    void emptyingRemovesFilesAndRows();
    void emptyingSomeKeepsTheRest();
    void activeRunIsNotDeleted();
    void foreignFilesInAChosenFolderSurvive();
    void deletingADatasetNeverTouchesData();
    void modelsFollowTheirRun();
    void importedModelsFreeTheDisk();
    void expiredItemsAreRemovedByRepair();
    void restoredViewDoesNotReplaceItsNamesake();
};

void TestTrash::deletedRunIsHiddenAndComesBackWhole()
{
    CatalogFixture f;
    const RunRecord run = makeFinishedRun(f);
    TY_VERIFY(f.catalog->setRunTags(run.id, {"paper"}));
    const auto bytes = treeBytes(run.folder + "/checkpoints");

    const auto item = f.catalog->deleteRun(run.id);
    TY_VERIFY(item);
    QVERIFY(item.value().bytes >= 100000);
    QVERIFY(item.value().expires > item.value().deleted);
    QVERIFY(f.catalog->runs().value().empty());
    QVERIFY(!f.catalog->findRun(run.name).value());
    QCOMPARE(f.catalog->trash().value().size(), 1U);
    QVERIFY(!f.catalog->deleteRun(run.id)); // twice

    TY_VERIFY(f.catalog->restore(item.value().id));
    const auto runs = f.catalog->runs().value();
    QCOMPARE(runs.size(), 1U);
    QCOMPARE(runs.front().tags, (std::vector<std::string>{"paper"}));
    QCOMPARE(runs.front().best, run.best);
    QCOMPARE(treeBytes(run.folder + "/checkpoints"), bytes);
    QCOMPARE(f.catalog->series(run.id, "step/loss").value().value.size(), 6U);
    QVERIFY(f.catalog->trash().value().empty());
}

void TestTrash::emptyingRemovesFilesAndRows()
{
    CatalogFixture f;
    const RunRecord run = makeFinishedRun(f);
    TY_VERIFY(f.catalog->registerModelOfRun(run.id));
    TY_VERIFY(f.catalog->deleteRun(run.id));
    QVERIFY(pathExists(run.folder));
    const auto before = treeBytes(f.paths.runsFolder());

    const auto report = f.catalog->emptyTrash();

    TY_VERIFY(report);
    QCOMPARE(report.value().items, 1);
    QVERIFY(report.value().failures.empty());
    QVERIFY(report.value().bytesFreed >= static_cast<std::int64_t>(before));
    QCOMPARE(treeBytes(f.paths.runsFolder()), 0U);
    QVERIFY(!pathExists(run.folder));
    QCOMPARE(f.catalog->run(run.id).error().kind, ErrorKind::NotFound);
    QVERIFY(f.catalog->models().value().empty());
    QVERIFY(f.catalog->metrics(run.id).value().empty());
    OpenReport ignored;
    auto database = Database::open(f.paths.catalogFile(), catalogMigrations(), {}, ignored);
    for (const char* table : {"points", "marks", "run_settings", "metrics"}) {
        auto count = database.value()->query(std::string("SELECT count(*) FROM ") + table);
        QVERIFY(count.value().next().valueOr(false));
        QCOMPARE(count.value().integer(0), 0);
    }
}

void TestTrash::emptyingSomeKeepsTheRest()
{
    CatalogFixture f;
    const auto a = f.catalog->deleteRun(makeFinishedRun(f).id).value();
    const auto b = f.catalog->deleteRun(makeFinishedRun(f).id).value();
    QCOMPARE(f.catalog->emptyTrash({a.id}).value().items, 1);
    QCOMPARE(f.catalog->trash().value().size(), 1U);
    TY_VERIFY(f.catalog->restore(b.id));
    QCOMPARE(f.catalog->runs().value().size(), 1U);
}

void TestTrash::activeRunIsNotDeleted()
{
    CatalogFixture f;
    const RunRecord run = f.catalog->createRun(f.spec()).value();
    auto lock = FolderLock::acquire(RunFolder{run.folder}.lockFile());
    TY_VERIFY(lock);
    QCOMPARE(f.catalog->deleteRun(run.id).error().kind, ErrorKind::Busy);
    QCOMPARE(f.catalog->runs().value().size(), 1U);
    lock.value() = FolderLock();
}

void TestTrash::foreignFilesInAChosenFolderSurvive()
{
    CatalogFixture f;
    const std::string root = f.folder.path().toStdString() + "/my results";
    RunSpec spec = f.spec();
    spec.name = "mine";
    QVERIFY(f.writeRunFolder(root, spec, f.events(3, true)));
    TY_VERIFY(writeFileAtomically(root + "/thesis.tex", "years of work"));
    const auto run = f.catalog->adoptRun(root);
    TY_VERIFY(run);
    TY_VERIFY(f.catalog->deleteRun(run.value().id));

    TY_VERIFY(f.catalog->emptyTrash());

    QCOMPARE(readFile(root + "/thesis.tex").valueOr({}), std::string("years of work"));
    QVERIFY(!pathExists(root + "/checkpoints"));
    QVERIFY(!pathExists(root + "/run.json"));
}

void TestTrash::deletingADatasetNeverTouchesData()
{
    CatalogFixture f;
    const std::string file = f.folder.path().toStdString() + "/iris.csv";
    TY_VERIFY(writeFileAtomically(file, "a,b\n1,2\n"));
    const auto data = f.catalog->registerDataset(file, {{"name", "iris"}, {"fingerprint", "aa"}});
    TY_VERIFY(data);
    const auto run = f.catalog->createRun(f.spec(file), data.value().id).value();
    TY_VERIFY(f.catalog->deleteDataset(data.value().id));
    QVERIFY(f.catalog->datasets().value().empty());
    TY_VERIFY(f.catalog->emptyTrash());
    QCOMPARE(readFile(file).valueOr({}), std::string("a,b\n1,2\n"));
    QCOMPARE(f.catalog->run(run.id).value().datasetId, 0);
    QCOMPARE(f.catalog->run(run.id).value().dataset, std::string("iris"));
}

void TestTrash::modelsFollowTheirRun()
{
    CatalogFixture f;
    const RunRecord run = makeFinishedRun(f);
    const auto model = f.catalog->registerModelOfRun(run.id).value();
    const auto item = f.catalog->deleteRun(run.id).value();
    QVERIFY(f.catalog->models().value().empty());
    TY_VERIFY(f.catalog->restore(item.id));
    QCOMPARE(f.catalog->models().value().size(), 1U);

    TY_VERIFY(f.catalog->deleteModel(model.id));
    QVERIFY(f.catalog->models().value().empty());
    TY_VERIFY(f.catalog->emptyTrash());
    QVERIFY(pathExists(RunFolder{run.folder}.modelFolder() + "/model.json"));
    TY_VERIFY(f.catalog->registerModelOfRun(run.id));
}

void TestTrash::importedModelsFreeTheDisk()
{
    CatalogFixture f;
    const std::string folder = f.catalog->freeModelFolder("a/b c");
    QVERIFY(folder.ends_with("/models/a-b-c"));
    TY_VERIFY(makeFolders(folder));
    TY_VERIFY(writeFileAtomically(folder + "/model.json", R"({"run":"a/b c","source":{"format":"onnx"}})"));
    QCOMPARE(f.catalog->freeModelFolder("a/b c"), folder + "-2");
    const auto model = f.catalog->registerModelFolder(folder);
    TY_VERIFY(model);
    QCOMPARE(model.value().name, std::string("a/b c"));
    QCOMPARE(model.value().format, std::string("onnx"));

    const auto item = f.catalog->deleteModel(model.value().id);
    TY_VERIFY(item);
    QVERIFY(item.value().bytes > 0);
    QVERIFY(pathExists(folder));
    TY_VERIFY(f.catalog->restore(item.value().id));
    QCOMPARE(f.catalog->models().value().size(), 1U);
    TY_VERIFY(f.catalog->deleteModel(model.value().id));
    const auto emptied = f.catalog->emptyTrash();
    TY_VERIFY(emptied);
    QVERIFY(emptied.value().bytesFreed > 0);
    QVERIFY(!pathExists(folder));
}

void TestTrash::expiredItemsAreRemovedByRepair()
{
    CatalogFixture f;
    const RunRecord old = makeFinishedRun(f);
    const RunRecord recent = makeFinishedRun(f);
    TY_VERIFY(f.catalog->deleteRun(old.id));
    TY_VERIFY(f.catalog->deleteRun(recent.id));
    OpenReport ignored;
    auto database = Database::open(f.paths.catalogFile(), catalogMigrations(), {}, ignored);
    TY_VERIFY(database.value()->change(
        "UPDATE trash SET expires='2001-01-01T00:00:00.000Z' WHERE item_id=?1", old.id));

    const auto report = f.catalog->repair();

    TY_VERIFY(report);
    QCOMPARE(report.value().expired, 1);
    QVERIFY(!pathExists(old.folder));
    QVERIFY(pathExists(recent.folder));
    QVERIFY(report.value().adopted.empty());
}

void TestTrash::restoredViewDoesNotReplaceItsNamesake()
{
    CatalogFixture f;
    const auto view = f.catalog->saveView("runs", "Mine", {{"filter", "old"}}).value();
    const auto item = f.catalog->deleteView(view.id).value();
    TY_VERIFY(f.catalog->saveView("runs", "Mine", {{"filter", "new"}}));
    QCOMPARE(f.catalog->restore(item.id).error().kind, ErrorKind::AlreadyExists);
    QVERIFY(f.catalog->views("runs").value().front().view["filter"] == Json("new"));
    QCOMPARE(f.catalog->trash().value().size(), 1U);
}

QTEST_GUILESS_MAIN(TestTrash)
#include "tst_trash.moc"
