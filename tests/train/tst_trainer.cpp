#include <QTest>

#include <QFile>
#include <QTemporaryDir>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "engine/base/files.h"
#include "engine/train/trainer.h"
#include "fake_parts.h"
#include "fake_session.h"

using namespace ty::engine;

namespace {

/// One training with all that it needs; another object on the same folder is another process.
struct Bench {
    explicit Bench(const QTemporaryDir& folder) : runFolder{folder.path().toStdString()}
    {
        options.epochs = 6;
        options.patience = 0;
        options.batchSize = 16;
        options.schedule = {ScheduleKind::Cosine, 0.1, 0.05};
        options.seed = 5;
        options.clock = [this] { return clock += 0.001; };
        session.onStep = [this](std::int64_t step) {
            if (step == stopAfter) {
                control.isStopped = true;
            }
        };
    }

    ty::Result<TrainerOutcome> run()
    {
        trainer = std::make_unique<Trainer>(session, training, hasValidation ? &validation : nullptr, options, runFolder, sink, control);
        return trainer->run();
    }
    ty::Result<TrainerOutcome> resume()
    {
        TY_TRY(const auto found, CheckpointStore(runFolder.checkpointFolder()).newest());
        if (!found) {
            return ty::Error{ty::ErrorKind::NotFound, "no checkpoint", {}};
        }
        trainer = std::make_unique<Trainer>(session, training, hasValidation ? &validation : nullptr, options, runFolder, sink, control);
        TY_CHECK(trainer->resume(*found));
        return trainer->run();
    }
    std::map<std::int64_t, double> losses() const
    {
        std::map<std::int64_t, double> found;
        for (const auto& event : sink.of("step")) {
            found[event.at("step").get<std::int64_t>()] = event.at("loss").get<double>();
        }
        return found;
    }

    /// A millisecond a look, and so many seconds for each checkpoint.
    std::function<double()> clockOfSlowWrites(double seconds)
    {
        return [this, seconds, newest = std::string()]() mutable {
            const auto names = CheckpointStore(runFolder.checkpointFolder()).names();
            if (!names.empty() && names.back() != newest) {
                newest = names.back();
                clock += seconds;
            }
            return clock += 0.001;
        };
    }

    TwoClouds training{200, 1};
    TwoClouds validation{60, 2};
    bool hasValidation = true;
    FakeSession session{3, 2, 11};
    RecordingSink sink;
    ScriptedControl control;
    TrainerOptions options;
    ty::RunFolder runFolder;
    std::unique_ptr<Trainer> trainer;
    double clock = 0;
    std::int64_t stopAfter = -1;
};

} // namespace

class TestTrainer : public QObject {
    Q_OBJECT
private slots:
    void everyEpochIsReportedWithItsFields()
    {
        const QTemporaryDir folder;
        Bench bench(folder);
        const auto outcome = bench.run();
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        QCOMPARE(outcome.value().outcome, std::string("completed"));
        const auto epochs = bench.sink.of("epoch");
        QCOMPARE(epochs.size(), std::size_t{6});
        for (const char* field :
             {"epoch", "step", "seconds", "epochSeconds", "stepSeconds", "training", "validation", "learningRate", "isBest", "bestEpoch",
              "etaSeconds", "samplesPerSecond", "dataWaitFraction"}) {
            QVERIFY2(epochs[2].contains(field), field);
        }
        QCOMPARE(epochs[2]["epoch"].get<int>(), 3);
        QCOMPARE(epochs[2]["step"].get<int>(), 39); // ceil(200 / 16) = 13 steps an epoch
        QVERIFY(epochs[0]["etaSeconds"].get<double>() > epochs[3]["etaSeconds"].get<double>());
        QVERIFY(epochs[5]["validation"]["accuracy"].get<double>() > 0.85);
        QVERIFY(epochs[5]["training"]["loss"].get<double>() < epochs[0]["training"]["loss"].get<double>());
    }

