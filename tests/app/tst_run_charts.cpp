// What charts are told of runs: marks, pauses, means of groups, and files written beside the window.
#include <cmath>
#include <csignal>
#include <limits>

#include <sys/resource.h>

#include <QAction>
#include <QComboBox>
#include <QDir>
#include <QDialog>
#include <QFile>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>

#include "app/catalog/catalog.h"
#include "app/main_window.h"
#include "app/models/curve_groups.h"
#include "app/models/live_run.h"
#include "app/models/mark_reader.h"
#include "app/pages/metrics_export.h"
#include "app/pages/run_charts.h"
#include "app/pages/runs_list.h"
#include "app/pages/runs_page.h"
#include "app/pages/save_file.h"
#include "app/pages/train_live.h"
#include "app/pages/train_page.h"
#include "app/services/all_services.h"
#include "tests/app/run_fixture.h"
#include "widgets/chart/chart_canvas.h"
#include "widgets/chart/line_chart.h"
#include "widgets/error_panel.h"

using namespace ty;
using namespace ty::app;
using widgets::ChartMark;
using widgets::ChartPoint;
using widgets::MarkKind;
using widgets::XKind;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

ChartPoint point(double step, double value, double wall = 0)
{
    return {step, step / 10, step, wall, value};
}

catalog::RunMark happened(const char* kind, double step, double wall, Json fields = Json::object())
{
    return {1, kind, step, step / 10, step, wall, std::move(fields)};
}

} // namespace

class TestRunCharts : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void stepScheduleMarksItsDrops();
    void smoothScheduleMarksNone();
    void rateSetByHandIsMarkedOnce();
    void otherEditsAreNoDrops();
    void pauseAndResumeAreMarkedAndCutOut();
    void everyRestartOfTheProcessIsAResume();
    void breakdownIsMarkedAtItsStep();
    void meanFollowsItsDefinition();
    void meanOfDifferentStepsInterpolates();
    void meanTakesWhatAResumeDidAgain();
    void confidenceUsesStudentsT();
    void fileIsWrittenAndTold();
    void unwritableFolderIsSaid();
    void fullDiskIsSaidAndLeavesNothing();
    void cancelLeavesNothing();
    void oneAxisChoiceMovesAllPanels();
    void runsOfOneSettingBecomeAMean();
    void baselineIsDashed();
    void clickOnALineKeepsTheSelection();
    void fullScreenTakesOnePanelAndGivesItBack();
    void csvHoldsEveryMetricOfEveryRun();
    void brokenRunRestartsAtATenth();

private:
    RunsList& list() { return *m_page->findChild<RunsList*>(); }
    widgets::LineChart* loss() { return list().charts().panel(QStringLiteral("loss")); }
    void select(const std::vector<qint64>& ids);

    RunFixture m_fixture;
    RunsPage* m_page = nullptr;
    std::vector<qint64> m_runs;
};

void TestRunCharts::initTestCase()
{
    QVERIFY(m_fixture.start());
    m_fixture.window().resize(1280, 860);
    for (int seed = 1; seed <= 3; ++seed) {
        RunSpec spec = m_fixture.spec(4);
        spec.seed = static_cast<std::uint64_t>(seed);
        m_runs.push_back(m_fixture.train(spec));
        QVERIFY(m_runs.back() != 0);
    }
    m_fixture.window().showPage(PageId::Runs);
    m_page = static_cast<RunsPage*>(m_fixture.window().ensurePage(PageId::Runs));
    QTRY_COMPARE_WITH_TIMEOUT(list().model()->rowCount(), 3, 20000);
}

void TestRunCharts::select(const std::vector<qint64>& ids)
{
    auto* selection = list().table()->selectionModel();
    selection->clear();
    for (const qint64 id : ids) {
        const QModelIndex index = list().model()->indexOf(id);
        selection->setCurrentIndex(index, QItemSelectionModel::NoUpdate);
        selection->select(index, QItemSelectionModel::Select | QItemSelectionModel::Rows);
    }
}

