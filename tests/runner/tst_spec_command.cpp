#include <QTest>

#include "tests/runner/runner_fixture.h"

using namespace ty;

/// Machines on the command line: explored, told, and made into tables that a learner takes.
class TestSpecCommand : public QObject {
    Q_OBJECT

private slots:
    void aMachineIsExploredAndTold();
    void aBrokenInvariantIsShownWithTheWayThere();
    void examplesAreTablesThatALearnerTakes();
    void aTypedTransitionIsJudgedByTheMachineAndByAModel();
    void aTypedStateThatIsWrongNamesItsPlace();
    void aFaultNamesFileAndPlace();
    void anExplorationThatEndedEarlyGivesNoExamples();

private:
    RunnerFixture m_f;
};

void TestSpecCommand::aMachineIsExploredAndTold()
{
    const auto lift = QStringLiteral(TRAINYARD_SOURCE_DIR "/resources/specs/M14_Lift2.mch");
    const Ended told = m_f.run({"spec", lift, "--json"});
    QVERIFY2(told.code == 0, told.err);
    const auto json = told.json();
    QCOMPARE(json["states"].get<int>(), 1846);
    QCOMPARE(json["transitions"].get<int>(), 5959);
    QVERIFY(json["isWhole"].get<bool>());
    QCOMPARE(json["operations"].size(), std::size_t{8});
    QVERIFY(json["brokenInvariants"].empty());
    const Ended text = m_f.run({"spec", lift});
    QVERIFY2(text.out.contains("States:        1846 (1 initial)"), text.out);
    QVERIFY2(text.out.contains("Invariants:    hold in every state found"), text.out);
}

void TestSpecCommand::aBrokenInvariantIsShownWithTheWayThere()
{
    const auto file = m_f.write("tank.mch", "VARIABLES level : 0..3 INITIALISATION level := 2 OPERATIONS fill = PRE level < 4 THEN level := level + 1 END");
    const Ended told = m_f.run({"spec", file});
    QVERIFY2(told.code == 0, told.err);
    QVERIFY2(told.out.contains("Broken:        level : 0..3; the shortest way there:\n    level = 2\n    fill: level = 3\n    fill: level = 4\n"), told.out);
}

void TestSpecCommand::examplesAreTablesThatALearnerTakes()
{
    const auto machine = QStringLiteral(TRAINYARD_SOURCE_DIR "/resources/specs/M15_Mikrowelle.mch");
    const Ended told = m_f.run({"spec", machine, "--examples", "oven", "--json"});
    QVERIFY2(told.code == 0, told.err);
    QCOMPARE(told.json()["examples"]["training"]["rows"].get<int>(), 1555);
    QCOMPARE(told.json()["examples"]["test"]["rows"].get<int>(), 389);
    const auto first = m_f.run({"inspect", "oven/train.csv", "--json"}).json();
    QCOMPARE(first["task"].get<std::string>(), std::string("classification"));
    QCOMPARE(first["samples"].get<int>(), 1555);
    const auto trained = m_f.run(
        {"train", "--data", "oven/train.csv", "--test", "oven/test.csv", "--target", "Available-Transition", "--preset", "fast", "--set",
         "epochs=2", "--threads", "1", "--out", "oven-run"});
    QVERIFY2(trained.code == 0, trained.err);

    // The same seed gives the same files, another one others.
    QVERIFY(m_f.run({"spec", machine, "--examples", "again"}).code == 0);
    QVERIFY(m_f.run({"spec", machine, "--examples", "other", "--seed", "1"}).code == 0);
    const auto bytes = [&](const char* name) { return readFile(m_f.file(name)).valueOr(""); };
    QVERIFY(bytes("again/train.csv") == bytes("oven/train.csv"));
    QVERIFY(bytes("other/train.csv") != bytes("oven/train.csv"));
}

