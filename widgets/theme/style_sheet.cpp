#include <array>
#include <utility>

#include <QFont>
#include <QGuiApplication>

#include "widgets/theme/palette.h"

namespace ty::widgets {

QString styleSheetOf(Theme theme)
{
    const ThemeColors& c = colorsOf(theme);
    // Controls are drawn by WorkbenchStyle; here are only text roles and plain boxes, so that no
    // rule turns a native control into a style-sheet one.
    QString sheet = QStringLiteral(R"(
QLabel[textRole="title"] { font-size: @titlesizept; font-weight: 600; }
QLabel[textRole="heading"] { font-size: @headingsizept; font-weight: 600; }
QLabel[textRole="strong"] { font-weight: 600; }
QLabel[textRole="muted"] { color: @muted; }
QLabel[textRole="good"] { color: @good; }
QLabel[textRole="warn"] { color: @warn; }
QLabel[textRole="accent"] { color: @accent; }
QLabel[textRole="bad"] { color: @bad; }
QToolButton[textRole="strong"] { font-weight: 600; }
QToolButton[textRole="bad"] { color: @bad; font-weight: 600; }
QFrame[card="true"] { background: @surface; border: 1px solid @cardline; border-radius: 8px; }
QToolTip { background: @raised; color: @text; border: 1px solid @line; padding: 4px 6px; }
QStatusBar { background: @window; border-top: 1px solid @divider; }
QStatusBar::item { border: none; }
QDockWidget { font-weight: 600; }
QMainWindow::separator { background: @divider; width: 4px; height: 4px; }
QMainWindow::separator:hover { background: @line; }
)");
    const bool isHighContrast =
        theme == Theme::HighContrastBlack || theme == Theme::HighContrastWhite;
    const std::array<std::pair<const char*, QColor>, 12> values{{
        {"@muted", c.mutedText},
        {"@accent", c.accent},
        {"@good", c.good},
        {"@warn", c.warn},
        {"@bad", c.bad},
        {"@surface", c.surface},
        {"@cardline", isHighContrast ? c.line : c.divider},
        {"@raised", c.raised},
        {"@text", c.text},
        {"@line", c.line},
        {"@window", c.window},
        {"@divider", c.divider},
    }};
    for (const auto& [name, color] : values) {
        sheet.replace(QLatin1String(name), color.name());
    }
    // Style sheets of Qt know no size relative to the desktop's font.
    const double points = QGuiApplication::font().pointSizeF() > 0 ? QGuiApplication::font().pointSizeF() : 9;
    sheet.replace(QLatin1String("@titlesize"), QString::number(1.5 * points, 'f', 1));
    sheet.replace(QLatin1String("@headingsize"), QString::number(1.12 * points, 'f', 1));
    return sheet;
}

} // namespace ty::widgets
