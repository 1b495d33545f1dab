#include <memory>

#include <QHBoxLayout>
#include <QImage>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSplitter>
#include <QStandardItemModel>
#include <QTest>
#include <QToolButton>
#include <QWheelEvent>

#include "widgets/busy_bar.h"
#include "widgets/draw_pad.h"
#include "widgets/error_panel.h"
#include "widgets/filter_line.h"
#include "widgets/form_scroll.h"
#include "widgets/image_grid.h"
#include "widgets/probability_bars.h"
#include "widgets/rail.h"
#include "widgets/run_strip.h"
#include "widgets/toast.h"

using namespace ty::widgets;

class TestInputs : public QObject {
    Q_OBJECT

  private slots:
    void padTellsADrawnStroke();
    void padTakesStrokesBack();
    void padDrawsWithKeys();
    void answersAreOrderedAndCut();
    void gridResizesWithTheWheelAndKeepsTwentyThousand();
    void railChecksOneAndWalks();
    void stripTellsTheStepBesideItsFloor();
    void stripButtonsFollowThePhase();
    void stripGoesOnFromACheckpoint();
    void stripNeverGuessesAState();
    void toastUndoIsOfferedOnce();
    void toastsStackAndGoAway();
    void toastsLieOverNoControl();
    void filterWaitsForTypingToEnd();
    void formThatGrowsIsNotCutAside();
    void busyBarCancelsOnce();
    void errorPanelSaysAllPartsAndOffersButtons();
};

void TestInputs::padTellsADrawnStroke()
{
    DrawPad pad;
    pad.resize(226, 226);
    pad.show();
    QVERIFY(QTest::qWaitForWindowExposed(&pad));
    QSignalSpy spy(&pad, &DrawPad::drawingChanged);
    QTest::mousePress(&pad, Qt::LeftButton, {}, {60, 113});
    QTest::mouseMove(&pad, {113, 113});
    QTest::mouseMove(&pad, {166, 113});
    QCOMPARE(spy.count(), 0);
    QTest::mouseRelease(&pad, Qt::LeftButton, {}, {166, 113});
    QCOMPARE(spy.count(), 1);
    const auto image = spy[0][0].value<QImage>();
    QCOMPARE(image.format(), QImage::Format_Grayscale8);
    QCOMPARE(image.size(), QSize(DrawPad::kPixels, DrawPad::kPixels));
    QCOMPARE(qGray(image.pixel(140, 140)), 255); // ink in the middle
    QCOMPARE(qGray(image.pixel(140, 20)), 0);    // none far away
    int soft = 0;
    for (int y = 0; y < image.height(); ++y) {
        const int grey = qGray(image.pixel(140, y));
        soft += grey > 20 && grey < 235 ? 1 : 0;
    }
    QVERIFY(soft >= 4);
}

