#include <QtTest>

#include "engine/specs/machine.h"
#include "engine/specs/state_space.h"
#include "engine/specs/transition_check.h"
#include "engine/specs/value_reader.h"
#include "engine/specs/value_words.h"

using namespace ty;
using namespace ty::engine::specs;

/// The text language of machines: what it says, and how it refuses what it cannot understand.
class TestSpecLanguage : public QObject {
    Q_OBJECT

private slots:
    void anOperationAloneWorksAsOnTheSlide_data();
    void anOperationAloneWorksAsOnTheSlide();
    void valuesAreComputedAsWritten_data();
    void valuesAreComputedAsWritten();
    void conditionsHoldAsWritten_data();
    void conditionsHoldAsWritten();
    void faultsNameTheirPlace_data();
    void faultsNameTheirPlace();
    void everyChoiceIsTried();
    void allChangesHappenAtOnce();
    void aBrokenInvariantIsFoundWithTheWayThere();
    void anExpressionWithoutValueIsReportedAndTheRestGoesOn();
    void explorationEndsAtItsLimitAndSaysSo();
    void explorationCanBeStopped();
    void numbersGrowWithoutEnd();
    void variablesMayBeTypedByTheInvariant();
    void deepNestingIsRefused();
    void statesAreReadAsTheyAreWritten();
    void statesThatAreWrittenWronglyNameTheirPlace_data();
    void statesThatAreWrittenWronglyNameTheirPlace();
    void anOperationThatCannotRunLeadsNowhere();
};

namespace {

Machine read(const std::string& text)
{
    auto machine = readMachine(text, "m");
    if (!machine) {
        qFatal("%s", machine.error().message.c_str());
    }
    return std::move(*machine);
}

StateSpace exploreAll(const Machine& machine)
{
    auto space = explore(machine);
    if (!space) {
        qFatal("%s", space.error().message.c_str());
    }
    return std::move(*space);
}

std::vector<std::string> statesOf(const Machine& machine, const StateSpace& space)
{
    std::vector<std::string> states;
    for (StateIndex state = 0; state < space.stateCount(); ++state) {
        states.push_back(stateWords(machine, space.state(state)));
    }
    return states;
}

/// The value that an expression has in the one initial state of a machine around it.
std::string valueOf(const std::string& type, const std::string& expression)
{
    const auto machine = read(
        "SETS NAME = {ann, bob, cy}; SMALL = 0..3 CONSTANTS k = 3; f : 1..3 --> 0..9 = {1 |-> 5, 2 |-> 7, 3 |-> 5} "
        "VARIABLES v : " + type + " INITIALISATION v := " + expression + " OPERATIONS stay = skip");
    return valueWords(machine, machine.variables.front(), exploreAll(machine).state(0));
}

} // namespace

void TestSpecLanguage::anOperationAloneWorksAsOnTheSlide_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("as on the slide") << R"("inc1": PRE x > 0 & x < 6 THEN x := x + 1 END)";
    QTest::newRow("as in B") << "inc1 = PRE x > 0 & x < 6 THEN x := x + 1 END";
    QTest::newRow("with signs") << "inc1 = PRE x > 0 ∧ x < 6 THEN x := x + 1 END // counts";
}

void TestSpecLanguage::anOperationAloneWorksAsOnTheSlide()
{
    QFETCH(QString, text);
    const auto machine = read(text.toStdString());
    QCOMPARE(machine.notes.size(), std::size_t{1});
    QCOMPARE(machine.notes.front(), std::string("x is not declared; taken as a number in 0..7 that may start anywhere there"));
    const auto space = exploreAll(machine);
    std::vector<std::pair<Number, Number>> steps;
    for (const auto& transition : space.transitions) {
        steps.emplace_back(*space.state(transition.before), *space.state(transition.after));
    }
    QVERIFY((steps == std::vector<std::pair<Number, Number>>{{1, 2}, {2, 3}, {3, 4}, {4, 5}, {5, 6}}));
}

