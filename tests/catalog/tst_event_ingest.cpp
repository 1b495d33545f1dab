#include <algorithm>
#include <cmath>

#include <QElapsedTimer>
#include <QTest>

#include "app/catalog/run_progress.h"
#include "tests/catalog/catalog_fixture.h"

using namespace ty;
using namespace ty::catalog;

class TestEventIngest : public QObject {
    Q_OBJECT

private slots:
    void everyPointIsKeptWithItsPlaceInTime();
    void runRowTellsBestLastAndGap();
    void replayingTwiceChangesNothing();
    void twoIngestersStoreEachPointOnce();
    void tornAndDamagedLinesAreSkipped();
    void liveReplayContinuesWhereItStopped();
    void pausesDoNotCountAsRunningTime();
    void resumedRunContinuesElapsedFromItsCheckpoint();
    void nanLossIsKeptAsNan();
    void failureIsStoredWithKindAndAdvice();
    void lateEventsOfADeadRunDoNotRevive();
    void unknownEventsAreHarmless();
    void manyPointsAreReadBackWhole();
};

void TestEventIngest::everyPointIsKeptWithItsPlaceInTime()
{
    CatalogFixture f;
    const auto run = f.catalog->createRun(f.spec());
    TY_VERIFY(run);
    EventIngest ingest(*f.catalog, run.value().id);
    for (const RunEvent& event : f.events(3, true)) {
        ingest.apply(event);
    }
    TY_VERIFY(ingest.flush());

    const auto loss = f.catalog->series(run.value().id, "step/loss");
    TY_VERIFY(loss);
    QCOMPARE(loss.value().value.size(), 6U);
    QCOMPARE(loss.value().step, (std::vector<double>{5, 10, 15, 20, 25, 30}));
    QCOMPARE(loss.value().epoch.front(), 0.5);
    QCOMPARE(loss.value().elapsed.front(), 1.0); // one second after the plan
    QCOMPARE(loss.value().wall.front(), secondsOfTime("2026-11-21T08:00:04.000Z"));
    const auto validation = f.catalog->series(run.value().id, "validation/accuracy");
    TY_VERIFY(validation);
    QCOMPARE(validation.value().epoch, (std::vector<double>{1, 2, 3}));
    QCOMPARE(validation.value().elapsed, (std::vector<double>{4, 8, 12})); // the runner's own clock
    const auto test = f.catalog->series(run.value().id, "final/test/accuracy");
    QCOMPARE(test.value().value, (std::vector<double>{0.66}));
    const auto metrics = f.catalog->metrics(run.value().id);
    TY_VERIFY(metrics);
    const auto found = std::find_if(metrics.value().begin(), metrics.value().end(), [](const MetricSummary& m) {
        return m.name == "validation/loss";
    });
    QVERIFY(found != metrics.value().end());
    QCOMPARE(found->points, 3);
    QCOMPARE(found->minimum, 0.6 / 3);
    QCOMPARE(found->maximum, 0.6);
    QCOMPARE(found->last, 0.6 / 3);
}

void TestEventIngest::runRowTellsBestLastAndGap()
{
    CatalogFixture f;
    const auto id = f.catalog->createRun(f.spec()).value().id;
    EventIngest ingest(*f.catalog, id);
    for (const RunEvent& event : f.events(3, true)) {
        ingest.apply(event);
    }
    TY_VERIFY(ingest.flush());

    const RunRecord run = f.catalog->run(id).value();
    QCOMPARE(run.state, RunState::Finished);
    QCOMPARE(run.metric, std::string("validation/accuracy"));
    QCOMPARE(run.best, 0.7);
    QCOMPARE(run.bestEpoch, 2);
    QCOMPARE(run.last, 0.75);
    QVERIFY(std::abs(run.gap - 0.1) < 1e-12);
    QCOMPARE(run.epochsDone, 3);
    QCOMPARE(run.epochsPlanned, 3);
    QCOMPARE(run.parameters, 1234);
    QCOMPARE(run.seconds, 13.5);
    QCOMPARE(run.device, std::string("cpu"));
    QCOMPARE(run.task, std::string("classification"));
    QVERIFY(run.hasModel);
    QVERIFY(f.catalog->runSettings(id).value()["optimizer"] == Json("adamw"));
    QCOMPARE(f.catalog->settingOfRuns("epochs").value().at(id), std::string("3"));
    QVERIFY(!f.catalog->marks(id).value().empty());
}

void TestEventIngest::replayingTwiceChangesNothing()
{
    CatalogFixture f;
    const RunRecord run = f.catalog->createRun(f.spec()).value();
    const std::string file = RunFolder{run.folder}.eventsFile();
    TY_VERIFY(writeFileAtomically(file, f.lines(f.events(3, true))));
    TY_VERIFY(EventIngest(*f.catalog, run.id).replay(file));
    const auto before = f.catalog->metrics(run.id).value();
    const auto marks = f.catalog->marks(run.id).value().size();

    TY_VERIFY(EventIngest(*f.catalog, run.id).replay(file));

    const auto after = f.catalog->metrics(run.id).value();
    QCOMPARE(after.size(), before.size());
    for (std::size_t i = 0; i < after.size(); ++i) {
        QCOMPARE(after[i].points, before[i].points);
    }
    QCOMPARE(f.catalog->marks(run.id).value().size(), marks);
    QCOMPARE(f.catalog->run(run.id).value().state, RunState::Finished);
}

