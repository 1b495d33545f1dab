#include <algorithm>
#include <cmath>
#include <csignal>
#include <utility>

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTest>

#include "app/models/live_run.h"
#include "app/services/all_services.h"
#include "tests/app/run_fixture.h"

using namespace ty;
using namespace ty::app;
using catalog::RunState;
using widgets::RunPhase;

namespace {
constexpr int kLong = 20000; ///< epochs; ended by a command long before
}

/// The real service over the real runner; nothing is faked.
class TestRunService : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { QVERIFY(m_fixture.start()); }
    void finishedRunIsWholeInTheCatalog();
    void secondRunWaitsWithAReason();
    void waitingRunCanBeTakenOut();
    void pauseResumeSetAndFinishAreObeyed();
    void stoppedRunGoesOnFromItsCheckpoint();
    void killedRunnerLeavesAnInterruptedRunThatResumes();
    void branchBeginsWithTheWeightsOfItsParent();
    void branchOutlivesItsParentAndNoEpochIsNoBranch();
    void finishedRunIsExtendedAsIfItHadNeverEnded();
    void wrongDataFailsWithTheRunnersWords();
    void runOutlivesTheWindowAndIsTakenUpAgain();

private:
    RunFixture m_fixture;
    RunService& runs() { return m_fixture.context().runs; }
};

void TestRunService::finishedRunIsWholeInTheCatalog()
{
    QSignalSpy advanced(&runs(), &RunService::advanced);
    const qint64 id = m_fixture.train(m_fixture.spec(4));
    QVERIFY(id != 0);
    QVERIFY(advanced.count() > 0);
    const auto record = m_fixture.record(id);
    QCOMPARE(record.state, RunState::Finished);
    QCOMPARE(record.epochsDone, 4);
    QVERIFY(record.hasModel);
    QVERIFY(record.bytes > 0);
    QCOMPARE(m_fixture.points(id, "training/loss"), 4);
    QCOMPARE(m_fixture.points(id, "validation/accuracy"), 4);
    const auto models = m_fixture.models();
    QVERIFY(std::any_of(models.begin(), models.end(), [id](const auto& model) { return model.runId == id; }));
    QCOMPARE(runs().runningCount(), 0);
}

void TestRunService::secondRunWaitsWithAReason()
{
    const qint64 first = m_fixture.startRun(m_fixture.spec(kLong));
    const qint64 second = m_fixture.startRun(m_fixture.spec(2));
    QVERIFY(first != 0 && second != 0);
    QCOMPARE(runs().queuedCount(), 1);
    QVERIFY2(
        runs().live(second)->waitReason().contains(runs().live(first)->name()),
        qPrintable(runs().live(second)->waitReason()));
    QVERIFY(m_fixture.waitForEpoch(first, 1));
    runs().finishNow(first);
    QVERIFY(m_fixture.waitForEnd(second));
    QCOMPARE(m_fixture.record(first).outcome, std::string("finished-now"));
    QCOMPARE(m_fixture.record(second).state, RunState::Finished);
}

void TestRunService::waitingRunCanBeTakenOut()
{
    const qint64 first = m_fixture.startRun(m_fixture.spec(kLong));
    const qint64 second = m_fixture.startRun(m_fixture.spec(2));
    runs().stop(second);
    QCOMPARE(runs().queuedCount(), 0);
    QCOMPARE(m_fixture.record(second).state, RunState::Stopped);
    QVERIFY(m_fixture.waitForEpoch(first, 1));
    runs().stop(first);
    QVERIFY(m_fixture.waitForEnd(first));
    QCOMPARE(m_fixture.record(first).state, RunState::Stopped);
}

