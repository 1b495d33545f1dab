#pragma once

#include <QRectF>

class QColor;
class QPainter;
class QPalette;
class QStyleOption;

namespace ty::widgets {

struct ThemeColors;

enum class ChevronDirection { Up, Down, Left, Right };

/// Round box with an outline; with focus the outline becomes the 2 px ring.
void drawBox(
    QPainter& painter,
    const QRectF& box,
    const QColor& fill,
    const QColor& outline,
    double radius,
    bool isFocused,
    const QColor& focus);
void drawChevron(
    QPainter& painter, const QRectF& area, ChevronDirection direction, const QColor& color);
/// Focus is ringed only where keys put it (or the control is one to type into).
bool showsFocus(const QStyleOption& option);

} // namespace ty::widgets
