#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <QElapsedTimer>
#include <QRandomGenerator>
#include <QTest>

#include "widgets/chart/series_data.h"

using namespace ty::widgets;

class TestSeriesData : public QObject {
    Q_OBJECT

  private slots:
    void columnsReturnWhatWentIn_data();
    void columnsReturnWhatWentIn();
    void evenColumnsCostAlmostNothing();
    void averageFollowsItsDefinition();
    void averagePassesOverNan();
    void averageIsTheSameForAnyBlock();
    void averageGoesOnAfterAResume();
    void goingBackDimsTheOldTail();
    void bestIsAmongLivePoints();
    void nearestIsARealPoint();
    void badValuesAreListed();
    void copyStaysAsItWas();
    void goingOnAfterACopyCostsWhatIsNew();
    void pointsCostLittleMemory();
};

void TestSeriesData::columnsReturnWhatWentIn_data()
{
    QTest::addColumn<QList<double>>("values");
    QList<double> even;
    QList<double> jittered;
    QList<double> wild;
    QList<double> unknown;
    QRandomGenerator random(7);
    for (int i = 0; i < 9000; ++i) {
        even.append(i * 10);
        jittered.append((jittered.isEmpty() ? 0 : jittered.last()) + 1 + random.bounded(3));
        wild.append(std::pow(1.004, i) * 1e3 + 1.0 / 3);
        unknown.append(std::nan(""));
    }
    QTest::newRow("even steps") << even;
    QTest::newRow("whole steps with jitter") << jittered;
    QTest::newRow("no pattern") << wild;
    QTest::newRow("unknown") << unknown;
}

void TestSeriesData::columnsReturnWhatWentIn()
{
    QFETCH(QList<double>, values);
    CompactColumn column;
    for (const double value : values) {
        column.append(value);
    }
    QCOMPARE(column.size(), static_cast<std::size_t>(values.size()));
    for (qsizetype i = 0; i < values.size(); ++i) {
        const double got = column.at(static_cast<std::size_t>(i));
        QVERIFY(got == values[i] || (std::isnan(got) && std::isnan(values[i])));
    }
    if (std::isnan(values.first())) {
        return;
    }
    for (const double probe :
         {values[0] - 1,
          values[0],
          values[17] + 0.1,
          values[4096],
          values[8000] - 0.2,
          values.last() + 5}) {
        const auto expected =
            std::lower_bound(values.begin() + 3, values.end() - 3, probe) - values.begin();
        QCOMPARE(
            column.lowerBound(probe, 3, column.size() - 3), static_cast<std::size_t>(expected));
    }
}