void TestRunService::pauseResumeSetAndFinishAreObeyed()
{
    const qint64 id = m_fixture.startRun(m_fixture.spec(kLong));
    QVERIFY(m_fixture.waitForEpoch(id, 2));
    runs().pause(id);
    QTRY_COMPARE_WITH_TIMEOUT(runs().live(id)->strip().phase, RunPhase::Paused, 20000);
    const int epochs = runs().live(id)->record().epochsDone;
    QTest::qWait(300);
    QCOMPARE(runs().live(id)->record().epochsDone, epochs);
    runs().resume(id);
    QVERIFY(m_fixture.waitForEpoch(id, epochs + 2));
    runs().set(id, QStringLiteral("epochs"), 1e6);
    QTRY_COMPARE_WITH_TIMEOUT(runs().live(id)->strip().plannedEpochs, 1000000, 20000);
    runs().snapshot(id);
    runs().finishNow(id);
    QVERIFY(m_fixture.waitForEnd(id));
    QCOMPARE(m_fixture.record(id).state, RunState::Finished);
    QVERIFY(m_fixture.record(id).hasModel);
}

void TestRunService::stoppedRunGoesOnFromItsCheckpoint()
{
    const qint64 id = m_fixture.startRun(m_fixture.spec(kLong));
    QVERIFY(m_fixture.waitForEpoch(id, 3));
    runs().stop(id);
    QVERIFY(m_fixture.waitForEnd(id));
    const auto stopped = m_fixture.record(id);
    QCOMPARE(stopped.state, RunState::Stopped);
    QVERIFY(stopped.isResumable);
    runs().resume(id);
    QTRY_VERIFY_WITH_TIMEOUT(runs().live(id)->record().epochsDone > stopped.epochsDone, 60000);
    runs().finishNow(id);
    QVERIFY(m_fixture.waitForEnd(id));
    QCOMPARE(m_fixture.record(id).state, RunState::Finished);
}

void TestRunService::killedRunnerLeavesAnInterruptedRunThatResumes()
{
    const qint64 id = m_fixture.startRun(m_fixture.spec(kLong));
    QVERIFY(m_fixture.waitForEpoch(id, 3));
    const int pid = runs().live(id)->record().pid;
    QVERIFY(pid > 0);
    QCOMPARE(kill(pid, SIGKILL), 0);
    QVERIFY(m_fixture.waitForEnd(id));
    const auto killed = m_fixture.record(id);
    QCOMPARE(killed.state, RunState::Interrupted);
    QVERIFY(!killed.errorMessage.empty() && !killed.errorAdvice.empty());
    QCOMPARE(runs().live(id)->strip().phase, RunPhase::Failed);
    QVERIFY(killed.isResumable);
    runs().resume(id);
    QTRY_VERIFY_WITH_TIMEOUT(
        runs().live(id)->isActive() && runs().live(id)->record().epochsDone > killed.epochsDone, 60000);
    runs().finishNow(id);
    QVERIFY(m_fixture.waitForEnd(id));
    const auto record = m_fixture.record(id);
    QCOMPARE(record.state, RunState::Finished);
    QVERIFY(m_fixture.points(id, "training/loss") >= record.epochsDone);
}

void TestRunService::branchBeginsWithTheWeightsOfItsParent()
{
    const qint64 parent = m_fixture.train(m_fixture.spec(4));
    const std::string name = m_fixture.record(parent).name;
    qint64 id = 0;
    BranchChanges changes;
    changes.learningRateFactor = 0.1;
    changes.settings["epochs"] = 2;
    runs().branchFrom(parent, {4, {}}, changes, this, [&id](const Result<catalog::RunRecord>& made) {
        id = made ? made->id : -1;
    });
    QTRY_VERIFY_WITH_TIMEOUT(id != 0, 20000);
    QVERIFY(id > 0);
    QVERIFY(m_fixture.waitForEnd(id));
    const auto branch = m_fixture.record(id);
    QCOMPARE(branch.state, RunState::Finished);
    QCOMPARE(branch.epochsDone, 2);
    QCOMPARE(branch.parentId, parent);
    QCOMPARE(branch.parent, name);
    QCOMPARE(branch.parentEpoch, 4);
    const auto firstAndLast = [this](qint64 run, const char* what) {
        const auto series = m_fixture.series(run, what);
        return std::pair{series.value.front(), series.value.back()};
    };
    // Trained on, not anew: it begins about where the other had come to.
    QVERIFY(firstAndLast(id, "training/loss").first < firstAndLast(parent, "training/loss").first);
    const double before = m_fixture.setting(parent, "learningRate").get<double>();
    const double after = m_fixture.setting(id, "learningRate").get<double>();
    QVERIFY2(std::abs(after - before / 10) < 1e-9, qPrintable(QString::number(after)));
}

