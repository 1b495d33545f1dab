#include "widgets/chart/chart_painter.h"

#include <algorithm>
#include <cmath>

#include <QFontMetricsF>
#include <QPainter>

#include "widgets/chart/axis.h"
#include "widgets/chart/chart_scene.h"
#include "widgets/chart/line_painter.h"
#include "widgets/chart/mark_painter.h"
#include "widgets/theme/palette.h"

namespace ty::widgets {

namespace {

constexpr double kGap = 6;
constexpr double kRoomForTitle = 150; ///< a chart that is lower needs its height for the lines

bool hasAxisTitle(const QSizeF& size)
{
    return size.height() >= kRoomForTitle;
}

int wantedTicks(double length, double each)
{
    return std::max(2, static_cast<int>(length / each));
}

QList<AxisTick> yTicks(const ChartScene& scene, double height, const QFontMetricsF& metrics)
{
    return numberTicks(scene.y, std::min(8, wantedTicks(height, metrics.height() * 2.6)));
}

QList<AxisTick> xTicks(const ChartScene& scene, double width, const QFontMetricsF& metrics)
{
    const double each = scene.xKind == XKind::WallClock ? 11 : 8;
    return ticksFor(scene.xKind, scene.x, wantedTicks(width, metrics.averageCharWidth() * each));
}

void paintGrid(
    QPainter& painter, const ChartScene& scene, const ChartGeometry& g, const ThemeColors& colors)
{
    const QFontMetricsF metrics(painter.font(), painter.device());
    QPen gridPen(colors.chartGrid, 1);
    gridPen.setDashPattern({1, 3}); // the colour is strong enough to see, the dots keep it calm
    const QRectF& plot = g.plot;
    double lastRight = -1e9;
    for (const AxisTick& tick : xTicks(scene, plot.width(), metrics)) {
        const double x = std::round(g.toX(scene, tick.value)) + 0.5;
        if (x < plot.left() - 0.5 || x > plot.right() + 1) {
            continue;
        }
        if (scene.isGridVisible && !tick.label.isEmpty()) {
            painter.setPen(gridPen);
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()));
        }
        painter.setPen(colors.chartGrid);
        painter.drawLine(
            QPointF(x, plot.bottom()), QPointF(x, plot.bottom() + (tick.label.isEmpty() ? 2 : 4)));
        const double width = metrics.horizontalAdvance(tick.label);
        const double left = std::clamp(
            x - width / 2, g.whole.left(), std::max(g.whole.left(), g.whole.right() - width));
        if (!tick.label.isEmpty() && left > lastRight + 6) {
            painter.setPen(colors.mutedText);
            painter.drawText(
                QPointF(left, plot.bottom() + 3 + metrics.height() * 0.25 + metrics.ascent()),
                tick.label);
            lastRight = left + width;
        }
    }
    if (hasAxisTitle(g.whole.size())) {
        const bool isNamed = scene.xKind == XKind::Epoch && !scene.epochName.isEmpty();
        painter.setPen(colors.mutedText);
        painter.drawText(
            QRectF(plot.left(), g.whole.bottom() - metrics.height() - 1, plot.width(), metrics.height()), Qt::AlignCenter,
            isNamed ? scene.epochName : axisTitle(scene.xKind));
    }
    for (const AxisTick& tick : yTicks(scene, plot.height(), metrics)) {
        const double y = std::round(g.toY(scene, tick.value)) + 0.5;
        if (y < plot.top() - 1 || y > plot.bottom() + 1) {
            continue;
        }
        if (scene.isGridVisible && !tick.label.isEmpty()) {
            painter.setPen(gridPen);
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y));
        }
        painter.setPen(colors.mutedText);
        const double width = metrics.horizontalAdvance(tick.label);
        painter.drawText(
            QPointF(plot.left() - kGap - width, y + metrics.ascent() / 2 - 1), tick.label);
    }
    painter.setPen(colors.chartGrid);
    painter.drawLine(
        QPointF(plot.left(), std::round(plot.bottom()) + 0.5),
        QPointF(plot.right(), std::round(plot.bottom()) + 0.5));
}

/// A curve of one point is a number: what is solved in one go has no other.
void paintLonePoints(QPainter& painter, const ChartScene& scene, const ChartGeometry& g, const ThemeColors& colors)
{
    const QFontMetricsF metrics(painter.font(), painter.device());
    if (scene.visiblePointCount() > scene.lines.size()) {
        return; // there is a course to be read off the axes
    }
    for (const SceneLine& line : scene.lines) {
        if (!line.look.isVisible || line.data().size() != 1) {
            continue;
        }
        const ChartPoint point = line.data().segments().front().point(0);
        const double x = g.toX(scene, scene.placeOf(point));
        const double y = g.toY(scene, point.value);
        if (std::isfinite(x) && std::isfinite(y) && g.plot.contains(QPointF(x, y))) {
            painter.setPen(colors.text);
            painter.drawText(QPointF(x + 12, y + metrics.ascent() / 2 - 1), valueText(point.value));
        }
    }
}

} // namespace

double ChartGeometry::toX(const ChartScene& scene, double value) const
{
    return plot.left() + scene.x.toUnit(value) * plot.width();
}

double ChartGeometry::toY(const ChartScene& scene, double value) const
{
    return plot.bottom() - scene.y.toUnit(value) * plot.height();
}

double ChartGeometry::fromX(const ChartScene& scene, double pixel) const
{
    return scene.x.fromUnit((pixel - plot.left()) / plot.width());
}

double ChartGeometry::fromY(const ChartScene& scene, double pixel) const
{
    return scene.y.fromUnit((plot.bottom() - pixel) / plot.height());
}

ChartGeometry chartGeometry(const ChartScene& scene, const QSizeF& size, const QFont& font)
{
    const QFontMetricsF metrics(font);
    ChartGeometry g;
    g.whole = QRectF(QPointF(), size);
    const double bottom = metrics.height() * (hasAxisTitle(size) ? 2.25 : 1.25) + 6;
    const double top = metrics.height() / 2 + 2;
    const double height = std::max(20.0, size.height() - bottom - top);
    double labels = metrics.horizontalAdvance(QStringLiteral("0.00"));
    for (const AxisTick& tick : yTicks(scene, height, metrics)) {
        labels = std::max(labels, metrics.horizontalAdvance(tick.label));
    }
    const double left = std::ceil(labels + kGap + 4);
    g.plot = QRectF(left, top, std::max(20.0, std::floor(size.width() - left - 10)), height);
    return g;
}

void paintChart(
    QPainter& painter,
    const ChartScene& scene,
    const ChartGeometry& geometry,
    const ThemeColors& colors,
    double pixelRatio,
    PaintTarget target)
{
    painter.fillRect(geometry.whole, colors.chartBackground);
    if (scene.isEmpty()) {
        return; // axes without data would only be made up
    }
    paintGrid(painter, scene, geometry, colors);
    paintCuts(painter, scene, geometry, colors);
    painter.save();
    painter.setClipRect(geometry.plot.adjusted(-1, -1, 1, 1));
    paintLines(painter, scene, geometry, colors, pixelRatio, target);
    painter.restore();
    paintMarks(painter, scene, geometry, colors);
    paintLonePoints(painter, scene, geometry, colors);
    paintPins(painter, scene, geometry, colors);
}

} // namespace ty::widgets
