#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QElapsedTimer>
#include <QLabel>
#include <QMouseEvent>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

#include "widgets/chart/chart_canvas.h"
#include "widgets/chart/chart_group.h"
#include "widgets/chart/line_chart.h"
#include "widgets/theme/apply_theme.h"
#include "widgets/theme/palette.h"

using namespace ty::widgets;

namespace {

std::vector<ChartPoint> falling(int count)
{
    std::vector<ChartPoint> points;
    for (int i = 0; i < count; ++i) {
        points.push_back({i * 10.0, i * 1.0, i * 2.0, 1.7e9 + i * 2, 1.0 / (i + 1)});
    }
    return points;
}

} // namespace

class TestLineChart : public QObject {
    Q_OBJECT

  private slots:
    void init();
    void cleanup() { m_chart.reset(); }

    void followingFitsWhatArrives();
    void wheelZoomsAtThePointerAndEndsFollowing();
    void controlWheelZoomsY();
    void rubberBandZoomsToItsBox();
    void shiftDragPans();
    void doubleClickAndHomeFit();
    void backspaceGoesToTheZoomBefore();
    void followPillGoesOnFollowing();
    void keysToggleWhatTheySay();
    void hoverSnapsToTheRealPoint();
    void hoverFindsTheSpikeAmongNeighbours();
    void clickOnALineTellsWhich();
    void clickBesideLinesTellsNothing();
    void logAxisListsWhatItCannotShow();
    void tableHasEveryPoint();
    void tableFollowsNewPoints();
    void csvEqualsTheData();
    void copyPutsTabsOnTheClipboard();
    void svgAndPngShowTheLine();
    void summaryNamesLastAndBest();
    void pausedDrawingKeepsPoints();
    void groupLinksXUnlessAlt();
    void groupLeavesOtherAxesAlone();
    void drawingIsHeldToTenASecond();
    void smoothingNeverTouchesExcludedLines();
    void smoothingMillionsComesInSteps();

  private:
    ChartCanvas* canvas() const { return static_cast<ChartCanvas*>(m_chart->canvas()); }
    QPointF pixelOf(double step, double value) const
    {
        const ChartGeometry g = canvas()->geometryNow();
        return {g.toX(canvas()->scene(), step), g.toY(canvas()->scene(), value)};
    }
    void wheel(const QPointF& at, int delta, Qt::KeyboardModifiers modifiers = Qt::NoModifier);
    void mouse(
        QEvent::Type type,
        const QPointF& at,
        Qt::MouseButton button,
        Qt::KeyboardModifiers modifiers = Qt::NoModifier);
    void
    drag(const QPointF& from, const QPointF& to, Qt::KeyboardModifiers modifiers = Qt::NoModifier);

    std::unique_ptr<LineChart> m_chart;
};

void TestLineChart::init()
{
    applyTheme(*qApp, Theme::Light);
    m_chart = std::make_unique<LineChart>();
    m_chart->resize(700, 420);
    m_chart->setTitle("Loss");
    m_chart->addLine({.id = "t", .name = "training"});
    m_chart->addLine({.id = "v", .name = "validation", .better = Better::Lower});
    m_chart->append("t", falling(21));
    m_chart->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_chart.get()));
    m_chart->fit();
}

void TestLineChart::wheel(const QPointF& at, int delta, Qt::KeyboardModifiers modifiers)
{
    QWheelEvent event(
        at,
        canvas()->mapToGlobal(at),
        {},
        {0, delta},
        Qt::NoButton,
        modifiers,
        Qt::NoScrollPhase,
        false);
    QApplication::sendEvent(canvas(), &event);
}

void TestLineChart::mouse(
    QEvent::Type type, const QPointF& at, Qt::MouseButton button, Qt::KeyboardModifiers modifiers)
{
    const Qt::MouseButtons held =
        type == QEvent::MouseButtonRelease ? Qt::NoButton : Qt::MouseButtons(button);
    QMouseEvent event(
        type,
        at,
        canvas()->mapToGlobal(at),
        type == QEvent::MouseMove ? Qt::NoButton : button,
        held,
        modifiers);
    QApplication::sendEvent(canvas(), &event);
}

