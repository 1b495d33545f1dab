#include "widgets/theme/palette.h"

#include <algorithm>
#include <cmath>

#include <QApplication>
#include <QWidget>

namespace ty::widgets {

namespace {

constexpr QRgb rgb(unsigned value)
{
    return 0xff000000U | value;
}

std::array<QColor, 8> series(std::array<unsigned, 8> values)
{
    std::array<QColor, 8> result;
    std::transform(values.begin(), values.end(), result.begin(), [](unsigned value) {
        return QColor(rgb(value));
    });
    return result;
}

ThemeColors lightColors()
{
    ThemeColors c;
    c.window = rgb(0xf3f4f6);
    c.surface = rgb(0xffffff);
    c.raised = rgb(0xe8eaee);
    c.text = rgb(0x1b1f24);
    c.mutedText = rgb(0x545c66);
    c.line = rgb(0x7a828d);
    c.divider = rgb(0xd9dce1);
    c.accent = rgb(0x1f5fbf);
    c.accentText = rgb(0xffffff);
    c.good = rgb(0x146c2e);
    c.warn = rgb(0x855600);
    c.bad = rgb(0xb3261e);
    c.focus = rgb(0x1f5fbf);
    c.chartBackground = rgb(0xffffff);
    c.chartGrid = rgb(0x8a919b);
    c.series =
        series({0x0072b2, 0xd55e00, 0x00845f, 0xb0528a, 0xa86f00, 0x2b87bd, 0x7f7100, 0x4d4d4d});
    return c;
}

ThemeColors darkColors()
{
    ThemeColors c;
    c.window = rgb(0x17191d);
    c.surface = rgb(0x1f2227);
    c.raised = rgb(0x2b2f36);
    c.text = rgb(0xe8eaed);
    c.mutedText = rgb(0xa9b0ba);
    c.line = rgb(0x858d99);
    c.divider = rgb(0x353a42);
    c.accent = rgb(0x7db4ff);
    c.accentText = rgb(0x0b1a2e);
    c.good = rgb(0x5fd38a);
    c.warn = rgb(0xf2b84b);
    c.bad = rgb(0xff8a80);
    c.focus = rgb(0x8ec0ff);
    c.chartBackground = rgb(0x1f2227);
    c.chartGrid = rgb(0x747c88);
    c.series =
        series({0x4aa8e8, 0xf58549, 0x2fc79b, 0xe592c2, 0xe8a72c, 0x8ed2fb, 0xefe35a, 0xc9ced6});
    return c;
}

ThemeColors highContrastBlackColors()
{
    ThemeColors c;
    c.window = rgb(0x000000);
    c.surface = rgb(0x000000);
    c.raised = rgb(0x1a1a1a);
    c.text = rgb(0xffffff);
    c.mutedText = rgb(0xe0e0e0);
    c.line = rgb(0xffffff);
    c.divider = rgb(0xb0b0b0);
    c.accent = rgb(0xffe14d);
    c.accentText = rgb(0x000000);
    c.good = rgb(0x5cff8f);
    c.warn = rgb(0xffc04d);
    c.bad = rgb(0xff9c94);
    c.focus = rgb(0x00e5ff);
    c.chartBackground = rgb(0x000000);
    c.chartGrid = rgb(0x8c8c8c);
    c.series =
        series({0x5cb8ff, 0xff9a57, 0x3fe0b0, 0xff9fd2, 0xffc04d, 0xa8e0ff, 0xfff266, 0xffffff});
    return c;
}

ThemeColors highContrastWhiteColors()
{
    ThemeColors c;
    // One step off white, so that the palette alone tells this theme from a plain white one.
    c.window = rgb(0xfffffe);
    c.surface = rgb(0xffffff);
    c.raised = rgb(0xededed);
    c.text = rgb(0x000000);
    c.mutedText = rgb(0x262626);
    c.line = rgb(0x000000);
    c.divider = rgb(0x595959);
    c.accent = rgb(0x003a9e);
    c.accentText = rgb(0xffffff);
    c.good = rgb(0x004d1a);
    c.warn = rgb(0x5c3a00);
    c.bad = rgb(0x8c0000);
    c.focus = rgb(0xa3006b);
    c.chartBackground = rgb(0xffffff);
    c.chartGrid = rgb(0x6e6e6e);
    c.series =
        series({0x00518a, 0xa13d00, 0x005c40, 0x8a2c66, 0x8a5200, 0x1668a0, 0x4a5200, 0x000000});
    return c;
}

double linear(double channel)
{
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

double luminance(const QColor& color)
{
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) +
           0.0722 * linear(color.blueF());
}

constexpr std::array kThemes{
    Theme::Light, Theme::Dark, Theme::HighContrastBlack, Theme::HighContrastWhite};

} // namespace

const ThemeColors& colorsOf(Theme theme)
{
    static const std::array<ThemeColors, 4> all{
        lightColors(), darkColors(), highContrastBlackColors(), highContrastWhiteColors()};
    return all[static_cast<std::size_t>(theme)];
}

QPalette paletteOf(Theme theme)
{
    const ThemeColors& c = colorsOf(theme);
    QPalette p;
    p.setColor(QPalette::Window, c.window);
    p.setColor(QPalette::WindowText, c.text);
    p.setColor(QPalette::Base, c.surface);
    p.setColor(QPalette::AlternateBase, mixed(c.surface, c.raised, 0.45));
    p.setColor(QPalette::Text, c.text);
    p.setColor(QPalette::Button, c.raised);
    p.setColor(QPalette::ButtonText, c.text);
    p.setColor(QPalette::BrightText, c.bad);
    p.setColor(QPalette::ToolTipBase, c.raised);
    p.setColor(QPalette::ToolTipText, c.text);
    p.setColor(QPalette::PlaceholderText, c.mutedText);
    p.setColor(QPalette::Highlight, c.accent);
    p.setColor(QPalette::HighlightedText, c.accentText);
    p.setColor(QPalette::Link, c.accent);
    p.setColor(QPalette::LinkVisited, c.accent);
    p.setColor(QPalette::Light, mixed(c.raised, c.surface, 0.5));
    p.setColor(QPalette::Midlight, c.divider);
    p.setColor(QPalette::Mid, c.line);
    p.setColor(QPalette::Dark, c.line);
    p.setColor(QPalette::Shadow, c.line);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
        p.setColor(QPalette::Disabled, role, mixed(c.mutedText, c.window, 0.3));
    }
    return p;
}

Theme themeOf(const QPalette& palette)
{
    const QColor window = palette.color(QPalette::Active, QPalette::Window);
    for (const Theme theme : kThemes) {
        if (colorsOf(theme).window.rgb() == window.rgb()) {
            return theme;
        }
    }
    return luminance(window) < 0.2 ? Theme::Dark : Theme::Light;
}

const ThemeColors& colorsFor(const QWidget& widget)
{
    // The application's palette, not the widget's own: a widget may sit on another role.
    Q_UNUSED(widget)
    return colorsOf(themeOf(QApplication::palette()));
}

double contrastRatio(const QColor& a, const QColor& b)
{
    const auto [low, high] = std::minmax({luminance(a), luminance(b)});
    return (high + 0.05) / (low + 0.05);
}

QColor mixed(const QColor& bottom, const QColor& top, double amount)
{
    const auto blend = [amount](int low, int high) {
        return static_cast<int>(std::lround(low + (high - low) * amount));
    };
    return {
        blend(bottom.red(), top.red()),
        blend(bottom.green(), top.green()),
        blend(bottom.blue(), top.blue())};
}

} // namespace ty::widgets
