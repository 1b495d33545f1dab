#include <algorithm>
#include <cmath>

#include <QTest>

#include "tests/widgets/chart_fixture.h"
#include "widgets/chart/decimator.h"
#include "widgets/chart/mark_painter.h"

using namespace ty::widgets;

class TestChartPauses : public ChartFixture {
    Q_OBJECT

  private slots:
    void wallClockLeavesPausesOut();
    void cutAxisMapsBackAndForth();
    void cutAxisWritesNoTimesIntoThePause();
    void lineIsBrokenAtTheCut();
    void pauseThatAnotherRunFillsIsNotCut();
    void everyResumeHasOneMark();
};

void TestChartPauses::wallClockLeavesPausesOut()
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

void TestChartPauses::cutAxisMapsBackAndForth()
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

void TestChartPauses::cutAxisWritesNoTimesIntoThePause()
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

void TestChartPauses::lineIsBrokenAtTheCut()
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

void TestChartPauses::pauseThatAnotherRunFillsIsNotCut()
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

void TestChartPauses::everyResumeHasOneMark()
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

QTEST_MAIN(TestChartPauses)
#include "tst_chart_pauses.moc"
