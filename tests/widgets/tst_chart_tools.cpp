#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <thread>
#include <vector>

#include <QAction>
#include <QApplication>
#include <QBuffer>
#include <QClipboard>
#include <QLabel>
#include <QMenu>
#include <QMouseEvent>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QToolButton>

#include "widgets/chart/chart_canvas.h"
#include "widgets/chart/chart_snapshot.h"
#include "widgets/chart/decimator.h"
#include "widgets/chart/line_chart.h"
#include "widgets/chart/mark_painter.h"
#include "widgets/chart/range_readout.h"
#include "widgets/theme/palette.h"

using namespace ty::widgets;

namespace {

constexpr double kMorning = 1.7952e9;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Epochs of two seconds; before epoch `pausedAt` the clock goes on for `pause` seconds alone.
std::vector<ChartPoint> epochs(int count, int pausedAt = -1, double pause = 0)
{
    std::vector<ChartPoint> points;
    for (int i = 0; i < count; ++i) {
        const double extra = pausedAt >= 0 && i >= pausedAt ? pause : 0;
        points.push_back({i * 10.0, i * 1.0, i * 2.0, kMorning + i * 2 + extra, 1.0 / (i + 1)});
    }
    return points;
}

} // namespace

class TestChartTools : public QObject {
    Q_OBJECT

  private slots:
    void init();
    void cleanup() { m_chart.reset(); }

    void rangeKeyShowsFobsOnRealPoints();
    void fobsArePainted();
    void rangeOfFreshPointsIsAQuarterIn();
    void rangeTellsStartEndChangeAndSlope();
    void draggedFobMovesToTheNearestPoint();
    void controlArrowsMoveFobsPointByPoint();
    void rangeIsNotZoomedByDraggingAFob();
    void wallClockLeavesPausesOut();
    void cutAxisMapsBackAndForth();
    void cutAxisWritesNoTimesIntoThePause();
    void lineIsBrokenAtTheCut();
    void pauseThatAnotherRunFillsIsNotCut();
    void everyResumeHasOneMark();
    void marksAtOnePlaceStandAboveEachOther();
    void badValueOffersWhatThePageOffers();
    void gapsOfMeasurementsAreNoFaults();
    void axisShowsAtLeastWhatItIsToInclude();
    void clickOpensTheMenuOfTheLine();
    void doubleClickOnALineFitsAndOpensNoMenu();
    void menuPinsCopiesAndHides();
    void menuOffersOnlyWhatThePageCanDo();
    void legendOpensTheSameMenu();
    void tableLeadsBackByItsKey();
    void altKeepsFitAndBackToOneChart();
    void logXListsWhatItCannotShow();
    void bandIsDrawnAndRead();
    void hiddenMembersLeaveTheLegend();
    void snapshotHoldsItsMoment();
    void snapshotIsWrittenByAnotherThread();
    void cancelledExportEnds();
    void fullDeviceIsNotASuccess();
    void pictureNamesItsLines();

  private:
    ChartCanvas* canvas() const { return static_cast<ChartCanvas*>(m_chart->canvas()); }
    QPoint pixelOf(double x, double value) const
    {
        const ChartGeometry g = canvas()->geometryNow();
        return QPointF(g.toX(canvas()->scene(), x), g.toY(canvas()->scene(), value)).toPoint();
    }
    QMenu* menu(const QString& name) const
    {
        const auto menus = m_chart->findChildren<QMenu*>(name);
        return menus.isEmpty() || !menus.last()->isVisible() ? nullptr : menus.last();
    }
    void choose(const QString& menuName, const QString& action);

    std::unique_ptr<LineChart> m_chart;
};

void TestChartTools::init()
{
    applyTheme(*qApp, Theme::Light);
    m_chart = std::make_unique<LineChart>();
    m_chart->resize(760, 440);
    m_chart->setTitle("Loss");
    m_chart->setXKind(XKind::Epoch);
    m_chart->addLine({.id = "v", .name = "validation", .better = Better::Lower});
    m_chart->append("v", epochs(21));
    m_chart->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_chart.get()));
    m_chart->fit();
}