    void stepEventsAreThinnedToTwentyASecond()
    {
        const QTemporaryDir folder;
        Bench bench(folder);
        bench.options.epochs = 600; // 7,800 steps
        bench.options.clock = [&bench] { return bench.clock += 0.002; }; // a handful of reads a step
        QVERIFY(bench.run());
        const auto events = bench.sink.of("step");
        QVERIFY(events.size() >= 100);
        QVERIFY(static_cast<double>(events.size()) <= bench.clock * 20 + 1);
        QCOMPARE(events.front()["step"].get<int>(), 1);
    }

    void aRunThatIsOverAtOnceTellsAHundredOfItsSteps()
    {
        const QTemporaryDir folder;
        Bench bench(folder);
        bench.options.epochs = 60; // 780 steps: one of eight
        bench.options.clock = [] { return 0.0; };
        QVERIFY(bench.run());
        const auto events = bench.sink.of("step");
        QCOMPARE(events.size(), std::size_t{98});
        QCOMPARE(events[0]["step"].get<int>(), 1);
        QCOMPARE(events[1]["step"].get<int>(), 9);
        QCOMPARE(events[97]["step"].get<int>(), 777);
    }

    void aRunOfFewStepsTellsThemAll()
    {
        const QTemporaryDir folder;
        Bench bench(folder); // 78 steps
        bench.options.clock = [] { return 0.0; };
        QVERIFY(bench.run());
        QCOMPARE(bench.sink.of("step").size(), std::size_t{78});
    }

    void stepEventsTellTheMeanOfTheStepsBetweenThem()
    {
        const QTemporaryDir folder;
        Bench bench(folder);
        bench.options.epochs = 60; // 780 steps: a word after each fifth
        bench.options.clock = [&bench] { return bench.clock; };
        bench.session.onStep = [&bench](std::int64_t step) { bench.clock += step % 2 == 0 ? 0.018 : 0.002; };
        QVERIFY(bench.run());
        const auto events = bench.sink.of("step");
        QVERIFY(events.size() > 10);
        for (std::size_t i = 1; i < events.size(); ++i) {
            const double seconds = events[i]["stepSeconds"];
            QVERIFY2(seconds > 0.007 && seconds < 0.013, std::to_string(seconds).c_str());
        }
    }

    void aLongRunIsToldItsFloorOnceAndLearnsTheSame()
    {
        const QTemporaryDir folder;
        const QTemporaryDir other;
        Bench bench(folder);
        Bench unmeasured(other);
        bench.options.epochs = unmeasured.options.epochs = 60;
        bench.options.clock = [&bench] { return bench.clock += 1; }; // steps of a second: 780 of them
        QVERIFY(bench.run());
        QVERIFY(unmeasured.run());

        const auto floors = bench.sink.of("floor");
        QCOMPARE(floors.size(), std::size_t{1});
        QCOMPARE(floors[0]["stepSeconds"].get<double>(), 0.5);
        QCOMPARE(floors[0]["libraryShare"].get<double>(), 1.0);
        QCOMPARE(bench.session.profiledBatches, std::vector<std::int64_t>{16});
        QCOMPARE(bench.session.profileTries, 3); // a hundredth of the run holds no more of such steps
        const auto losses = bench.losses();
        for (const auto& [step, loss] : unmeasured.losses()) {
            QCOMPARE(losses.at(step), loss);
        }
    }

    void aShortRunIsNotMeasured()
    {
        const QTemporaryDir folder;
        Bench bench(folder); // 78 steps of a millisecond
        QVERIFY(bench.run());
        QVERIFY(bench.sink.of("floor").empty());
        QVERIFY(bench.session.profiledBatches.empty());
    }