void TestSpecLanguage::valuesAreComputedAsWritten_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("expression");
    QTest::addColumn<QString>("expected");
    QTest::newRow("products first") << "INTEGER" << "2 + 3 * 4 - 1" << "13";
    QTest::newRow("from the left") << "INTEGER" << "20 - 5 - 3" << "12";
    QTest::newRow("minus before") << "INTEGER" << "-k + 1" << "-2";
    QTest::newRow("division towards zero") << "INTEGER" << "-7 / 2" << "-3";
    QTest::newRow("mod is never negative") << "INTEGER" << "-7 mod 3" << "2";
    QTest::newRow("constant function") << "INTEGER" << "f(2) + f(k)" << "12";
    QTest::newRow("cardinality") << "INTEGER" << "card({i | i : 1..3 & f(i) = 5})" << "2";
    QTest::newRow("smallest") << "INTEGER" << "min({4, 2, 3})" << "2";
    QTest::newRow("largest") << "INTEGER" << "max({4, 2, 9} - {9})" << "4";
    QTest::newRow("if") << "INTEGER" << "IF k > 2 THEN 1 ELSE 0 END" << "1";
    QTest::newRow("union") << "POW(NAME)" << "{ann} \\/ {cy}" << "{ann, cy}";
    QTest::newRow("intersection") << "POW(NAME)" << "{ann, bob} ∩ {bob, cy}" << "{bob}";
    QTest::newRow("difference") << "POW(NAME)" << "NAME - {bob}" << "{ann, cy}";
    QTest::newRow("empty") << "POW(NAME)" << "{ann} \\ {ann}" << "{}";
    QTest::newRow("range") << "POW(SMALL)" << "1..2" << "{1, 2}";
    QTest::newRow("set below zero") << "POW(-5..3)" << "{-5, 3, 0}" << "{-5, 0, 3}";
    QTest::newRow("element") << "NAME" << "bob" << "bob";
    QTest::newRow("truth of a condition") << "BOOL" << "bool(ann : {ann} & not(k = 4))" << "TRUE";
    QTest::newRow("function list") << "1..2 --> NAME" << "{2 |-> ann, 1 |-> cy}" << "{1 |-> cy, 2 |-> ann}";
    QTest::newRow("lambda") << "NAME --> BOOL" << "%n.(n : NAME | bool(n = bob))"
                            << "{ann |-> FALSE, bob |-> TRUE, cy |-> FALSE}";
    QTest::newRow("override") << "1..3 --> INTEGER" << "f <+ {2 |-> k, 3 |-> 0}" << "{1 |-> 5, 2 |-> 3, 3 |-> 0}";
    QTest::newRow("function by if") << "1..3 --> INTEGER" << "IF k = 0 THEN f ELSE f <+ {1 |-> 1} END"
                                    << "{1 |-> 1, 2 |-> 7, 3 |-> 5}";
}

void TestSpecLanguage::valuesAreComputedAsWritten()
{
    QFETCH(QString, type);
    QFETCH(QString, expression);
    QFETCH(QString, expected);
    QCOMPARE(QString::fromStdString(valueOf(type.toStdString(), expression.toStdString())), expected);
}

void TestSpecLanguage::conditionsHoldAsWritten_data()
{
    QTest::addColumn<QString>("condition");
    QTest::addColumn<bool>("expected");
    QTest::newRow("and stops at the first no") << "k = 0 & 1 / 0 = 1" << false;
    QTest::newRow("or stops at the first yes") << "k = 3 or 1 / 0 = 1" << true;
    QTest::newRow("implication of nothing") << "k = 0 => FALSE = TRUE" << true;
    QTest::newRow("equivalence") << "k = 3 <=> f(1) = 5" << true;
    QTest::newRow("some") << "#i.(i : 1..3 & f(i) = 7)" << true;
    QTest::newRow("none") << "#(i, j).(i : 1..3 & j : 1..3 & i < j & f(i) > f(j) + 2)" << false;
    QTest::newRow("all") << "!i.(i : 1..3 => f(i) >= 5)" << true;
    QTest::newRow("not all") << "!(i, j).(i : 1..3 & j : i..3 => f(i) = f(j))" << false;
    QTest::newRow("subset") << "{ann} <: NAME" << true;
    QTest::newRow("not in") << "bob /: {ann, cy}" << true;
    QTest::newRow("outside of what sets can hold") << "1000 : {1, 2}" << false;
    QTest::newRow("natural") << "-1 : NATURAL" << false;
    QTest::newRow("power set") << "{ann, cy} : POW({ann, bob})" << false;
    QTest::newRow("function space") << "f : 1..3 --> 0..6" << false;
    QTest::newRow("equal functions") << "f = {1 |-> 5, 2 |-> 7, 3 |-> 5}" << true;
    QTest::newRow("subsets are tried") << "#s.(s <: NAME & card(s) = 2 & ann : s & bob /: s)" << true;
    QTest::newRow("functions are tried") << "#g.(g : 1..3 --> 0..2 & g(1) + g(2) + g(3) = 6)" << true;
}

