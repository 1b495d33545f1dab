#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

#include <sys/stat.h>

#include <QElapsedTimer>
#include <QTest>

#include "app/catalog/database.h"
#include "app/catalog/schema.h"
#include "tests/catalog/catalog_fixture.h"

using namespace ty;
using namespace ty::catalog;

namespace {

Json info(const std::string& fingerprint)
{
    return Json{
        {"name", "digits"},     {"kind", "image"},
        {"format", "idx"},      {"task", "classification"},
        {"target", "label"},    {"samples", 1797},
        {"bytes", 4096},        {"classes", {{{"name", "0"}}, {{"name", "1"}}}},
        {"problems", {{{"kind", "imbalance"}}}}, {"imageShape", {1, 8, 8}},
        {"fingerprint", fingerprint}};
}

} // namespace

class TestCatalog : public QObject {
    Q_OBJECT

private slots:
    void foldersFollowTheEnvironment();
    void filesAreTheOwnersAlone();
    void runsAreNamedAfterDataAndPreset();
    void namesAreNeverUsedTwice();
    void badNamesAreRefusedAndLeaveNothing();
    void runFolderHoldsTheFrozenSpec();
    void starsTagsAndNotesAreKept();
    void sameDataIsOneDatasetChangedDataANewVersion();
    void usedByCountsRunsThatAreNotInTheTrash();
    void modelOfARunIsRegisteredOnce();
    void settingsAndViewsAreKept();
    void unknownIdsAreNotFound();
    void otherConnectionsChangesAreNoticed();
    void readersWorkWhileAnotherThreadWrites();
    void tenThousandRunsAreListedQuickly();
};

void TestCatalog::foldersFollowTheEnvironment()
{
    for (const char* name : {"TRAINYARD_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"}) {
        unsetenv(name);
    }
    setenv("HOME", "/home/ann", 1);
    setenv("XDG_DATA_HOME", "/big/data", 1);
    setenv("XDG_STATE_HOME", "relative", 1);
    auto paths = Paths::fromEnvironment();
    QCOMPARE(paths.value().catalogFile(), std::string("/big/data/trainyard/catalog.sqlite"));
    QCOMPARE(paths.value().configFolder(), std::string("/home/ann/.config/trainyard"));
    QCOMPARE(paths.value().stateFolder(), std::string("/home/ann/.local/state/trainyard"));

    setenv("TRAINYARD_HOME", "/lab/ty/", 1);
    QCOMPARE(Paths::fromEnvironment().value().runsFolder(), std::string("/lab/ty/runs"));
    QCOMPARE(Paths::fromEnvironment("/other").value().cacheFolder(), std::string("/other/cache"));
    unsetenv("TRAINYARD_HOME");
    unsetenv("HOME");
    QVERIFY(!Paths::fromEnvironment());
    QVERIFY(Paths::fromEnvironment("/other"));
}

void TestCatalog::filesAreTheOwnersAlone()
{
    CatalogFixture f;
    struct stat status = {};
    QCOMPARE(stat(f.paths.catalogFile().c_str(), &status), 0);
    QCOMPARE(status.st_mode & 0777, 0600U);
    QCOMPARE(stat(f.paths.dataFolder().c_str(), &status), 0);
    QCOMPARE(status.st_mode & 0777, 0700U);
}

void TestCatalog::runsAreNamedAfterDataAndPreset()
{
    CatalogFixture f;
    QCOMPARE(f.catalog->createRun(f.spec()).value().name, std::string("digits-fast-1"));
    QCOMPARE(f.catalog->createRun(f.spec()).value().name, std::string("digits-fast-2"));
    QCOMPARE(f.catalog->createRun(f.spec("/data/My Flowers (2)/")).value().name, std::string("my-flowers-2-fast-1"));
    QCOMPARE(
        f.catalog->createRun(f.spec("/d/train-images.idx3-ubyte.gz")).value().name,
        std::string("train-images-fast-1"));
}

