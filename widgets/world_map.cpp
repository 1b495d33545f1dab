#include "widgets/world_map.h"

#include <algorithm>
#include <cmath>

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>

#include "widgets/land_outline.h"
#include "widgets/theme/palette.h"

namespace ty::widgets {

namespace {

// Nobody computes nearer to the poles.
constexpr double kNorth = 78;
constexpr double kSouth = -57;
constexpr double kDegreesAcross = 360;
constexpr double kRadius = 5;
constexpr double kReach = 9; ///< of the mouse, pixels

int weightOf(MapMark mark)
{
    switch (mark) {
    case MapMark::None: return 0;
    case MapMark::Waiting: return 1;
    case MapMark::Unknown: return 2;
    case MapMark::Bad: return 3;
    case MapMark::Warning: return 4;
    case MapMark::Active: return 5;
    case MapMark::Good: return 6;
    }
    return 0;
}

} // namespace

WorldMap::WorldMap(QWidget* parent)
    : QWidget(parent)
{
    setAccessibleName(tr("World map"));
    setMouseTracking(true);
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void WorldMap::setPoints(std::vector<MapPoint> points)
{
    std::stable_sort(points.begin(), points.end(), [](const MapPoint& a, const MapPoint& b) {
        return weightOf(a.mark) < weightOf(b.mark);
    });
    m_points = std::move(points);
    const auto good = std::count_if(
        m_points.begin(), m_points.end(), [](const MapPoint& point) { return point.mark == MapMark::Good; });
    setAccessibleDescription(
        tr("%1 regions, %2 of them gave a machine").arg(m_points.size()).arg(static_cast<int>(good)));
    update();
}

QRectF WorldMap::area() const
{
    const double wanted = kDegreesAcross / (kNorth - kSouth);
    QSizeF size(width(), width() / wanted);
    if (size.height() > height()) {
        size = QSizeF(height() * wanted, height());
    }
    return {(width() - size.width()) / 2, (height() - size.height()) / 2, size.width(), size.height()};
}

QPointF WorldMap::positionOf(const MapPoint& point) const
{
    const QRectF map = area();
    const double latitude = std::clamp(point.latitude, kSouth, kNorth);
    return {
        map.left() + (point.longitude + kDegreesAcross / 2) / kDegreesAcross * map.width(),
        map.top() + (kNorth - latitude) / (kNorth - kSouth) * map.height()};
}

int WorldMap::pointAt(const QPointF& position) const
{
    int best = -1;
    double nearest = kReach;
    for (int i = static_cast<int>(m_points.size()) - 1; i >= 0; --i) { // what is on top counts
        const QPointF away = positionOf(m_points[static_cast<std::size_t>(i)]) - position;
        const double distance = std::hypot(away.x(), away.y());
        if (distance < nearest) {
            nearest = distance;
            best = i;
        }
    }
    return best;
}

QSize WorldMap::sizeHint() const
{
    return {520, heightForWidth(520)};
}

QSize WorldMap::minimumSizeHint() const
{
    return {240, heightForWidth(240)};
}

int WorldMap::heightForWidth(int width) const
{
    return static_cast<int>(std::ceil(width * (kNorth - kSouth) / kDegreesAcross));
}

void WorldMap::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const ThemeColors& colors = colorsFor(*this);
    const QRectF map = area();
    painter.setPen(QPen(colors.divider, 1));
    painter.setBrush(mixed(colors.surface, colors.accent, 0.06));
    painter.drawRoundedRect(map.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    QPainterPath frame;
    frame.addRoundedRect(map, 6, 6);
    painter.save();
    painter.setClipPath(frame);
    painter.setPen(QPen(mixed(colors.surface, colors.text, 0.28), 0.8));
    painter.setBrush(mixed(colors.surface, colors.text, 0.13));
    for (const std::vector<QPointF>& polygon : landOutline()) {
        QPolygonF shape;
        for (const QPointF& corner : polygon) {
            shape << positionOf({corner.y(), corner.x(), {}, {}});
        }
        painter.drawPolygon(shape);
    }
    painter.restore();
    for (const MapPoint& point : m_points) {
        drawMapMark(painter, point.mark, positionOf(point), kRadius, *this);
    }
}

void WorldMap::mousePressEvent(QMouseEvent* event)
{
    if (const int index = pointAt(event->position()); index >= 0) {
        emit pointActivated(index);
    }
}

bool WorldMap::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const int index = pointAt(help->pos());
        if (index >= 0) {
            QToolTip::showText(help->globalPos(), m_points[static_cast<std::size_t>(index)].name, this);
        } else {
            QToolTip::hideText();
        }
        return true;
    }
    return QWidget::event(event);
}

void drawMapMark(QPainter& painter, MapMark mark, const QPointF& center, double radius, const QWidget& widget)
{
    const ThemeColors& colors = colorsFor(widget);
    const auto pen = [](const QColor& color, double width) {
        return QPen(color, width, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
    };
    painter.setBrush(colors.surface);
    switch (mark) {
    case MapMark::None:
        painter.setPen(Qt::NoPen);
        painter.setBrush(mixed(colors.surface, colors.mutedText, 0.75));
        painter.drawEllipse(center, radius * 0.42, radius * 0.42);
        break;
    case MapMark::Waiting:
        painter.setPen(pen(colors.accent, 1.4));
        painter.drawEllipse(center, radius * 0.7, radius * 0.7);
        break;
    case MapMark::Active:
        painter.setPen(pen(colors.accent, 1.8));
        painter.drawEllipse(center, radius * 1.2, radius * 1.2);
        painter.setBrush(colors.accent);
        painter.drawEllipse(center, radius * 0.45, radius * 0.45);
        break;
    case MapMark::Good: {
        painter.setPen(pen(colors.surface, 1.2));
        painter.setBrush(colors.good);
        painter.drawEllipse(center, radius * 1.3, radius * 1.3);
        painter.setPen(pen(colors.surface, 1.8));
        painter.setBrush(Qt::NoBrush);
        const double r = radius;
        painter.drawPolyline(QPolygonF{
            center + QPointF(-0.6 * r, 0.05 * r), center + QPointF(-0.15 * r, 0.5 * r), center + QPointF(0.6 * r, -0.45 * r)});
        break;
    }
    case MapMark::Bad: {
        painter.setPen(pen(colors.bad, 1.4));
        painter.drawEllipse(center, radius * 0.95, radius * 0.95);
        const double r = radius * 0.42;
        painter.drawLine(center + QPointF(-r, -r), center + QPointF(r, r));
        painter.drawLine(center + QPointF(-r, r), center + QPointF(r, -r));
        break;
    }
    case MapMark::Warning: {
        painter.setPen(pen(colors.warn, 1.6));
        const double r = radius * 1.15;
        painter.drawPolygon(QPolygonF{
            center + QPointF(0, -r), center + QPointF(0.95 * r, 0.75 * r), center + QPointF(-0.95 * r, 0.75 * r)});
        break;
    }
    case MapMark::Unknown: {
        painter.setPen(pen(colors.mutedText, 1.6));
        const double r = radius;
        painter.drawPolygon(QPolygonF{
            center + QPointF(0, -r), center + QPointF(r, 0), center + QPointF(0, r), center + QPointF(-r, 0)});
        break;
    }
    }
}

} // namespace ty::widgets
