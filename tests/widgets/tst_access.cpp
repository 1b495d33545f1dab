#include <memory>
#include <vector>

#include <QAccessible>
#include <QApplication>
#include <QLabel>
#include <QSplitter>
#include <QTest>

#include "tests/support/unnamed_controls.h"
#include "widgets/busy_bar.h"
#include "widgets/chart/line_chart.h"
#include "widgets/collapsible_section.h"
#include "widgets/draw_pad.h"
#include "widgets/drop_well.h"
#include "widgets/elided_label.h"
#include "widgets/empty_state.h"
#include "widgets/error_panel.h"
#include "widgets/filter_line.h"
#include "widgets/image_grid.h"
#include "widgets/rail.h"
#include "widgets/run_strip.h"
#include "widgets/splitters.h"
#include "widgets/theme/apply_theme.h"
#include "widgets/theme/palette.h"
#include "widgets/tile_card.h"
#include "widgets/toast.h"

using namespace ty::widgets;

class TestAccess : public QObject {
    Q_OBJECT

  private slots:
    void everyControlHasAName();
    void chartSpeaksItsSummary();
    void focusShowsARing();
    void nothingIsCutAtLargeFonts();
    void longTextIsElidedWithATooltip();
};

void TestAccess::everyControlHasAName()
{
    std::vector<std::unique_ptr<QWidget>> widgets;
    widgets.push_back(std::make_unique<LineChart>());
    widgets.push_back(std::make_unique<RunStrip>());
    RunStripState running;
    running.phase = RunPhase::Running;
    static_cast<RunStrip*>(widgets.back().get())->setState(running);
    widgets.push_back(std::make_unique<DrawPad>());
    widgets.push_back(std::make_unique<ImageGrid>());
    widgets.push_back(std::make_unique<DropWell>("Training", "Drop"));
    widgets.push_back(std::make_unique<TileCard>(QIcon(), "Digits", "1 797 digits"));
    widgets.push_back(std::make_unique<CollapsibleSection>("Advanced"));
    widgets.push_back(std::make_unique<FilterLine>("Filter runs"));
    auto rail = std::make_unique<Rail>();
    rail->addEntry({}, "Home");
    widgets.push_back(std::move(rail));
    auto panel = std::make_unique<ErrorPanel>();
    panel->setText("It broke", "Why", "What to do");
    panel->setDetails("details");
    panel->setClosable(true);
    panel->addButton("Retry");
    widgets.push_back(std::move(panel));
    auto empty = std::make_unique<EmptyState>(QIcon(), "No runs yet");
    empty->addButton("Train");
    widgets.push_back(std::move(empty));
    auto busy = std::make_unique<BusyBar>();
    busy->setCancellable(true);
    busy->setBusy("Reading");
    widgets.push_back(std::move(busy));
    widgets.emplace_back(makeSplitter(Qt::Horizontal, {new QLabel("a"), new QLabel("b")}, {1, 1}));
    widgets.push_back(std::make_unique<Toast>("Deleted", "Undo", nullptr));
    for (const auto& widget : widgets) {
        widget->show();
        QCOMPARE(ty::tests::unnamedControls(widget.get()).join(", "), QString());
    }
}

void TestAccess::chartSpeaksItsSummary()
{
    LineChart chart;
    chart.setTitle("Loss");
    chart.addLine({.id = "v", .name = "validation", .better = Better::Lower});
    chart.append("v", ChartPoint{60, 6, 10, 0, 0.21});
    chart.show();
    QVERIFY(QTest::qWaitForWindowExposed(&chart));
    QTRY_VERIFY(chart.canvas()->accessibleDescription().contains(
        "validation 0.2100, best 0.2100 at epoch 6"));
    const QAccessibleInterface* interface = QAccessible::queryAccessibleInterface(chart.canvas());
    QVERIFY(interface);
    QCOMPARE(interface->text(QAccessible::Name), QStringLiteral("Loss chart"));
}

void TestAccess::focusShowsARing()
{
    applyTheme(*qApp, Theme::Light);
    TileCard tile({}, "Digits", "1 797 digits");
    tile.resize(240, 150);
    tile.show();
    QVERIFY(QTest::qWaitForWindowExposed(&tile));
    tile.activateWindow();
    tile.setFocus(Qt::TabFocusReason);
    QTRY_VERIFY(tile.hasFocus());
    const QImage image = tile.grab().toImage();
    // Two pixels of the focus colour at the left edge.
    QCOMPARE(image.pixelColor(0, 75), colorsOf(Theme::Light).focus);
    QCOMPARE(image.pixelColor(1, 75), colorsOf(Theme::Light).focus);
}

void TestAccess::nothingIsCutAtLargeFonts()
{
    const QFont before = QApplication::font();
    QFont large = before;
    large.setPointSizeF(before.pointSizeF() * 2);
    QApplication::setFont(large);
    applyTheme(*qApp, Theme::Light);
    DropWell well("Training", "Drop a folder here");
    RunStrip strip;
    RunStripState running;
    running.phase = RunPhase::Running;
    strip.setState(running);
    for (QWidget* widget : std::initializer_list<QWidget*>{&well, &strip}) {
        widget->resize(900, widget->sizeHint().height());
        widget->show();
        QVERIFY(QTest::qWaitForWindowExposed(widget));
        for (const auto* button : widget->findChildren<QAbstractButton*>()) {
            if (button->isVisible()) {
                QVERIFY2(
                    button->width() >= button->minimumSizeHint().width(),
                    qPrintable(button->text()));
                QVERIFY2(
                    button->height() >= button->fontMetrics().height(), qPrintable(button->text()));
            }
        }
    }
    QApplication::setFont(before);
}

void TestAccess::longTextIsElidedWithATooltip()
{
    ElidedLabel label(QString(200, QLatin1Char('x')));
    label.resize(100, 20);
    QVERIFY(label.isElided());
    QVERIFY(label.minimumSizeHint().width() < 100);
    label.setText("x");
    QVERIFY(!label.isElided());
}

QTEST_MAIN(TestAccess)
#include "tst_access.moc"
