#include <QTest>

#include "cloud/provision/operation_runner.h"
#include "tests/cloud/toy_cloud.h"

using namespace ty;
using namespace ty::cloud;

namespace {

constexpr const char* kMark = "5a0c0ffe-0000-4000-8000-000000000001";

Step ensure(const std::string& resource, bool isOurs = true)
{
    Step step;
    step.kind = Step::Kind::Ensure;
    step.title = "Creating " + resource;
    step.resource = resource;
    step.isOurs = isOurs;
    return step;
}

Plan creation()
{
    Plan plan;
    plan.forward = {ensure("group", false), ensure("network"), ensure("card"), ensure("machine")};
    plan.undo = undoOf(plan.forward);
    return plan;
}

bool noSleep(std::chrono::milliseconds, std::stop_token stop)
{
    return !stop.stop_requested();
}

/// What the program does at every start: takes up what is open.
void takeUp(ToyCloud& cloud, KeptJournal& journal, const Plan& plan, const OperationRunner::IsCancelled& isCancelled = {})
{
    OperationRunner runner(cloud, journal, noSleep);
    runner.setIsCancelled(isCancelled);
    const auto open = journal.openEntries().value();
    for (const auto& entry : open) {
        std::string error;
        (void)runner.run(entry, plan, kMark, error, {});
    }
}

/// Ends the program at each call in turn, before and after its effect, starts it again, and asks `holds` how it went.
template<typename Prepare, typename Holds>
void crashEverywhere(const Plan& plan, const Prepare& prepare, const Holds& holds)
{
    for (const bool isJournal : {false, true}) {
        for (const bool isAfter : {false, true}) {
            for (int call = 1;; ++call) {
                ToyCloud cloud;
                KeptJournal journal;
                prepare(cloud);
                (void)journal.begin("create", "gpu-1", {});
                (isJournal ? journal.crash : cloud.crash) = CrashPoint(call, isAfter);
                bool isCrashed = false;
                try {
                    takeUp(cloud, journal, plan);
                } catch (const Crash&) {
                    isCrashed = true;
                }
                journal.crash = {};
                cloud.crash = {};
                takeUp(cloud, journal, plan);
                QVERIFY2(journal.openEntries()->empty(), "the operation never ended");
                holds(cloud, journal.entries.front());
                if (!isCrashed) {
                    QVERIFY2(call > 4, "there was nothing to crash in");
                    break;
                }
            }
        }
    }
}

} // namespace

class TestOperationRunner : public QObject {
    Q_OBJECT

private slots:
    void aCreationMakesEverythingOnce()
    {
        ToyCloud cloud;
        KeptJournal journal;
        (void)journal.begin("create", "gpu-1", {});
        takeUp(cloud, journal, creation());
        QCOMPARE(cloud.creations, 4);
        QCOMPARE(cloud.resources.size(), std::size_t{4});
        QVERIFY(journal.entries[0].isEnded);
        QCOMPARE(journal.entries[0].outcome, Outcome::Done);
    }

    void aCrashAnywhereDuplicatesNothing()
    {
        crashEverywhere(creation(), [](ToyCloud&) {}, [](ToyCloud& cloud, const KeptJournal::Entry& entry) {
            QCOMPARE(entry.outcome, Outcome::Done);
            QCOMPARE(cloud.resources.size(), std::size_t{4});
            QCOMPARE(cloud.creations, 4);
        });
    }

    void aRefusalLeavesNothingOfOurs()
    {
        crashEverywhere(
            creation(), [](ToyCloud& cloud) { cloud.refused.insert("machine"); },
            [](ToyCloud& cloud, const KeptJournal::Entry& entry) {
                QCOMPARE(entry.outcome, Outcome::Undone);
                QVERIFY(entry.error.find("quota") != std::string::npos);
                QCOMPARE(cloud.resources.size(), std::size_t{1}); // the group is not the operation's own
            });
    }

    void aFailureAfterTheAnswerLeavesNothingOfOurs()
    {
        crashEverywhere(
            creation(), [](ToyCloud& cloud) { cloud.failing.insert("machine"); },
            [](ToyCloud& cloud, const KeptJournal::Entry& entry) {
                QCOMPARE(entry.outcome, Outcome::Undone);
                QCOMPARE(cloud.resources.size(), std::size_t{1});
            });
    }

    void aLostAnswerIsLookedFor()
    {
        ToyCloud cloud;
        KeptJournal journal;
        cloud.lostAnswers = 3;
        (void)journal.begin("create", "gpu-1", {});
        takeUp(cloud, journal, creation());
        QCOMPARE(journal.entries[0].outcome, Outcome::Done);
        QCOMPARE(cloud.creations, 4);
    }

    /// The transport repeats a request whose answer was lost, and the second one is refused since the first is under way.
    void aRefusedRepetitionIsNoFailure()
    {
        ToyCloud cloud;
        KeptJournal journal;
        cloud.repetitions = 2;
        (void)journal.begin("create", "gpu-1", {});
        takeUp(cloud, journal, creation());
        QCOMPARE(journal.entries[0].outcome, Outcome::Done);
        QCOMPARE(cloud.creations, 4);
        cloud.repetitions = 1;
        cloud.failing.insert("machine-2");
        Plan second = creation();
        second.forward.back().resource = "machine-2";
        second.undo = undoOf(second.forward);
        (void)journal.begin("create", "gpu-2", {});
        takeUp(cloud, journal, second);
        QCOMPARE(journal.entries[1].outcome, Outcome::Undone);
    }

