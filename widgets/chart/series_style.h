#pragma once

#include <QColor>
#include <QList>
#include <QPointF>

class QIcon;
class QPainter;
class QPen;

namespace ty::widgets {

struct ThemeColors;

enum class MarkerShape { None, Circle, Square, Triangle, Diamond, Cross, Plus, Star };

/// Look of a line: colour, dash and marker together tell 64 lines apart, so that colour is
/// never alone.
struct SeriesStyle {
    QColor color;
    QList<double> dash; ///< in pen widths; empty: solid
    MarkerShape marker = MarkerShape::None;
};

SeriesStyle seriesStyle(int index, const ThemeColors& colors);
/// Baselines are dashed whatever their index.
QList<double> baselineDash();
QPen penOf(const SeriesStyle& style, double width);
void drawMarker(QPainter& painter, MarkerShape shape, const QPointF& center, double radius);
/// A short piece of the line with its marker, for legends.
QIcon swatchIcon(const SeriesStyle& style);

} // namespace ty::widgets