void TestCatalog::namesAreNeverUsedTwice()
{
    CatalogFixture f;
    const RunRecord first = f.catalog->createRun(f.spec()).value();
    TY_VERIFY(f.catalog->deleteRun(first.id));
    QCOMPARE(f.catalog->createRun(f.spec()).value().name, std::string("digits-fast-2"));
    RunSpec named = f.spec();
    named.name = "digits-fast-2";
    const auto again = f.catalog->createRun(named);
    QCOMPARE(again.error().kind, ErrorKind::AlreadyExists);
    QVERIFY(!f.catalog->renameRun(f.catalog->createRun(f.spec()).value().id, "digits-fast-2"));
}

void TestCatalog::badNamesAreRefusedAndLeaveNothing()
{
    CatalogFixture f;
    for (const char* name : {"../out", "a/b", ".hidden", ".."}) {
        RunSpec spec = f.spec();
        spec.name = name;
        QCOMPARE(f.catalog->createRun(spec).error().kind, ErrorKind::InvalidInput);
    }
    QVERIFY(std::filesystem::is_empty(f.paths.runsFolder()));
    QVERIFY(f.catalog->runs().value().empty());
}

void TestCatalog::runFolderHoldsTheFrozenSpec()
{
    CatalogFixture f;
    const RunRecord run = f.catalog->createRun(f.spec()).value();
    const auto onDisk = RunSpec::load(RunFolder{run.folder}.specFile());
    TY_VERIFY(onDisk);
    QCOMPARE(onDisk.value().name, run.name);
    QVERIFY(f.catalog->runSpec(run.id).value().toJson() == onDisk.value().toJson());
    QCOMPARE(run.state, RunState::Queued);
}

void TestCatalog::starsTagsAndNotesAreKept()
{
    CatalogFixture f;
    const auto id = f.catalog->createRun(f.spec()).value().id;
    TY_VERIFY(f.catalog->setRunStarred(id, true));
    TY_VERIFY(f.catalog->setRunTags(id, {"paper", "baseline"}));
    TY_VERIFY(f.catalog->setRunNotes(id, "the one\nwith \"quotes\""));
    QVERIFY(!f.catalog->setRunTags(id, {"two words"}));
    f.reopen();
    const RunRecord run = f.catalog->run(id).value();
    QVERIFY(run.isStarred);
    QCOMPARE(run.tags, (std::vector<std::string>{"paper", "baseline"}));
    QCOMPARE(run.notes, std::string("the one\nwith \"quotes\""));
    QCOMPARE(f.catalog->findRun(run.name).value()->id, id);
}

void TestCatalog::sameDataIsOneDatasetChangedDataANewVersion()
{
    CatalogFixture f;
    const DatasetRecord first = f.catalog->registerDataset("/data/digits/", info("aa")).value();
    const DatasetRecord same = f.catalog->registerDataset("/data/./digits", info("aa")).value();
    const DatasetRecord changed = f.catalog->registerDataset("/data/digits", info("bb")).value();
    QCOMPARE(same.id, first.id);
    QCOMPARE(first.version, 1);
    QCOMPARE(changed.version, 2);
    QCOMPARE(first.path, std::string("/data/digits"));
    QCOMPARE(first.classes, 2);
    QCOMPARE(first.problems, 1);
    QCOMPARE(first.shape, std::string("1 × 8 × 8"));
    QVERIFY(f.catalog->dataset(first.id).value().info["samples"] == Json(1797));
    TY_VERIFY(f.catalog->setDatasetStarred(first.id, true));
    TY_VERIFY(f.catalog->renameDataset(first.id, "Digits"));
    TY_VERIFY(f.catalog->setDatasetChoices(first.id, {{"target", "label"}}));
    QCOMPARE(f.catalog->datasets().value().back().name, std::string("Digits"));
    QVERIFY(f.catalog->datasets().value().back().isStarred);
    QVERIFY(f.catalog->dataset(first.id).value().choices["target"] == Json("label"));
}

