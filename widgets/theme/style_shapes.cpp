#include "widgets/theme/style_shapes.h"

#include <algorithm>

#include <QPainter>
#include <QPainterPath>
#include <QStyle>
#include <QStyleOption>

namespace ty::widgets {

void drawBox(
    QPainter& painter,
    const QRectF& box,
    const QColor& fill,
    const QColor& outline,
    double radius,
    bool isFocused,
    const QColor& focus)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const double width = isFocused ? 2.0 : 1.0;
    const double inset = width / 2;
    painter.setPen(
        isFocused ? QPen(focus, width)
                  : (outline.alpha() ? QPen(outline, width) : QPen(Qt::NoPen)));
    painter.setBrush(fill);
    painter.drawRoundedRect(box.adjusted(inset, inset, -inset, -inset), radius, radius);
    painter.restore();
}

void drawChevron(
    QPainter& painter, const QRectF& area, ChevronDirection direction, const QColor& color)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const double size = std::min({area.width(), area.height(), 9.0});
    painter.translate(area.center());
    switch (direction) {
    case ChevronDirection::Down:
        break;
    case ChevronDirection::Up:
        painter.rotate(180);
        break;
    case ChevronDirection::Left:
        painter.rotate(90);
        break;
    case ChevronDirection::Right:
        painter.rotate(-90);
        break;
    }
    QPainterPath path;
    path.moveTo(-size / 2, -size / 4);
    path.lineTo(0, size / 4);
    path.lineTo(size / 2, -size / 4);
    painter.setPen(QPen(color, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(path);
    painter.restore();
}

bool showsFocus(const QStyleOption& option)
{
    return (option.state & QStyle::State_HasFocus) && (option.state & QStyle::State_Enabled);
}

} // namespace ty::widgets