void TestRunCharts::stepScheduleMarksItsDrops()
{
    MarkReader reader;
    reader.setSettings({{"schedule", "step"}});
    for (int step = 0; step < 40; ++step) {
        reader.readRate(point(step, step < 20 ? 0.1 : step < 30 ? 0.01 : 0.001));
    }
    QCOMPARE(reader.marks().size(), qsizetype{2});
    QCOMPARE(reader.marks()[0].kind, MarkKind::LearningRateDrop);
    QCOMPARE(reader.marks()[0].at.step, 20.0);
    QCOMPARE(reader.marks()[1].at.step, 30.0);
}

void TestRunCharts::smoothScheduleMarksNone()
{
    MarkReader reader;
    reader.setSettings({{"schedule", "cosine"}});
    for (int step = 0; step < 10; ++step) {
        reader.readRate(point(step, std::pow(0.4, step))); // few points of a short run
    }
    QVERIFY(reader.marks().isEmpty());
}

void TestRunCharts::rateSetByHandIsMarkedOnce()
{
    MarkReader reader;
    reader.setSettings({{"schedule", "constant"}});
    reader.readRate(point(1, 0.1));
    reader.read(happened("set", 5, 5, {{"name", "learningRate"}, {"value", 0.01}}));
    reader.readRate(point(6, 0.01));
    QCOMPARE(reader.marks().size(), qsizetype{1});
    QCOMPARE(reader.marks()[0].kind, MarkKind::LearningRateDrop);
    QVERIFY2(reader.marks()[0].text.contains("0.1 → 0.01"), qPrintable(reader.marks()[0].text));
    reader.read(happened("set", 9, 9, {{"name", "learningRate"}, {"value", 0.05}}));
    QCOMPARE(reader.marks().last().kind, MarkKind::Edit); // raised
}

void TestRunCharts::otherEditsAreNoDrops()
{
    MarkReader reader;
    reader.read(happened("set", 5, 5, {{"name", "epochs"}, {"value", 30}}));
    QCOMPARE(reader.marks()[0].kind, MarkKind::Edit);
    QVERIFY(reader.marks()[0].text.contains("30"));
}

void TestRunCharts::pauseAndResumeAreMarkedAndCutOut()
{
    MarkReader reader;
    reader.readRate(point(1, 0.1, 100));
    reader.read(happened("state", 1, 101, {{"state", "paused"}}));
    reader.read(happened("state", 1, 4000, {{"state", "resumed"}}));
    QCOMPARE(reader.marks()[0].kind, MarkKind::Pause);
    QCOMPARE(reader.marks()[1].kind, MarkKind::Resume);
    QCOMPARE(reader.pauses(), (QList<widgets::ClockSpan>{{101, 4000}}));
}

void TestRunCharts::everyRestartOfTheProcessIsAResume()
{
    MarkReader reader;
    reader.read(happened("started", 0, 10));
    reader.readRate(point(1, 0.1, 100));
    reader.read(happened("started", 1, 9000, {{"resumedFrom", 1}}));
    QCOMPARE(reader.marks().size(), qsizetype{1});
    QCOMPARE(reader.marks()[0].kind, MarkKind::Resume);
    QCOMPARE(reader.pauses(), (QList<widgets::ClockSpan>{{100, 9000}}));
}

void TestRunCharts::breakdownIsMarkedAtItsStep()
{
    MarkReader reader;
    auto failure = happened("failed", 400, 10, {{"message", "the loss became NaN at step 412"}});
    failure.epoch = 3.4;
    reader.read(failure);
    QCOMPARE(reader.marks()[0].kind, MarkKind::NotANumber);
    QCOMPARE(reader.marks()[0].at.step, 412.0);
    QVERIFY(reader.marks()[0].text.contains("usual causes"));
    QVERIFY(reader.marks()[0].actionText.contains("epoch 3"));
    reader.read(happened("failed", 400, 10, {{"message", "out of memory"}}));
    QCOMPARE(reader.marks().size(), qsizetype{1});
}

void TestRunCharts::meanFollowsItsDefinition()
{
    const GroupCurve group = meanCurve(
        {{point(0, 1), point(1, 2)}, {point(0, 3), point(1, 2)}, {point(0, 5), point(1, kNaN)}}, BandKind::Deviation);
    QCOMPARE(group.mean.size(), std::size_t{2});
    QCOMPARE(group.mean[0].value, 3.0);
    QCOMPARE(group.band[0].low, 1.0); // the deviation of 1, 3, 5 is 2
    QCOMPARE(group.band[0].high, 5.0);
    QCOMPARE(group.mean[1].value, 2.0);
    QCOMPARE(group.band[1].low, 2.0);
}