void TestSpecLanguage::conditionsHoldAsWritten()
{
    QFETCH(QString, condition);
    QFETCH(bool, expected);
    QCOMPARE(valueOf("BOOL", "bool(" + condition.toStdString() + ")"), std::string(expected ? "TRUE" : "FALSE"));
}

void TestSpecLanguage::faultsNameTheirPlace_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("message");
    const QString begin = "MACHINE m SETS N = {ann, bob}\nVARIABLES x : 0..5; s : POW(N); f : 0..2 --> N\n"
                          "INITIALISATION x := 0 || s := {} || f := %i.(i : 0..2 | ann)\nOPERATIONS\n";
    QTest::newRow("empty") << QString() << "line 1, column 1: there is no operation";
    QTest::newRow("strange character") << "op = PRE x § 1" << "line 1, column 12: the character '§' means nothing here";
    QTest::newRow("open comment") << "op = skip\n /* for ever" << "line 2, column 2: this comment is not closed";
    QTest::newRow("no END") << begin + "op = PRE x = 1 THEN x := 2" << "line 5, column 27: found the end of the text, expected END of PRE";
    QTest::newRow("= for :=") << begin + "op = PRE x = 1 THEN x = 2 END END" << "line 5, column 23: found \"=\", expected := (becomes)";
    QTest::newRow("one after the other") << begin + "op = BEGIN x := 1; s := {} END END"
                                         << "line 5, column 18: statements do not follow each other here: all changes happen at once";
    QTest::newRow("two values") << begin + "op = x := 1 || x := 2 END" << "line 5, column 16: x gets two values at once";
    QTest::newRow("unknown name") << begin + "op = x := y END" << "line 5, column 11: nothing is called y";
    QTest::newRow("unknown variable") << begin + "op = z := 1 END" << "line 5, column 6: nothing is called z";
    QTest::newRow("number for a set") << begin + "op = s := 1 END" << "line 5, column 11: s is a set, each of them an element of N, found a number";
    QTest::newRow("element of another type") << begin + "op = PRE 1 : s THEN skip END END"
                                             << "line 5, column 12: the right side is a set, each of them an element of N, found a number";
    QTest::newRow("sum of names") << begin + "op = x := x + ann END" << "line 5, column 15: + needs numbers, found an element of N";
    QTest::newRow("condition") << begin + "op = PRE x THEN skip END END"
                               << "line 5, column 10: expected a truth value for a condition, found a number";
    QTest::newRow("and beside or") << begin + "op = PRE x = 1 & x = 2 or x = 3 THEN skip END END"
                                   << "line 5, column 24: & and or stand side by side";
    QTest::newRow("parameter without range") << begin + "op(p) = PRE p > 1 THEN x := 1 END END"
                                             << "line 5, column 1: p has no end of values to try";
    QTest::newRow("parameter without PRE") << begin + "op(p) = skip END"
                                           << "line 5, column 1: op has parameters but no PRE that gives their range";
    QTest::newRow("doubled operation") << begin + "op = skip; op = skip END" << "line 5, column 12: there is another operation op at line 5, column 1";
    QTest::newRow("function of too much") << begin + "op = PRE f(1, 2) = ann THEN skip END END" << "line 5, column 10: f takes one argument, not 2";
    QTest::newRow("no function") << begin + "op = x(1) := 2 END" << "line 5, column 6: x is no function of one argument";
    QTest::newRow("a constant changes") << "CONSTANTS n = 1 VARIABLES x : 0..1 INITIALISATION x := n OPERATIONS op = n := 2"
                                        << "line 1, column 74: n is no variable: it cannot change";
    QTest::newRow("no first value") << "VARIABLES x, y : 0..1 INITIALISATION x := 0 OPERATIONS op = skip"
                                    << "line 1, column 38: INITIALISATION gives y no value";
    QTest::newRow("no first value in a branch")
        << "VARIABLES x : 0..1 INITIALISATION IF 1 = 2 THEN x := 0 END OPERATIONS op = skip"
        << "line 1, column 35: INITIALISATION gives x no value";
    QTest::newRow("first value from another") << "VARIABLES x, y : 0..1 INITIALISATION x := 0 || y := x OPERATIONS op = skip"
                                              << "line 1, column 53: x has no value yet";
    QTest::newRow("no type") << "VARIABLES x INITIALISATION x := 0 OPERATIONS op = skip" << "line 1, column 11: variable x has no type";
    QTest::newRow("empty range") << "VARIABLES x : 5..1 INITIALISATION x := 0 OPERATIONS op = skip" << "line 1, column 16: this range is empty";
    QTest::newRow("partial function") << "VARIABLES f : 0..2 --> BOOL INITIALISATION f := {0 |-> TRUE, 2 |-> FALSE} OPERATIONS op = skip"
                                      << "line 1, column 49: this function has no value for 1";
    QTest::newRow("wide set") << "VARIABLES s : POW(0..100) INITIALISATION s := {} OPERATIONS op = skip"
                              << "line 1, column 1: sets of numbers reach from 0 to 100";
    QTest::newRow("property") << "CONSTANTS n = 3 PROPERTIES n > 5 VARIABLES x : 0..1 INITIALISATION x := 0 OPERATIONS op = skip"
                              << "line 1, column 30: this property of the constants does not hold";
    QTest::newRow("constant without value") << "CONSTANTS n : 0..5 VARIABLES x : 0..1 INITIALISATION x := 0 OPERATIONS op = skip"
                                            << "line 1, column 11: constant n has no value";
    QTest::newRow("division in a constant") << "CONSTANTS n = 3 / 0 VARIABLES x : 0..1 INITIALISATION x := 0 OPERATIONS op = skip"
                                            << "line 1, column 17: division by zero";
    QTest::newRow("endless constant") << "CONSTANTS n = card({i | i : 0..1000000000000 & i < 0}) VARIABLES x : 0..1 INITIALISATION x := 0 OPERATIONS op = skip"
                                      << "line 1, column 29: too many values to try";
    QTest::newRow("name twice") << "SETS A = {p}; B = {p} VARIABLES x : A INITIALISATION x := p OPERATIONS op = skip"
                                << "line 1, column 15: the name p is used twice";
}