void TestChartTools::choose(const QString& menuName, const QString& action)
{
    QMenu* shown = menu(menuName);
    QVERIFY(shown);
    QAction* found = shown->findChild<QAction*>(action);
    QVERIFY2(found, qPrintable(action));
    const QPoint place = shown->actionGeometry(found).center();
    QTest::mouseMove(shown, place); // a menu takes no click where the mouse stood when it came
    QTest::mouseClick(shown, Qt::LeftButton, Qt::NoModifier, place);
    QVERIFY(!shown->isVisible());
}

void TestChartTools::rangeKeyShowsFobsOnRealPoints()
{
    QTest::keyClick(canvas(), Qt::Key_R);
    QVERIFY(m_chart->isRangeShown());
    for (const double place : *canvas()->scene().fobs) {
        QCOMPARE(place, std::round(place));
    }
    QTest::keyClick(canvas(), Qt::Key_R);
    QVERIFY(!m_chart->isRangeShown());
}

void TestChartTools::fobsArePainted()
{
    canvas()->setRangeShown(false);
    const QImage before = canvas()->grab().toImage();
    canvas()->setRangeShown(true);
    const QImage after = canvas()->grab().toImage();
    const ChartGeometry g = canvas()->geometryNow();
    for (const double place : *canvas()->scene().fobs) {
        const QPoint at(qRound(g.toX(canvas()->scene(), place)), qRound(g.plot.bottom()) - 12);
        QVERIFY(before.pixelColor(at) != after.pixelColor(at));
    }
}

void TestChartTools::rangeOfFreshPointsIsAQuarterIn()
{
    LineChart fresh;
    fresh.setXKind(XKind::Epoch);
    fresh.addLine({.id = "v", .name = "validation"});
    fresh.append("v", epochs(21));
    fresh.setRangeShown(true); // before any picture
    const auto& scene = static_cast<ChartCanvas*>(fresh.canvas())->scene();
    QCOMPARE((*scene.fobs)[0], 5.0);
    QCOMPARE((*scene.fobs)[1], 15.0);
}

void TestChartTools::rangeTellsStartEndChangeAndSlope()
{
    m_chart->setRangeShown(true);
    canvas()->moveFob(1, 4); // in any order
    canvas()->moveFob(0, 9);
    const auto rows = rangeRows(canvas()->scene());
    QCOMPARE(rows.size(), std::size_t{1});
    QCOMPARE(rows[0].start.value, 0.2);
    QCOMPARE(rows[0].end.value, 0.1);
    QCOMPARE(rows[0].change, -0.1);
    QVERIFY(std::abs(rows[0].slope + 0.02) < 1e-12);
    const auto labels = m_chart->findChildren<QLabel*>();
    const auto label = std::find_if(labels.begin(), labels.end(), [](const QLabel* one) {
        return one->isVisible() && one->text().contains("validation");
    });
    QVERIFY(label != labels.end());
    for (const char* part : {"0.2000", "0.1000", "-0.1000", "-0.02000", "Slope per epoch"}) {
        QVERIFY2((*label)->text().contains(part), qPrintable((*label)->text()));
    }
}

void TestChartTools::draggedFobMovesToTheNearestPoint()
{
    m_chart->setRangeShown(true);
    const double from = (*canvas()->scene().fobs)[1];
    QTest::mousePress(canvas(), Qt::LeftButton, Qt::NoModifier, pixelOf(from, 0.5));
    QTest::mouseMove(canvas(), pixelOf(11, 0.5));
    QTest::mouseMove(canvas(), pixelOf(11.8, 0.5));
    QTest::mouseRelease(canvas(), Qt::LeftButton, Qt::NoModifier, pixelOf(12.2, 0.5));
    QCOMPARE((*canvas()->scene().fobs)[1], 12.0);
}

