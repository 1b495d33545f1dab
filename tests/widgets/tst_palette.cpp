#include <cstdlib>
#include <utility>

#include <QApplication>
#include <QFrame>
#include <QIcon>
#include <QLabel>
#include <QPushButton>
#include <QTest>
#include <QToolButton>

#include "widgets/glyphs.h"
#include "widgets/icons.h"
#include "widgets/theme/apply_theme.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/roles.h"

using namespace ty::widgets;

Q_DECLARE_METATYPE(ty::widgets::Theme)

class TestPalette : public QObject {
    Q_OBJECT

  private slots:
    void contrastOfKnownColours();
    void textReachesFourPointFive_data() { themes(); }
    void textReachesFourPointFive();
    void graphicsReachThree_data() { themes(); }
    void graphicsReachThree();
    void qtRolesAreReadable_data() { themes(); }
    void qtRolesAreReadable();
    void seriesColoursDiffer_data() { themes(); }
    void seriesColoursDiffer();
    void aPaletteTellsItsTheme_data() { themes(); }
    void aPaletteTellsItsTheme();
    void textWearsItsRoleInEveryTheme_data() { themes(); }
    void textWearsItsRoleInEveryTheme();
    void aRoleIsTakenBack();
    void aCardStandsOutFromItsPage();
    void noStyleSheetSlowsThePages();
    void switchingRepaintsOpenWidgets();
    void iconsAreSharpAtEveryRatio();

  private:
    static void themes();
};

void TestPalette::themes()
{
    QTest::addColumn<Theme>("theme");
    QTest::newRow("light") << Theme::Light;
    QTest::newRow("dark") << Theme::Dark;
    QTest::newRow("high contrast black") << Theme::HighContrastBlack;
    QTest::newRow("high contrast white") << Theme::HighContrastWhite;
}

void TestPalette::contrastOfKnownColours()
{
    QCOMPARE(contrastRatio(Qt::black, Qt::white), 21.0);
    QCOMPARE(contrastRatio(Qt::white, Qt::white), 1.0);
    // WCAG's own example: #767676 is the lightest grey that passes on white.
    QVERIFY(contrastRatio(QColor(0x76, 0x76, 0x76), Qt::white) >= 4.5);
    QVERIFY(contrastRatio(QColor(0x77, 0x77, 0x77), Qt::white) < 4.5);
}

void TestPalette::textReachesFourPointFive()
{
    QFETCH(Theme, theme);
    const ThemeColors& c = colorsOf(theme);
    for (const QColor& back : {c.window, c.surface, c.raised}) {
        for (const QColor& ink : {c.text, c.mutedText, c.good, c.warn, c.bad}) {
            QVERIFY2(
                contrastRatio(ink, back) >= 4.5, qPrintable(ink.name() + " on " + back.name()));
        }
    }
    QVERIFY(contrastRatio(c.accentText, c.accent) >= 4.5);
    QVERIFY(contrastRatio(c.mutedText, c.chartBackground) >= 4.5);
}

void TestPalette::graphicsReachThree()
{
    QFETCH(Theme, theme);
    const ThemeColors& c = colorsOf(theme);
    for (const QColor& back : {c.window, c.surface, c.raised}) {
        for (const QColor& ink : {c.line, c.accent, c.focus}) {
            QVERIFY2(contrastRatio(ink, back) >= 3, qPrintable(ink.name() + " on " + back.name()));
        }
    }
    for (const QColor& ink : c.series) {
        QVERIFY2(contrastRatio(ink, c.chartBackground) >= 3, qPrintable(ink.name()));
    }
    QVERIFY(contrastRatio(c.chartGrid, c.chartBackground) >= 3);
    if (theme == Theme::HighContrastBlack || theme == Theme::HighContrastWhite) {
        QVERIFY(contrastRatio(c.divider, c.window) >= 3);
        QVERIFY(contrastRatio(c.text, c.window) >= 15);
    }
}

void TestPalette::qtRolesAreReadable()
{
    QFETCH(Theme, theme);
    const QPalette p = paletteOf(theme);
    using Pair = std::pair<QPalette::ColorRole, QPalette::ColorRole>;
    for (const auto& [ink, back] :
         {Pair(QPalette::WindowText, QPalette::Window),
          Pair(QPalette::Text, QPalette::Base),
          Pair(QPalette::Text, QPalette::AlternateBase),
          Pair(QPalette::ButtonText, QPalette::Button),
          Pair(QPalette::PlaceholderText, QPalette::Base),
          Pair(QPalette::HighlightedText, QPalette::Highlight),
          Pair(QPalette::ToolTipText, QPalette::ToolTipBase),
          Pair(QPalette::Link, QPalette::Base),
          Pair(QPalette::Link, QPalette::Window),
          Pair(QPalette::BrightText, QPalette::Window)}) {
        QVERIFY2(
            contrastRatio(p.color(ink), p.color(back)) >= 4.5, qPrintable(QString::number(ink)));
    }
}