void TestSpecLanguage::faultsNameTheirPlace()
{
    QFETCH(QString, text);
    QFETCH(QString, message);
    const auto machine = readMachine(text.toStdString(), "m");
    QVERIFY(!machine);
    QCOMPARE(machine.error().kind, ErrorKind::InvalidInput);
    QCOMPARE(QString::fromStdString(machine.error().message), message);
}

void TestSpecLanguage::everyChoiceIsTried()
{
    const auto machine = read(
        "SETS N = {a, b} VARIABLES x : 0..9; s : POW(N) INITIALISATION x := 0 || s := {} OPERATIONS\n"
        "any = ANY i, j WHERE i : 1..2 & j : 1..2 & i /= j THEN x := 3 * i + j END;\n"
        "choice = CHOICE x := 1 OR x := 2 END;\n"
        "select = SELECT x = 0 THEN x := 3 WHEN s = {} THEN x := 4 ELSE x := 9 END;\n"
        "subset = s :: POW(N);\n"
        "both = x :: {6, 8, 6} || s :: POW({a})");
    const auto space = exploreAll(machine);
    const auto after = [&](const std::string& name) {
        std::vector<std::string> states;
        for (const auto& transition : space.transitions) {
            if (transition.before == 0 && machine.operations[transition.operation].name == name) {
                states.push_back(stateWords(machine, space.state(transition.after)));
            }
        }
        return states;
    };
    using Words = std::vector<std::string>;
    QVERIFY((after("any") == Words{"x = 5, s = {}", "x = 7, s = {}"}));
    QVERIFY((after("choice") == Words{"x = 1, s = {}", "x = 2, s = {}"}));
    QVERIFY((after("select") == Words{"x = 3, s = {}", "x = 4, s = {}"}));
    QVERIFY((after("subset") == Words{"x = 0, s = {}", "x = 0, s = {a}", "x = 0, s = {b}", "x = 0, s = {a, b}"}));
    QVERIFY((after("both") == Words{"x = 6, s = {}", "x = 6, s = {a}", "x = 8, s = {}", "x = 8, s = {a}"}));
}