void TestSeriesData::evenColumnsCostAlmostNothing()
{
    CompactColumn column;
    for (int i = 0; i < 1'000'000; ++i) {
        column.append(i);
    }
    QVERIFY(column.byteCount() < 100'000);
}

void TestSeriesData::averageFollowsItsDefinition()
{
    MovingAverage average;
    // By hand: the sum of weighted values over 1 - 0.5^n.
    QCOMPARE(average.add(0.5, 4), 4.0);
    QCOMPARE(average.add(0.5, 2), (0.25 * 4 + 0.5 * 2) / 0.75);
    QCOMPARE(average.add(0.5, 1), (0.125 * 4 + 0.25 * 2 + 0.5 * 1) / 0.875);
    MovingAverage none;
    QCOMPARE(none.add(0, 7), 7.0);
    QCOMPARE(none.add(0, 9), 9.0);
}

void TestSeriesData::averagePassesOverNan()
{
    MovingAverage with;
    MovingAverage without;
    with.add(0.9, 1);
    with.add(0.9, std::nan(""));
    with.add(0.9, std::numeric_limits<double>::infinity());
    without.add(0.9, 1);
    QCOMPARE(with.add(0.9, 3), without.add(0.9, 3));
}

void TestSeriesData::averageIsTheSameForAnyBlock()
{
    SeriesData data;
    std::mt19937 random(3);
    std::normal_distribution<double> noise;
    MovingAverage average;
    std::vector<double> expected;
    for (int i = 0; i < 1000; ++i) {
        const double value = noise(random);
        expected.push_back(average.add(0.97, value));
        data.append({static_cast<double>(i), 0, 0, 0, value});
        if (i % 100 == 37) {
            data.ensureSmoothed(0.97); // bit by bit, as points arrive
        }
    }
    data.ensureSmoothed(0.5);
    data.ensureSmoothed(0.97);
    const SeriesSegment& segment = data.segments().front();
    for (std::size_t i = 0; i < expected.size(); ++i) {
        QVERIFY(std::abs(segment.smoothed(i) - expected[i]) < 1e-12);
    }
    const Extent extent = segment.extent(5, 777, true);
    QCOMPARE(extent.min, *std::min_element(expected.begin() + 5, expected.begin() + 777));
    QCOMPARE(extent.max, *std::max_element(expected.begin() + 5, expected.begin() + 777));
}

void TestSeriesData::averageGoesOnAfterAResume()
{
    SeriesData resumed;
    SeriesData straight;
    for (int i = 0; i < 100; ++i) {
        resumed.append({static_cast<double>(i), 0, 0, 0, std::sin(i)});
    }
    for (int i = 60; i < 120; ++i) {
        resumed.append({static_cast<double>(i), 0, 0, 0, std::sin(i)});
    }
    for (int i = 0; i < 120; ++i) {
        straight.append({static_cast<double>(i), 0, 0, 0, std::sin(i)});
    }
    resumed.ensureSmoothed(0.8);
    straight.ensureSmoothed(0.8);
    QVERIFY(
        std::abs(resumed.segments()[1].smoothed(50) - straight.segments()[0].smoothed(110)) <
        1e-12);
}

void TestSeriesData::goingBackDimsTheOldTail()
{
    SeriesData data;
    for (const double step : {0, 10, 20, 30, 40, 20, 30, 40, 50}) {
        data.append({step, 0, 0, 0, step});
    }
    QCOMPARE(data.segments().size(), std::size_t(2));
    QCOMPARE(data.segments()[0].liveEnd(), std::size_t(2));
    QCOMPARE(data.segments()[1].liveEnd(), std::size_t(4));
    QCOMPARE(data.size(), std::size_t(9));
    QCOMPARE(data.at(data.placeOf(5)).step, 20.0);
}

void TestSeriesData::bestIsAmongLivePoints()
{
    SeriesData data;
    QVERIFY(!data.best(Better::Lower));
    data.append({0, 1, 0, 0, 3});
    data.append({1, 2, 0, 0, std::nan("")});
    data.append({2, 3, 0, 0, 1});
    QCOMPARE(data.at(*data.best(Better::Lower)).value, 1.0);
    QCOMPARE(data.at(*data.best(Better::Higher)).value, 3.0);
    QVERIFY(!data.best(Better::None));
    data.append({1, 2, 0, 0, 2}); // resumed before the 1 was reached: it no longer counts
    QCOMPARE(data.at(*data.best(Better::Lower)).value, 2.0);
}

void TestSeriesData::nearestIsARealPoint()
{
    SeriesData data;
    QVERIFY(!data.nearest(XKind::Step, 3));
    for (int i = 0; i < 100; ++i) {
        data.append({i * 3.0, i * 0.5, i * 0.1, std::nan(""), static_cast<double>(i)});
    }
    QCOMPARE(data.at(*data.nearest(XKind::Step, 31.4)).step, 30.0);
    QCOMPARE(data.at(*data.nearest(XKind::Step, 31.6)).step, 33.0);
    QCOMPARE(data.at(*data.nearest(XKind::Step, -100)).step, 0.0);
    QCOMPARE(data.at(*data.nearest(XKind::Step, 1e9)).step, 297.0);
    QCOMPARE(data.at(*data.nearest(XKind::Epoch, 7.1)).epoch, 7.0);
    QVERIFY(!data.nearest(XKind::WallClock, 5));
}

void TestSeriesData::badValuesAreListed()
{
    SeriesData data;
    data.append({0, 0, 0, 0, -1});
    data.append({1, 0, 0, 0, std::nan("")});
    data.append({2, 0, 0, 0, std::numeric_limits<double>::infinity()});
    data.append({3, 0, 0, 0, 0});
    QCOMPARE(data.notFiniteCount(), std::size_t(2));
    QCOMPARE(data.notFinite()[1], (PointPlace{0, 2}));
    QCOMPARE(data.notPositiveCount(), std::size_t(2));
}

void TestSeriesData::copyStaysAsItWas()
{
    SeriesData data;
    for (int i = 0; i < 5000; ++i) {
        // Uneven times, so that columns hold offsets and exact numbers too.
        data.append({double(i), i * 0.1 + (i % 7) * 1e-3, i * 1.1, 1.7e9 + i * i * 0.01, std::sin(i * 0.1)});
    }
    data.ensureSmoothed(0.6);
    const SeriesData copy = data;
    const std::vector<ChartPoint> before = copy.points();
    for (int i = 4990; i < 8000; ++i) { // goes back ten steps, as a resumed run does
        data.append({double(i), i * 0.1, i * 1.1, 1.7e9 + i * i * 0.01, 99});
    }
    data.ensureSmoothed(0.6);
    QCOMPARE(copy.size(), std::size_t{5000});
    QCOMPARE(copy.segments().size(), std::size_t{1});
    QCOMPARE(copy.segments().front().liveEnd(), std::size_t{5000});
    QVERIFY(copy.segments().front().extent(0, 5000, false).max <= 1);
    QVERIFY(copy.segments().front().extent(0, 5000, true).max <= 1);
    const std::vector<ChartPoint> after = copy.points();
    for (std::size_t i = 0; i < before.size(); ++i) {
        QCOMPARE(after[i].step, before[i].step);
        QCOMPARE(after[i].epoch, before[i].epoch);
        QCOMPARE(after[i].wallSeconds, before[i].wallSeconds);
        QCOMPARE(after[i].value, before[i].value);
    }
    QCOMPARE(data.size(), std::size_t{8010});
    QCOMPARE(data.segments().back().extent(0, 3010, false).min, 99.0);
}

void TestSeriesData::goingOnAfterACopyCostsWhatIsNew()
{
    SeriesData data;
    std::vector<double> seconds;
    for (int i = 0; i < 1'000'000; ++i) {
        data.append({double(i), i * 0.1, i * 0.01, 1.7e9 + i * 0.01, std::sin(i * 0.001)});
    }
    for (int round = 0; round < 20; ++round) {
        const SeriesData held = data;
        QElapsedTimer timer;
        timer.start();
        SeriesData next = data;
        next.append({1e6 + round, 1e5, 1e4, 1.7e9 + 1e4 + round, 0});
        seconds.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e9);
    }
    // Copying a million points takes some 10 ms; the quickest of many rounds had no other program in between.
    QVERIFY2(*std::min_element(seconds.begin(), seconds.end()) < 1e-3, "a copy copied points");
}

void TestSeriesData::pointsCostLittleMemory()
{
    SeriesData even;
    SeriesData jittered;
    QRandomGenerator random(11);
    double clock = 1.7e9;
    for (int i = 0; i < 300'000; ++i) {
        clock += 0.01 + random.generateDouble() * 0.002;
        even.append({double(i), i * 0.1, i * 0.01, 1.7e9 + i * 0.01, std::sin(i * 0.001)});
        jittered.append({double(i), i * 0.1, clock - 1.7e9, clock, std::sin(i * 0.001)});
    }
    even.ensureSmoothed(0.6);
    jittered.ensureSmoothed(0.6);
    const auto bytesAPoint = [](const SeriesData& data) {
        return static_cast<double>(data.byteCount()) / static_cast<double>(data.size());
    };
    QVERIFY2(bytesAPoint(even) < 14, qPrintable(QString::number(bytesAPoint(even))));
    QVERIFY2(bytesAPoint(jittered) < 24, qPrintable(QString::number(bytesAPoint(jittered))));
}

QTEST_GUILESS_MAIN(TestSeriesData)
#include "tst_series_data.moc"
