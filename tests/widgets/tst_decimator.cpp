#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <QRandomGenerator>
#include <QTest>

#include "widgets/chart/decimator.h"
#include "widgets/chart/series_data.h"

using namespace ty::widgets;

namespace {

/// What each column must show, the slow and plain way.
std::vector<ColumnSpan>
bruteForce(const std::vector<ChartPoint>& points, const DecimateRequest& request)
{
    std::vector<ColumnSpan> spans;
    for (int column = 0; column < request.columns; ++column) {
        const bool isLast = column + 1 == request.columns;
        ColumnSpan span;
        span.column = column;
        bool isEmpty = true;
        for (const ChartPoint& p : points) {
            const double right = columnEdge(request, column + 1);
            const bool isInside = p.step >= columnEdge(request, column) &&
                                  (isLast ? p.step <= right : p.step < right);
            if (!isInside || !std::isfinite(p.value) || (request.isPositiveOnly && p.value <= 0)) {
                continue;
            }
            if (isEmpty) {
                span.firstX = p.step;
                span.first = span.min = span.max = p.value;
                isEmpty = false;
            }
            span.min = std::min(span.min, p.value);
            span.max = std::max(span.max, p.value);
            span.lastX = p.step;
            span.last = p.value;
        }
        if (!isEmpty) {
            spans.push_back(span);
        }
    }
    return spans;
}

bool isSamePicture(const ColumnSpan& a, const ColumnSpan& b)
{
    return a.column == b.column && a.firstX == b.firstX && a.lastX == b.lastX &&
           a.first == b.first && a.min == b.min && a.max == b.max && a.last == b.last;
}

std::vector<ChartPoint> randomPoints(QRandomGenerator& random, int count)
{
    std::vector<ChartPoint> points;
    double step = 0;
    for (int i = 0; i < count; ++i) {
        step += random.bounded(5) == 0 ? random.bounded(40) : 1;
        double y = random.bounded(4.0) - 2;
        const int kind = random.bounded(50);
        y = kind == 0 ? std::nan("") : kind == 1 ? std::numeric_limits<double>::infinity() : y;
        points.push_back({step, step / 100, step * 0.01, std::nan(""), y});
    }
    return points;
}

} // namespace

class TestDecimator : public QObject {
    Q_OBJECT

  private slots:
    void everyColumnEqualsBruteForce_data();
    void everyColumnEqualsBruteForce();
    void aLoneSpikeShowsAtEveryZoom();
    void neighboursOutsideKeepLinesRunningToTheEdge();
    void aNanLeavesAGap();
};

void TestDecimator::everyColumnEqualsBruteForce_data()
{
    QTest::addColumn<int>("count");
    QTest::addColumn<int>("columns");
    QTest::addColumn<bool>("isPositiveOnly");
    QTest::addColumn<bool>("isLogX");
    for (const int count : {1, 2, 17, 300, 5000}) {
        for (const int columns : {1, 7, 64}) {
            for (const bool isPositiveOnly : {false, true}) {
                for (const bool isLogX : {false, true}) {
                    QTest::addRow(
                        "%d points, %d columns, %d, %d", count, columns, isPositiveOnly, isLogX)
                        << count << columns << isPositiveOnly << isLogX;
                }
            }
        }
    }
}

void TestDecimator::everyColumnEqualsBruteForce()
{
    QFETCH(int, count);
    QFETCH(int, columns);
    QFETCH(bool, isPositiveOnly);
    QFETCH(bool, isLogX);
    QRandomGenerator random(static_cast<unsigned>(count * 131 + columns));
    const auto points = randomPoints(random, count);
    SeriesData data;
    data.append(points);
    const SeriesSegment& segment = data.segments().front();

    for (int trial = 0; trial < 6; ++trial) {
        DecimateRequest request;
        const double end = points.back().step + 1;
        const double a = 1 + end * random.generateDouble();
        const double b = 1 + end * random.generateDouble();
        request.x.range = trial == 0 ? ChartRange{isLogX ? 0.5 : -1.0, end}
                                   : ChartRange{std::min(a, b), std::max(a, b) + 0.5};
        request.columns = columns;
        request.isPositiveOnly = isPositiveOnly;
        request.x.isLog = isLogX;

        auto spans = decimate(segment, 0, segment.size(), request);
        std::erase_if(spans, [&](const ColumnSpan& span) {
            return span.column < 0 || span.column >= columns;
        });
        const auto expected = bruteForce(points, request);

        QCOMPARE(spans.size(), expected.size());
        for (std::size_t i = 0; i < spans.size(); ++i) {
            QVERIFY(isSamePicture(spans[i], expected[i]));
        }
    }
}

void TestDecimator::aLoneSpikeShowsAtEveryZoom()
{
    constexpr int kCount = 300'000;
    constexpr int kSpike = 123'457;
    SeriesData data;
    for (int i = 0; i < kCount; ++i) {
        data.append({static_cast<double>(i), 0, 0, 0, i == kSpike ? 50.0 : std::sin(i * 0.01)});
    }
    const SeriesSegment& segment = data.segments().front();
    for (double width = kCount; width > 4; width *= 0.61) {
        DecimateRequest request;
        request.columns = 800;
        request.x.range = {kSpike - width * 0.37, kSpike + width * 0.63};
        const auto spans = decimate(segment, 0, segment.size(), request);
        const auto count = std::count_if(
            spans.begin(), spans.end(), [](const ColumnSpan& span) { return span.max == 50.0; });
        QCOMPARE(count, 1);
    }
}

void TestDecimator::neighboursOutsideKeepLinesRunningToTheEdge()
{
    SeriesData data;
    for (int i = 0; i < 10; ++i) {
        data.append({static_cast<double>(i), 0, 0, 0, static_cast<double>(i)});
    }
    DecimateRequest request;
    request.columns = 20;
    request.x.range = {3.2, 4.8};
    const auto spans = decimate(data.segments().front(), 0, 10, request);
    QCOMPARE(spans.size(), std::size_t(3));
    QCOMPARE(spans.front().column, -1);
    QCOMPARE(spans.front().first, 3.0);
    QCOMPARE(spans.back().column, 20);
    QCOMPARE(spans.back().first, 5.0);
}

void TestDecimator::aNanLeavesAGap()
{
    SeriesData data;
    for (int i = 0; i < 5; ++i) {
        data.append({static_cast<double>(i), 0, 0, 0, i == 2 ? std::nan("") : 1.0});
    }
    DecimateRequest request;
    request.columns = 100;
    request.x.range = {0, 4};
    const auto spans = decimate(data.segments().front(), 0, 5, request);
    QCOMPARE(spans.size(), std::size_t(4));
    QVERIFY(!spans[1].isAfterGap);
    QVERIFY(spans[2].isAfterGap);
    QVERIFY(!spans[3].isAfterGap);
}

QTEST_GUILESS_MAIN(TestDecimator)
#include "tst_decimator.moc"