void TestEventIngest::twoIngestersStoreEachPointOnce()
{
    CatalogFixture f;
    const RunRecord run = f.catalog->createRun(f.spec()).value();
    auto second = Catalog::open(f.paths);
    TY_VERIFY(second);
    EventIngest a(*f.catalog, run.id);
    EventIngest b(*second.value(), run.id);
    int n = 0;
    for (const RunEvent& event : f.events(3, true)) {
        a.apply(event);
        b.apply(event);
        TY_VERIFY((++n % 3 == 0 ? a : b).flush());
    }
    TY_VERIFY(a.flush());
    TY_VERIFY(b.flush());

    const auto metrics = f.catalog->metrics(run.id).value();
    for (const MetricSummary& metric : metrics) {
        const auto series = f.catalog->series(run.id, metric.name).value();
        QCOMPARE(series.value.size(), static_cast<std::size_t>(metric.points));
        QVERIFY(metric.points == 6 || metric.points == 3 || metric.points == 1);
    }
    QCOMPARE(f.catalog->run(run.id).value().state, RunState::Finished);
}

void TestEventIngest::tornAndDamagedLinesAreSkipped()
{
    CatalogFixture f;
    const RunRecord run = f.catalog->createRun(f.spec()).value();
    const std::string file = RunFolder{run.folder}.eventsFile();
    std::string text = f.lines(f.events(2, false));
    text.insert(text.find('\n') + 1, "{\"event\": \xff\xff oops\n\n[1,2]\n");
    text += R"({"seq":99,"time":"2026-11-21T08:09:00.000Z","event":"step","lo)";
    TY_VERIFY(writeFileAtomically(file, text));

    EventIngest ingest(*f.catalog, run.id);
    TY_VERIFY(ingest.replay(file));

    QCOMPARE(ingest.damagedLines(), 3);
    QCOMPARE(f.catalog->run(run.id).value().epochsDone, 2);
    QCOMPARE(f.catalog->series(run.id, "step/loss").value().value.size(), 4U);
}

void TestEventIngest::liveReplayContinuesWhereItStopped()
{
    CatalogFixture f;
    const RunRecord run = f.catalog->createRun(f.spec()).value();
    const std::string file = RunFolder{run.folder}.eventsFile();
    const std::string text = f.lines(f.events(3, true));
    EventIngest ingest(*f.catalog, run.id);
    std::uint64_t seen = 0;
    std::size_t points = 0;

    for (std::size_t length = 0; length < text.size(); length += 37) {
        TY_VERIFY(writeFileAtomically(file, text.substr(0, length)));
        TY_VERIFY(ingest.replay(file));
        points += f.catalog->seriesAfter(run.id, "step/loss", seen, seen).value().value.size();
    }
    TY_VERIFY(writeFileAtomically(file, text));
    TY_VERIFY(ingest.replay(file));

    QCOMPARE(points, 6U);
    QCOMPARE(ingest.damagedLines(), 0);
    QCOMPARE(ingest.run().state, RunState::Finished);
    QCOMPARE(f.catalog->run(run.id).value().state, RunState::Finished);
}

void TestEventIngest::pausesDoNotCountAsRunningTime()
{
    CatalogFixture f;
    const RunRecord run = f.catalog->createRun(f.spec()).value();
    EventIngest ingest(*f.catalog, run.id);
    ingest.apply(f.event(1, "started", {}));
    ingest.apply(f.event(2, "plan", {{"epochs", 3}}));
    ingest.apply(f.event(5, "step", {{"step", 1}, {"epoch", 0.1}, {"loss", 1.0}}));
    ingest.apply(f.event(6, "state", {{"state", "paused"}}));
    QCOMPARE(ingest.run().state, RunState::Paused);
    ingest.apply(f.event(106, "state", {{"state", "resumed"}}));
    ingest.apply(f.event(108, "step", {{"step", 2}, {"epoch", 0.2}, {"loss", 0.9}}));
    TY_VERIFY(ingest.flush());

    QCOMPARE(f.catalog->series(run.id, "step/loss").value().elapsed, (std::vector<double>{3, 6}));
}

