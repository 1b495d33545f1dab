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