void TestRunCharts::meanOfDifferentStepsInterpolates()
{
    const GroupCurve group
        = meanCurve({{point(0, 0), point(10, 10)}, {point(0, 2), point(5, 7), point(20, 22)}}, BandKind::Deviation);
    QCOMPARE(group.mean.size(), std::size_t{4}); // 0, 5, 10, 20
    QCOMPARE(group.mean[1].value, 6.0);          // 5 and 7
    QCOMPARE(group.mean[2].value, 11.0);         // 10 and 12
    QCOMPARE(group.mean[3].value, 22.0);         // the first one is over
    QVERIFY(std::isnan(group.band[3].low));
}

void TestRunCharts::meanTakesWhatAResumeDidAgain()
{
    const GroupCurve group
        = meanCurve({{point(0, 1), point(1, 9), point(2, 9), point(1, 2), point(2, 3)}}, BandKind::Deviation);
    QCOMPARE(group.mean.size(), std::size_t{3});
    QCOMPARE(group.mean[1].value, 2.0);
    QCOMPARE(group.mean[2].value, 3.0);
}

void TestRunCharts::confidenceUsesStudentsT()
{
    const GroupCurve group = meanCurve({{point(0, 1)}, {point(0, 3)}, {point(0, 5)}}, BandKind::Confidence95);
    // 4.303 * 2 / sqrt(3)
    QVERIFY(std::abs(group.band[0].high - 3 - 4.303 * 2 / std::sqrt(3.0)) < 1e-9);
    QVERIFY(std::abs(studentFactor(60) - 2.000) < 0.005);
    QVERIFY(std::abs(studentFactor(100000) - 1.96) < 0.001);
}

void TestRunCharts::fileIsWrittenAndTold()
{
    QTemporaryDir folder;
    auto& context = m_fixture.context();
    QSignalSpy told(&context.notices, &Notices::toastRequested);
    const QString path = folder.filePath("curve.csv");
    QThread* thread = nullptr;
    saveFile(context, path, [&thread](QIODevice& device, const SaveProgress& progress) -> Result<void> {
        thread = QThread::currentThread();
        device.write("a,b\n");
        progress(0.5);
        return {};
    });
    QVERIFY(!QFile::exists(path)); // nothing is done in the call
    QTRY_COMPARE(told.count(), 1);
    QVERIFY(thread != QThread::currentThread());
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), QByteArray("a,b\n"));
    QCOMPARE(context.activity.index(0, ActivityService::Target).data().toString(), QString("curve.csv"));
    QCOMPARE(context.activity.runningCount(), 0);
}

void TestRunCharts::unwritableFolderIsSaid()
{
    QTemporaryDir folder;
    auto& context = m_fixture.context();
    QSignalSpy raised(&context.notices, &Notices::errorRaised);
    const QString path = folder.filePath("no/such/folder/curve.csv");
    saveFile(context, path, [](QIODevice&, const SaveProgress&) -> Result<void> { return {}; });
    QTRY_COMPARE(raised.count(), 1);
    QVERIFY(raised.at(0).at(0).toString().contains(path));
    QVERIFY(!raised.at(0).at(1).toString().isEmpty());
    QVERIFY(!raised.at(0).at(2).toString().isEmpty());
}

void TestRunCharts::fullDiskIsSaidAndLeavesNothing()
{
    QTemporaryDir folder;
    auto& context = m_fixture.context();
    QSignalSpy raised(&context.notices, &Notices::errorRaised);
    const QString path = folder.filePath("curve.csv");
    QFile before(path);
    QVERIFY(before.open(QIODevice::WriteOnly));
    before.write("old");
    before.close();
    // A limit on the size of files acts as a disk that is full.
    rlimit known{};
    getrlimit(RLIMIT_FSIZE, &known);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{1 << 16, known.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
    saveFile(context, path, [](QIODevice& device, const SaveProgress&) -> Result<void> {
        const QByteArray block(1 << 20, 'x');
        if (device.write(block) != block.size() || device.write(block) != block.size()) {
            return Error{ErrorKind::Io, "refused", {}};
        }
        return {};
    });
    QTRY_COMPARE(raised.count(), 1);
    setrlimit(RLIMIT_FSIZE, &known);
    std::signal(SIGXFSZ, handler);
    QVERIFY(!raised.at(0).at(2).toString().isEmpty());
    QVERIFY(before.open(QIODevice::ReadOnly));
    QCOMPARE(before.readAll(), QByteArray("old"));
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files).size(), qsizetype{1});
}

