#include "widgets/chart/series_style.h"

#include <array>
#include <cmath>
#include <numbers>

#include <QIcon>
#include <QPainter>
#include <QPen>
#include <QPixmap>
#include <QPolygonF>

#include "widgets/theme/palette.h"

namespace ty::widgets {

SeriesStyle seriesStyle(int index, const ThemeColors& colors)
{
    static const std::array<QList<double>, 4> kDashes{{{}, {6, 3}, {2, 2.5}, {8, 3, 2, 3}}};
    const int colorCount = static_cast<int>(colors.series.size());
    const int round = index / colorCount;
    SeriesStyle style;
    style.color = colors.series[static_cast<std::size_t>(index % colorCount)];
    style.dash = kDashes[static_cast<std::size_t>(round % 4)];
    style.marker = static_cast<MarkerShape>(round % 8);
    return style;
}

QList<double> baselineDash()
{
    return {10, 4};
}

QPen penOf(const SeriesStyle& style, double width)
{
    QPen pen(style.color, width, Qt::SolidLine, Qt::FlatCap, Qt::RoundJoin);
    if (!style.dash.isEmpty()) {
        pen.setDashPattern(style.dash);
    } else {
        pen.setCapStyle(Qt::RoundCap);
    }
    return pen;
}

void drawMarker(QPainter& painter, MarkerShape shape, const QPointF& center, double radius)
{
    const double r = radius;
    const auto at = [&](double x, double y) { return center + QPointF(x * r, y * r); };
    switch (shape) {
    case MarkerShape::None:
        return;
    case MarkerShape::Circle:
        painter.drawEllipse(center, r, r);
        return;
    case MarkerShape::Square:
        painter.drawRect(QRectF(at(-0.85, -0.85), at(0.85, 0.85)));
        return;
    case MarkerShape::Triangle:
        painter.drawPolygon(QPolygonF({at(0, -1.1), at(1, 0.8), at(-1, 0.8)}));
        return;
    case MarkerShape::Diamond:
        painter.drawPolygon(QPolygonF({at(0, -1.2), at(1, 0), at(0, 1.2), at(-1, 0)}));
        return;
    case MarkerShape::Cross:
        painter.drawLine(at(-0.9, -0.9), at(0.9, 0.9));
        painter.drawLine(at(-0.9, 0.9), at(0.9, -0.9));
        return;
    case MarkerShape::Plus:
        painter.drawLine(at(-1.1, 0), at(1.1, 0));
        painter.drawLine(at(0, -1.1), at(0, 1.1));
        return;
    case MarkerShape::Star: {
        QPolygonF star;
        for (int i = 0; i < 10; ++i) {
            const double angle = std::numbers::pi * (i / 5.0 - 0.5);
            const double reach = i % 2 == 0 ? 1.3 : 0.55;
            star << at(std::cos(angle) * reach, std::sin(angle) * reach);
        }
        painter.drawPolygon(star);
        return;
    }
    }
}

QIcon swatchIcon(const SeriesStyle& style)
{
    QIcon icon;
    for (const int ratio : {1, 2, 3}) {
        QPixmap pixmap(QSize(26, 14) * ratio);
        pixmap.fill(Qt::transparent);
        pixmap.setDevicePixelRatio(ratio);
        QPainter painter(&pixmap);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(penOf(style, 2));
        painter.drawLine(QPointF(1, 7), QPointF(25, 7));
        painter.setPen(QPen(style.color, 1.5));
        painter.setBrush(style.color);
        drawMarker(painter, style.marker, {13, 7}, 3.5);
        painter.end();
        icon.addPixmap(pixmap);
    }
    return icon;
}

} // namespace ty::widgets
