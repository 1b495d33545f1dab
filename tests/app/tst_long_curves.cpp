// Curves of hundreds of thousands of points: seen at once, then whole, whatever happens meanwhile.
#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include <QApplication>
#include <QSignalSpy>
#include <QTest>

#include "app/catalog/catalog.h"
#include "app/catalog/database.h"
#include "app/catalog/schema.h"
#include "app/main_window.h"
#include "app/models/live_run.h"
#include "app/pages/run_charts.h"
#include "app/services/all_services.h"
#include "tests/app/run_fixture.h"
#include "widgets/chart/line_chart.h"

using namespace ty;
using namespace ty::app;
using widgets::ChartPoint;

namespace {

constexpr int kPoints = 400'000;
constexpr int kSpike = 123'456;
constexpr auto kLoss = "step/loss";

} // namespace

class TestLongCurves : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void cleanup() { m_charts.reset(); }
    void curveIsSeenAtOnceAndThenWhole();
    void spikeIsInTheFirstPicture();
    void viewStaysWhenThePointsCome();
    void whatHappensMeanwhileIsKept();
    void exportWaitsForEveryPoint();
    void clearedChartStaysEmpty();

private:
    AppContext& context() { return m_fixture.context(); }
    qint64 makeRun();
    widgets::LineChart& chart() { return *m_charts->panel(QStringLiteral("steps")); }
    QString line() const { return QStringLiteral("%1/%2").arg(m_run).arg(QLatin1String(kLoss)); }
    qsizetype count() { return chart().pointCount(line()); }
    /// Until there is something to see; true if that is not every point yet.
    bool waitForOverview()
    {
        while (count() == 0) {
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 10);
        }
        return count() < kPoints / 10;
    }

    RunFixture m_fixture;
    qint64 m_run = 0;
    std::unique_ptr<RunCharts> m_charts;
};

/// A run with a loss of every step, written as the catalog writes it; its overview is made.
qint64 TestLongCurves::makeRun()
{
    const RunSpec spec = m_fixture.spec(1);
    std::optional<Result<std::int64_t>> made;
    context().catalog.call(
        this,
        [spec](catalog::Catalog& catalog) -> Result<std::int64_t> {
            TY_TRY(const catalog::RunRecord run, catalog.createRun(spec));
            catalog::OpenReport report;
            TY_TRY(
                auto database,
                catalog::Database::open(catalog.paths().catalogFile(), catalog::catalogMigrations(), {}, report));
            TY_CHECK(database->change("INSERT INTO metrics(run_id, name, points) VALUES(?1, ?2, ?3)", run.id, kLoss, kPoints));
            const std::int64_t metric = database->lastId();
            TY_CHECK(database->change(
                "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM n WHERE i+1<?2)"
                " INSERT INTO points SELECT ?1, i+1, 0, i, i*0.01, i*0.01, 1.7e9+i*0.01, iif(i=?3, 50, 1+(i%10)*0.1)"
                " FROM n",
                metric, kPoints, kSpike));
            for (;;) {
                TY_TRY(const bool isMore, catalog.growOverviewOf(metric));
                if (!isMore) {
                    return run.id;
                }
            }
        },
        [&made](Result<std::int64_t> id) { made = std::move(id); });
    return QTest::qWaitFor([&made] { return made.has_value(); }, 60000) && *made ? made->value() : 0;
}

void TestLongCurves::initTestCase()
{
    QVERIFY(m_fixture.start());
    m_run = makeRun();
    QVERIFY(m_run != 0);
}

void TestLongCurves::init()
{
    m_charts = std::make_unique<RunCharts>(context());
    m_charts->resize(900, 600);
    m_charts->show();
    m_charts->showRun({m_run, QStringLiteral("long")});
}

void TestLongCurves::curveIsSeenAtOnceAndThenWhole()
{
    QVERIFY2(waitForOverview(), qPrintable(QString::number(count())));
    QVERIFY(count() > 400);
    QVERIFY(count() < 5000);
    QTRY_COMPARE_WITH_TIMEOUT(count(), qsizetype{kPoints}, 30000);
    const std::vector<ChartPoint> points = chart().points(line());
    for (int i = 0; i < kPoints; ++i) {
        QCOMPARE(points[static_cast<std::size_t>(i)].step, double(i));
    }
    QCOMPARE(points.back().value, 1.9);
}

void TestLongCurves::spikeIsInTheFirstPicture()
{
    QVERIFY(waitForOverview());
    const std::vector<ChartPoint> points = chart().points(line());
    const auto highest = std::max_element(points.begin(), points.end(), [](const ChartPoint& a, const ChartPoint& b) {
        return a.value < b.value;
    });
    QCOMPARE(highest->value, 50.0);
    QCOMPARE(highest->step, double(kSpike));
}

void TestLongCurves::viewStaysWhenThePointsCome()
{
    QVERIFY(waitForOverview());
    chart().setXRange({1000, 2000});
    const widgets::ChartRange y = chart().yRange();
    QTRY_COMPARE_WITH_TIMEOUT(count(), qsizetype{kPoints}, 30000);
    QCOMPARE(chart().xRange(), (widgets::ChartRange{1000, 2000}));
    QCOMPARE(chart().yRange(), y);
    QVERIFY(!chart().isFollowing());
}

void TestLongCurves::whatHappensMeanwhileIsKept()
{
    QVERIFY(waitForOverview());
    RunNews news;
    catalog::MetricPoint point;
    point.metric = kLoss;
    point.seq = kPoints + 5;
    point.step = kPoints;
    point.value = 0.25;
    news.points.push_back(point);
    emit context().runs.advanced(m_run, news);
    QVERIFY(count() < kPoints / 10);
    QCOMPARE(chart().points(line()).back().value, 0.25); // seen at once too
    QTRY_COMPARE_WITH_TIMEOUT(count(), qsizetype{kPoints + 1}, 30000);
    QCOMPARE(chart().points(line()).back().value, 0.25);
}

void TestLongCurves::exportWaitsForEveryPoint()
{
    QVERIFY(waitForOverview());
    QSignalSpy told(&context().notices, &Notices::toastRequested);
    emit chart().exportRequested(widgets::ExportFormat::Csv);
    QCOMPARE(told.count(), 1);
    QVERIFY(QApplication::activeModalWidget() == nullptr);
    m_charts->clear(); // and forgets it with the runs
    QTest::qWait(300);
    QVERIFY(QApplication::activeModalWidget() == nullptr);
}

void TestLongCurves::clearedChartStaysEmpty()
{
    QVERIFY(waitForOverview());
    m_charts->clear();
    QTest::qWait(500);
    QCOMPARE(m_charts->pointCount(), qsizetype{0});
}

QTEST_MAIN(TestLongCurves)
#include "tst_long_curves.moc"