void TestRunService::branchOutlivesItsParentAndNoEpochIsNoBranch()
{
    const qint64 parent = m_fixture.train(m_fixture.spec(3));
    bool isRefused = false;
    runs().branchFrom(
        parent, {0, "checkpoints/step-999999999.safetensors"}, {}, this, [&](const Result<catalog::RunRecord>& made) {
            isRefused = !made && made.error().kind == ErrorKind::NotFound;
        });
    QTRY_VERIFY_WITH_TIMEOUT(isRefused, 20000);
    const qint64 blocking = m_fixture.startRun(m_fixture.spec(kLong)); // so that the branch waits
    qint64 id = 0;
    runs().branchFrom(parent, {}, {}, this, [&id](const Result<catalog::RunRecord>& made) { id = made ? made->id : -1; });
    QTRY_VERIFY_WITH_TIMEOUT(id > 0, 20000);
    QDir(QString::fromStdString(m_fixture.record(parent).folder) + QStringLiteral("/checkpoints")).removeRecursively();
    QVERIFY(m_fixture.waitForEpoch(blocking, 1));
    runs().stop(blocking);
    QVERIFY(m_fixture.waitForEnd(id));
    QCOMPARE(m_fixture.record(id).state, RunState::Finished);
}

void TestRunService::finishedRunIsExtendedAsIfItHadNeverEnded()
{
    RunSpec spec = m_fixture.spec(3);
    spec.settings["schedule"] = "constant"; // a rate planned over all epochs would differ
    spec.settings["warmUp"] = 0.0;
    const qint64 id = m_fixture.train(spec);
    RunSpec longer = spec;
    longer.name.clear();
    longer.settings["epochs"] = 6;
    const qint64 whole = m_fixture.train(longer);
    runs().extend(id, 6);
    QTRY_VERIFY_WITH_TIMEOUT(m_fixture.record(id).epochsDone == 6 && m_fixture.record(id).state == RunState::Finished, 60000);
    const auto extended = m_fixture.series(id, "training/loss");
    const auto once = m_fixture.series(whole, "training/loss");
    QCOMPARE(extended.value.size(), std::size_t{6});
    QCOMPARE(extended.value, once.value);
}

void TestRunService::wrongDataFailsWithTheRunnersWords()
{
    RunSpec spec = m_fixture.spec(2);
    spec.data.training = m_fixture.folder().toStdString() + "/is-not-there.csv";
    const qint64 id = m_fixture.train(spec);
    QVERIFY(id != 0);
    const auto record = m_fixture.record(id);
    QCOMPARE(record.state, RunState::Failed);
    QVERIFY2(record.errorMessage.find("is-not-there.csv") != std::string::npos, record.errorMessage.c_str());
}

void TestRunService::runOutlivesTheWindowAndIsTakenUpAgain()
{
    const qint64 id = m_fixture.startRun(m_fixture.spec(kLong));
    QVERIFY(m_fixture.waitForEpoch(id, 2));
    const int pid = runs().live(id)->record().pid;
    const int before = runs().live(id)->record().epochsDone;
    m_fixture.stop();
    QTest::qWait(300);
    QCOMPARE(kill(pid, 0), 0); // it trains on
    QVERIFY(m_fixture.start());
    QTRY_VERIFY_WITH_TIMEOUT(runs().live(id) != nullptr, 20000);
    QVERIFY(m_fixture.waitForEpoch(id, before + 1));
    QCOMPARE(runs().live(id)->record().pid, pid);
    runs().finishNow(id);
    QVERIFY(m_fixture.waitForEnd(id));
    const auto record = m_fixture.record(id);
    QCOMPARE(record.state, RunState::Finished);
    QCOMPARE(m_fixture.points(id, "training/loss"), record.epochsDone);
}

QTEST_MAIN(TestRunService)
#include "tst_run_service.moc"