void TestLineChart::drag(const QPointF& from, const QPointF& to, Qt::KeyboardModifiers modifiers)
{
    mouse(QEvent::MouseButtonPress, from, Qt::LeftButton, modifiers);
    mouse(QEvent::MouseMove, (from + to) / 2, Qt::LeftButton, modifiers);
    mouse(QEvent::MouseMove, to, Qt::LeftButton, modifiers);
    mouse(QEvent::MouseButtonRelease, to, Qt::LeftButton, modifiers);
}

void TestLineChart::followingFitsWhatArrives()
{
    QVERIFY(m_chart->isFollowing());
    m_chart->append("v", ChartPoint{400, 40, 80, 1.7e9, 3.0});
    QTRY_VERIFY(m_chart->xRange().high >= 400);
    QVERIFY(m_chart->yRange().high >= 3);
}

void TestLineChart::wheelZoomsAtThePointerAndEndsFollowing()
{
    QSignalSpy spy(m_chart.get(), &LineChart::followingChanged);
    const QPointF at = pixelOf(150, 0.5);
    const ChartRange before = m_chart->xRange();
    wheel(at, 240);
    const ChartRange after = m_chart->xRange();
    QVERIFY(std::abs((after.high - after.low) / (before.high - before.low) - 0.64) < 1e-9);
    QVERIFY(std::abs(canvas()->geometryNow().fromX(canvas()->scene(), at.x()) - 150) < 0.01);
    QVERIFY(!m_chart->isFollowing());
    QCOMPARE(spy.count(), 1);
    m_chart->append("t", ChartPoint{5000, 1, 1, 1, 0});
    QTest::qWait(150);
    QCOMPARE(m_chart->xRange(), after); // the picture is not pulled away
}

void TestLineChart::controlWheelZoomsY()
{
    const ChartRange x = m_chart->xRange();
    const ChartRange y = m_chart->yRange();
    wheel(pixelOf(100, 0.5), 120, Qt::ControlModifier);
    QCOMPARE(m_chart->xRange(), x);
    QVERIFY(
        std::abs((m_chart->yRange().high - m_chart->yRange().low) / (y.high - y.low) - 0.8) < 1e-9);
}

void TestLineChart::rubberBandZoomsToItsBox()
{
    drag(pixelOf(50, 0.8), pixelOf(120, 0.2));
    QVERIFY(std::abs(m_chart->xRange().low - 50) < 1);
    QVERIFY(std::abs(m_chart->xRange().high - 120) < 1);
    QVERIFY(std::abs(m_chart->yRange().low - 0.2) < 0.01);
    QVERIFY(std::abs(m_chart->yRange().high - 0.8) < 0.01);
}

void TestLineChart::shiftDragPans()
{
    const ChartRange before = m_chart->xRange();
    drag(pixelOf(100, 0.5), pixelOf(60, 0.5), Qt::ShiftModifier);
    QVERIFY(std::abs(m_chart->xRange().low - before.low - 40) < 0.5);
    QVERIFY(
        std::abs((m_chart->xRange().high - m_chart->xRange().low) - (before.high - before.low)) <
        1e-9);
    QTest::keyClick(canvas(), Qt::Key_Backspace);
    QCOMPARE(m_chart->xRange(), before);
}

void TestLineChart::doubleClickAndHomeFit()
{
    const ChartRange fitted = m_chart->xRange();
    wheel(pixelOf(100, 0.5), 360);
    QTest::mouseDClick(canvas(), Qt::LeftButton, {}, pixelOf(100, 0.5).toPoint());
    QCOMPARE(m_chart->xRange(), fitted);
    wheel(pixelOf(100, 0.5), 360);
    QTest::keyClick(canvas(), Qt::Key_Home);
    QCOMPARE(m_chart->xRange(), fitted);
    QVERIFY(m_chart->isFollowing());
}

void TestLineChart::backspaceGoesToTheZoomBefore()
{
    const ChartRange first = m_chart->xRange();
    QTest::keyClick(canvas(), Qt::Key_Plus);
    const ChartRange second = m_chart->xRange();
    QTest::keyClick(canvas(), Qt::Key_Plus);
    QTest::keyClick(canvas(), Qt::Key_Backspace);
    QCOMPARE(m_chart->xRange(), second);
    QTest::keyClick(canvas(), Qt::Key_Backspace);
    QCOMPARE(m_chart->xRange(), first);
    QVERIFY(m_chart->isFollowing());
    QTest::keyClick(canvas(), Qt::Key_Backspace); // nothing before: no harm
    QCOMPARE(m_chart->xRange(), first);
}