void TestCatalog::usedByCountsRunsThatAreNotInTheTrash()
{
    CatalogFixture f;
    const auto data = f.catalog->registerDataset("/data/digits", info("aa")).value().id;
    const auto run = f.catalog->createRun(f.spec(), data).value();
    (void)f.catalog->createRun(f.spec(), data);
    QCOMPARE(run.dataset, std::string("digits"));
    QCOMPARE(f.catalog->dataset(data).value().usedBy, 2);
    TY_VERIFY(f.catalog->deleteRun(run.id));
    QCOMPARE(f.catalog->dataset(data).value().usedBy, 1);
}

void TestCatalog::modelOfARunIsRegisteredOnce()
{
    CatalogFixture f;
    const RunRecord run = f.catalog->createRun(f.spec()).value();
    QCOMPARE(f.catalog->registerModelOfRun(run.id).error().kind, ErrorKind::NotFound);
    QVERIFY(f.writeRunFolder(run.folder, f.catalog->runSpec(run.id).value(), f.events(3, true)));
    TY_VERIFY(EventIngest(*f.catalog, run.id).replay(RunFolder{run.folder}.eventsFile()));

    const auto model = f.catalog->registerModelOfRun(run.id);
    TY_VERIFY(model);
    QCOMPARE(f.catalog->registerModelOfRun(run.id).value().id, model.value().id);
    QCOMPARE(model.value().name, run.name);
    QCOMPARE(model.value().output, std::string("2 classes"));
    QCOMPARE(model.value().input, std::string("1 × 8 × 8"));
    QCOMPARE(model.value().best, 0.7);
    QCOMPARE(f.catalog->models().value().size(), 1U);
    TY_VERIFY(f.catalog->setModelMeasured(model.value().id, 0.25));
    TY_VERIFY(f.catalog->setModelChecked(model.value().id, true));
    QVERIFY(f.catalog->model(model.value().id).value().isChecked);
    ArtifactRecord artifact;
    artifact.modelId = model.value().id;
    artifact.kind = "onnx";
    artifact.path = "/tmp/x.onnx";
    artifact.details = Json{{"opset", 13}};
    TY_VERIFY(f.catalog->addArtifact(artifact));
    QVERIFY(f.catalog->artifacts(0, model.value().id).value().front().details["opset"] == Json(13));
}

void TestCatalog::settingsAndViewsAreKept()
{
    CatalogFixture f;
    QVERIFY(f.catalog->setting("theme", "dark").value() == Json("dark"));
    TY_VERIFY(f.catalog->setSetting("theme", "light"));
    TY_VERIFY(f.catalog->saveView("runs", "Mine", {{"filter", "tag:paper"}}));
    TY_VERIFY(f.catalog->saveView("runs", "Mine", {{"filter", "acc>0.9"}}));
    const auto project = f.catalog->createProject("Thesis");
    TY_VERIFY(project);
    QCOMPARE(f.catalog->createProject("Thesis").error().kind, ErrorKind::AlreadyExists);
    TY_VERIFY(f.catalog->createRun(f.spec(), 0, project.value().id));
    f.reopen();
    QVERIFY(f.catalog->setting("theme").value() == Json("light"));
    QCOMPARE(f.catalog->views("runs").value().size(), 1U);
    QVERIFY(f.catalog->views("runs").value().front().view["filter"] == Json("acc>0.9"));
    QCOMPARE(f.catalog->projects().value().back().runs, 1);
}

