#include <QTest>

#include <cmath>
#include <vector>

#include "engine/train/schedule.h"

using namespace ty::engine;

class TestSchedule : public QObject {
    Q_OBJECT
private slots:
    void cosineWarmsUpAndFalls()
    {
        const Schedule schedule{ScheduleKind::Cosine, 0.1, 0.05, {}};
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
        QTest::newRow("step list") << static_cast<int>(ScheduleKind::StepList);
        QTest::newRow("plateau") << static_cast<int>(ScheduleKind::Plateau);
    }
    void everyStepHasAPositiveRate()
    {
        QFETCH(int, kind);
        for (const int total : {1, 2, 7, 100}) {
            const Schedule schedule{static_cast<ScheduleKind>(kind), 1, 0.05, {{0.2, 0.5}, {0.4, 0.1}}};
            for (int step = 0; step <= total; ++step) {
                const double shape = schedule.shapeAt(step, total);
                QVERIFY(shape > 0 && shape <= 1);
            }
        }
    }

    void aLiveChangeCountsAtOnceAndThenFollowsTheFall()
    {
        LearningRate rate(Schedule{ScheduleKind::Cosine, 0.1, 0.05, {}});
        rate.change(0.02, 300, 1000);
        QCOMPARE(rate.at(300, 1000), 0.02);
        QVERIFY(rate.at(600, 1000) < 0.02);
        LearningRate restored(Schedule{ScheduleKind::Cosine, 0.1, 0.05, {}});
        QVERIFY(restored.restore(rate.toJson()).isOk());
        QCOMPARE(restored.at(777, 1000), rate.at(777, 1000));
    }

    void aChangeDuringWarmUpIsNeverExceeded()
    {
        LearningRate rate(Schedule{ScheduleKind::Cosine, 0.1, 0.05, {}});
        rate.change(0.02, 5, 1000);
        for (int step = 5; step < 1000; ++step) {
            QVERIFY(rate.at(step, 1000) <= 0.02);
        }
    }

    void aStepListFallsAtItsPlaces()
    {
        // The rates of the CNTK demo: .001 for 10 epochs of 40, .0005 for 10, then .0001.
        const Schedule schedule{ScheduleKind::StepList, 0.001, 0, {{0.25, 0.5}, {0.5, 0.2}}};
        QCOMPARE(schedule.shapeAt(9, 40), 1.0);
        QCOMPARE(schedule.shapeAt(10, 40), 0.5);
        QCOMPARE(schedule.shapeAt(19, 40), 0.5);
        QVERIFY(std::abs(schedule.shapeAt(20, 40) - 0.1) < 1e-12);
        QVERIFY(std::abs(schedule.shapeAt(39, 40) - 0.1) < 1e-12);
    }

    void aPlateauFallsAfterItsPatience()
    {
        // As torch.optim.lr_scheduler.ReduceLROnPlateau(factor=0.5, patience=1) of PyTorch 1.13 with these losses.
        const std::vector<double> losses{1, 0.9, 0.95, 0.92, 0.91, 0.93, 0.8, 0.8, 0.79999, 0.81};
        const std::vector<double> expected{1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125, 0.125};
        PlateauFall plateau({0.5, 1, 1e-4, 1e-4});
        for (std::size_t i = 0; i < losses.size(); ++i) {
            QCOMPARE(plateau.observe(losses[i]), expected[i]);
        }
        for (int i = 0; i < 100; ++i) {
            plateau.observe(1);
        }
        QCOMPARE(plateau.factor(), 1e-4);
    }

    void aRestoredPlateauGoesOn()
    {
        LearningRate rate(Schedule{ScheduleKind::Plateau, 0.1, 0, {}});
        for (int i = 0; i < 9; ++i) {
            rate.observe(1);
        }
        LearningRate restored(Schedule{ScheduleKind::Plateau, 0.1, 0, {}});
        QVERIFY(restored.restore(rate.toJson()));
        for (int i = 0; i < 3; ++i) {
            rate.observe(1);
            restored.observe(1);
            QCOMPARE(restored.at(50, 100), rate.at(50, 100));
        }
        QVERIFY(std::abs(rate.at(50, 100) - 0.01) < 1e-12);
        QVERIFY(!restored.restore(ty::Json{{"plateau", {{"badEpochs", -1}, {"factor", 1.0}, {"best", nullptr}}}}));
    }

    void unknownNamesAreRefused()
    {
        QVERIFY(!scheduleKindFromName("linear"));
        QVERIFY(scheduleKindFromName("oneCycle"));
    }
};

QTEST_GUILESS_MAIN(TestSchedule)
#include "tst_schedule.moc"