void TestRunCharts::cancelLeavesNothing()
{
    QTemporaryDir folder;
    auto& context = m_fixture.context();
    const QString path = folder.filePath("curve.csv");
    saveFile(context, path, [](QIODevice& device, const SaveProgress& progress) -> Result<void> {
        while (progress(0.1)) {
            device.write("x");
            QThread::msleep(5);
        }
        return Error{ErrorKind::Cancelled, "cancelled", {}};
    });
    const int id = context.activity.index(0, 0).data(ActivityService::IdRole).toInt();
    context.activity.requestCancel(id);
    QTRY_COMPARE(context.activity.runningCount(), 0);
    QVERIFY(!QFile::exists(path));
}

void TestRunCharts::oneAxisChoiceMovesAllPanels()
{
    select({m_runs[0]});
    QTRY_VERIFY_WITH_TIMEOUT(loss()->lineIds().size() == 2, 20000);
    auto* axis = list().charts().findChild<QComboBox*>("xAxis");
    QVERIFY(axis->isVisible());
    QTest::keyClick(axis, Qt::Key_End);
    auto* steps = list().charts().panel(QStringLiteral("steps"));
    QCOMPARE(loss()->xKind(), XKind::WallClock);
    QCOMPARE(steps->xKind(), XKind::WallClock);
    QTest::keyClick(axis, Qt::Key_Home);
    QCOMPARE(loss()->xKind(), XKind::Epoch);
    QCOMPARE(steps->xKind(), XKind::Step);
}

void TestRunCharts::runsOfOneSettingBecomeAMean()
{
    select(m_runs);
    QTRY_COMPARE_WITH_TIMEOUT(loss()->lineIds().size(), 3, 20000);
    list().charts().setLines(RunCharts::Lines::MeanDeviation);
    const auto groups = [this] { return loss()->lineIds().filter(QStringLiteral("group/")); };
    QTRY_COMPARE_WITH_TIMEOUT(groups().size(), 1, 20000);
    const QString id = groups().first();
    QVERIFY2(loss()->line(id).name.contains("3 run"), qPrintable(loss()->line(id).name));
    QTRY_COMPARE(loss()->pointCount(id), qsizetype{4});
    double sum = 0;
    for (const qint64 run : m_runs) {
        const QString member = QStringLiteral("%1/validation/loss").arg(run);
        QVERIFY(!loss()->isLineVisible(member));
        sum += loss()->points(member).at(1).value;
    }
    QVERIFY(std::abs(loss()->points(id).at(1).value - sum / 3) < 1e-12);
    const auto* canvas = static_cast<widgets::ChartCanvas*>(loss()->canvas());
    QCOMPARE(canvas->scene().find(id)->band.size(), std::size_t{4});
    list().charts().setLines(RunCharts::Lines::Each);
    QCOMPARE(groups().size(), 0);
    QVERIFY(loss()->isLineVisible(QStringLiteral("%1/validation/loss").arg(m_runs[0])));
}

void TestRunCharts::baselineIsDashed()
{
    auto& charts = list().charts();
    const auto isDashed = [this](qint64 run) {
        return loss()->line(QStringLiteral("%1/validation/loss").arg(run)).isBaseline;
    };
    QVERIFY(isDashed(charts.runs().first().id));
    charts.setBaseline(m_runs[1]);
    QVERIFY(isDashed(m_runs[1]));
    QVERIFY(!isDashed(m_runs[0]) && !isDashed(m_runs[2]));
}

