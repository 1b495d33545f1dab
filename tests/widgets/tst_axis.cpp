#include <cmath>

#include <QLocale>
#include <QTest>

#include "widgets/chart/axis.h"

using namespace ty::widgets;

class TestAxis : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }
    void scalesGoThereAndBack();
    void whatIsCountedHasWholeTicks();
    void linearTicksAreRound_data();
    void linearTicksAreRound();
    void logTicksNameTheDecades();
    void ticksAreInsideAndNotTooMany();
    void durationsReadAsTimes();
    void whatIsCountedHasWholeNumbersAndTimeBeginsAtNought();
    void valuesKeepEnoughDigits_data();
    void valuesKeepEnoughDigits();
    void secondsReadAsWords_data();
    void secondsReadAsWords();
};

void TestAxis::scalesGoThereAndBack()
{
    for (const AxisScale& scale : {AxisScale{{-3, 17}, false}, AxisScale{{0.001, 1000}, true}}) {
        for (const double part : {-0.5, 0.0, 0.3, 1.0, 1.7}) {
            QVERIFY(std::abs(scale.toUnit(scale.fromUnit(part)) - part) < 1e-12);
        }
    }
    const AxisScale log{{0.01, 100}, true};
    QVERIFY(std::abs(log.toUnit(1) - 0.5) < 1e-12);
}

void TestAxis::whatIsCountedHasWholeTicks()
{
    const auto ticks = ticksFor(XKind::Epoch, AxisScale{{0.5, 1.5}}, 5);
    QCOMPARE(ticks.size(), 1); // there is no tree 0.6
    QCOMPARE(ticks.front().value, 1.0);

    const auto between = ticksFor(XKind::Step, AxisScale{{7.1, 7.9}}, 4);
    QVERIFY(between.size() >= 2); // far inside, fractions are all there is to read
}

void TestAxis::linearTicksAreRound_data()
{
    QTest::addColumn<double>("low");
    QTest::addColumn<double>("high");
    QTest::addColumn<QStringList>("labels");
    QTest::newRow("unit") << 0.0 << 1.0 << QStringList{"0.0", "0.2", "0.4", "0.6", "0.8", "1.0"};
    QTest::newRow("negative") << -5.0 << 5.0 << QStringList{"-4", "-2", "0", "2", "4"};
    QTest::newRow("thousands") << 0.0 << 50000.0
                               << QStringList{"0", "10k", "20k", "30k", "40k", "50k"};
    QTest::newRow("millions") << 0.0 << 2e6 << QStringList{"0", "500k", "1.0M", "1.5M", "2.0M"};
    QTest::newRow("narrow") << 0.9981 << 0.9989
                            << QStringList{"0.9982", "0.9984", "0.9986", "0.9988"};
}

void TestAxis::linearTicksAreRound()
{
    QFETCH(double, low);
    QFETCH(double, high);
    QFETCH(QStringList, labels);
    QStringList got;
    for (const AxisTick& tick : numberTicks({{low, high}, false}, 5)) {
        got.append(tick.label);
    }
    QCOMPARE(got, labels);
}

void TestAxis::logTicksNameTheDecades()
{
    QStringList named;
    int minor = 0;
    for (const AxisTick& tick : numberTicks({{0.0005, 20}, true}, 6)) {
        tick.label.isEmpty() ? void(++minor) : named.append(tick.label);
    }
    QCOMPARE(named, (QStringList{"0.001000", "0.01000", "0.1000", "1", "10"}));
    QVERIFY(minor > 20);
}

void TestAxis::ticksAreInsideAndNotTooMany()
{
    for (const bool isLog : {false, true}) {
        for (double span = 1e-9; span < 1e9; span *= 7.3) {
            const AxisScale scale{{3, 3 + span}, isLog};
            const auto ticks = numberTicks(scale, 6);
            QVERIFY(ticks.size() <= 100);
            int named = 0;
            for (const AxisTick& tick : ticks) {
                QVERIFY(tick.value >= 3 - span * 1e-6 && tick.value <= (3 + span) * (1 + 1e-9));
                named += tick.label.isEmpty() ? 0 : 1;
            }
            QVERIFY(named <= 20);
        }
    }
}

void TestAxis::durationsReadAsTimes()
{
    const auto labels = [](double high) {
        QStringList texts;
        for (const AxisTick& tick : durationTicks({{0, high}, false}, 4)) {
            texts.append(tick.label);
        }
        return texts;
    };
    QCOMPARE(labels(60), (QStringList{"0 s", "15 s", "30 s", "45 s", "60 s"}));
    QCOMPARE(labels(600), (QStringList{"0 min", "5 min", "10 min"}));
    QCOMPARE(labels(4 * 3600), (QStringList{"0 h", "1 h", "2 h", "3 h", "4 h"}));
}

void TestAxis::whatIsCountedHasWholeNumbersAndTimeBeginsAtNought()
{
    const auto labels = [](XKind kind, double low, double high) {
        QStringList texts;
        for (const AxisTick& tick : ticksFor(kind, {{low, high}, false}, 5)) {
            texts.append(tick.label);
        }
        return texts;
    };
    QCOMPARE(labels(XKind::Epoch, 0.6, 1.4), (QStringList{"1"}));
    QCOMPARE(labels(XKind::Step, 269.6, 270.4), (QStringList{"270"}));
    QCOMPARE(labels(XKind::Step, 1, 3), (QStringList{"1", "2", "3"}));
    QCOMPARE(labels(XKind::Elapsed, -0.4, 0.4), (QStringList{"0.0", "0.2", "0.4"}));
}

void TestAxis::valuesKeepEnoughDigits_data()
{
    QTest::addColumn<double>("value");
    QTest::addColumn<QString>("text");
    QTest::newRow("zero") << 0.0 << "0";
    QTest::newRow("whole") << 412.0 << "412";
    QTest::newRow("loss") << 0.21345 << "0.2135";
    QTest::newRow("small") << 3.25e-7 << "3.25e-07";
    QTest::newRow("NaN") << std::nan("") << "NaN";
}

void TestAxis::valuesKeepEnoughDigits()
{
    QFETCH(double, value);
    QFETCH(QString, text);
    QCOMPARE(valueText(value), text);
}

void TestAxis::secondsReadAsWords_data()
{
    QTest::addColumn<double>("seconds");
    QTest::addColumn<QString>("text");
    QTest::newRow("none") << 0.0 << "0.0 s";
    QTest::newRow("milliseconds") << 0.35 << "350 ms";
    QTest::newRow("seconds") << 42.4 << "42 s";
    QTest::newRow("minutes") << 100.0 << "1 min 40 s";
    QTest::newRow("hours") << 7500.0 << "2 h 05 min";
    QTest::newRow("days") << 90000.0 << "1 d 01 h";
    QTest::newRow("unknown") << std::nan("") << "–";
    QTest::newRow("negative") << -1.0 << "–";
}

void TestAxis::secondsReadAsWords()
{
    QFETCH(double, seconds);
    QFETCH(QString, text);
    QCOMPARE(secondsText(seconds), text);
}

QTEST_GUILESS_MAIN(TestAxis)
#include "tst_axis.moc"