void TestChartTools::controlArrowsMoveFobsPointByPoint()
{
    m_chart->setRangeShown(true);
    canvas()->moveFob(0, 4);
    canvas()->moveFob(1, 9);
    QTest::keyClick(canvas(), Qt::Key_Right, Qt::ControlModifier);
    QTest::keyClick(canvas(), Qt::Key_Left, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE((*canvas()->scene().fobs)[0], 5.0);
    QCOMPARE((*canvas()->scene().fobs)[1], 8.0);
    canvas()->moveFob(0, 0);
    QTest::keyClick(canvas(), Qt::Key_Left, Qt::ControlModifier); // nothing before the first
    QCOMPARE((*canvas()->scene().fobs)[0], 0.0);
}

void TestChartTools::rangeIsNotZoomedByDraggingAFob()
{
    m_chart->setRangeShown(true);
    const ChartRange before = m_chart->xRange();
    const double from = (*canvas()->scene().fobs)[0];
    QTest::mousePress(canvas(), Qt::LeftButton, Qt::NoModifier, pixelOf(from, 0.5));
    QTest::mouseMove(canvas(), pixelOf(3, 0.2));
    QTest::mouseRelease(canvas(), Qt::LeftButton, Qt::NoModifier, pixelOf(3, 0.2));
    QCOMPARE(m_chart->xRange(), before);
    QVERIFY(m_chart->isFollowing());
}

void TestChartTools::wallClockLeavesPausesOut()
{
    constexpr double kNight = 12 * 3600;
    m_chart->setPoints("v", epochs(21, 10, kNight));
    m_chart->setPauses("v", {{kMorning + 18.5, kMorning + 18.5 + kNight}});
    m_chart->setXKind(XKind::WallClock);
    const auto& scene = canvas()->scene();
    QCOMPARE(scene.x.cuts.size(), std::size_t{1});
    // Twenty epochs of two seconds have the width, not the night.
    const ChartGeometry g = canvas()->geometryNow();
    const double early = g.toX(scene, kMorning);
    const double late = g.toX(scene, kMorning + 18);
    QVERIFY2(late - early > g.plot.width() * 0.35, qPrintable(QString::number(late - early)));
    QVERIFY(cutTextAt(scene, g, g.toX(scene, kMorning + kNight / 2)).contains("12 h 00 min"));
    m_chart->setXKind(XKind::Epoch);
    QVERIFY(scene.x.cuts.empty());
}

void TestChartTools::cutAxisMapsBackAndForth()
{
    const AxisScale scale{{0, 1000}, false, {{10, 500}, {520, 900}}, 2};
    double before = -1;
    for (double value = 0; value <= 1000; value += 2.5) {
        const double part = scale.toUnit(value);
        QVERIFY(part > before);
        before = part;
        QVERIFY(std::abs(scale.fromUnit(part) - value) < 1e-6);
    }
    QCOMPARE(scale.toUnit(0), 0.0);
    QCOMPARE(scale.toUnit(1000), 1.0);
    // 134 of the 1000 units are left: 130 outside the cuts and 2 for each.
    QVERIFY(std::abs(scale.toUnit(10) - 10.0 / 134) < 1e-12);
    QVERIFY(std::abs(scale.toUnit(500) - 12.0 / 134) < 1e-12);
}

void TestChartTools::cutAxisWritesNoTimesIntoThePause()
{
    constexpr double kMonth = 30.0 * 86400;
    AxisScale scale{{kMorning, kMorning + kMonth + 60}, false, {}, 1};
    scale.cuts = {{kMorning + 30, kMorning + 30 + kMonth}};
    const auto ticks = clockTicks(scale, 8);
    QVERIFY(ticks.size() >= 4 && ticks.size() < 20); // a month of seconds would be millions
    for (const AxisTick& tick : ticks) {
        QVERIFY(tick.value <= kMorning + 30 || tick.value >= kMorning + 30 + kMonth);
    }
}

void TestChartTools::lineIsBrokenAtTheCut()
{
    SeriesData data;
    data.append(epochs(20, 10, 5000));
    DecimateRequest request;
    request.kind = XKind::WallClock;
    request.columns = 400;
    request.x = {{kMorning, kMorning + 5040}, false, {{kMorning + 19, kMorning + 5019}}, 1};
    const auto spans = decimate(data.segments()[0], 0, 20, request);
    QCOMPARE(spans.size(), std::size_t{20});
    for (std::size_t i = 0; i < spans.size(); ++i) {
        QCOMPARE(spans[i].isAfterGap, i == 10);
    }
}

void TestChartTools::pauseThatAnotherRunFillsIsNotCut()
{
    m_chart->setPoints("v", epochs(20, 10, 100));
    m_chart->setPauses("v", {{kMorning + 19, kMorning + 119}});
    m_chart->addLine({.id = "w", .name = "other"});
    auto other = epochs(20);
    for (ChartPoint& point : other) {
        point.wallSeconds += 40;
    }
    m_chart->append("w", other);
    m_chart->setXKind(XKind::WallClock);
    const auto& cuts = canvas()->scene().x.cuts;
    QCOMPARE(cuts.size(), std::size_t{2});
    QCOMPARE(cuts[0], (AxisCut{kMorning + 19, kMorning + 40}));
    QCOMPARE(cuts[1], (AxisCut{kMorning + 78, kMorning + 119}));
    m_chart->setLineVisible("w", false);
    QCOMPARE(canvas()->scene().x.cuts.size(), std::size_t{1});
}

void TestChartTools::everyResumeHasOneMark()
{
    const auto resumes = [this] {
        const auto marks = canvas()->scene().placedMarks();
        return std::count_if(marks.begin(), marks.end(), [](const PlacedMark& placed) {
            return placed.mark.kind == MarkKind::Resume;
        });
    };
    // A resume that loses no step: only the caller knows.
    m_chart->addMark("v", {MarkKind::Resume, {105, 10.5, 21, kNaN, kNaN}, "resumed"});
    QCOMPARE(resumes(), 1);
    // One that goes back is seen in the points, and told once.
    auto again = epochs(18);
    m_chart->append("v", std::span(again).subspan(15));
    QCOMPARE(resumes(), 2);
    m_chart->addMark("v", {MarkKind::Resume, {145, 14.5, 29, kNaN, kNaN}, "resumed"});
    QCOMPARE(resumes(), 2);
}

void TestChartTools::marksAtOnePlaceStandAboveEachOther()
{
    m_chart->addMark("v", {MarkKind::Pause, {100, 10, 20, kNaN, kNaN}, "paused"});
    m_chart->addMark("v", {MarkKind::Resume, {100, 10, 20, kNaN, kNaN}, "resumed"});
    m_chart->addMark("v", {MarkKind::Edit, {100, 10, 20, kNaN, kNaN}, "edited"});
    std::vector<double> heights;
    for (const MarkSpot& spot : markSpots(canvas()->scene(), canvas()->geometryNow())) {
        if (spot.placed.mark.kind != MarkKind::Best) {
            heights.push_back(spot.center.y());
        }
    }
    std::sort(heights.begin(), heights.end());
    QCOMPARE(heights.size(), std::size_t{3});
    QVERIFY(heights[1] - heights[0] > 10 && heights[2] - heights[1] > 10);
}

void TestChartTools::badValueOffersWhatThePageOffers()
{
    m_chart->addLine(
        {.id = "s", .name = "loss", .badValueAction = "Restart from epoch %1 at lr/10"});
    m_chart->append("s", epochs(8));
    m_chart->append("s", ChartPoint{75, 7.5, 15, kMorning + 15, kNaN});
    m_chart->fit();
    const auto spots = markSpots(canvas()->scene(), canvas()->geometryNow());
    const auto bad = std::find_if(spots.begin(), spots.end(), [](const MarkSpot& spot) {
        return spot.placed.mark.kind == MarkKind::NotANumber;
    });
    QVERIFY(bad != spots.end());
    QVERIFY(bad->placed.mark.text.contains("usual causes"));
    QSignalSpy asked(m_chart.get(), &LineChart::markActionRequested);
    QTest::mouseMove(canvas(), bad->center.toPoint());
    QVERIFY(canvas()->readout().markText.contains("Restart from epoch 7 at lr/10"));
    QTest::mouseClick(canvas(), Qt::LeftButton, Qt::NoModifier, bad->center.toPoint());
    QMenu* shown = menu("markMenu");
    QVERIFY(shown);
    QTest::keyClick(shown, Qt::Key_Down);
    QTest::keyClick(shown, Qt::Key_Return);
    QCOMPARE(asked.count(), 1);
    QCOMPARE(asked.at(0).at(0).toString(), QString("s"));
}

void TestChartTools::gapsOfMeasurementsAreNoFaults()
{
    m_chart->clear();
    m_chart->addLine({.id = "cpu", .name = "processor", .isSmoothable = false, .hasGaps = true});
    m_chart->setXKind(XKind::WallClock);
    std::vector<ChartPoint> points;
    for (int minute = 0; minute < 6; ++minute) {
        points.push_back({minute * 1.0, kNaN, kNaN, kMorning + minute * 60, minute < 4 && minute != 2 ? 10.0 : kNaN});
    }
    m_chart->setPoints("cpu", points);
    m_chart->fit();
    QVERIFY(markSpots(canvas()->scene(), canvas()->geometryNow()).empty());
    QVERIFY(m_chart->spokenSummary().contains("processor 10 at"));
    QCOMPARE(m_chart->tableModel()->index(2, 5).data().toString(), QString("–"));
    // The axis goes on to where nothing is known.
    QVERIFY(m_chart->xRange().high >= kMorning + 300);
}

void TestChartTools::axisShowsAtLeastWhatItIsToInclude()
{
    m_chart->clear();
    m_chart->addLine({.id = "cpu", .name = "processor"});
    m_chart->append("cpu", {1, 1, 1, kMorning, 1.5});
    m_chart->append("cpu", {2, 2, 2, kMorning + 1, 2.5});
    m_chart->setYIncluded({0, 100});
    m_chart->fit();
    QCOMPARE(m_chart->yRange(), (ChartRange{0, 100}));
    m_chart->append("cpu", {3, 3, 3, kMorning + 2, 130});
    m_chart->fit();
    QCOMPARE(m_chart->yRange().low, 0.0);
    QVERIFY(m_chart->yRange().high > 130);
}

void TestChartTools::clickOpensTheMenuOfTheLine()
{
    QTest::mouseClick(canvas(), Qt::LeftButton, Qt::NoModifier, pixelOf(5, 1.0 / 6));
    QTRY_VERIFY(menu("lineMenu"));
    menu("lineMenu")->close();
}

void TestChartTools::doubleClickOnALineFitsAndOpensNoMenu()
{
    canvas()->zoomX(0.5, 0.2);
    const QPoint at = pixelOf(4, 0.2);
    QTest::mouseClick(canvas(), Qt::LeftButton, Qt::NoModifier, at);
    QTest::mouseDClick(canvas(), Qt::LeftButton, Qt::NoModifier, at);
    QVERIFY(m_chart->isFollowing());
    QTest::qWait(300);
    QVERIFY(!menu("lineMenu"));
}

void TestChartTools::menuPinsCopiesAndHides()
{
    const auto open = [this] {
        QTest::mouseMove(canvas(), pixelOf(5, 1.0 / 6));
        QTest::mouseClick(canvas(), Qt::LeftButton, Qt::NoModifier, pixelOf(5, 1.0 / 6));
        QTRY_VERIFY(menu("lineMenu"));
    };
    open();
    choose("lineMenu", "pin");
    QCOMPARE(canvas()->scene().pins.size(), qsizetype{1});
    QCOMPARE(canvas()->scene().pins[0].point.value, 1.0 / 6);
    open();
    choose("lineMenu", "pin"); // once more takes it off
    QCOMPARE(canvas()->scene().pins.size(), qsizetype{0});
    open();
    choose("lineMenu", "copyName");
    QCOMPARE(QApplication::clipboard()->text(), QString("validation"));
    open();
    choose("lineMenu", "hide");
    QVERIFY(!m_chart->isLineVisible("v"));
}

void TestChartTools::menuOffersOnlyWhatThePageCanDo()
{
    QTest::mouseClick(canvas(), Qt::LeftButton, Qt::NoModifier, pixelOf(5, 1.0 / 6));
    QTRY_VERIFY(menu("lineMenu"));
    for (const char* name : {"open", "branch", "baseline"}) {
        QVERIFY(!menu("lineMenu")->findChild<QAction*>(name));
    }
    menu("lineMenu")->close();
    m_chart->addLine(
        {.id = "v", .name = "validation", .canOpen = true, .canBranch = true, .canBeBaseline = true});
    QSignalSpy opened(m_chart.get(), &LineChart::openRequested);
    QSignalSpy branched(m_chart.get(), &LineChart::branchRequested);
    QSignalSpy based(m_chart.get(), &LineChart::baselineRequested);
    for (const char* name : {"open", "branch", "baseline"}) {
        QTest::mouseClick(canvas(), Qt::LeftButton, Qt::NoModifier, pixelOf(5, 1.0 / 6));
        QTRY_VERIFY(menu("lineMenu"));
        choose("lineMenu", name);
    }
    QCOMPARE(opened.count(), 1);
    QCOMPARE(branched.count(), 1);
    QCOMPARE(branched.at(0).at(1).value<ChartPoint>().epoch, 5.0);
    QCOMPARE(based.count(), 1);
    QCOMPARE(based.at(0).at(1).toBool(), true);
}

void TestChartTools::legendOpensTheSameMenu()
{
    const auto buttons = m_chart->findChildren<QToolButton*>();
    const auto entry = std::find_if(buttons.begin(), buttons.end(), [](const QToolButton* button) {
        return button->text() == "validation";
    });
    QVERIFY(entry != buttons.end());
    emit(*entry)->customContextMenuRequested({4, 4});
    QVERIFY(menu("lineMenu"));
    menu("lineMenu")->close();
}

void TestChartTools::tableLeadsBackByItsKey()
{
    canvas()->setFocus();
    QTest::keyClick(canvas(), Qt::Key_T);
    QVERIFY(m_chart->isTableVisible());
    auto* table = m_chart->findChild<QTableView*>();
    QVERIFY(table->hasFocus() || !m_chart->isActiveWindow());
    QSignalSpy next(m_chart.get(), &LineChart::nextPanelRequested);
    QTest::keyClick(table, Qt::Key_BracketRight);
    QCOMPARE(next.count(), 1);
    QTest::keyClick(table, Qt::Key_T);
    QVERIFY(!m_chart->isTableVisible());
}

void TestChartTools::altKeepsFitAndBackToOneChart()
{
    QSignalSpy changed(m_chart.get(), &LineChart::xRangeChanged);
    QTest::keyClick(canvas(), Qt::Key_Plus, Qt::AltModifier);
    QTest::keyClick(canvas(), Qt::Key_Plus, Qt::AltModifier);
    QTest::keyClick(canvas(), Qt::Key_Backspace, Qt::AltModifier);
    QTest::keyClick(canvas(), Qt::Key_Home, Qt::AltModifier);
    QVERIFY(changed.count() >= 4);
    QVERIFY(std::none_of(changed.begin(), changed.end(), [](const QList<QVariant>& one) {
        return one.at(1).toBool();
    }));
    QTest::keyClick(canvas(), Qt::Key_Home);
    QVERIFY(changed.last().at(1).toBool());
}

void TestChartTools::logXListsWhatItCannotShow()
{
    QTest::keyClick(canvas(), Qt::Key_L, Qt::ShiftModifier);
    const auto labels = m_chart->findChildren<QLabel*>();
    QVERIFY(std::any_of(labels.begin(), labels.end(), [](const QLabel* label) {
        return label->isVisible() && label->text().contains("logarithmic X");
    }));
}

void TestChartTools::bandIsDrawnAndRead()
{
    const QImage before = m_chart->renderImage({500, 300}, 1);
    std::vector<BandPoint> band;
    for (const ChartPoint& point : epochs(21)) {
        band.push_back({point.value - 0.05, point.value + 0.4});
    }
    m_chart->setBand("v", band);
    m_chart->fit();
    QVERIFY(m_chart->yRange().high >= 1.4); // the band belongs to the picture
    QVERIFY(m_chart->renderImage({500, 300}, 1) != before);
    QTest::mouseMove(canvas(), pixelOf(5, 1.0 / 6));
    const Readout& readout = canvas()->readout();
    QCOMPARE(readout.rows.size(), qsizetype{1});
    QVERIFY(readout.rows[0].hasBand);
    QCOMPARE(readout.rows[0].band.high, 1.0 / 6 + 0.4);
}

void TestChartTools::hiddenMembersLeaveTheLegend()
{
    m_chart->addLine({.id = "m", .name = "member", .isVisible = false, .isListed = false});
    const auto buttons = m_chart->findChildren<QToolButton*>();
    QVERIFY(std::none_of(buttons.begin(), buttons.end(), [](const QToolButton* button) {
        return button->text() == "member";
    }));
}

void TestChartTools::snapshotHoldsItsMoment()
{
    const auto snapshot = m_chart->snapshot();
    m_chart->append("v", ChartPoint{500, 50, 100, kMorning, 7});
    m_chart->clear();
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    QVERIFY(snapshot.write(buffer, ExportFormat::Csv));
    QCOMPARE(buffer.data().count('\n'), qsizetype{22});
    QVERIFY(!buffer.data().contains(",7\r\n"));
}

void TestChartTools::snapshotIsWrittenByAnotherThread()
{
    const auto snapshot = m_chart->snapshot();
    QByteArray svg;
    QByteArray png;
    std::thread writer([&] {
        QBuffer drawing(&svg);
        drawing.open(QIODevice::WriteOnly);
        snapshot.write(drawing, ExportFormat::Svg);
        QBuffer picture(&png);
        picture.open(QIODevice::WriteOnly);
        snapshot.write(picture, ExportFormat::Png);
    });
    for (int i = 0; i < 200; ++i) {
        m_chart->append("v", ChartPoint{1000.0 + i, 100.0 + i, 200, kMorning, 0.5});
        m_chart->renderImage({200, 100}, 1);
    }
    writer.join();
    QVERIFY(svg.contains("<svg") && svg.contains("validation"));
    QVERIFY(!QImage::fromData(png).isNull());
}

void TestChartTools::cancelledExportEnds()
{
    m_chart->setPoints("v", epochs(50000));
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    int asked = 0;
    QVERIFY(!m_chart->snapshot().write(buffer, ExportFormat::Csv, [&](double fraction) {
        ++asked;
        return fraction < 0.3;
    }));
    QVERIFY(asked >= 2 && asked < 5);
}

void TestChartTools::fullDeviceIsNotASuccess()
{
    class FullDevice : public QIODevice {
      protected:
        qint64 readData(char*, qint64) override { return -1; }
        qint64 writeData(const char*, qint64) override { return -1; }
    };
    FullDevice device;
    device.open(QIODevice::WriteOnly | QIODevice::Unbuffered);
    QVERIFY(!m_chart->snapshot().write(device, ExportFormat::Csv));
    QVERIFY(!m_chart->snapshot().write(device, ExportFormat::Png));
}

void TestChartTools::pictureNamesItsLines()
{
    const QImage plot = m_chart->snapshot({600, 300}).plotImage(1);
    const QImage whole = m_chart->snapshot({600, 300}).image(1);
    QVERIFY(whole.height() > plot.height() + 20);
    QCOMPARE(whole.width(), 600);
}

QTEST_MAIN(TestChartTools)
#include "tst_chart_tools.moc"
