#include <QSignalSpy>
#include <QtTest>

#include "widgets/code_editor.h"
#include "widgets/state_diagram.h"

using namespace ty::widgets;

/// The editor of small languages, and the diagram of states beside it.
class TestCodeEditor : public QObject {
    Q_OBJECT

private slots:
    void aFaultIsUnderlinedWhereItIs();
    void aFaultAtTheEndOfALineOrTextIsMarkedToo();
    void goingToAPlaceMovesTheCursor();
    void aNewLineBeginsWhereTheOneBeforeBegan();
    void statesStandFromLeftToRightAndApart();
    void aClickChoosesAState();
    void keysZoomWithinLimits();
    void manyStatesAreDrawnSoon();
};

void TestCodeEditor::aFaultIsUnderlinedWhereItIs()
{
    CodeEditor editor;
    editor.setPlainText(QStringLiteral("one two\nthree four"));
    editor.markFault(2, 7, QStringLiteral("why four?"));
    QCOMPARE(editor.extraSelections().size(), 1);
    QCOMPARE(editor.extraSelections().front().cursor.selectedText(), QStringLiteral("four"));
    editor.clearFault();
    QVERIFY(editor.extraSelections().isEmpty());
}

void TestCodeEditor::aFaultAtTheEndOfALineOrTextIsMarkedToo()
{
    CodeEditor editor;
    editor.setPlainText(QStringLiteral("one\n\nend"));
    for (const auto& [line, column] : {std::pair{1, 4}, {2, 1}, {3, 4}, {3, 99}, {9, 1}}) {
        editor.markFault(line, column, QStringLiteral("x"));
        QCOMPARE(editor.extraSelections().size(), line <= 3 ? 1 : 0);
    }
}

void TestCodeEditor::goingToAPlaceMovesTheCursor()
{
    CodeEditor editor;
    editor.setPlainText(QStringLiteral("one two\nthree four"));
    editor.goTo(2, 7);
    QCOMPARE(editor.textCursor().blockNumber(), 1);
    QCOMPARE(editor.textCursor().positionInBlock(), 6);
    editor.goTo(50, 1);
    QCOMPARE(editor.textCursor().blockNumber(), 1);
}

void TestCodeEditor::aNewLineBeginsWhereTheOneBeforeBegan()
{
    CodeEditor editor;
    editor.setPlainText(QStringLiteral("  up = PRE x < 5 THEN"));
    editor.moveCursor(QTextCursor::End);
    QTest::keyClick(&editor, Qt::Key_Return);
    QTest::keyClicks(&editor, QStringLiteral("x"));
    QTest::keyClick(&editor, Qt::Key_Return);
    QTest::keyClicks(&editor, QStringLiteral("END"));
    QCOMPARE(editor.toPlainText(), QStringLiteral("  up = PRE x < 5 THEN\n    x\n    END"));
}

namespace {

std::vector<DiagramState> ladder(int layers, int each)
{
    std::vector<DiagramState> states;
    for (int layer = 0; layer < layers; ++layer) {
        for (int row = 0; row < each; ++row) {
            DiagramState state;
            state.label = QStringLiteral("s = %1").arg(layer * each + row);
            state.layer = layer;
            states.push_back(state);
        }
    }
    return states;
}

std::vector<DiagramStep> rungs(int layers, int each)
{
    std::vector<DiagramStep> steps;
    for (int state = 0; state + each < layers * each; ++state) {
        steps.push_back({state, state + each, QStringLiteral("up"), true});
        steps.push_back({state + each, state, QStringLiteral("down"), true});
        steps.push_back({state, state, QStringLiteral("stay"), true});
    }
    return steps;
}

} // namespace

void TestCodeEditor::statesStandFromLeftToRightAndApart()
{
    StateDiagram diagram;
    const auto states = ladder(5, 4);
    diagram.setDiagram(states, rungs(5, 4));
    for (int a = 0; a < diagram.stateCount(); ++a) {
        for (int b = 0; b < diagram.stateCount(); ++b) {
            if (states[static_cast<std::size_t>(a)].layer < states[static_cast<std::size_t>(b)].layer) {
                QVERIFY(diagram.boxOf(a).right() < diagram.boxOf(b).left());
            } else if (a != b) {
                QVERIFY(!diagram.boxOf(a).intersects(diagram.boxOf(b)));
            }
        }
    }
}

void TestCodeEditor::aClickChoosesAState()
{
    StateDiagram diagram;
    diagram.resize(600, 400);
    diagram.setDiagram(ladder(3, 2), rungs(3, 2));
    diagram.show();
    QVERIFY(QTest::qWaitForWindowExposed(&diagram));
    QSignalSpy chosen(&diagram, &StateDiagram::stateChosen);
    QTest::mouseClick(diagram.viewport(), Qt::LeftButton, {}, diagram.mapFromScene(diagram.boxOf(3).center()));
    QCOMPARE(chosen.size(), 1);
    QCOMPARE(chosen.front().front().toInt(), 3);
}

void TestCodeEditor::keysZoomWithinLimits()
{
    StateDiagram diagram;
    diagram.resize(600, 400);
    diagram.setDiagram(ladder(3, 2), rungs(3, 2));
    const auto before = diagram.transform().m11();
    QTest::keyClick(&diagram, Qt::Key_Plus);
    QVERIFY(diagram.transform().m11() > before);
    for (int press = 0; press < 60; ++press) {
        QTest::keyClick(&diagram, Qt::Key_Plus);
    }
    QVERIFY(diagram.transform().m11() <= 6.001);
    QTest::keyClick(&diagram, Qt::Key_0);
    QVERIFY(diagram.transform().m11() <= 1.0);
}

void TestCodeEditor::manyStatesAreDrawnSoon()
{
    StateDiagram diagram;
    QElapsedTimer timer;
    timer.start();
    diagram.setDiagram(ladder(12, 10), rungs(12, 10));
    diagram.setWay({0, 10, 20});
    QVERIFY2(timer.elapsed() < 1500, qPrintable(QString::number(timer.elapsed()))); // hangs are meant, not speed
}

QTEST_MAIN(TestCodeEditor)

#include "tst_code_editor.moc"