void TestSpecLanguage::allChangesHappenAtOnce()
{
    const auto machine = read(
        "VARIABLES x, y : 0..9; f : 0..1 --> 0..9 INITIALISATION x := 1 || y := 2 || f := {0 |-> 3, 1 |-> 4}\n"
        "OPERATIONS swap = x := y || y := x; turn = f := {0 |-> f(1), 1 |-> f(0)}; move = f(0), x := x, f(0)");
    const auto space = exploreAll(machine);
    QCOMPARE(stateWords(machine, space.state(1)), std::string("x = 2, y = 1, f = {0 |-> 3, 1 |-> 4}"));
    QCOMPARE(stateWords(machine, space.state(2)), std::string("x = 1, y = 2, f = {0 |-> 4, 1 |-> 3}"));
    QCOMPARE(stateWords(machine, space.state(3)), std::string("x = 3, y = 2, f = {0 |-> 1, 1 |-> 4}"));
}

void TestSpecLanguage::aBrokenInvariantIsFoundWithTheWayThere()
{
    const auto machine = read(
        "VARIABLES x : 0..3; y : 0..9 INVARIANT x + y < 8 & y /= 9 INITIALISATION x := 0 || y := 0\n"
        "OPERATIONS up = PRE x < 5 THEN x := x + 1 END; add = PRE y < 8 & x > 2 THEN y := y + 4 END");
    const auto space = exploreAll(machine);
    QVERIFY(!space.violations.empty());
    const auto& first = space.violations.front();
    QCOMPARE(machine.invariants[first.invariant].text, std::string("x : 0..3"));
    QCOMPARE(stateWords(machine, space.state(first.state)), std::string("x = 4, y = 0"));
    const auto path = space.pathTo(first.state);
    QCOMPARE(path.size(), std::size_t{4});
    QCOMPARE(machine.operations[path.front().operation].name, std::string("up"));
    const auto sum = std::find_if(space.violations.begin(), space.violations.end(), [&](const auto& one) {
        return machine.invariants[one.invariant].text == "x + y < 8";
    });
    QVERIFY(sum != space.violations.end());
}

void TestSpecLanguage::anExpressionWithoutValueIsReportedAndTheRestGoesOn()
{
    const auto machine = read(
        "VARIABLES x : 0..4; f : 0..2 --> 0..4 INITIALISATION x := 0 || f := %i.(i : 0..2 | i)\n"
        "OPERATIONS up = PRE x < 4 THEN x := x + 1 END;\nlook = PRE f(x) = 2 THEN x := 0 END;\nput = f(x + 1) := 4;\nover = f := f <+ {x |-> 12 / x}");
    const auto space = exploreAll(machine);
    QVERIFY(space.stateCount() > 4);
    const auto said = [&](int line) {
        for (const auto& problem : space.problems) {
            if (problem.place.line == line) {
                return QString::fromStdString(problem.message);
            }
        }
        return QString();
    };
    QCOMPARE(said(3), QStringLiteral("the function has no value for 3, its arguments are 0..2"));
    QCOMPARE(said(4), QStringLiteral("the function has no cell 3, its arguments are 0..2"));
    QCOMPARE(said(5), QStringLiteral("division by zero"));
}

