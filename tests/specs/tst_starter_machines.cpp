#include <algorithm>
#include <set>

#include <QCryptographicHash>
#include <QtTest>

#include "engine/base/files.h"
#include "engine/specs/machine.h"
#include "engine/specs/state_space.h"
#include "engine/specs/transition_check.h"
#include "engine/specs/transition_table.h"
#include "engine/specs/value_reader.h"
#include "engine/specs/value_words.h"

using namespace ty;
using namespace ty::engine::specs;

/// The bundled machines give the published tables of valid transitions: counts and, row by row, contents.
class TestStarterMachines : public QObject {
    Q_OBJECT

private slots:
    void validTransitionsAreThePublishedOnes_data();
    void validTransitionsAreThePublishedOnes();
    void oneNumberCountsFromOneToSix();
    void writtenStatesAreReadBackAndTheirTransitionsArePossible_data();
    void writtenStatesAreReadBackAndTheirTransitionsArePossible();
};

namespace {

Machine bundled(const QString& name)
{
    const auto path = QStringLiteral(TRAINYARD_SOURCE_DIR "/resources/specs/%1.mch").arg(name).toStdString();
    auto text = readFile(path);
    if (!text) {
        qFatal("%s", text.error().message.c_str());
    }
    auto machine = readMachine(*text, name.toStdString());
    if (!machine) {
        qFatal("%s: %s", path.c_str(), machine.error().message.c_str());
    }
    return std::move(*machine);
}

} // namespace

void TestStarterMachines::validTransitionsAreThePublishedOnes_data()
{
    QTest::addColumn<int>("states");
    QTest::addColumn<int>("valid");
    QTest::addColumn<QString>("digest");

    // Counts: the seed's table of examples. Digests: sha256 over the header and the sorted distinct rows of class Y in the tables
    // that were enumerated from the rules by another program (first 16 digits).
    QTest::newRow("M01_Paperround_simple") << 2187 << 12265 << "8b7bcf786715018a";
    QTest::newRow("M02_Sortarray") << 625 << 11250 << "4d717be07481df22";
    QTest::newRow("M03_ParallelModelCheckTest") << 1280 << 2304 << "2dfccb4d19e771b3";
    QTest::newRow("M04_POR_TwoThreads_WithSync") << 2601 << 5101 << "842697f9ce234e62";
    QTest::newRow("M05_progress") << 1024 << 7680 << "7343111290706390";
    QTest::newRow("M06_monitor2") << 716 << 7080 << "72578d04c78538f3";
    QTest::newRow("M07_BridgeTransitions") << 1140 << 2275 << "333a3fbcd9272334";
    QTest::newRow("M08_InvolvedSequences2") << 330 << 1012 << "1dfca74903fc5df8";
    QTest::newRow("M09_club") << 729 << 7290 << "a02247e450155e2e";
    QTest::newRow("M10_ADD4") << 288 << 3296 << "dcd8efe949c155ef";
    QTest::newRow("M11_TestBZTT3") << 380 << 7930 << "33b3474907932a53";
    QTest::newRow("M12_scheduler6") << 1522 << 10488 << "3a87228e9c0cf515";
    QTest::newRow("M13_BinomialCoefficientConcurrent") << 2624 << 5105 << "86b845abe118d8e5";
    QTest::newRow("M14_Lift2") << 1846 << 5959 << "31b51c958129fdfc";
    QTest::newRow("M15_Mikrowelle") << 252 << 972 << "5d0b30a664240c8f";
    QTest::newRow("M16_CSM") << 340 << 1228 << "c633cabb0b312e0b";
    QTest::newRow("M17_GSM_revue") << 480 << 4528 << "610bf0cb72598a5d";
}

void TestStarterMachines::writtenStatesAreReadBackAndTheirTransitionsArePossible_data()
{
    validTransitionsAreThePublishedOnes_data();
}