void TestLineChart::followPillGoesOnFollowing()
{
    auto* pill = canvas()->findChild<QPushButton*>();
    QVERIFY(pill && !pill->isVisible());
    QTest::keyClick(canvas(), Qt::Key_Right);
    QVERIFY(pill->isVisible());
    QTest::mouseClick(pill, Qt::LeftButton);
    QVERIFY(m_chart->isFollowing());
    QVERIFY(!pill->isVisible());
}

void TestLineChart::keysToggleWhatTheySay()
{
    QTest::keyClick(canvas(), Qt::Key_L);
    QVERIFY(m_chart->isLogY() && !m_chart->isLogX());
    QTest::keyClick(canvas(), Qt::Key_L, Qt::ShiftModifier);
    QVERIFY(m_chart->isLogX());
    QVERIFY(m_chart->xRange().low > 0);
    QTest::keyClick(canvas(), Qt::Key_S);
    QCOMPARE(m_chart->smoothing(), 0.6);
    QTest::keyClick(canvas(), Qt::Key_S);
    QCOMPARE(m_chart->smoothing(), 0.0);
    QTest::keyClick(canvas(), Qt::Key_O);
    QVERIFY(m_chart->areOutliersClipped());
    QTest::keyClick(canvas(), Qt::Key_G);
    QVERIFY(!m_chart->isGridVisible());
    QTest::keyClick(canvas(), Qt::Key_T);
    QVERIFY(m_chart->isTableVisible());
    m_chart->setTableVisible(false);
    QTest::keyClick(canvas(), Qt::Key_Space);
    QVERIFY(m_chart->isDrawingPaused());
    QSignalSpy full(m_chart.get(), &LineChart::fullScreenRequested);
    QTest::keyClick(canvas(), Qt::Key_F);
    QCOMPARE(full.count(), 1);
}

void TestLineChart::hoverSnapsToTheRealPoint()
{
    mouse(QEvent::MouseMove, pixelOf(33.0, 0.25), Qt::NoButton);
    const Readout& readout = canvas()->readout();
    QCOMPARE(readout.rows.size(), 1); // the validation line has no points
    QCOMPARE(readout.rows[0].point.step, 30.0);
    QCOMPARE(readout.rows[0].point.value, 0.25);
    m_chart->append("v", ChartPoint{30, 3, 6, 1.7e9, 0.9});
    m_chart->append("v", ChartPoint{40, 4, 8, 1.7e9, 0.7});
    m_chart->fit();
    mouse(QEvent::MouseMove, pixelOf(31.0, 0.85), Qt::NoButton);
    QCOMPARE(canvas()->readout().rows[0].line, std::size_t(1)); // nearest first
    QVERIFY(std::abs(canvas()->readout().rows[0].toBest - 0.2) < 1e-12);
    QCOMPARE(canvas()->readout().rows[1].point.value, 0.25);
}