void TestSpecLanguage::explorationEndsAtItsLimitAndSaysSo()
{
    const auto machine = read("VARIABLES x : NATURAL INITIALISATION x := 0 OPERATIONS up = x := x + 1");
    const auto space = explore(machine, {1000, 100000});
    QVERIFY(space);
    QVERIFY(!space->isWhole);
    QCOMPARE(space->limit, std::string("1000 states"));
    QCOMPARE(space->stateCount(), 1000U);
    QVERIFY(space->deadEnds.empty());
    const auto wide = read("VARIABLES x : NATURAL INITIALISATION x := 0 OPERATIONS up = ANY y WHERE y : 0..1000000000 & y = -1 THEN x := y END");
    QCOMPARE(explore(wide, {1000, 1000, 5000})->limit, std::string("5000 values tried"));
    const auto many = read(
        "SETS N = {a, b} VARIABLES f : 0..999 --> N INITIALISATION f := %i.(i : 0..999 | a) OPERATIONS up = PRE #g.(g : 0..999 --> N & g /= g) THEN skip END");
    QCOMPARE(explore(many, {1000, 1000, 5000})->limit, std::string("5000 values tried"));
    const auto fewer = explore(machine, {100000, 50});
    QCOMPARE(fewer->limit, std::string("50 transitions"));
}

void TestSpecLanguage::explorationCanBeStopped()
{
    const auto machine = read("VARIABLES x : NATURAL INITIALISATION x := 0 OPERATIONS up = x := x + 1");
    std::stop_source source;
    source.request_stop();
    const auto space = explore(machine, {}, {}, source.get_token());
    QVERIFY(space);
    QCOMPARE(space->limit, std::string("stopped"));
}

void TestSpecLanguage::numbersGrowWithoutEnd()
{
    const auto machine = read(
        "VARIABLES n : 0..60; p : INTEGER INITIALISATION n := 0 || p := 1\n"
        "OPERATIONS up = PRE n < 60 THEN n := n + 1 || p := p * (n + 1) END;\n"
        "down = PRE n > 0 & p mod n = 0 & p / n >= 1 THEN n := n - 1 || p := p / n END");
    const auto space = exploreAll(machine);
    const auto states = statesOf(machine, space);
    // 60!
    const std::string last
        = "n = 60, p = 8320987112741390144276341183223364380754172606361245952449277696409600000000000000";
    QVERIFY(std::find(states.begin(), states.end(), last) != states.end());
    QCOMPARE(states.size(), std::size_t{61}); // down undoes up exactly
}

void TestSpecLanguage::variablesMayBeTypedByTheInvariant()
{
    const auto machine = read(
        "MACHINE lamp SETS N = {ann, bob} VARIABLES on, count, who INVARIANT on : BOOL & count : 0..3 & who <: N & (on = TRUE or count = 0)\n"
        "INITIALISATION on, count, who := FALSE, 0, {} OPERATIONS go = on := TRUE END");
    QCOMPARE(machine.name, std::string("lamp"));
    QCOMPARE(machine.variables[1].typeText, std::string("0..3"));
    QCOMPARE(machine.variables[2].typeText, std::string("POW(N)"));
    QCOMPARE(machine.invariants.back().text, std::string("(on = TRUE or count = 0)"));
    QCOMPARE(exploreAll(machine).stateCount(), 2U);
}

void TestSpecLanguage::deepNestingIsRefused()
{
    for (const auto& opening : {std::string("("), std::string("not "), std::string("-"), std::string("{")}) {
        std::string text = "op = PRE ";
        for (int depth = 0; depth < 100000; ++depth) {
            text += opening;
        }
        const auto machine = readMachine(text, "m");
        QVERIFY(!machine);
        QVERIFY2(machine.error().message.find("nested deeper") != std::string::npos, machine.error().message.c_str());
    }
    for (const auto& link : {std::string("+ 1"), std::string("& x = 1"), std::string("=> x = 1"), std::string("\\/ {}")}) {
        std::string text = "op = PRE x ";
        for (int links = 0; links < 100000; ++links) {
            text += link + ' ';
        }
        QVERIFY(!readMachine(text, "m"));
    }
}

namespace {

constexpr const char* kParty = "SETS NAME = {ann, bob} VARIABLES n : -9..9; on : BOOL; in : POW(NAME); seat : 1..2 --> NAME; s : POW(3..5) "
                               "INITIALISATION n := 0 || on := FALSE || in := {} || seat := {1 |-> ann, 2 |-> bob} || s := {3} "
                               "OPERATIONS leave = PRE ann : in THEN in := in - {ann} END; half = PRE on = TRUE THEN n := 8 / n END";

}