void TestRunCharts::clickOnALineKeepsTheSelection()
{
    loss()->fit();
    auto* canvas = static_cast<widgets::ChartCanvas*>(loss()->canvas());
    const auto points = loss()->points(QStringLiteral("%1/validation/loss").arg(m_runs[0]));
    const auto g = canvas->geometryNow();
    const QPointF at(g.toX(canvas->scene(), points[1].epoch), g.toY(canvas->scene(), points[1].value));
    QTest::mouseClick(canvas, Qt::LeftButton, Qt::NoModifier, at.toPoint());
    QTest::qWait(300); // longer than the table's own delay
    QCOMPARE(list().charts().runs().size(), qsizetype{3});
    QTest::keyClick(canvas->window()->focusWidget(), Qt::Key_Escape);
    const auto menus = loss()->findChildren<QMenu*>(QStringLiteral("lineMenu"));
    for (QMenu* menu : menus) {
        menu->close();
    }
}

void TestRunCharts::fullScreenTakesOnePanelAndGivesItBack()
{
    loss()->canvas()->setFocus();
    QTest::keyClick(loss()->canvas(), Qt::Key_F);
    QTRY_VERIFY(loss()->window()->isFullScreen());
    QVERIFY(loss()->isVisible());
    QTest::keyClick(loss()->canvas(), Qt::Key_F);
    QTRY_COMPARE(loss()->window(), static_cast<QWidget*>(&m_fixture.window()));
    QVERIFY(loss()->isVisible());
    QTest::keyClick(loss()->canvas(), Qt::Key_F);
    QTRY_VERIFY(loss()->window()->isFullScreen());
    QTest::keyClick(loss()->window(), Qt::Key_Escape);
    QTRY_COMPARE(loss()->window(), static_cast<QWidget*>(&m_fixture.window()));
}

void TestRunCharts::csvHoldsEveryMetricOfEveryRun()
{
    QTemporaryDir folder;
    auto& context = m_fixture.context();
    QSignalSpy told(&context.notices, &Notices::toastRequested);
    saveFile(context, folder.filePath("all.csv"), metricsCsvWriter(context, {}));
    QTRY_COMPARE_WITH_TIMEOUT(told.count(), 1, 20000);
    QFile file(folder.filePath("all.csv"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray text = file.readAll();
    QVERIFY(text.startsWith("run,metric,step,epoch,"));
    qint64 expected = 1;
    for (const qint64 run : m_runs) {
        for (const char* metric : {"validation/loss", "step/loss", "epoch/seconds"}) {
            const QByteArray start = QByteArray::fromStdString(m_fixture.record(run).name) + ',' + metric + ',';
            QCOMPARE(text.count(start), m_fixture.points(run, metric));
            expected += m_fixture.points(run, metric);
        }
    }
    QVERIFY(text.count('\n') > expected);
}

void TestRunCharts::brokenRunRestartsAtATenth()
{
    // Each step makes the weights minus nine times what they were, until no number can hold them.
    RunSpec spec = m_fixture.spec(90);
    spec.settings["learningRate"] = 10;
    spec.settings["weightDecay"] = 1;
    spec.settings["optimizer"] = "adamw";
    spec.settings["schedule"] = "constant";
    spec.settings["patience"] = 1000;
    const qint64 id = m_fixture.startRun(spec);
    QVERIFY(id != 0);
    m_fixture.window().showPage(PageId::Train);
    auto* page = static_cast<TrainPage*>(m_fixture.window().ensurePage(PageId::Train));
    page->showLiveRun(id);
    auto& panel = page->live().errorPanel();
    QTRY_VERIFY_WITH_TIMEOUT(panel.isVisible(), 60000);
    auto* restart = panel.findChild<QPushButton*>("restartSlower");
    QVERIFY2(restart != nullptr, m_fixture.context().runs.live(id)->error().message.c_str());
    QTRY_VERIFY_WITH_TIMEOUT(m_fixture.record(id).state == catalog::RunState::Failed, 20000);
    QTest::mouseClick(restart, Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(page->live().runId() != id, 30000);
    const qint64 again = page->live().runId();
    QVERIFY(m_fixture.waitForEnd(again));
    auto& catalog = m_fixture.context().catalog;
    double rate = 0;
    bool isRead = false;
    catalog.call(
        this, [again](catalog::Catalog& opened) { return opened.runSpec(again); },
        [&](Result<RunSpec> found) {
            isRead = true;
            rate = found ? found->settings.value("learningRate", 0.0) : 0;
        });
    QTRY_VERIFY(isRead);
    QVERIFY2(std::abs(rate - 1) < 1e-9, qPrintable(QString::number(rate)));
}

QTEST_MAIN(TestRunCharts)
#include "tst_run_charts.moc"
