// Long curves in few points, and every point beside the catalog's own connection.
#include <cmath>
#include <limits>
#include <vector>

#include <QTest>

#include "app/catalog/database.h"
#include "app/catalog/overview.h"
#include "app/catalog/point_reader.h"
#include "app/catalog/schema.h"
#include "tests/catalog/catalog_fixture.h"

using namespace ty;
using namespace ty::catalog;

namespace {

constexpr auto kLoss = "step/loss";

/// "started", then one "step" event for each value; NaN is written as JSON can hold it.
std::vector<RunEvent> steps(const std::vector<double>& values, std::uint64_t firstSeq = 1, int firstStep = 0)
{
    std::vector<RunEvent> events;
    std::uint64_t seq = firstSeq;
    events.push_back(CatalogFixture::event(seq++, "started", {{"device", "cpu"}, {"host", "here"}, {"pid", 1}}));
    int step = firstStep;
    for (const double value : values) {
        RunEvent event;
        event.seq = seq++;
        event.type = "step";
        event.time = "2026-11-21T08:00:00.000Z";
        event.fields = {{"step", step}, {"epoch", step / 100.0}, {"loss", nullptr}};
        if (std::isfinite(value)) {
            event.fields["loss"] = value;
        }
        events.push_back(std::move(event));
        ++step;
    }
    return events;
}

std::vector<double> wave(std::size_t count)
{
    std::vector<double> values(count);
    for (std::size_t i = 0; i < count; ++i) {
        values[i] = 2 + std::sin(static_cast<double>(i) * 0.01);
    }
    return values;
}

std::vector<CurvePoint> allPoints(const CatalogFixture& f, std::int64_t run, std::uint64_t until = 1U << 30)
{
    std::vector<CurvePoint> all;
    auto reader = PointReader::open(f.paths);
    if (reader) {
        static_cast<void>(reader.value()->read(run, kLoss, until, [&all](std::span<const CurvePoint> points) {
            all.insert(all.end(), points.begin(), points.end());
            return true;
        }));
    }
    return all;
}

bool holds(const MetricOverview& overview, double step, double value)
{
    for (const CurvePoint& point : overview.points) {
        if (point.step == step && point.value == value) {
            return true;
        }
    }
    return false;
}

std::int64_t add(CatalogFixture& f, const std::vector<RunEvent>& events, std::size_t flushEvery)
{
    const std::int64_t id = f.catalog->createRun(f.spec()).value().id;
    EventIngest ingest(*f.catalog, id);
    for (std::size_t i = 0; i < events.size(); ++i) {
        ingest.apply(events[i]);
        if (i % flushEvery == flushEvery - 1) {
            static_cast<void>(ingest.flush());
        }
    }
    return ingest.flush() ? id : 0;
}

} // namespace

class TestOverview : public QObject {
    Q_OBJECT
private slots:
    void fewPointsAreTheWholeCurve();
    void manyPointsBecomeFewAndEverySpikeStays();
    void doesNotDependOnHowEventsCame();
    void endsWithTheNewestPoint();
    void resumedRunGoesBackInItToo();
    void stretchWithoutNumbersIsTold();
    void oldCatalogIsFilledStepByStep();
    void rebuiltCatalogHasIt();
    void deletedRunTakesItAlong();
    void readerStopsWhereItIsTold();
    void readerCannotWrite();
};

void TestOverview::fewPointsAreTheWholeCurve()
{
    CatalogFixture f;
    const std::int64_t id = add(f, steps(wave(3000)), 100);
    const MetricOverview overview = f.catalog->overview(id, kLoss).value();
    QVERIFY(overview.isWhole);
    QCOMPARE(overview.count, 3000);
    QVERIFY(overview.points == allPoints(f, id));
    QVERIFY(f.catalog->overview(id, "no/such").value().isWhole);
    QVERIFY(f.catalog->overview(77, kLoss).value().points.empty());
}

void TestOverview::manyPointsBecomeFewAndEverySpikeStays()
{
    CatalogFixture f;
    std::vector<double> values = wave(20000);
    values[7777] = 100;
    values[7778] = -100;
    values[12000] = 50;
    const std::int64_t id = add(f, steps(values), 500);
    const MetricOverview overview = f.catalog->overview(id, kLoss).value();
    QVERIFY(!overview.isWhole);
    QCOMPARE(overview.count, 20000);
    QCOMPARE(overview.lastSeq, 20001U);
    QVERIFY(overview.points.size() < 100);
    QVERIFY(holds(overview, 7777, 100));
    QVERIFY(holds(overview, 7778, -100));
    QVERIFY(holds(overview, 12000, 50));
    QVERIFY(holds(overview, 0, values.front()));
    QVERIFY(holds(overview, 19999, values.back()));
    for (std::size_t i = 1; i < overview.points.size(); ++i) {
        QVERIFY(overview.points[i - 1].step < overview.points[i].step);
    }
}

void TestOverview::doesNotDependOnHowEventsCame()
{
    CatalogFixture f;
    const std::vector<RunEvent> events = steps(wave(9500));
    const std::int64_t slow = add(f, events, 7);
    const std::int64_t atOnce = add(f, events, 1000000);
    const auto a = f.catalog->overview(slow, kLoss).value().points;
    QVERIFY(a.size() > 20);
    QVERIFY(a == f.catalog->overview(atOnce, kLoss).value().points);
}

void TestOverview::endsWithTheNewestPoint()
{
    CatalogFixture f;
    std::vector<double> values = wave(10999); // the last 999 are in no block yet
    values[10500] = 70;
    const std::int64_t id = add(f, steps(values), 333);
    const MetricOverview overview = f.catalog->overview(id, kLoss).value();
    QCOMPARE(overview.points.back().step, 10998.0);
    QVERIFY(holds(overview, 10500, 70));
}

