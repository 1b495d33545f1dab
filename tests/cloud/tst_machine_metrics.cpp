#include <string>
#include <vector>

#include <QTest>

#include "cloud/model/utc_time.h"
#include "cloud/provision/azure_metrics.h"

using namespace ty;
using namespace ty::cloud;

namespace {

const char* const kMachine
    = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/gpu-1";

std::int64_t at(const char* text)
{
    return unixSeconds(text).value_or(-1);
}

/// An answer as Azure Monitor gives it, with one minute an interval.
azure::MetricAnswer answer(const std::vector<Json>& metrics)
{
    const Json json{
        {"timespan", "2026-11-21T10:00:00Z/2026-11-21T10:05:30Z"}, {"interval", "PT1M"}, {"value", Json(metrics)}};
    return fromJson<azure::MetricAnswer>(json, "a test").value();
}

Json metric(const char* name, const std::vector<Json>& points)
{
    const Json series{{"data", Json(points)}};
    return {{"name", {{"value", name}}}, {"unit", "Bytes"}, {"timeseries", Json::array({series})}};
}

} // namespace

class TestMachineMetrics : public QObject {
    Q_OBJECT

private slots:
    void timesOfServicesAreRead_data();
    void timesOfServicesAreRead();
    void eachPeriodHasItsGrainAndBeginsOnIt_data();
    void eachPeriodHasItsGrainAndBeginsOnIt();
    void anUnknownPeriodNamesTheOthers();
    void sumsBecomeRates();
    void whatWasNotMeasuredIsAGapAndNeverZero();
    void intervalsThatTheAnswerLeavesOutAreGaps();
    void theRunningIntervalIsDividedByWhatHasPassedOfIt();
    void aMeasuredZeroStaysZero();
    void aNonsensicalAnswerIsEmpty();
};

void TestMachineMetrics::timesOfServicesAreRead_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<qint64>("seconds");
    QTest::newRow("plain") << QByteArray("2026-11-21T10:00:00Z") << qint64(1795255200);
    QTest::newRow("decimals") << QByteArray("2026-11-21T10:00:00.1234567Z") << qint64(1795255200);
    QTest::newRow("offset") << QByteArray("2026-11-21T11:30:00+01:30") << qint64(1795255200);
    QTest::newRow("without a zone") << QByteArray("2026-11-21T10:00:00") << qint64(1795255200);
    QTest::newRow("no such day") << QByteArray("2026-02-30T10:00:00Z") << qint64(-1);
    QTest::newRow("no time") << QByteArray("2026-11-21") << qint64(-1);
    QTest::newRow("more after it") << QByteArray("2026-11-21T10:00:00Zzz") << qint64(-1);
    QTest::newRow("empty") << QByteArray() << qint64(-1);
}

void TestMachineMetrics::timesOfServicesAreRead()
{
    QFETCH(QByteArray, text);
    QFETCH(qint64, seconds);
    QCOMPARE(qint64(unixSeconds(text.toStdString()).value_or(-1)), seconds);
    if (seconds >= 0) {
        QCOMPARE(QString::fromStdString(utcText(seconds)), QStringLiteral("2026-11-21T10:00:00Z"));
    }
}

void TestMachineMetrics::eachPeriodHasItsGrainAndBeginsOnIt_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("interval");
    QTest::addColumn<QByteArray>("from");
    QTest::newRow("1h") << QByteArray("1h") << QByteArray("PT1M") << QByteArray("2026-11-21T09:18:00Z");
    QTest::newRow("6h") << QByteArray("6h") << QByteArray("PT1M") << QByteArray("2026-11-21T04:18:00Z");
    QTest::newRow("12h") << QByteArray("12h") << QByteArray("PT5M") << QByteArray("2026-11-20T22:20:00Z");
    QTest::newRow("24h") << QByteArray("24h") << QByteArray("PT5M") << QByteArray("2026-11-20T10:20:00Z");
    QTest::newRow("7d") << QByteArray("7d") << QByteArray("PT1H") << QByteArray("2026-11-14T11:00:00Z");
    QTest::newRow("30d") << QByteArray("30d") << QByteArray("PT6H") << QByteArray("2026-10-22T12:00:00Z");
}

void TestMachineMetrics::eachPeriodHasItsGrainAndBeginsOnIt()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, interval);
    QFETCH(QByteArray, from);
    const auto period = metricPeriod(name.toStdString());
    QVERIFY(period);
    const auto query = azureMetricQuery(kMachine, *period, at("2026-11-21T10:17:42Z"));
    QCOMPARE(query.interval, interval.toStdString());
    QCOMPARE(query.timespan, from.toStdString() + "/2026-11-21T10:17:42Z");
    QCOMPARE(query.names.size(), std::size_t(5));
}

