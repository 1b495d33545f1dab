#include <QTest>

#include "engine/bench/step_floors.h"

using namespace ty::engine;

namespace {

/// A product that takes so long alone, and a loop of a gigabyte.
StepProfile profileOf(double productSeconds)
{
    return {{{"MatMul dense", true, productSeconds, 5e9}, {"Activate", false, 77, 1e9}}, 0};
}

} // namespace

/// The floor of a benchmark's steps.
class TestStepFloors : public QObject {
    Q_OBJECT

private slots:
    void eachTurnIsComparedWithItsOwnFloor();
    void oneTurnAmongManyIsNotTheFloor();
};

void TestStepFloors::eachTurnIsComparedWithItsOwnFloor()
{
    // A machine that is half as fast in the turns that follow: steps and floors both take twice as long.
    StepFloors floors;
    floors.add(profileOf(2), 1e9, 3.6);
    floors.add(profileOf(4), 0.5e9, 7.2);
    floors.add(profileOf(4), 0.5e9, 7.2);
    QCOMPARE(floors.ratio(), 1.2);
    QCOMPARE(floors.seconds(), 4.0 + 2.0);
    QCOMPARE(floors.bytesPerSecond(), 0.5e9);
}

void TestStepFloors::oneTurnAmongManyIsNotTheFloor()
{
    StepFloors floors;
    for (const double product : {1.0, 2.0, 0.1, 2.0, 2.0}) {
        floors.add(profileOf(product), 1e9, 3);
    }
    QCOMPARE(floors.profile().librarySeconds(), 2.0);
    QCOMPARE(floors.profile().nodes[1].bytes, 1e9);
    QCOMPARE(floors.seconds(), 3.0);
    QCOMPARE(floors.ratio(), 1.0);
}

QTEST_GUILESS_MAIN(TestStepFloors)
#include "tst_step_floors.moc"