void TestEventIngest::resumedRunContinuesElapsedFromItsCheckpoint()
{
    CatalogFixture f;
    const RunRecord run = f.catalog->createRun(f.spec()).value();
    EventIngest ingest(*f.catalog, run.id);
    for (const RunEvent& event : f.events(2, false)) {
        ingest.apply(event);
    }
    // The first checkpoint was 5 s into the run: 4 s in its epoch, one more until it was written.
    ingest.apply(f.event(1000, "started", {{"resumedFrom", 10}}));
    ingest.apply(f.event(1001, "plan", {{"epochs", 3}}));
    ingest.apply(f.event(1002, "step", {{"step", 15}, {"epoch", 1.5}, {"loss", 0.4}}));
    TY_VERIFY(ingest.flush());

    const auto loss = f.catalog->series(run.id, "step/loss").value();
    QCOMPARE(loss.session.back(), 1);
    QCOMPARE(loss.session.front(), 0);
    QCOMPARE(loss.elapsed.back(), 6.0);
    QCOMPARE(f.catalog->run(run.id).value().state, RunState::Running);
}

void TestEventIngest::nanLossIsKeptAsNan()
{
    CatalogFixture f;
    const RunRecord run = f.catalog->createRun(f.spec()).value();
    EventIngest ingest(*f.catalog, run.id);
    ingest.apply(f.event(1, "started", {}));
    ingest.apply(RunEvent::fromLine(f.event(2, "step", {{"step", 1}, {"loss", NAN}}).toLine()).value());
    ingest.apply(f.event(3, "step", {{"step", 2}, {"loss", 0.5}}));
    TY_VERIFY(ingest.flush());

    const auto loss = f.catalog->series(run.id, "step/loss").value().value;
    QCOMPARE(loss.size(), 2U);
    QVERIFY(std::isnan(loss[0]));
    QCOMPARE(f.catalog->metrics(run.id).value().front().minimum, 0.5);
}

void TestEventIngest::failureIsStoredWithKindAndAdvice()
{
    CatalogFixture f;
    const RunRecord run = f.catalog->createRun(f.spec()).value();
    EventIngest ingest(*f.catalog, run.id);
    ingest.apply(f.event(1, "started", {}));
    ingest.apply(f.event(2, "failed", {{"kind", "disk-full"}, {"message", "no room"}, {"advice", "make some"}}));
    TY_VERIFY(ingest.flush());

    const RunRecord after = f.catalog->run(run.id).value();
    QCOMPARE(after.state, RunState::Failed);
    QCOMPARE(after.errorKind, std::string("disk-full"));
    QCOMPARE(after.errorMessage, std::string("no room"));
    QCOMPARE(after.errorAdvice, std::string("make some"));
    QVERIFY(!after.ended.empty());
}

void TestEventIngest::lateEventsOfADeadRunDoNotRevive()
{
    CatalogFixture f;
    const RunRecord run = f.catalog->createRun(f.spec()).value();
    const std::string file = RunFolder{run.folder}.eventsFile();
    TY_VERIFY(writeFileAtomically(file, f.lines(f.events(1, false))));
    TY_VERIFY(EventIngest(*f.catalog, run.id).replay(file));
    TY_VERIFY(f.catalog->setRunState(run.id, RunState::Interrupted));

    TY_VERIFY(EventIngest(*f.catalog, run.id).replay(file));

    QCOMPARE(f.catalog->run(run.id).value().state, RunState::Interrupted);
    QVERIFY(f.catalog->run(run.id).value().isResumable);
}

void TestEventIngest::unknownEventsAreHarmless()
{
    CatalogFixture f;
    const RunRecord run = f.catalog->createRun(f.spec()).value();
    EventIngest ingest(*f.catalog, run.id);
    std::uint64_t seq = 0;
    const Json strange{{"step", "seven"}, {"epoch", nullptr}, {"training", 3}, {"metrics", Json::array()},
                       {"settings", "all"}, {"isBest", 1}, {"model", 7}, {"seconds", "x"}};
    for (const char* type : {"started", "plan", "step", "epoch", "checkpoint", "state", "set", "system", "wonder",
                             "warning", "data", "finished", "failed"}) {
        ingest.apply(f.event(++seq, type, strange));
    }
    TY_VERIFY(ingest.flush());
}

void TestEventIngest::manyPointsAreReadBackWhole()
{
    CatalogFixture f;
    const RunRecord run = f.catalog->createRun(f.spec()).value();
    EventIngest ingest(*f.catalog, run.id);
    constexpr int kPoints = 200000; // a million would be the same code and five times the wait
    QElapsedTimer timer;
    timer.start();
    for (int i = 1; i <= kPoints; ++i) {
        RunEvent event;
        event.seq = static_cast<std::uint64_t>(i);
        event.time = "2026-11-21T08:00:00.000Z";
        event.type = "step";
        event.fields = Json{{"step", i}, {"loss", 1.0 / i}};
        ingest.apply(event);
    }
    TY_VERIFY(ingest.flush());
    const auto stored = timer.restart();
    const auto series = f.catalog->series(run.id, "step/loss");
    TY_VERIFY(series);
    qInfo("%d points: stored in %lld ms, read in %lld ms", kPoints, stored, timer.elapsed());
    QCOMPARE(series.value().value.size(), static_cast<std::size_t>(kPoints));
    QCOMPARE(series.value().value.back(), 1.0 / kPoints);
}

QTEST_GUILESS_MAIN(TestEventIngest)
#include "tst_event_ingest.moc"