    void epochsThatEndFasterThanTheyAreWrittenShareACheckpoint()
    {
        const QTemporaryDir folder;
        const QTemporaryDir other;
        Bench bench(folder);
        Bench reference(other);
        bench.options.epochs = reference.options.epochs = 300;
        reference.options.clock = [] { return 0.0; }; // no time at all: one for each epoch
        // An epoch is about 50 looks at the clock.
        const CheckpointStore store(bench.runFolder.checkpointFolder());
        bench.options.clock = bench.clockOfSlowWrites(1);
        const auto outcome = bench.run();
        const auto expected = reference.run();
        QVERIFY(outcome && expected);

        QCOMPARE(reference.sink.of("checkpoint").size(), std::size_t{300});
        const auto written = bench.sink.of("checkpoint");
        QVERIFY2(written.size() > 2 && written.size() < 20, std::to_string(written.size()).c_str());
        QCOMPARE(written.back()["epoch"].get<int>(), 300);
        QCOMPARE(bench.sink.of("epoch").size(), std::size_t{300});
        // The best epoch is there, though its own checkpoint was put off.
        QCOMPARE(outcome->bestEpoch, expected->bestEpoch);
        const auto best = std::find_if(written.rbegin(), written.rend(), [](const auto& event) { return event["isBest"].template get<bool>(); });
        QVERIFY(best != written.rend());
        QCOMPARE((*best)["epoch"].get<int>(), expected->bestEpoch);
        QVERIFY(expected->bestEpoch < 300);
        const auto kept = store.read(std::filesystem::path((*best)["file"].get<std::string>()).filename().string());
        QVERIFY2(kept, kept ? "" : kept.error().message.c_str());
        QCOMPARE(kept->state["history"].size(), static_cast<std::size_t>(expected->bestEpoch));
        QCOMPARE(kept->state["epoch"].get<int>(), expected->bestEpoch);
        const auto weights = bench.session.parameters();
        const auto expectedWeights = reference.session.parameters();
        for (std::size_t i = 0; i < weights[0].tensor.floats().size(); ++i) {
            QVERIFY(weights[0].tensor.floats()[i] == expectedWeights[0].tensor.floats()[i]);
            QVERIFY(weights[0].tensor.floats()[i] == kept->parameters[0].tensor.floats()[i]);
        }
    }

    void theBestEpochIsKeptThoughALaterOneFailsBeforeItIsWritten()
    {
        const QTemporaryDir folder;
        Bench bench(folder);
        const CheckpointStore store(bench.runFolder.checkpointFolder());
        bench.options.epochs = 40;
        bench.session.nanAtStep = 13 * 30;
        bench.options.clock = bench.clockOfSlowWrites(20); // below the 60 after which a long epoch has checkpoints inside
        const auto outcome = bench.run();
        QVERIFY(!outcome);
        const auto written = bench.sink.of("checkpoint");
        QCOMPARE(written.size(), std::size_t{2}); // the first, and the best of those after it
        QVERIFY(written[1]["isBest"].get<bool>());
        const auto found = store.newest().value();
        QVERIFY(found);
        QCOMPARE(found->checkpoint.state["step"].get<int>(), written[1]["step"].get<int>());
        QVERIFY2(
            outcome.error().advice.find("(step " + std::to_string(written[1]["step"].get<int>()) + ")") != std::string::npos,
            outcome.error().advice.c_str());
    }