void TestStarterMachines::writtenStatesAreReadBackAndTheirTransitionsArePossible()
{
    const auto machine = bundled(QString::fromLatin1(QTest::currentDataTag()));
    const auto space = explore(machine);
    QVERIFY(space);
    const auto table = TransitionTable::make(machine, *space, {.seed = 5});
    QVERIFY(table);
    constexpr std::size_t kTried = 150; // of some thousand shuffled ones
    for (std::size_t row = 0; row < std::min(kTried, table->examples().size()); ++row) {
        const auto& example = table->examples()[row];
        const auto* before = space->state(example.transition.before);
        const auto read = readState(machine, stateWords(machine, before));
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        QVERIFY(std::equal(read->begin(), read->end(), before));
        const auto verdict = checkTransition(machine, example.transition.operation, read->data(), space->state(example.transition.after));
        QCOMPARE(verdict.isPossible, example.isValid);
        QVERIFY(verdict.problem.empty() && verdict.someOutcomes.size() <= verdict.outcomes);
    }
}

void TestStarterMachines::validTransitionsAreThePublishedOnes()
{
    QFETCH(int, states);
    QFETCH(int, valid);
    QFETCH(QString, digest);
    const auto machine = bundled(QString::fromLatin1(QTest::currentDataTag()));

    const auto space = explore(machine);
    QVERIFY2(space, space ? "" : space.error().message.c_str());
    for (const auto& problem : space->problems) {
        qWarning("line %d: %s", problem.place.line, problem.message.c_str());
    }
    QVERIFY(space->problems.empty());
    QVERIFY(space->violations.empty());
    const auto table = TransitionTable::make(machine, *space, {});
    QVERIFY2(table, table ? "" : table.error().message.c_str());

    std::set<std::uint32_t> seen;
    for (const auto& example : table->examples()) {
        if (example.isValid) {
            seen.insert(example.transition.operation);
        }
    }
    for (const auto& example : table->examples()) {
        QVERIFY2(seen.contains(example.transition.operation), "an operation stands in invalid rows alone");
    }
    std::vector<std::string> rows;
    for (const auto& example : table->examples()) {
        if (example.isValid) {
            const auto cells = table->cells(example);
            std::string row;
            for (std::size_t cell = 0; cell + 1 < cells.size(); ++cell) {
                row += (cell > 0 ? "," : "") + cells[cell];
            }
            rows.push_back(row);
        }
    }
    std::sort(rows.begin(), rows.end());
    QCryptographicHash hash(QCryptographicHash::Sha256);
    std::string header;
    for (const auto& name : table->columnNames()) {
        header += (header.empty() ? "" : ",") + name;
    }
    hash.addData(QByteArray::fromStdString(header));
    for (const auto& row : rows) {
        hash.addData(QByteArray::fromStdString("\n" + row));
    }

    QCOMPARE(static_cast<int>(space->stateCount()), states);
    QCOMPARE(static_cast<int>(table->validCount()), valid);
    QCOMPARE(static_cast<int>(table->examples().size()), 2 * valid);
    QCOMPARE(QString::fromLatin1(hash.result().toHex().left(16)), digest);
}

void TestStarterMachines::oneNumberCountsFromOneToSix()
{
    const auto machine = bundled(QStringLiteral("inc1"));
    const auto space = explore(machine);
    QVERIFY(space);
    QCOMPARE(space->stateCount(), 8U);
    std::vector<std::pair<Number, Number>> steps;
    for (const auto& transition : space->transitions) {
        steps.emplace_back(*space->state(transition.before), *space->state(transition.after));
    }
    const std::vector<std::pair<Number, Number>> expected{{1, 2}, {2, 3}, {3, 4}, {4, 5}, {5, 6}};
    QVERIFY(steps == expected);
    QCOMPARE(space->deadEnds.size(), std::size_t{3});
}

QTEST_APPLESS_MAIN(TestStarterMachines)

#include "tst_starter_machines.moc"