void TestSpecCommand::aTypedTransitionIsJudgedByTheMachineAndByAModel()
{
    const auto file = m_f.write(
        "tally.mch",
        "VARIABLES x : 0..40 INITIALISATION x :: 0..40 "
        "OPERATIONS up = PRE x < 40 THEN x := x + 1 END; none = PRE x > 50 THEN skip END");
    const Ended made = m_f.run({"spec", file, "--examples", "tally", "--test-fraction", "0"});
    QVERIFY2(made.code == 0, made.err);
    const Ended trained = m_f.run({"train", "--data", "tally/train.csv", "--target", "Available-Transition", "--learner", "tree", "--threads", "1", "--out", "tally-run"});
    QVERIFY2(trained.code == 0, trained.err);
    const auto judged = [&](const char* before, const char* operation, const char* after) {
        const Ended told = m_f.run({"spec", file, "--before", before, "--operation", operation, "--after", after, "--model", "tally-run", "--json"});
        return told.code == 0 ? told.json()["transition"] : Json(told.err.toStdString());
    };
    const Json possible = judged("x = 7", "up", "x = 8");
    QVERIFY2(possible.is_object(), possible.dump().c_str());
    QVERIFY(possible["isPossible"].get<bool>());
    const auto& shares = possible["model"]["probabilities"];
    QVERIFY(std::abs(shares["Y"].get<double>() + shares["N"].get<double>() - 1) < 1e-6);
    const Json elsewhere = judged("x = 7", "up", "x = 9");
    QVERIFY(!elsewhere["isPossible"].get<bool>());
    QCOMPARE(elsewhere["someOutcomes"].dump(), std::string(R"(["x = 8"])"));
    QCOMPARE(judged("x = 7", "none", "x = 7")["outcomes"].get<int>(), 0);
    QVERIFY(judged("x = -5", "up", "x = -4")["isPossible"].get<bool>()); // any state may be asked about
}

void TestSpecCommand::aTypedStateThatIsWrongNamesItsPlace()
{
    const auto file = m_f.write("lamp.mch", "VARIABLES on : BOOL INITIALISATION on := FALSE OPERATIONS press = on := bool(on = FALSE)");
    const auto refusal = [&](const char* before) {
        const Ended told = m_f.run({"spec", file, "--before", before, "--operation", "press", "--after", "on = TRUE"});
        return told.code == 0 ? QByteArray("accepted") : told.err;
    };
    QVERIFY2(refusal("on = 3").contains("--before: line 1, column 6: found \"3\", expected TRUE or FALSE"), refusal("on = 3"));
    QVERIFY2(refusal("of = TRUE").contains("line 1, column 1: found \"of\", expected the name of a variable"), refusal("of = TRUE"));
    QVERIFY2(refusal("").contains("on has no value"), refusal(""));
    const Ended unknown = m_f.run({"spec", file, "--before", "on = TRUE", "--operation", "pull", "--after", "on = TRUE"});
    QVERIFY2(unknown.code != 0 && unknown.err.contains("no operation \"pull\""), unknown.err);
}

void TestSpecCommand::aFaultNamesFileAndPlace()
{
    const auto file = m_f.write("odd.mch", "VARIABLES x : 0..3 INITIALISATION x := 0\nOPERATIONS up = PRE x < THEN skip END");
    const Ended told = m_f.run({"spec", file, "--json"});
    QCOMPARE(told.code, 1);
    const auto message = QString::fromStdString(told.json()["error"]["message"].get<std::string>());
    QCOMPARE(message, file + ": line 2, column 25: found \"THEN\", expected a value");
    QVERIFY(m_f.run({"spec", "missing.mch"}).err.contains("missing.mch"));
}

void TestSpecCommand::anExplorationThatEndedEarlyGivesNoExamples()
{
    const auto file = m_f.write("count.mch", "VARIABLES x : NATURAL INITIALISATION x := 0 OPERATIONS up = x := x + 1");
    const Ended told = m_f.run({"spec", file, "--limit", "500", "--examples", "count"});
    QCOMPARE(told.code, 1);
    QVERIFY2(told.err.contains("ended at 500 states"), told.err);
    QVERIFY(!pathExists(m_f.file("count/train.csv")));
    QVERIFY(m_f.run({"spec", file, "--limit", "500"}).out.contains("Not whole:     ended at 500 states; --limit raises it"));
}

QTEST_GUILESS_MAIN(TestSpecCommand)

#include "tst_spec_command.moc"