void TestMachineMetrics::anUnknownPeriodNamesTheOthers()
{
    const auto period = metricPeriod("2h");
    QVERIFY(!period);
    QCOMPARE(period.error().kind, ErrorKind::Usage);
    QVERIFY(period.error().advice.find("1h, 6h, 12h, 24h, 7d, 30d") != std::string::npos);
}

void TestMachineMetrics::sumsBecomeRates()
{
    const auto metrics = azureMetricsOf(
        answer({metric("Percentage CPU", {{{"timeStamp", "2026-11-21T10:00:00Z"}, {"average", 12.5}, {"maximum", 40.0}}}),
                metric("Network In Total", {{{"timeStamp", "2026-11-21T10:00:00Z"}, {"total", 6'000'000.0}}}),
                metric("Disk Write Bytes", {{{"timeStamp", "2026-11-21T10:00:00Z"}, {"total", 600.0}}})}),
        at("2026-11-21T10:05:30Z"));
    QCOMPARE(metrics.intervalSeconds, 60);
    QCOMPARE(metrics.samples.size(), std::size_t(1));
    const MetricSample& sample = metrics.samples.front();
    QCOMPARE(sample.cpuPercent, std::optional(12.5));
    QCOMPARE(sample.cpuPeak, std::optional(40.0));
    QCOMPARE(sample.networkIn, std::optional(100'000.0));
    QCOMPARE(sample.diskWrite, std::optional(10.0));
    QVERIFY2(!sample.networkOut && !sample.diskRead, "what the answer does not have is not known");
}

void TestMachineMetrics::whatWasNotMeasuredIsAGapAndNeverZero()
{
    const auto metrics = azureMetricsOf(
        answer({metric(
            "Percentage CPU",
            {{{"timeStamp", "2026-11-21T10:00:00Z"}, {"average", 3.0}},
             {{"timeStamp", "2026-11-21T10:01:00Z"}},
             {{"timeStamp", "2026-11-21T10:02:00Z"}, {"average", nullptr}}})}),
        at("2026-11-21T10:05:30Z"));
    QCOMPARE(metrics.samples.size(), std::size_t(3));
    QVERIFY(!metrics.samples[0].isGap());
    QVERIFY(metrics.samples[1].isGap());
    QVERIFY(metrics.samples[2].isGap());
    QVERIFY(!metrics.isEmpty());
}

void TestMachineMetrics::intervalsThatTheAnswerLeavesOutAreGaps()
{
    const auto metrics = azureMetricsOf(
        answer({metric(
            "Percentage CPU",
            {{{"timeStamp", "2026-11-21T10:00:00Z"}, {"average", 3.0}},
             {{"timeStamp", "2026-11-21T10:03:00Z"}, {"average", 4.0}}})}),
        at("2026-11-21T10:05:30Z"));
    QCOMPARE(metrics.samples.size(), std::size_t(4));
    QCOMPARE(metrics.samples[2].time, at("2026-11-21T10:02:00Z"));
    QVERIFY(metrics.samples[2].isGap());
}

void TestMachineMetrics::theRunningIntervalIsDividedByWhatHasPassedOfIt()
{
    const Json point{{"timeStamp", "2026-11-21T10:05:00Z"}, {"total", 3'000.0}};
    const auto later = azureMetricsOf(answer({metric("Network Out Total", {point})}), at("2026-11-21T10:05:30Z"));
    QCOMPARE(later.samples.front().networkOut, std::optional(100.0));
    const auto tooSoon = azureMetricsOf(answer({metric("Network Out Total", {point})}), at("2026-11-21T10:05:03Z"));
    QVERIFY(!tooSoon.samples.front().networkOut);
}

void TestMachineMetrics::aMeasuredZeroStaysZero()
{
    const auto metrics = azureMetricsOf(
        answer({metric("Disk Read Bytes", {{{"timeStamp", "2026-11-21T10:00:00Z"}, {"total", 0.0}}})}),
        at("2026-11-21T10:05:30Z"));
    QCOMPARE(metrics.samples.front().diskRead, std::optional(0.0));
    QVERIFY(!metrics.isEmpty());
}

void TestMachineMetrics::aNonsensicalAnswerIsEmpty()
{
    azure::MetricAnswer nonsense;
    nonsense.interval = "soon";
    QVERIFY(azureMetricsOf(nonsense, at("2026-11-21T10:05:30Z")).samples.empty());
    const auto ages = azureMetricsOf(
        answer({metric(
            "Percentage CPU",
            {{{"timeStamp", "0001-01-01T00:00:00Z"}, {"average", 1.0}},
             {{"timeStamp", "2026-11-21T10:00:00Z"}, {"average", 1.0}},
             {{"timeStamp", "9999-01-01T00:00:00Z"}, {"average", 1.0}}})}),
        at("2026-11-21T10:05:30Z"));
    QCOMPARE(ages.samples.size(), std::size_t(1)); // what lies outside of what is kept is not filled up with gaps
}

QTEST_GUILESS_MAIN(TestMachineMetrics)
#include "tst_machine_metrics.moc"