void TestSpecLanguage::statesAreReadAsTheyAreWritten()
{
    const auto machine = read(kParty);
    const std::string text = "n = -3, on = TRUE, in = {ann, bob}, seat = {1 |-> bob, 2 |-> bob}, s = {3, 5}";
    const auto state = readState(machine, text);
    QVERIFY2(state, state ? "" : state.error().message.c_str());
    QCOMPARE(stateWords(machine, state->data()), text);
    const auto shuffled = readState(machine, "s={5,3}, seat={2|->bob,1|->bob}, in={bob,ann,ann}, on=TRUE, n=-3");
    QVERIFY2(shuffled, shuffled ? "" : shuffled.error().message.c_str());
    QVERIFY(*shuffled == *state);
}

void TestSpecLanguage::statesThatAreWrittenWronglyNameTheirPlace_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("fault");
    const QString rest = ", on = TRUE, in = {}, seat = {1 |-> ann, 2 |-> ann}, s = {}";
    QTest::newRow("no number") << "n = x" + rest << "line 1, column 5: found \"x\", expected a number";
    QTest::newRow("twice") << "n = 1, n = 2" + rest << "line 1, column 8: n has a value already";
    QTest::newRow("missing") << "n = 1" << "line 1, column 6: on has no value";
    QTest::newRow("no comma") << "n = 1 on = TRUE" << "line 1, column 7: found \"on\", expected \",\"";
    QTest::newRow("of another set") << "in = {cy}" << "line 1, column 7: found \"cy\", expected an element of NAME";
    QTest::newRow("argument missing") << "seat = {1 |-> ann}" << "line 1, column 19: seat needs a value for each of its 2 arguments";
    QTest::newRow("argument twice") << "seat = {1 |-> ann, 1 |-> bob}" << "line 1, column 20: this is no argument of seat, or it stands twice";
    QTest::newRow("argument too large") << "seat = {3 |-> ann}" << "line 1, column 9: this is no argument of seat";
    QTest::newRow("argument enormous") << "seat = {99999999999999999999999 |-> ann}" << "line 1, column 9: this is no argument of seat";
    QTest::newRow("element too large") << "s = {3, 500}" << "line 1, column 9: a set of this machine cannot hold this number";
    QTest::newRow("element too small") << "s = {-99999999999999999999999}" << "column 6: a set of this machine cannot hold";
    QTest::newRow("open") << "s = {3" << "line 1, column 7: found the end, expected \",\"";
}

void TestSpecLanguage::statesThatAreWrittenWronglyNameTheirPlace()
{
    QFETCH(QString, text);
    QFETCH(QString, fault);
    const auto state = readState(read(kParty), text.toStdString());
    QVERIFY(!state);
    QVERIFY2(QString::fromStdString(state.error().message).contains(fault), state.error().message.c_str());
}

void TestSpecLanguage::anOperationThatCannotRunLeadsNowhere()
{
    const auto machine = read(kParty);
    const auto check = [&machine](const std::string& values, std::size_t operation) {
        const auto state = readState(machine, values + ", seat = {1 |-> ann, 2 |-> bob}, s = {}").value();
        return checkTransition(machine, operation, state.data(), state.data());
    };
    const auto closed = check("n = 0, on = FALSE, in = {bob}", 0);
    QVERIFY(!closed.isPossible && closed.outcomes == 0 && closed.problem.empty());
    const auto elsewhere = check("n = 0, on = FALSE, in = {ann}", 0);
    QVERIFY(!elsewhere.isPossible);
    QCOMPARE(elsewhere.someOutcomes, std::vector<std::string>{"n = 0, on = FALSE, in = {}, seat = {1 |-> ann, 2 |-> bob}, s = {}"});
    QVERIFY(!check("n = 0, on = TRUE, in = {}", 1).problem.empty()); // a division by zero
}

QTEST_APPLESS_MAIN(TestSpecLanguage)

#include "tst_spec_language.moc"