void TestPalette::seriesColoursDiffer()
{
    QFETCH(Theme, theme);
    const auto& series = colorsOf(theme).series;
    for (std::size_t a = 0; a < series.size(); ++a) {
        for (std::size_t b = a + 1; b < series.size(); ++b) {
            const int apart = std::abs(series[a].red() - series[b].red()) +
                              std::abs(series[a].green() - series[b].green()) +
                              std::abs(series[a].blue() - series[b].blue());
            QVERIFY2(apart > 40, qPrintable(series[a].name() + " " + series[b].name()));
        }
    }
}

void TestPalette::aPaletteTellsItsTheme()
{
    QFETCH(Theme, theme);
    QCOMPARE(themeOf(paletteOf(theme)), theme);
}

void TestPalette::textWearsItsRoleInEveryTheme()
{
    QFETCH(Theme, theme);
    applyTheme(*qApp, Theme::Light);
    QLabel title;
    QLabel muted;
    QToolButton wrong;
    setTextRole(title, TextRole::Title);
    setTextRole(muted, TextRole::Muted);
    setTextRole(wrong, TextRole::Bad);
    // Labels that were there before must follow as well as those that come.
    applyTheme(*qApp, theme);
    QLabel late;
    setTextRole(late, TextRole::Warn);
    const ThemeColors& c = colorsOf(theme);
    QCOMPARE(title.font().weight(), QFont::DemiBold);
    QVERIFY(title.font().pointSizeF() > 1.4 * QApplication::font(&title).pointSizeF());
    QCOMPARE(muted.palette().color(QPalette::WindowText), c.mutedText);
    QCOMPARE(muted.font(), QApplication::font(&muted));
    QCOMPARE(wrong.palette().color(QPalette::ButtonText), c.bad);
    QCOMPARE(wrong.font().weight(), QFont::DemiBold);
    QCOMPARE(late.palette().color(QPalette::WindowText), c.warn);
    QCOMPARE(late.palette().color(QPalette::Window), c.window);
}

void TestPalette::aRoleIsTakenBack()
{
    applyTheme(*qApp, Theme::Light);
    QLabel label;
    setTextRole(label, TextRole::Title);
    setTextRole(label, TextRole::Bad);
    QCOMPARE(label.palette().color(QPalette::WindowText), colorsOf(Theme::Light).bad);
    QCOMPARE(label.font(), QApplication::font(&label));
    setTextRole(label, TextRole::Strong);
    QCOMPARE(label.palette().color(QPalette::WindowText), colorsOf(Theme::Light).text);
    QCOMPARE(label.font().weight(), QFont::DemiBold);
}

void TestPalette::aCardStandsOutFromItsPage()
{
    applyTheme(*qApp, Theme::Dark);
    QWidget page;
    page.resize(200, 100);
    QFrame card(&page);
    card.setGeometry(20, 20, 160, 60);
    makeCard(card);
    const QImage picture = page.grab().toImage();
    const ThemeColors& c = colorsOf(Theme::Dark);
    QCOMPARE(QColor(picture.pixel(100, 50)), c.surface);
    QCOMPARE(QColor(picture.pixel(100, 5)), c.window);
    QCOMPARE(QColor(picture.pixel(100, 20)), c.divider);
    QCOMPARE(QColor(picture.pixel(20, 20)), c.window); // a round corner
    applyTheme(*qApp, Theme::Light);
}

void TestPalette::noStyleSheetSlowsThePages()
{
    applyTheme(*qApp, Theme::Light);
    QVERIFY(qApp->styleSheet().isEmpty());
}

void TestPalette::switchingRepaintsOpenWidgets()
{
    QWidget window;
    window.resize(400, 300);
    QPushButton button(QStringLiteral("Train"), &window);
    makePrimary(button);
    button.setGeometry(250, 200, 120, 32); // away from the pointer, which would make it hot
    applyTheme(*qApp, Theme::Light);
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    const QRgb light = button.grab().toImage().pixel(10, 16);
    applyTheme(*qApp, Theme::Dark);
    QCoreApplication::processEvents();
    const QRgb dark = button.grab().toImage().pixel(10, 16);
    QCOMPARE(QColor(light), colorsOf(Theme::Light).accent);
    QCOMPARE(QColor(dark), colorsOf(Theme::Dark).accent);
}

void TestPalette::iconsAreSharpAtEveryRatio()
{
    const QIcon icon = glyphIcon(Glyph::Close);
    for (const double ratio : {1.0, 1.5, 3.0}) {
        const QPixmap pixmap = icon.pixmap(QSize(16, 16), ratio);
        QCOMPARE(pixmap.width(), static_cast<int>(16 * ratio));
    }
    QVERIFY(svgIcon(QStringLiteral("/nowhere.svg"), Qt::red).isNull());
}

QTEST_MAIN(TestPalette)
#include "tst_palette.moc"