void TestOverview::resumedRunGoesBackInItToo()
{
    CatalogFixture f;
    std::vector<RunEvent> events = steps(wave(5500));
    const std::vector<RunEvent> again = steps(wave(3000), 5600, 5000); // does 500 steps again
    events.insert(events.end(), again.begin(), again.end());
    const std::int64_t id = add(f, events, 400);
    const MetricOverview overview = f.catalog->overview(id, kLoss).value();
    int returns = 0;
    for (std::size_t i = 1; i < overview.points.size(); ++i) {
        if (overview.points[i].step < overview.points[i - 1].step) {
            ++returns;
            QCOMPARE(overview.points[i - 1].step, 5499.0);
            QCOMPARE(overview.points[i].step, 5000.0);
        }
    }
    QCOMPARE(returns, 1);
}

void TestOverview::stretchWithoutNumbersIsTold()
{
    CatalogFixture f;
    std::vector<double> values = wave(8000);
    values[4321] = std::numeric_limits<double>::quiet_NaN();
    const std::int64_t id = add(f, steps(values), 1000);
    // An event without a number makes no point; a stored NULL is one that was not a number.
    OpenReport report;
    auto database = Database::open(f.paths.catalogFile(), catalogMigrations(), {}, report);
    TY_VERIFY(database);
    TY_VERIFY(database.value()->change("UPDATE points SET value=NULL WHERE step=4000"));
    TY_VERIFY(database.value()->change("DELETE FROM overviews"));
    TY_VERIFY(database.value()->change("UPDATE metrics SET overviewed=0"));
    const auto missing = f.catalog->metricsWithoutOverview().value();
    for (const std::int64_t metric : missing) {
        while (f.catalog->growOverviewOf(metric).value()) {
        }
    }
    const MetricOverview overview = f.catalog->overview(id, kLoss).value();
    int bad = 0;
    for (const CurvePoint& point : overview.points) {
        bad += std::isnan(point.value) ? 1 : 0;
    }
    QCOMPARE(bad, 1);
    QVERIFY(overview.points.size() >= 16);
}

void TestOverview::oldCatalogIsFilledStepByStep()
{
    CatalogFixture f;
    const std::int64_t id = add(f, steps(wave(150000)), 50000);
    const auto made = f.catalog->overview(id, kLoss).value().points;
    OpenReport report;
    auto database = Database::open(f.paths.catalogFile(), catalogMigrations(), {}, report);
    TY_VERIFY(database);
    TY_VERIFY(database.value()->change("DELETE FROM overviews"));
    TY_VERIFY(database.value()->change("UPDATE metrics SET overviewed=0"));

    const auto missing = f.catalog->metricsWithoutOverview().value();
    QCOMPARE(missing.size(), 1U);
    const MetricOverview before = f.catalog->overview(id, kLoss).value();
    QVERIFY(!before.isWhole);
    QVERIFY(before.points.empty());
    int turns = 1;
    while (f.catalog->growOverviewOf(missing.front()).value()) {
        ++turns;
    }
    QCOMPARE(turns, 2);
    QVERIFY(f.catalog->metricsWithoutOverview().value().empty());
    QVERIFY(f.catalog->overview(id, kLoss).value().points == made);
}

void TestOverview::rebuiltCatalogHasIt()
{
    CatalogFixture f;
    const std::vector<RunEvent> events = steps(wave(6000));
    const std::string root = f.paths.runsFolder() + "/long-1";
    QVERIFY(f.writeRunFolder(root, f.spec(), events));
    TY_VERIFY(f.catalog->repair());
    const auto runs = f.catalog->runs().value();
    QCOMPARE(runs.size(), 1U);
    const MetricOverview overview = f.catalog->overview(runs.front().id, kLoss).value();
    QCOMPARE(overview.count, 6000);
    QVERIFY(!overview.points.empty());
    QVERIFY(overview.points.size() < 100);
}

void TestOverview::deletedRunTakesItAlong()
{
    CatalogFixture f;
    const std::int64_t id = add(f, steps(wave(5000)), 5000);
    EventIngest ingest(*f.catalog, id);
    TY_VERIFY(f.catalog->setRunState(id, RunState::Stopped));
    TY_VERIFY(f.catalog->deleteRun(id));
    TY_VERIFY(f.catalog->emptyTrash());
    OpenReport report;
    auto database = Database::open(f.paths.catalogFile(), catalogMigrations(), {}, report);
    TY_VERIFY(database);
    auto row = database.value()->query("SELECT count(*) FROM overviews");
    TY_VERIFY(row);
    QVERIFY(row.value().next().value());
    QCOMPARE(row.value().integer(0), 0);
}

void TestOverview::readerStopsWhereItIsTold()
{
    CatalogFixture f;
    const std::int64_t id = add(f, steps(wave(10000)), 10000);
    QCOMPARE(allPoints(f, id).size(), 10000U);
    QCOMPARE(allPoints(f, id, 501).size(), 500U); // "started" has number 1
    auto reader = PointReader::open(f.paths);
    TY_VERIFY(reader);
    int calls = 0;
    TY_VERIFY(reader.value()->read(id, kLoss, 1U << 30, [&calls](std::span<const CurvePoint>) {
        ++calls;
        return false;
    }));
    QCOMPARE(calls, 1);
}

void TestOverview::readerCannotWrite()
{
    CatalogFixture f;
    auto reading = Database::openForReading(f.paths.catalogFile());
    TY_VERIFY(reading);
    QVERIFY(!reading.value()->change("DELETE FROM points"));
    QVERIFY(!Database::openForReading(f.paths.catalogFile() + ".none"));
}

QTEST_GUILESS_MAIN(TestOverview)
#include "tst_overview.moc"