    void anAttemptLeavesNothingWhereverItIsKilled()
    {
        Plan deletion;
        deletion.forward = creation().undo;
        crashEverywhere(
            attemptOf(creation(), deletion), [](ToyCloud&) {},
            [](ToyCloud& cloud, const KeptJournal::Entry& entry) {
                QCOMPARE(entry.outcome, Outcome::Done);
                const Finding finding = Finding::parse(entry.entry.note.finding);
                QVERIFY(finding.isAllocated());
                QVERIFY(!finding.isKept.value_or(true));
                QCOMPARE(cloud.resources.size(), std::size_t{1}); // the group
                QCOMPARE(cloud.creations, 4);
            });
    }

    void whatIsEnoughIsKept()
    {
        ToyCloud cloud;
        KeptJournal journal;
        Plan deletion;
        deletion.forward = creation().undo;
        const auto id = journal.begin("attempt", "gpu-1", {});
        OperationRunner runner(cloud, journal, [](std::chrono::milliseconds, const std::stop_token&) { return true; });
        runner.setIsEnough([] { return true; });
        std::string error;
        const auto outcome = runner.run(
            journal.entries[static_cast<std::size_t>(*id - 1)].entry, attemptOf(creation(), deletion), "mark", error, {});
        QVERIFY(outcome && *outcome == Outcome::Done);
        QCOMPARE(cloud.resources.size(), std::size_t{4});
        QVERIFY(Finding::parse(journal.entries[0].entry.note.finding).isKept.value());
    }

    void whatSomebodyElseMadeIsNeverTouched()
    {
        ToyCloud cloud;
        KeptJournal journal;
        cloud.resources["card"] = {"another mark", 0, false, false};
        (void)journal.begin("create", "gpu-1", {});
        takeUp(cloud, journal, creation());
        QCOMPARE(journal.entries[0].outcome, Outcome::Undone);
        QVERIFY(cloud.resources.contains("card"));
        QVERIFY(!cloud.resources.contains("network"));
    }

    /// Others than the winner of a chase are cancelled when it has won; some of them are removing their machine by then.
    void whatIsBeingRemovedIsRemovedThoughItIsCancelled()
    {
        ToyCloud cloud;
        KeptJournal journal;
        Plan deletion;
        deletion.forward = creation().undo;
        const auto id = journal.begin("attempt", "gpu-1", {});
        std::chrono::milliseconds waited{0};
        OperationRunner runner(cloud, journal, [&](std::chrono::milliseconds pause, const std::stop_token&) {
            waited += pause;
            return true;
        });
        runner.setIsEnough([] { return false; });
        runner.setIsCancelled([&] { return Finding::parse(journal.entries[0].entry.note.finding).isAllocated(); });
        std::string error;
        const auto outcome = runner.run(
            journal.entries[static_cast<std::size_t>(*id - 1)].entry, attemptOf(creation(), deletion), kMark, error, {});
        QVERIFY(outcome && *outcome == Outcome::Done);
        QCOMPARE(cloud.resources.size(), std::size_t{1}); // the group
        QVERIFY2(waited < std::chrono::minutes(3), "it waited for its own cancellation to pass");
    }

    void aCancelledCreationIsTakenBack()
    {
        ToyCloud cloud;
        KeptJournal journal;
        (void)journal.begin("create", "gpu-1", {});
        int asked = 0;
        takeUp(cloud, journal, creation(), [&] { return ++asked > 4; });
        QCOMPARE(journal.entries[0].outcome, Outcome::Undone);
        QCOMPARE(journal.entries[0].error, "cancelled");
        QCOMPARE(cloud.resources.size(), std::size_t{1});
    }

    /// A restart of the machine cannot be seen afterwards, so it is never sent twice.
    void anActIsSentAtMostOnce()
    {
        Plan plan;
        Step stop;
        stop.kind = Step::Kind::Reach;
        stop.resource = "machine";
        stop.verb = "deallocate";
        Step redeploy;
        redeploy.kind = Step::Kind::Act;
        redeploy.resource = "machine";
        redeploy.verb = "redeploy";
        Step start = stop;
        start.verb = "start";
        plan.forward = {stop, redeploy, start};
        crashEverywhere(plan, [](ToyCloud&) {}, [](ToyCloud& cloud, const KeptJournal::Entry& entry) {
            QCOMPARE(entry.outcome, Outcome::Done);
            QVERIFY(cloud.acts["redeploy"] <= 1);
            QCOMPARE(cloud.reached["machine"], "start");
        });
    }

    void withoutAJournalNothingIsSent()
    {
        ToyCloud cloud;
        KeptJournal journal;
        (void)journal.begin("create", "gpu-1", {});
        journal.isFull = true;
        takeUp(cloud, journal, creation());
        QCOMPARE(cloud.creations, 0);
        QVERIFY(!journal.entries[0].isEnded);
    }

    void theProgramsEndLeavesTheOperationOpen()
    {
        ToyCloud cloud;
        KeptJournal journal;
        (void)journal.begin("create", "gpu-1", {});
        std::stop_source closing;
        int pauses = 0;
        OperationRunner runner(cloud, journal, [&](std::chrono::milliseconds, std::stop_token stop) {
            if (++pauses == 2) {
                closing.request_stop();
            }
            return !stop.stop_requested();
        });
        std::string error;
        const auto outcome
            = runner.run(journal.openEntries().value().front(), creation(), kMark, error, closing.get_token());
        QVERIFY(!outcome.isOk());
        QCOMPARE(outcome.error().kind, ErrorKind::Cancelled);
        takeUp(cloud, journal, creation());
        QCOMPARE(journal.entries[0].outcome, Outcome::Done);
        QCOMPARE(cloud.creations, 4);
    }
};

QTEST_APPLESS_MAIN(TestOperationRunner)

#include "tst_operation_runner.moc"