    void checkpointsThatCannotBeReadDoNotTakeThePlaceOfNewOnes()
    {
        const QTemporaryDir folder;
        Bench bench(folder);
        bench.options.epochs = 4;
        bench.options.clock = [&bench] { return bench.clock += 0.1; };
        const CheckpointStore store(bench.runFolder.checkpointFolder());
        const std::string folderOfThem = bench.runFolder.checkpointFolder() + "/";
        QVERIFY(ty::makeFolders(bench.runFolder.checkpointFolder()));
        for (const int step : {900'000, 900'013}) {
            QVERIFY(ty::writeFileAtomically(folderOfThem + CheckpointStore::fileName(step), "torn"));
        }
        QVERIFY(bench.run());
        const auto names = store.names();
        const auto written = bench.sink.of("checkpoint");
        const auto isThere = [&](const ty::Json& event) {
            const std::string file = event["file"].get<std::string>();
            return std::any_of(names.begin(), names.end(), [&](const std::string& name) { return file.ends_with(name); });
        };
        QVERIFY(written.size() > 2);
        QVERIFY(isThere(written[written.size() - 1]) && isThere(written[written.size() - 2]));
        QVERIFY(!isThere(written[0]) || written[0]["isBest"].get<bool>());
        QVERIFY(ty::pathExists(folderOfThem + CheckpointStore::fileName(900'000)));
        const auto found = store.newest().value();
        QVERIFY(found && found->skipped.size() == 2);
        QVERIFY(written.back()["file"].get<std::string>().ends_with(found->name));
    }

    void stoppingAnywhereAndResumingGivesTheSameLosses_data()
    {
        QTest::addColumn<int>("stopAfter");
        for (const int step : {1, 5, 12, 13, 14, 26, 40, 77}) {
            QTest::addRow("after step %d", step) << step;
        }
    }
    void stoppingAnywhereAndResumingGivesTheSameLosses()
    {
        QFETCH(int, stopAfter);
        const auto slowClock = [](Bench& bench) { bench.options.clock = [&bench] { return bench.clock += 0.1; }; };
        const QTemporaryDir wholeFolder;
        Bench whole(wholeFolder);
        slowClock(whole);
        const auto expected = whole.run();
        QVERIFY(expected);

        const QTemporaryDir folder;
        Bench before(folder);
        slowClock(before);
        before.stopAfter = stopAfter;
        const auto stopped = before.run();
        QVERIFY(stopped);
        QCOMPARE(stopped.value().outcome, std::string("stopped"));
        Bench after(folder);
        slowClock(after);
        const auto resumed = after.resume();
        QVERIFY2(resumed, resumed ? "" : resumed.error().message.c_str());

        QCOMPARE(resumed.value().outcome, expected.value().outcome);
        QCOMPARE(resumed.value().bestEpoch, expected.value().bestEpoch);
        const auto all = whole.losses();
        const auto rest = after.losses();
        QCOMPARE(rest.begin()->first, std::int64_t{stopAfter + 1});
        QCOMPARE(rest.size(), all.size() - static_cast<std::size_t>(stopAfter));
        for (const auto& [step, loss] : rest) {
            QCOMPARE(loss, all.at(step));
        }
        const auto epochs = whole.sink.of("epoch");
        const auto again = after.sink.of("epoch");
        QVERIFY(again.back()["training"] == epochs.back()["training"]);
        QVERIFY(again.back()["validation"] == epochs.back()["validation"]);
        QCOMPARE(resumed.value().history.size(), std::size_t{6});
        const auto a = whole.session.parameters();
        const auto b = after.session.parameters();
        for (std::size_t i = 0; i < 6; ++i) {
            QCOMPARE(b[0].tensor.floats()[i], a[0].tensor.floats()[i]);
        }
    }

    void anOlderCheckpointGivesTheSameLossesToo()
    {
        const QTemporaryDir folder;
        Bench whole(folder);
        whole.options.clock = [&whole] { return whole.clock += 0.1; };
        QVERIFY(whole.run());
        const CheckpointStore store(whole.runFolder.checkpointFolder());
        const auto names = store.names();
        QVERIFY(names.size() >= 2);
        QFile torn(QString::fromStdString(whole.runFolder.checkpointFolder() + "/" + names.back()));
        QVERIFY(torn.resize(100));
        Bench again(folder);
        again.options.clock = [&again] { return again.clock += 0.1; };
        QVERIFY(again.resume());
        QCOMPARE(again.losses().size(), std::size_t{13});
        for (const auto& [step, loss] : again.losses()) {
            QCOMPARE(loss, whole.losses().at(step));
        }
    }

    void patienceEndsTheTrainingAndTheBestEpochIsKept()
    {
        const QTemporaryDir folder;
        Bench bench(folder);
        bench.options.epochs = 60;
        bench.options.patience = 2;
        bench.options.schedule = {ScheduleKind::Constant, 3.0, 0}; // jumps about, so losses rise
        const auto outcome = bench.run();
        QVERIFY(outcome);
        QCOMPARE(outcome.value().outcome, std::string("early-stop"));
        QCOMPARE(outcome.value().epochs, outcome.value().bestEpoch + 2);
        const auto best = CheckpointStore(bench.runFolder.checkpointFolder())
                              .read(CheckpointStore::fileName(outcome.value().bestEpoch * 13));
        QVERIFY(best);
        const auto weights = bench.session.parameters();
        for (std::size_t i = 0; i < 6; ++i) {
            QCOMPARE(weights[0].tensor.floats()[i], best.value().parameters[0].tensor.floats()[i]);
        }
    }

    void aNanLossFailsWithAdviceAndKeepsTheLastCheckpoint()
    {
        const QTemporaryDir folder;
        Bench bench(folder);
        bench.session.nanAtStep = 20;
        const auto outcome = bench.run();
        QVERIFY(!outcome);
        QVERIFY(outcome.error().message.find("NaN at step 21") != std::string::npos);
        QVERIFY(outcome.error().advice.find("learning rate") != std::string::npos);
        const auto found = CheckpointStore(bench.runFolder.checkpointFolder()).newest().value();
        QVERIFY(found.has_value());
        QCOMPARE(found->name, CheckpointStore::fileName(13));
    }

    void pauseWritesACheckpointAndIsNoRunningTime()
    {
        const QTemporaryDir folder;
        Bench bench(folder);
        bench.control.commands = {{"pause", {}}, {"snapshot", {}}, {"resume", {}}};
        const auto outcome = bench.run();
        QVERIFY(outcome);
        const auto states = bench.sink.of("state");
        QCOMPARE(states.size(), std::size_t{2});
        QCOMPARE(states[0]["state"].get<std::string>(), std::string("paused"));
        QCOMPARE(states[1]["state"].get<std::string>(), std::string("resumed"));
        const auto checkpoints = bench.sink.of("checkpoint");
        QCOMPARE(checkpoints[0]["reason"].get<std::string>(), std::string("pause"));
        QCOMPARE(checkpoints[1]["reason"].get<std::string>(), std::string("snapshot"));
    }

    void finishEndsTheEpochAtHand()
    {
        const QTemporaryDir folder;
        Bench bench(folder);
        bench.control.commands = {{"finish", {}}};
        const auto outcome = bench.run();
        QVERIFY(outcome);
        QCOMPARE(outcome.value().outcome, std::string("finished-now"));
        QCOMPARE(outcome.value().epochs, 1);
        QCOMPARE(bench.sink.of("epoch").size(), std::size_t{1});
        QCOMPARE(bench.sink.of("epoch")[0]["step"].get<int>(), 13);
    }

    void liveChangesAreTakenAndSurviveAResume()
    {
        const QTemporaryDir folder;
        Bench bench(folder);
        bench.options.schedule.kind = ScheduleKind::Constant;
        bench.control.commands = {
            {"set", {{"name", "epochs"}, {"value", 9}}},
            {"set", {{"name", "learningRate"}, {"value", 0.003}}},
            {"set", {{"name", "batchSize"}, {"value", 4}}},
            {"set", {{"name", "epochs"}, {"value", "many"}}}};
        bench.stopAfter = 30;
        QVERIFY(bench.run());
        QCOMPARE(bench.sink.of("set").size(), std::size_t{2});
        QCOMPARE(bench.sink.of("warning").size(), std::size_t{2});
        Bench again(folder);
        again.options.schedule.kind = ScheduleKind::Constant;
        const auto outcome = again.resume();
        QVERIFY(outcome);
        QCOMPARE(outcome.value().epochs, 9);
        QCOMPARE(again.sink.of("step").front()["learningRate"].get<double>(), 0.003);
    }

    void anExtendedRunGoesOn()
    {
        const QTemporaryDir folder;
        Bench bench(folder);
        QVERIFY(bench.run());
        Bench same(folder);
        const auto unchanged = same.resume();
        QVERIFY(unchanged);
        QCOMPARE(unchanged.value().outcome, std::string("completed"));
        QVERIFY(same.sink.of("step").empty());
        Bench longer(folder);
        longer.options.epochs = 8;
        const auto outcome = longer.resume();
        QVERIFY(outcome);
        QCOMPARE(outcome.value().epochs, 8);
        QCOMPARE(longer.sink.of("epoch").size(), std::size_t{2});
    }

    void theBudgetFinishesAtOnce()
    {
        const QTemporaryDir folder;
        Bench bench(folder);
        bench.options.clock = [&bench] { return bench.clock += 0.1; };
        bench.options.budgetSeconds = 1.0;
        const auto outcome = bench.run();
        QVERIFY(outcome);
        QCOMPARE(outcome.value().outcome, std::string("finished-now"));
        QCOMPARE(outcome.value().bestEpoch, 1);
        QVERIFY(bench.sink.of("epoch")[0]["step"].get<int>() < 13);
    }

    void withoutValidationTheLastEpochIsBest()
    {
        const QTemporaryDir folder;
        Bench bench(folder);
        bench.hasValidation = false;
        bench.options.patience = 1;
        const auto outcome = bench.run();
        QVERIFY(outcome);
        QCOMPARE(outcome.value().bestEpoch, 6);
        QVERIFY(bench.sink.of("epoch")[0]["validation"].is_null());
    }

    void anUnwritableFolderIsNamed()
    {
        const QTemporaryDir folder;
        Bench bench(folder);
        QFile block(folder.path() + "/checkpoints"); // a file where the folder should be
        QVERIFY(block.open(QIODevice::WriteOnly));
        const auto outcome = bench.run();
        QVERIFY(!outcome);
        QVERIFY(outcome.error().message.find("checkpoints") != std::string::npos);
    }

    void longEpochsHaveCheckpointsInside()
    {
        const QTemporaryDir folder;
        Bench bench(folder);
        bench.options.clock = [&bench] { return bench.clock += 0.5; };
        bench.options.checkpointSeconds = 5;
        QVERIFY(bench.run());
        int intervals = 0;
        for (const auto& event : bench.sink.of("checkpoint")) {
            intervals += event["reason"].get<std::string>() == "interval" ? 1 : 0;
        }
        QVERIFY(intervals >= 6);
        QVERIFY(CheckpointStore(bench.runFolder.checkpointFolder()).names().size() <= 3);
    }

    void aCheckpointKnowsItsBatches()
    {
        const QTemporaryDir folder;
        Bench bench(folder);
        QVERIFY(bench.run());
        const auto found = CheckpointStore(bench.runFolder.checkpointFolder()).newest().value();
        QVERIFY(found);
        const auto state = TrainerState::fromJson(found->checkpoint.state, found->name);
        QVERIFY(state);
        QCOMPARE(state.value().batchSize, static_cast<std::int64_t>(bench.options.batchSize));
        QCOMPARE(state.value().evaluationBatch, static_cast<std::int64_t>(bench.options.evaluationBatch));
        ty::Json older = found->checkpoint.state;
        older.erase("batchSize");
        older.erase("evaluationBatch");
        QCOMPARE(TrainerState::fromJson(older, "older").value().batchSize, std::int64_t{0});
        older["batchSize"] = -3;
        QVERIFY(!TrainerState::fromJson(older, "wrong"));
    }
};

QTEST_GUILESS_MAIN(TestTrainer)
#include "tst_trainer.moc"
