#include <filesystem>

#include <QTest>

#include "engine/base/folder_lock.h"
#include "tests/catalog/catalog_fixture.h"

using namespace ty;
using namespace ty::catalog;

class TestRepair : public QObject {
    Q_OBJECT

private slots:
    void orderlyCatalogNeedsNoRepair();
    void deadRunGetsEveryFinishedEpochAndIsInterrupted();
    void runThatFinishedWhileNobodyLookedIsFinished();
    void runResumedBehindTheCatalogsBackIsCaughtUp();
    void livingRunIsLeftAlone();
    void queuedRunKeepsWaiting();
    void unknownRunFoldersAreAdopted();
    void lostCatalogIsRebuiltFromRunFolders();
    void damagedCatalogIsRebuiltFromRunFolders();
    void trashSurvivesALostCatalog();
    void folderWithDamagedRunJsonIsReportedAndSkipped();
    void importedModelsThatNobodyKnowsAreAdopted();
    void repairTwiceIsTheSame();
};

void TestRepair::orderlyCatalogNeedsNoRepair()
{
    CatalogFixture f;
    const auto report = f.catalog->repair();
    TY_VERIFY(report);
    QVERIFY(report.value().interrupted.empty() && report.value().adopted.empty() && report.value().problems.empty());
}

void TestRepair::deadRunGetsEveryFinishedEpochAndIsInterrupted()
{
    CatalogFixture f;
    const RunRecord run = f.catalog->createRun(f.spec()).value();
    // The window saw the first epoch; the runner went on to the second and died in the middle of a line.
    {
        EventIngest ingest(*f.catalog, run.id);
        for (const RunEvent& event : f.events(1, false)) {
            ingest.apply(event);
        }
        TY_VERIFY(ingest.flush());
    }
    TY_VERIFY(writeFileAtomically(
        RunFolder{run.folder}.eventsFile(), f.lines(f.events(2, false)) + R"({"seq":12,"event":"epo)"));
    f.reopen();

    const auto report = f.catalog->repair();

    TY_VERIFY(report);
    QCOMPARE(report.value().interrupted, (std::vector<std::string>{run.name}));
    const RunRecord after = f.catalog->run(run.id).value();
    QCOMPARE(after.state, RunState::Interrupted);
    QVERIFY(after.isResumable);
    QCOMPARE(after.epochsDone, 2);
    QVERIFY(!after.errorMessage.empty());
    QCOMPARE(f.catalog->series(run.id, "validation/loss").value().value.size(), 2U);
}

void TestRepair::runThatFinishedWhileNobodyLookedIsFinished()
{
    CatalogFixture f;
    const RunRecord run = f.catalog->createRun(f.spec()).value();
    QVERIFY(f.writeRunFolder(run.folder, f.catalog->runSpec(run.id).value(), f.events(3, true)));
    const auto report = f.catalog->repair();
    TY_VERIFY(report);
    QCOMPARE(report.value().caughtUp, (std::vector<std::string>{run.name}));
    QCOMPARE(f.catalog->run(run.id).value().state, RunState::Finished);
    QCOMPARE(f.catalog->models().value().size(), 1U);
    QVERIFY(f.catalog->run(run.id).value().bytes > 100000);
}

void TestRepair::runResumedBehindTheCatalogsBackIsCaughtUp()
{
    CatalogFixture f;
    const RunRecord run = f.catalog->createRun(f.spec()).value();
    QVERIFY(f.writeRunFolder(run.folder, f.catalog->runSpec(run.id).value(), f.events(1, false)));
    TY_VERIFY(f.catalog->repair());
    QCOMPARE(f.catalog->run(run.id).value().state, RunState::Interrupted);
    auto events = f.events(1, false);
    std::uint64_t seq = 1000000;
    events.push_back(f.event(++seq, "started", {{"resumedFrom", 10}}));
    for (RunEvent event : f.events(3, true)) {
        if (event.type != "started" && event.seq > events[6].seq) {
            event.seq = ++seq;
            events.push_back(event);
        }
    }
    TY_VERIFY(writeFileAtomically(RunFolder{run.folder}.eventsFile(), f.lines(events)));
    TY_VERIFY(f.catalog->repair());
    QCOMPARE(f.catalog->run(run.id).value().state, RunState::Finished);
    QCOMPARE(f.catalog->run(run.id).value().epochsDone, 3);
}

void TestRepair::livingRunIsLeftAlone()
{
    CatalogFixture f;
    const RunRecord run = f.catalog->createRun(f.spec()).value();
    QVERIFY(f.writeRunFolder(run.folder, f.catalog->runSpec(run.id).value(), f.events(1, false)));
    const auto lock = FolderLock::acquire(RunFolder{run.folder}.lockFile());
    TY_VERIFY(lock);
    TY_VERIFY(f.catalog->repair());
    QCOMPARE(f.catalog->run(run.id).value().state, RunState::Running);
    QCOMPARE(f.catalog->run(run.id).value().epochsDone, 1);
}

void TestRepair::queuedRunKeepsWaiting()
{
    CatalogFixture f;
    const RunRecord run = f.catalog->createRun(f.spec()).value();
    TY_VERIFY(f.catalog->repair());
    QCOMPARE(f.catalog->run(run.id).value().state, RunState::Queued);
}

void TestRepair::unknownRunFoldersAreAdopted()
{
    CatalogFixture f;
    RunSpec spec = f.spec();
    spec.name = "from-the-command-line";
    QVERIFY(f.writeRunFolder(f.paths.runsFolder() + "/x", spec, f.events(3, true)));
    const auto report = f.catalog->repair();
    TY_VERIFY(report);
    QCOMPARE(report.value().adopted, (std::vector<std::string>{"from-the-command-line"}));
    const auto run = f.catalog->findRun("from-the-command-line").value();
    QVERIFY(run);
    QCOMPARE(run->state, RunState::Finished);
    QCOMPARE(run->dataset, std::string("digits"));
    QCOMPARE(f.catalog->models().value().size(), 1U);
}

void TestRepair::lostCatalogIsRebuiltFromRunFolders()
{
    CatalogFixture f;
    const auto project = f.catalog->createProject("Thesis").value();
    const RunRecord run = f.catalog->createRun(f.spec(), 0, project.id).value();
    QVERIFY(f.writeRunFolder(run.folder, f.catalog->runSpec(run.id).value(), f.events(3, true)));
    TY_VERIFY(f.catalog->repair());
    TY_VERIFY(f.catalog->renameRun(run.id, "the-best"));
    TY_VERIFY(f.catalog->setRunStarred(run.id, true));
    TY_VERIFY(f.catalog->setRunTags(run.id, {"paper"}));
    TY_VERIFY(f.catalog->setRunNotes(run.id, "keep"));
    const RunRecord before = f.catalog->run(run.id).value();
    f.catalog.reset();
    std::filesystem::remove(f.paths.catalogFile());
    std::filesystem::remove(f.paths.catalogFile() + "-wal");
    std::filesystem::remove(f.paths.catalogFile() + "-shm");

    f.reopen();
    QVERIFY(f.report.isNew);
    TY_VERIFY(f.catalog->repair());

    const auto after = f.catalog->findRun("the-best").value();
    QVERIFY(after);
    QVERIFY(after->isStarred);
    QCOMPARE(after->tags, before.tags);
    QCOMPARE(after->notes, before.notes);
    QCOMPARE(after->created, before.created);
    QCOMPARE(after->best, before.best);
    QCOMPARE(after->state, RunState::Finished);
    QCOMPARE(f.catalog->projects().value().back().name, std::string("Thesis"));
    QCOMPARE(f.catalog->series(after->id, "step/loss").value().value.size(), 6U);
    QVERIFY(f.catalog->runSpec(after->id));
}

void TestRepair::damagedCatalogIsRebuiltFromRunFolders()
{
    CatalogFixture f;
    const RunRecord run = f.catalog->createRun(f.spec()).value();
    QVERIFY(f.writeRunFolder(run.folder, f.catalog->runSpec(run.id).value(), f.events(3, true)));
    f.catalog.reset();
    TY_VERIFY(writeFileAtomically(f.paths.catalogFile(), "not a database at all, sorry"));

    f.reopen();

    QVERIFY(f.catalog);
    QVERIFY(!f.report.movedAside.empty());
    TY_VERIFY(f.catalog->repair());
    QCOMPARE(f.catalog->runs().value().size(), 1U);
    QCOMPARE(f.catalog->runs().value().front().state, RunState::Finished);
}

void TestRepair::trashSurvivesALostCatalog()
{
    CatalogFixture f;
    const RunRecord run = f.catalog->createRun(f.spec()).value();
    QVERIFY(f.writeRunFolder(run.folder, f.catalog->runSpec(run.id).value(), f.events(3, true)));
    TY_VERIFY(f.catalog->deleteRun(run.id));
    f.catalog.reset();
    std::filesystem::remove(f.paths.catalogFile());
    f.reopen();
    TY_VERIFY(f.catalog->repair());
    QVERIFY(f.catalog->runs().value().empty());
    const auto trash = f.catalog->trash().value();
    QCOMPARE(trash.size(), 1U);
    TY_VERIFY(f.catalog->restore(trash.front().id));
    QCOMPARE(f.catalog->runs().value().size(), 1U);
}

void TestRepair::folderWithDamagedRunJsonIsReportedAndSkipped()
{
    CatalogFixture f;
    const std::string bad = f.paths.runsFolder() + "/bad";
    TY_VERIFY(makeFolders(bad));
    TY_VERIFY(writeFileAtomically(bad + "/run.json", "{\"format\": 1,"));
    QVERIFY(f.writeRunFolder(f.paths.runsFolder() + "/good", f.spec(), f.events(3, true)));
    const auto report = f.catalog->repair();
    TY_VERIFY(report);
    QCOMPARE(report.value().problems.size(), 1U);
    QVERIFY(report.value().problems.front().find("/bad/run.json") != std::string::npos);
    QCOMPARE(report.value().adopted, (std::vector<std::string>{"good"}));
    QVERIFY(pathExists(bad + "/run.json"));
}

void TestRepair::importedModelsThatNobodyKnowsAreAdopted()
{
    CatalogFixture f;
    for (const char* name : {"net", "half.new"}) {
        const std::string folder = f.paths.modelsFolder() + "/" + name;
        TY_VERIFY(makeFolders(folder));
        TY_VERIFY(writeFileAtomically(folder + "/model.json", R"({"run":"net","source":{"format":"onnx"}})"));
    }

    const auto report = f.catalog->repair();

    TY_VERIFY(report);
    QCOMPARE(report.value().adopted, std::vector<std::string>{"net"});
    QCOMPARE(f.catalog->models().value().size(), 1U);
    QVERIFY(f.catalog->repair().value().adopted.empty());
}

void TestRepair::repairTwiceIsTheSame()
{
    CatalogFixture f;
    const RunRecord run = f.catalog->createRun(f.spec()).value();
    TY_VERIFY(writeFileAtomically(RunFolder{run.folder}.eventsFile(), f.lines(f.events(2, false))));
    TY_VERIFY(f.catalog->repair());
    const auto again = f.catalog->repair();
    TY_VERIFY(again);
    QVERIFY(again.value().interrupted.empty() && again.value().caughtUp.empty() && again.value().adopted.empty());
    QCOMPARE(f.catalog->series(run.id, "step/loss").value().value.size(), 4U);
}

QTEST_GUILESS_MAIN(TestRepair)
#include "tst_repair.moc"
