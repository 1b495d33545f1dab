#include "widgets/chart/mark_painter.h"

#include <algorithm>
#include <cmath>

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>

#include "widgets/chart/axis.h"
#include "widgets/chart/chart_painter.h"
#include "widgets/chart/mark_shapes.h"
#include "widgets/chart/series_style.h"
#include "widgets/theme/palette.h"

namespace ty::widgets {

namespace {

constexpr double kRadius = 5.5;
constexpr double kSmallRadius = 4;
constexpr int kFewLines = 6; // above, full marks and rules on each line would hide what they mark
constexpr double kHitReach = 9;

struct MarkText {
    Q_DECLARE_TR_FUNCTIONS(ty::widgets::Mark)
};

bool hasPlace(const ChartScene& scene, double value)
{
    return std::isfinite(value) && (!scene.isLogY || value > 0);
}

/// The cut says itself that there is a pause.
bool isOfCut(const ChartScene& scene, const ChartMark& mark)
{
    const double place = scene.placeOf(mark.at);
    return mark.kind == MarkKind::Pause &&
           std::any_of(scene.x.cuts.begin(), scene.x.cuts.end(), [place](const AxisCut& cut) {
               return place >= cut.low && place <= cut.high;
           });
}

} // namespace

std::vector<MarkSpot> markSpots(const ChartScene& scene, const ChartGeometry& g)
{
    const auto visible =
        std::count_if(scene.lines.begin(), scene.lines.end(), [](const SceneLine& line) {
            return line.look.isVisible;
        });
    const double radius = visible > kFewLines ? kSmallRadius : kRadius;
    std::vector<MarkSpot> spots;
    std::vector<QPointF> standing; // on the lower edge
    for (const PlacedMark& placed : scene.placedMarks()) {
        const double x = g.toX(scene, scene.placeOf(placed.mark.at));
        if (!(x >= g.plot.left() - 1 && x <= g.plot.right() + 1) || isOfCut(scene, placed.mark)) {
            continue;
        }
        MarkSpot spot;
        spot.placed = placed;
        const MarkKind kind = placed.mark.kind;
        spot.radius = kind == MarkKind::Best && visible <= kFewLines ? radius + 1.5 : radius;
        spot.hasRule =
            visible <= kFewLines && kind != MarkKind::Best && kind != MarkKind::Checkpoint;
        if (hasPlace(scene, placed.mark.at.value)) {
            spot.center = {
                x,
                std::clamp(g.toY(scene, placed.mark.at.value), g.plot.top(), g.plot.bottom())};
        } else {
            QPointF at(x, g.plot.bottom() - radius - 2);
            for (const QPointF& other : standing) {
                if (std::abs(other.x() - x) < 2 * radius && std::abs(other.y() - at.y()) < 1) {
                    at.ry() -= 2 * radius + 3;
                }
            }
            standing.push_back(at);
            // Later marks look for room from the lowest row upwards.
            std::sort(standing.begin(), standing.end(), [](const QPointF& a, const QPointF& b) {
                return a.y() > b.y();
            });
            spot.center = at;
        }
        spots.push_back(std::move(spot));
    }
    return spots;
}

int markAt(const std::vector<MarkSpot>& spots, const QPointF& at)
{
    int found = -1;
    double nearest = kHitReach;
    for (std::size_t i = 0; i < spots.size(); ++i) {
        const QPointF away = spots[i].center - at;
        const double distance = std::hypot(away.x(), away.y());
        if (distance < nearest) {
            nearest = distance;
            found = static_cast<int>(i);
        }
    }
    return found;
}

void paintMarks(
    QPainter& painter, const ChartScene& scene, const ChartGeometry& g, const ThemeColors& colors)
{
    const std::vector<MarkSpot> spots = markSpots(scene, g);
    const auto inkOf = [&](const MarkSpot& spot) {
        const int style = scene.lines[spot.placed.line].look.styleIndex;
        return markColor(spot.placed.mark.kind, colors, seriesStyle(style, colors).color);
    };
    for (const MarkSpot& spot : spots) {
        if (spot.hasRule) {
            QPen pen(inkOf(spot), 1);
            pen.setDashPattern({3, 3});
            painter.setPen(pen);
            const double x = spot.center.x();
            painter.drawLine(QPointF(x, g.plot.top()), QPointF(x, g.plot.bottom()));
        }
    }
    for (const MarkSpot& spot : spots) {
        drawMark(
            painter,
            spot.placed.mark.kind,
            spot.center,
            spot.radius,
            inkOf(spot),
            colors.chartBackground);
    }
}

void paintPins(
    QPainter& painter, const ChartScene& scene, const ChartGeometry& g, const ThemeColors& colors)
{
    const QFontMetricsF metrics(painter.font(), painter.device());
    painter.setRenderHint(QPainter::Antialiasing);
    for (const ChartPin& pin : scene.pins) {
        const SceneLine* line = scene.find(pin.id);
        const double x = g.toX(scene, scene.placeOf(pin.point));
        if (!line || !line->look.isVisible || !hasPlace(scene, pin.point.value) ||
            !(x >= g.plot.left() - 1 && x <= g.plot.right() + 1)) {
            continue;
        }
        const double y = g.toY(scene, pin.point.value);
        if (y < g.plot.top() - 1 || y > g.plot.bottom() + 1) {
            continue;
        }
        const QColor ink = seriesStyle(line->look.styleIndex, colors).color;
        painter.setPen(QPen(ink, 2));
        painter.setBrush(colors.chartBackground);
        painter.drawEllipse(QPointF(x, y), 4.5, 4.5);
        const QString text = QStringLiteral("%1  %2").arg(
            metrics.elidedText(line->look.name, Qt::ElideMiddle, g.plot.width() * 0.3),
            valueText(pin.point.value));
        QRectF box(0, 0, metrics.horizontalAdvance(text) + 12, metrics.height() + 4);
        box.moveCenter({x, y - box.height() / 2 - 9});
        box.moveLeft(std::clamp(
            box.left(),
            g.plot.left(),
            std::max(g.plot.left(), g.plot.right() - box.width())));
        if (box.top() < g.plot.top()) {
            box.moveTop(y + 9);
        }
        painter.setPen(QPen(ink, 1));
        painter.setBrush(colors.raised);
        painter.drawRoundedRect(box, 4, 4);
        painter.setPen(colors.text);
        painter.drawText(box, Qt::AlignCenter, text);
    }
}

void paintCuts(
    QPainter& painter, const ChartScene& scene, const ChartGeometry& g, const ThemeColors& colors)
{
    for (const AxisCut& cut : scene.x.cuts) {
        const double left = std::max(g.plot.left(), g.toX(scene, cut.low));
        const double right = std::min(g.plot.right(), g.toX(scene, cut.high));
        if (right - left < 0.5) {
            continue;
        }
        const QRectF band(QPointF(left, g.plot.top()), QPointF(right, g.plot.bottom()));
        painter.fillRect(band, QBrush(colors.chartGrid, Qt::BDiagPattern));
        painter.setPen(QPen(colors.chartGrid, 1));
        painter.drawLine(band.topLeft(), band.bottomLeft());
        painter.drawLine(band.topRight(), band.bottomRight());
        drawMark(
            painter,
            MarkKind::Pause,
            {band.center().x(), band.top() + kRadius + 3},
            kRadius,
            colors.mutedText,
            colors.chartBackground);
    }
}

QString cutTextAt(const ChartScene& scene, const ChartGeometry& g, double pixel)
{
    constexpr double kReach = 3;
    for (const AxisCut& cut : scene.x.cuts) {
        if (pixel >= g.toX(scene, cut.low) - kReach && pixel <= g.toX(scene, cut.high) + kReach) {
            return MarkText::tr("‖ nothing ran for %1").arg(secondsText(cut.high - cut.low));
        }
    }
    return {};
}

} // namespace ty::widgets
