#pragma once

#include <array>

#include <QColor>
#include <QPalette>

class QWidget;

namespace ty::widgets {

enum class Theme { Light, Dark, HighContrastBlack, HighContrastWhite };

/// Every colour the window uses, by role.
///
/// Against window, surface and raised: text roles and accentText on accent reach 4.5:1; line,
/// accent, good, warn, bad and focus reach 3:1. Series and grid reach 3:1 against
/// chartBackground. `divider` is decoration only and may be fainter (not in high contrast).
struct ThemeColors {
    QColor window;  ///< behind everything
    QColor surface; ///< cards, tables, inputs
    QColor raised;  ///< buttons, hovered rows, tooltips
    QColor text;
    QColor mutedText;  ///< captions, units, placeholders
    QColor line;       ///< outlines of controls
    QColor divider;    ///< hair lines between regions
    QColor accent;     ///< primary button, selection, links
    QColor accentText; ///< on accent
    QColor good;
    QColor warn;
    QColor bad;
    QColor focus;
    QColor chartBackground;
    QColor chartGrid;
    std::array<QColor, 8> series; ///< colour-blind safe (after Okabe and Ito), in order of use
};

const ThemeColors& colorsOf(Theme theme);
QPalette paletteOf(Theme theme);
/// The theme whose palette this is; for a foreign palette Light or Dark by its window colour.
Theme themeOf(const QPalette& palette);
/// Colours for painting `widget` now.
const ThemeColors& colorsFor(const QWidget& widget);

/// WCAG 2 contrast of two opaque colours, 1 to 21.
double contrastRatio(const QColor& a, const QColor& b);
/// `top` over `bottom` with weight `amount` in [0, 1].
QColor mixed(const QColor& bottom, const QColor& top, double amount);

} // namespace ty::widgets
