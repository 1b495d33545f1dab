#include <algorithm>
#include <vector>

#include <QLabel>
#include <QMenu>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QToolButton>

#include "tests/widgets/chart_fixture.h"
#include "widgets/chart/mark_painter.h"

using namespace ty::widgets;

class TestChartTools : public ChartFixture {
    Q_OBJECT

  private slots:
    void marksAtOnePlaceStandAboveEachOther();
    void badValueOffersWhatThePageOffers();
    void gapsOfMeasurementsAreNoFaults();
    void axisShowsAtLeastWhatItIsToInclude();
    void tableLeadsBackByItsKey();
    void altKeepsFitAndBackToOneChart();
    void logXListsWhatItCannotShow();
    void bandIsDrawnAndRead();
    void hiddenMembersLeaveTheLegend();
};

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

QTEST_MAIN(TestChartTools)
#include "tst_chart_tools.moc"