void TestInputs::padTakesStrokesBack()
{
    DrawPad pad;
    pad.show();
    QTest::mouseClick(&pad, Qt::LeftButton, {}, {60, 60});
    QTest::mouseClick(&pad, Qt::LeftButton, {}, {90, 90});
    QCOMPARE(pad.strokeCount(), 2);
    QTest::keyClick(&pad, Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(pad.strokeCount(), 1);
    QSignalSpy spy(&pad, &DrawPad::drawingChanged);
    pad.clear();
    QVERIFY(pad.isEmpty());
    QCOMPARE(spy[0][1].toBool(), true);
    pad.undo(); // nothing left: no harm
    QCOMPARE(spy.count(), 1);
}

void TestInputs::padDrawsWithKeys()
{
    DrawPad pad;
    pad.show();
    QSignalSpy spy(&pad, &DrawPad::drawingChanged);
    QTest::keyClick(&pad, Qt::Key_Space);
    for (int i = 0; i < 5; ++i) {
        QTest::keyClick(&pad, Qt::Key_Right);
    }
    QTest::keyClick(&pad, Qt::Key_Space);
    QCOMPARE(spy.count(), 1);
    QCOMPARE(qGray(pad.image().pixel(DrawPad::kPixels / 2 + 20, DrawPad::kPixels / 2)), 255);
}

void TestInputs::answersAreOrderedAndCut()
{
    ProbabilityBars bars;
    bars.setAnswers({{"1", 0.1}, {"7", 0.7}, {"9", 0.15}, {"4", 0.05}}, 3);
    QCOMPARE(bars.answers().size(), 3);
    QCOMPARE(bars.answers().first().label, QStringLiteral("7"));
    QVERIFY(bars.accessibleDescription().startsWith("7: 70"));
}

void TestInputs::gridResizesWithTheWheelAndKeepsTwentyThousand()
{
    QStandardItemModel model;
    for (int i = 0; i < 20'000; ++i) {
        model.appendRow(new QStandardItem(QString::number(i)));
    }
    ImageGrid grid;
    grid.resize(640, 480);
    QSignalSpy rows(&grid, &ImageGrid::visibleRowsChanged);
    grid.setModel(&model);
    grid.show();
    QVERIFY(QTest::qWaitForWindowExposed(&grid));
    QTRY_VERIFY(rows.count() > 0);
    const auto [first, last] = grid.visibleRows();
    QCOMPARE(first, 0);
    QVERIFY(last > 10 && last < 100);
    const QPointF at(100, 100);
    QWheelEvent wheel(
        at,
        grid.mapToGlobal(at),
        {},
        {0, 120},
        Qt::NoButton,
        Qt::ControlModifier,
        Qt::NoScrollPhase,
        false);
    QApplication::sendEvent(grid.viewport(), &wheel);
    QCOMPARE(grid.thumbnailSize(), 112);
    grid.setThumbnailSize(10'000);
    QCOMPARE(grid.thumbnailSize(), ImageGrid::kLargest);
    grid.setThumbnailSize(1);
    QCOMPARE(grid.thumbnailSize(), ImageGrid::kSmallest);
}

void TestInputs::railChecksOneAndWalks()
{
    Rail rail;
    QSignalSpy spy(&rail, &Rail::currentIndexChanged);
    rail.addEntry({}, "Home");
    rail.addEntry({}, "Data");
    rail.addEntry({}, "Settings", {}, Rail::Place::Foot);
    rail.resize(90, 400);
    rail.show();
    QCOMPARE(rail.currentIndex(), 0);
    const auto buttons = rail.findChildren<QToolButton*>();
    QTest::mouseClick(buttons[1], Qt::LeftButton);
    QCOMPARE(rail.currentIndex(), 1);
    QTest::keyClick(buttons[1], Qt::Key_Down);
    QCOMPARE(rail.currentIndex(), 2);
    QTest::keyClick(buttons[2], Qt::Key_Down);
    QCOMPARE(rail.currentIndex(), 0);
    QCOMPARE(spy.last()[0].toInt(), 0);
}

void TestInputs::stripTellsTheStepBesideItsFloor()
{
    RunStrip strip;
    RunStripState state;
    state.phase = RunPhase::Running;
    state.stepMilliseconds = 8.1;
    state.dataWaitFraction = 0.004;
    const auto texts = [&strip] {
        QStringList all;
        for (const auto* label : strip.findChildren<QLabel*>()) {
            all << label->text();
        }
        return all;
    };
    strip.setState(state);
    QVERIFY(!texts().contains(QStringLiteral("1.07 ×")));
    state.floorMilliseconds = 7.57;
    strip.setState(state);
    QVERIFY(texts().contains(QStringLiteral("1.07 ×")));
    QVERIFY(texts().contains(QStringLiteral("0.4 %")));
}

void TestInputs::stripButtonsFollowThePhase()
{
    RunStrip strip;
    strip.show();
    RunStripState state;
    state.phase = RunPhase::Running;
    state.plannedEpochs = 20;
    state.epoch = 7;
    state.fraction = 0.35;
    strip.setState(state);
    const auto button = [&](const QString& text) -> QPushButton* {
        for (auto* candidate : strip.findChildren<QPushButton*>()) {
            if (candidate->text() == text) {
                return candidate;
            }
        }
        return nullptr;
    };
    QSignalSpy pause(&strip, &RunStrip::pauseRequested);
    QSignalSpy resume(&strip, &RunStrip::resumeRequested);
    QSignalSpy finish(&strip, &RunStrip::finishRequested);
    QTest::mouseClick(button("Pause"), Qt::LeftButton);
    QTest::mouseClick(button("Finish now"), Qt::LeftButton);
    QCOMPARE(pause.count(), 1);
    QCOMPARE(finish.count(), 1);
    state.phase = RunPhase::Paused;
    strip.setState(state);
    QTest::mouseClick(button("Resume"), Qt::LeftButton);
    QCOMPARE(resume.count(), 1);
    QVERIFY(!button("Snapshot")->isEnabled());
    state.phase = RunPhase::Pausing;
    strip.setState(state);
    QVERIFY(!button("Pausing…")->isEnabled());
    state.phase = RunPhase::Finished;
    strip.setState(state);
    QVERIFY(!button("Stop")->isVisible());
    QVERIFY(!button("Extend…")->isVisible()); // no checkpoint to go on from
}

void TestInputs::stripGoesOnFromACheckpoint()
{
    RunStrip strip;
    strip.show();
    const auto shown = [&] {
        QStringList texts;
        for (const auto* button : strip.findChildren<QPushButton*>()) {
            if (button->isVisible() && button->isEnabled()) {
                texts << button->text();
            }
        }
        return texts;
    };
    RunStripState state;
    state.phase = RunPhase::Finished;
    state.canGoOn = true;
    strip.setState(state);
    QCOMPARE(shown(), QStringList{"Extend…"});
    state.phase = RunPhase::Stopped;
    strip.setState(state);
    QCOMPARE(shown(), (QStringList{"Resume", "Extend…"}));
    QSignalSpy resume(&strip, &RunStrip::resumeRequested);
    QSignalSpy extend(&strip, &RunStrip::extendRequested);
    for (auto* button : strip.findChildren<QPushButton*>()) {
        if (button->isVisible()) {
            QTest::mouseClick(button, Qt::LeftButton);
        }
    }
    QCOMPARE(resume.count(), 1);
    QCOMPARE(extend.count(), 1);
    state.phase = RunPhase::Running;
    state.canGoOn = false;
    strip.setState(state);
    QCOMPARE(shown(), (QStringList{"Pause", "Finish now", "Stop", "Snapshot", "Extend…"}));
}

void TestInputs::stripNeverGuessesAState()
{
    RunStrip strip;
    RunStripState state;
    state.phase = RunPhase::Running;
    strip.setState(state);
    emit strip.pauseRequested();
    QCOMPARE(strip.state().phase, RunPhase::Running);
    QVERIFY(strip.accessibleDescription().contains("Training"));
}

void TestInputs::toastUndoIsOfferedOnce()
{
    QWidget host;
    host.resize(600, 400);
    host.show();
    ToastStack stack(&host);
    Toast* toast = stack.show("Run deleted", "Undo");
    QSignalSpy undone(toast, &Toast::actionTriggered);
    QVERIFY(host.rect().contains(toast->geometry()));
    QTest::mouseClick(toast->findChild<QPushButton*>(), Qt::LeftButton);
    QCOMPARE(undone.count(), 1);
    QCOMPARE(stack.count(), 0);
}

void TestInputs::toastsStackAndGoAway()
{
    QWidget host;
    host.resize(600, 500);
    host.show();
    ToastStack stack(&host);
    Toast* first = stack.show("one");
    Toast* second = stack.show("two");
    QVERIFY(first->geometry().bottom() < second->geometry().top());
    for (int i = 0; i < 5; ++i) {
        stack.show(QString::number(i));
    }
    QCOMPARE(stack.count(), 4);
    Toast* last = stack.show("short");
    last->setDuration(30);
    QTRY_COMPARE(stack.count(), 3);
}

void TestInputs::toastsLieOverNoControl()
{
    QWidget host;
    host.resize(600, 500);
    QPushButton corner("Upload", &host);
    corner.setGeometry(480, 460, 110, 34);
    QLineEdit field(&host);
    field.setGeometry(300, 420, 290, 30);
    host.show();
    ToastStack stack(&host);
    Toast* first = stack.show("one");
    Toast* second = stack.show("two");
    for (const Toast* toast : {first, second}) {
        QVERIFY(host.rect().contains(toast->geometry()));
        QVERIFY(!toast->geometry().intersects(corner.geometry()));
        QVERIFY(!toast->geometry().intersects(field.geometry()));
    }
    QVERIFY(first->geometry().bottom() < second->geometry().top());
    QVERIFY(second->geometry().right() > 400);
    // Where buttons reach far up, the other side is left.
    QPushButton tall("Tall", &host);
    tall.setGeometry(400, 100, 190, 300);
    tall.show();
    QTRY_VERIFY(second->geometry().right() < 400);
    // And if there is no free place, they lie where they always do.
    QPushButton all("All", &host);
    all.setGeometry(host.rect());
    all.show();
    QTRY_VERIFY(second->geometry().bottom() > 470 && second->geometry().right() > 500);
}

void TestInputs::filterWaitsForTypingToEnd()
{
    FilterLine filter("Filter");
    filter.show();
    QSignalSpy spy(&filter, &FilterLine::filterChanged);
    QTest::keyClicks(&filter, "acc");
    QCOMPARE(spy.count(), 0);
    QTRY_COMPARE(spy.count(), 1);
    QCOMPARE(spy[0][0].toString(), QStringLiteral("acc"));
    QTest::keyClick(&filter, Qt::Key_Escape);
    QCOMPARE(spy.count(), 2);
    QCOMPARE(filter.text(), QString());
    QTest::keyClicks(&filter, "x");
    QTest::keyClick(&filter, Qt::Key_Return);
    QCOMPARE(spy.count(), 3);
}

void TestInputs::busyBarCancelsOnce()
{
    BusyBar bar;
    QVERIFY(!bar.findChild<QPushButton*>()->isHidden()); // nobody has to ask for it
    bar.setBusy("Reading", 0.5);
    QSignalSpy spy(&bar, &BusyBar::cancelRequested);
    auto* button = bar.findChild<QPushButton*>();
    QTest::mouseClick(button, Qt::LeftButton);
    QTest::mouseClick(button, Qt::LeftButton);
    QCOMPARE(spy.count(), 1);
    QCOMPARE(button->text(), QStringLiteral("Cancelling…"));
    bar.setIdle();
    QVERIFY(!bar.isVisible());
}

void TestInputs::errorPanelSaysAllPartsAndOffersButtons()
{
    ErrorPanel panel;
    panel.setText("It broke", "The disk is full", "Free some space");
    panel.setDetails("code 28");
    panel.show();
    QVERIFY(panel.accessibleName().contains("It broke"));
    QVERIFY(panel.accessibleDescription().contains("The disk is full"));
    auto* retry = panel.addButton("Try again");
    QSignalSpy spy(retry, &QPushButton::clicked);
    QTest::mouseClick(retry, Qt::LeftButton);
    QCOMPARE(spy.count(), 1);
}

void TestInputs::formThatGrowsIsNotCutAside()
{
    auto* form = new QWidget;
    auto* row = new QHBoxLayout(form);
    auto* time = new QPushButton("1 s", form);
    row->addWidget(time);
    QSplitter splitter;
    auto* scroll = new FormScroll(form, &splitter);
    auto* rest = new QLabel("the rest", &splitter);
    rest->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    splitter.resize(900, 200);
    splitter.setSizes({1, 899});
    splitter.show();
    QVERIFY(QTest::qWaitForWindowExposed(&splitter));
    QVERIFY(scroll->viewport()->width() >= form->minimumSizeHint().width());

    const int before = scroll->width();
    time->setText("about a quarter of an hour on this computer");
    QTRY_VERIFY(scroll->width() > before);
    QVERIFY(scroll->viewport()->width() >= time->minimumSizeHint().width());
    QCOMPARE(form->width(), scroll->viewport()->width());
}

QTEST_MAIN(TestInputs)
#include "tst_inputs.moc"
