#pragma once

#include <QPointF>
#include <QString>

#include "widgets/chart/chart_types.h"

class QColor;
class QPainter;

namespace ty::widgets {

struct ThemeColors;

/// Draws a mark as a shape of its own (no font needed) with a halo in `background`.
void drawMark(
    QPainter& painter,
    MarkKind kind,
    const QPointF& center,
    double radius,
    const QColor& ink,
    const QColor& background);
QColor markColor(MarkKind kind, const ThemeColors& colors, const QColor& lineColor);
/// "best", "checkpoint", ...; and its sign for text, e.g. "★".
QString markName(MarkKind kind);
QString markGlyph(MarkKind kind);

} // namespace ty::widgets