void TestLineChart::hoverFindsTheSpikeAmongNeighbours()
{
    std::vector<ChartPoint> points;
    for (int i = 0; i < 100'000; ++i) {
        points.push_back(
            {static_cast<double>(i), 0, 0, 0, i == 51'234 ? 9.0 : 1.0 + 0.001 * (i % 7)});
    }
    m_chart->setPoints("t", points);
    m_chart->fit();
    mouse(QEvent::MouseMove, pixelOf(51'300, 8.8), Qt::NoButton);
    QCOMPARE(canvas()->readout().rows[0].point.step, 51'234.0);
    QCOMPARE(canvas()->readout().rows[0].point.value, 9.0);
}

void TestLineChart::clickOnALineTellsWhich()
{
    QSignalSpy spy(m_chart.get(), &LineChart::lineClicked);
    QTest::mouseClick(canvas(), Qt::LeftButton, {}, pixelOf(50, 1.0 / 6).toPoint());
    QCOMPARE(spy.count(), 1);
    QCOMPARE(spy[0][0].toString(), QStringLiteral("t"));
}

void TestLineChart::clickBesideLinesTellsNothing()
{
    QSignalSpy spy(m_chart.get(), &LineChart::lineClicked);
    QTest::mouseClick(canvas(), Qt::LeftButton, {}, pixelOf(150, 0.9).toPoint());
    QCOMPARE(spy.count(), 0);
}

void TestLineChart::logAxisListsWhatItCannotShow()
{
    m_chart->append("t", ChartPoint{210, 21, 42, 0, -0.5});
    m_chart->setLogY(true);
    const auto labels = m_chart->findChildren<QLabel*>();
    const auto note = std::find_if(labels.begin(), labels.end(), [](const QLabel* label) {
        return label->text().contains(QStringLiteral("≤ 0")) && label->isVisible();
    });
    QVERIFY(note != labels.end());
    QVERIFY((*note)->text().contains(QLatin1Char('1')));
    QVERIFY((*note)->toolTip().contains(QStringLiteral("training")));
    QVERIFY((*note)->toolTip().contains(QStringLiteral("210")));
    QVERIFY(m_chart->yRange().low > 0);
}

void TestLineChart::tableHasEveryPoint()
{
    QAbstractItemModel* model = m_chart->tableModel();
    QAbstractItemModelTester tester(model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QCOMPARE(model->rowCount(), 21);
    QCOMPARE(model->index(3, 0).data().toString(), QStringLiteral("training"));
    QCOMPARE(model->index(3, 1).data(Qt::EditRole).toDouble(), 30.0);
    QCOMPARE(model->index(3, 5).data(Qt::EditRole).toDouble(), 0.25);
    m_chart->setLineVisible("t", false);
    QCOMPARE(m_chart->tableModel()->rowCount(), 0);
}

void TestLineChart::tableFollowsNewPoints()
{
    m_chart->append("v", falling(3));
    m_chart->setTableVisible(true);
    QAbstractItemModel* model = m_chart->tableModel();
    QAbstractItemModelTester tester(model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QCOMPARE(model->rowCount(), 24);
    QSignalSpy inserted(model, &QAbstractItemModel::rowsInserted);
    m_chart->append("t", ChartPoint{210, 21, 42, 0, 0.04});
    QTRY_COMPARE(model->rowCount(), 25);
    QCOMPARE(inserted.count(), 1);
    QCOMPARE(inserted[0][1].toInt(), 21); // after the other training points, before validation
    QCOMPARE(model->index(21, 5).data(Qt::EditRole).toDouble(), 0.04);
    QCOMPARE(model->index(22, 0).data().toString(), QStringLiteral("validation"));
    QVERIFY(model->index(24, 7).data().toString().contains(QStringLiteral("★")));
}

void TestLineChart::csvEqualsTheData()
{
    m_chart->addLine({.id = "odd", .name = "a \"quoted\", name"});
    m_chart->append("odd", ChartPoint{1, 0.1, std::nan(""), std::nan(""), 0.1 + 0.2});
    const QStringList rows = m_chart->toCsv().split(QStringLiteral("\r\n"), Qt::SkipEmptyParts);
    QCOMPARE(rows.size(), 1 + 21 + 1);
    QCOMPARE(rows[0], QStringLiteral("line,step,epoch,elapsed_seconds,wall_seconds,value"));
    const auto points = falling(21);
    for (std::size_t i = 0; i < points.size(); ++i) {
        const QStringList cells = rows[static_cast<qsizetype>(i) + 1].split(QLatin1Char(','));
        QCOMPARE(cells[0], QStringLiteral("training"));
        QCOMPARE(cells[1].toDouble(), points[i].step);
        QCOMPARE(cells[3].toDouble(), points[i].elapsedSeconds);
        QCOMPARE(cells[5].toDouble(), points[i].value); // to the last bit
    }
    QCOMPARE(rows.last(), QStringLiteral("\"a \"\"quoted\"\", name\",1,0.1,,,0.30000000000000004"));
}

void TestLineChart::copyPutsTabsOnTheClipboard()
{
    QTest::keyClick(canvas(), Qt::Key_C, Qt::ControlModifier);
    const QString text = QApplication::clipboard()->text();
    QCOMPARE(text.count(QLatin1Char('\n')), 22);
    QVERIFY(text.contains(QStringLiteral("training\t30\t3\t6\t")));
}

void TestLineChart::svgAndPngShowTheLine()
{
    const QByteArray svg = m_chart->toSvg({640, 360});
    QVERIFY(svg.contains("<svg"));
    QVERIFY(svg.contains(colorsOf(Theme::Light).series[0].name().toLatin1()));
    const QImage image = m_chart->renderImage({640, 360}, 2);
    QCOMPARE(image.size(), QSize(1280, 720));
    int inked = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            inked += image.pixelColor(x, y) == colorsOf(Theme::Light).series[0] ? 1 : 0;
        }
    }
    QVERIFY(inked > 500);
    QVERIFY(m_chart->exportBytes(ExportFormat::Png).startsWith("\x89PNG"));
}

void TestLineChart::summaryNamesLastAndBest()
{
    m_chart->append("v", ChartPoint{10, 5, 0, 0, 0.19});
    m_chart->append("v", ChartPoint{20, 6, 0, 0, 0.25});
    const QString summary = m_chart->spokenSummary();
    QVERIFY2(
        summary.contains(QStringLiteral("validation 0.2500, best 0.1900 at epoch 5")),
        qPrintable(summary));
    QTRY_COMPARE(canvas()->accessibleDescription(), summary);
}

void TestLineChart::pausedDrawingKeepsPoints()
{
    m_chart->setDrawingPaused(true);
    const ChartRange before = m_chart->xRange();
    m_chart->append("t", ChartPoint{900, 1, 1, 1, 1});
    QTest::qWait(150);
    QCOMPARE(m_chart->xRange(), before);
    QCOMPARE(m_chart->pointCount("t"), 22);
    m_chart->setDrawingPaused(false);
    QVERIFY(m_chart->xRange().high >= 900);
}

void TestLineChart::groupLinksXUnlessAlt()
{
    LineChart other;
    other.addLine({.id = "a", .name = "accuracy"});
    other.append("a", falling(21));
    ChartGroup group;
    group.add(m_chart.get());
    group.add(&other);
    wheel(pixelOf(100, 0.5), 120);
    QCOMPARE(other.xRange(), m_chart->xRange());
    const ChartRange linked = other.xRange();
    wheel(pixelOf(100, 0.5), 120, Qt::AltModifier);
    QCOMPARE(other.xRange(), linked);
    QVERIFY(m_chart->xRange() != linked);
    m_chart->fit();
    QVERIFY(other.isFollowing());
}

void TestLineChart::groupLeavesOtherAxesAlone()
{
    LineChart other;
    other.setXKind(XKind::Epoch);
    other.addLine({.id = "a", .name = "accuracy"});
    other.append("a", falling(21));
    other.fit();
    ChartGroup group;
    group.add(m_chart.get());
    group.add(&other);
    const ChartRange before = other.xRange();
    wheel(pixelOf(100, 0.5), 120);
    QCOMPARE(other.xRange(), before);
}

void TestLineChart::drawingIsHeldToTenASecond()
{
    QTest::qWait(150);
    QSignalSpy refreshed(canvas(), &ChartCanvas::refreshed);
    QElapsedTimer timer;
    timer.start();
    int added = 0;
    while (timer.elapsed() < 550) {
        m_chart->append("t", ChartPoint{300.0 + added++, 1, 1, 1, 0.5});
        QCoreApplication::processEvents(QEventLoop::AllEvents, 1);
    }
    QVERIFY(added > 20);
    QVERIFY2(
        refreshed.count() <= 7 && refreshed.count() >= 1,
        qPrintable(QString::number(refreshed.count())));
}

void TestLineChart::smoothingMillionsComesInSteps()
{
    SeriesData data;
    for (int i = 0; i < 1'000'000; ++i) {
        data.append({double(i), double(i), double(i), double(i), double(i % 7)});
    }
    ChartScene scene;
    for (int i = 0; i < 5; ++i) {
        scene.lines.emplace_back().setData(data);
    }
    scene.smoothing = 0.6;
    int steps = 1;
    while (!scene.prepare()) {
        ++steps;
        QVERIFY(scene.isSmoothed(scene.lines.front()));
        QVERIFY(!scene.isSmoothed(scene.lines.back()));
    }
    QCOMPARE(steps, 3);
    QVERIFY(scene.isSmoothed(scene.lines.back()));
    scene.lines.back().edit().append({1e6, 1e6, 1e6, 1e6, 3}); // one more is no work
    QVERIFY(scene.prepare());
    QVERIFY(scene.isSmoothed(scene.lines.back()));
}

void TestLineChart::smoothingNeverTouchesExcludedLines()
{
    m_chart->addLine({.id = "t", .name = "training", .isSmoothable = false});
    m_chart->setSmoothing(0.9);
    mouse(QEvent::MouseMove, pixelOf(30, 0.25), Qt::NoButton);
    QVERIFY(std::isnan(canvas()->readout().rows[0].smoothed));
}

QTEST_MAIN(TestLineChart)
#include "tst_line_chart.moc"