void TestCatalog::unknownIdsAreNotFound()
{
    CatalogFixture f;
    QCOMPARE(f.catalog->run(77).error().kind, ErrorKind::NotFound);
    QCOMPARE(f.catalog->dataset(77).error().kind, ErrorKind::NotFound);
    QCOMPARE(f.catalog->model(77).error().kind, ErrorKind::NotFound);
    QCOMPARE(f.catalog->setRunStarred(77, true).error().kind, ErrorKind::NotFound);
    QCOMPARE(f.catalog->deleteRun(77).error().kind, ErrorKind::NotFound);
    QCOMPARE(f.catalog->restore(77).error().kind, ErrorKind::NotFound);
    QVERIFY(f.catalog->series(77, "step/loss").value().value.empty());
    QVERIFY(!f.catalog->findRun("nobody").value());
}

void TestCatalog::otherConnectionsChangesAreNoticed()
{
    CatalogFixture f;
    auto other = Catalog::open(f.paths);
    TY_VERIFY(other);
    const auto before = f.catalog->foreignVersion().value();
    TY_VERIFY(f.catalog->setSetting("a", 1));
    QCOMPARE(f.catalog->foreignVersion().value(), before); // one's own writes are no news
    TY_VERIFY(other.value()->createRun(f.spec()));
    QVERIFY(f.catalog->foreignVersion().value() != before);
    QCOMPARE(f.catalog->runs().value().size(), 1U);
}

void TestCatalog::readersWorkWhileAnotherThreadWrites()
{
    CatalogFixture f;
    const auto id = f.catalog->createRun(f.spec()).value().id;
    std::string problem;
    std::jthread writer([&] {
        auto catalog = Catalog::open(f.paths);
        if (!catalog) {
            problem = catalog.error().message;
            return;
        }
        EventIngest ingest(*catalog.value(), id);
        for (int i = 1; i <= 300; ++i) {
            ingest.apply(f.event(static_cast<std::uint64_t>(i), "step", {{"step", i}, {"loss", 1.0}}));
            if (auto flushed = ingest.flush(); !flushed) {
                problem = flushed.error().message;
            }
        }
    });
    std::size_t seen = 0;
    while (seen < 300) {
        const auto series = f.catalog->series(id, "step/loss");
        TY_VERIFY(series);
        QVERIFY(series.value().value.size() >= seen);
        seen = series.value().value.size();
        TY_VERIFY(f.catalog->setRunNotes(id, std::to_string(seen)));
        QVERIFY2(problem.empty(), problem.c_str());
    }
    writer.join();
    QVERIFY2(problem.empty(), problem.c_str());
}

void TestCatalog::tenThousandRunsAreListedQuickly()
{
    CatalogFixture f;
    TY_VERIFY(f.catalog->createRun(f.spec()));
    OpenReport report;
    auto database = Database::open(f.paths.catalogFile(), catalogMigrations(), {}, report);
    TY_VERIFY(database);
    // Rows alone: ten thousand folders would measure the disk.
    TY_VERIFY(database.value()->execute(
        "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i+1 FROM n WHERE i<10000)"
        " INSERT INTO runs(project_id, name, state, folder, dataset, created, best, last, tags, spec)"
        " SELECT 1, 'digits-fast-' || i, 'finished', '/runs/digits-fast-' || i, 'digits', '2026-11-21T08:00:00.000Z',"
        " 0.9, 0.8, 'paper baseline', (SELECT spec FROM runs WHERE id=1) FROM n"));
    QElapsedTimer timer;
    timer.start();
    const auto runs = f.catalog->runs();
    const auto elapsed = timer.nsecsElapsed();
    TY_VERIFY(runs);
    QCOMPARE(runs.value().size(), 10000U);
    qInfo("10,000 runs listed in %.1f ms", static_cast<double>(elapsed) / 1e6);
    timer.restart();
    QCOMPARE(f.catalog->createRun(f.spec()).value().name, std::string("digits-fast-10001"));
    qInfo("one more run created in %.1f ms", static_cast<double>(timer.nsecsElapsed()) / 1e6);
}

QTEST_GUILESS_MAIN(TestCatalog)
#include "tst_catalog.moc"
