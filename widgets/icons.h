#pragma once

#include <QIcon>
#include <QString>

class QColor;
class QPalette;

namespace ty::widgets {

/// Icon from an SVG (resource path or file) drawn in one colour at any size and pixel ratio;
/// disabled state is the colour at 45 %. An unreadable SVG gives an empty icon.
QIcon svgIcon(const QString& resource, const QColor& color);

/// ":/icons/<name>.svg" in the palette's button text colour.
QIcon themedIcon(const QString& name, const QPalette& palette);

/// A glyph such as "★" as an icon, for places that take only icons.
QIcon glyphIcon(const QString& glyph, const QColor& color);

} // namespace ty::widgets
