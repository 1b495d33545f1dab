#include <QTest>

#include <cmath>

#include "engine/train/schedule.h"

using namespace ty::engine;

class TestSchedule : public QObject {
    Q_OBJECT
private slots:
    void cosineWarmsUpAndFalls()
    {
        const Schedule schedule{ScheduleKind::Cosine, 0.1, 0.05};
        QVERIFY(schedule.shapeAt(0, 1000) < 0.05);
        QCOMPARE(schedule.shapeAt(50, 1000), 1.0);
        QVERIFY(std::abs(schedule.shapeAt(525, 1000) - 0.505) < 1e-9);
        QVERIFY(schedule.shapeAt(999, 1000) < 0.011);
        for (int step = 51; step < 1000; ++step) {
            QVERIFY(schedule.shapeAt(step, 1000) <= schedule.shapeAt(step - 1, 1000));
        }
    }

    void everyStepHasAPositiveRate_data()
    {
        QTest::addColumn<int>("kind");
        QTest::newRow("constant") << static_cast<int>(ScheduleKind::Constant);
        QTest::newRow("step") << static_cast<int>(ScheduleKind::Step);
        QTest::newRow("cosine") << static_cast<int>(ScheduleKind::Cosine);
        QTest::newRow("one cycle") << static_cast<int>(ScheduleKind::OneCycle);
    }
    void everyStepHasAPositiveRate()
    {
        QFETCH(int, kind);
        for (const int total : {1, 2, 7, 100}) {
            const Schedule schedule{static_cast<ScheduleKind>(kind), 1, 0.05};
            for (int step = 0; step <= total; ++step) {
                const double shape = schedule.shapeAt(step, total);
                QVERIFY(shape > 0 && shape <= 1);
            }
        }
    }

    void aLiveChangeCountsAtOnceAndThenFollowsTheFall()
    {
        LearningRate rate(Schedule{ScheduleKind::Cosine, 0.1, 0.05});
        rate.change(0.02, 300, 1000);
        QCOMPARE(rate.at(300, 1000), 0.02);
        QVERIFY(rate.at(600, 1000) < 0.02);
        LearningRate restored(Schedule{ScheduleKind::Cosine, 0.1, 0.05});
        QVERIFY(restored.restore(rate.toJson()).isOk());
        QCOMPARE(restored.at(777, 1000), rate.at(777, 1000));
    }

    void aChangeDuringWarmUpIsNeverExceeded()
    {
        LearningRate rate(Schedule{ScheduleKind::Cosine, 0.1, 0.05});
        rate.change(0.02, 5, 1000);
        for (int step = 5; step < 1000; ++step) {
            QVERIFY(rate.at(step, 1000) <= 0.02);
        }
    }

    void unknownNamesAreRefused()
    {
        QVERIFY(!scheduleKindFromName("linear"));
        QVERIFY(scheduleKindFromName("oneCycle"));
    }
};

QTEST_GUILESS_MAIN(TestSchedule)
#include "tst_schedule.moc"
