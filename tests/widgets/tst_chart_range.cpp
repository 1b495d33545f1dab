#include <algorithm>
#include <cmath>

#include <QLabel>
#include <QTest>

#include "tests/widgets/chart_fixture.h"
#include "widgets/chart/range_readout.h"

using namespace ty::widgets;

class TestChartRange : public ChartFixture {
    Q_OBJECT

  private slots:
    void rangeKeyShowsFobsOnRealPoints();
    void fobsArePainted();
    void rangeOfFreshPointsIsAQuarterIn();
    void rangeTellsStartEndChangeAndSlope();
    void draggedFobMovesToTheNearestPoint();
    void controlArrowsMoveFobsPointByPoint();
    void rangeIsNotZoomedByDraggingAFob();
};

void TestChartRange::rangeKeyShowsFobsOnRealPoints()
{
    QTest::keyClick(canvas(), Qt::Key_R);
    QVERIFY(m_chart->isRangeShown());
    for (const double place : *canvas()->scene().fobs) {
        QCOMPARE(place, std::round(place));
    }
    QTest::keyClick(canvas(), Qt::Key_R);
    QVERIFY(!m_chart->isRangeShown());
}

void TestChartRange::fobsArePainted()
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

void TestChartRange::rangeOfFreshPointsIsAQuarterIn()
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

void TestChartRange::rangeTellsStartEndChangeAndSlope()
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

void TestChartRange::draggedFobMovesToTheNearestPoint()
{
    m_chart->setRangeShown(true);
    const double from = (*canvas()->scene().fobs)[1];
    QTest::mousePress(canvas(), Qt::LeftButton, Qt::NoModifier, pixelOf(from, 0.5));
    QTest::mouseMove(canvas(), pixelOf(11, 0.5));
    QTest::mouseMove(canvas(), pixelOf(11.8, 0.5));
    QTest::mouseRelease(canvas(), Qt::LeftButton, Qt::NoModifier, pixelOf(12.2, 0.5));
    QCOMPARE((*canvas()->scene().fobs)[1], 12.0);
}

void TestChartRange::controlArrowsMoveFobsPointByPoint()
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

void TestChartRange::rangeIsNotZoomedByDraggingAFob()
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

QTEST_MAIN(TestChartRange)
#include "tst_chart_range.moc"
