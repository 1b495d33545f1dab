#include "widgets/chart/mark_shapes.h"

#include <cmath>
#include <numbers>

#include <QCoreApplication>
#include <QPainter>
#include <QPainterPath>

#include "widgets/theme/palette.h"

namespace ty::widgets {

namespace {

struct MarkText {
    Q_DECLARE_TR_FUNCTIONS(ty::widgets::Mark)
};

QPainterPath starPath()
{
    QPainterPath path;
    for (int i = 0; i < 10; ++i) {
        const double angle = std::numbers::pi * (i / 5.0 - 0.5);
        const double reach = i % 2 == 0 ? 1.25 : 0.52;
        const QPointF at(std::cos(angle) * reach, std::sin(angle) * reach);
        i == 0 ? path.moveTo(at) : path.lineTo(at);
    }
    path.closeSubpath();
    return path;
}

QPainterPath polygonPath(const QList<QPointF>& points)
{
    QPainterPath path;
    path.addPolygon(QPolygonF(points));
    path.closeSubpath();
    return path;
}

QPainterPath resumePath()
{
    QPainterPath arc;
    arc.arcMoveTo(QRectF(-0.85, -0.85, 1.7, 1.7), 40);
    arc.arcTo(QRectF(-0.85, -0.85, 1.7, 1.7), 40, 280);
    QPainterPathStroker stroker;
    stroker.setWidth(0.42);
    QPainterPath path = stroker.createStroke(arc);
    path.addPath(polygonPath({{0.2, -0.15}, {1.25, -0.15}, {0.85, -1.15}}));
    path.setFillRule(Qt::WindingFill);
    return path.simplified();
}

QPainterPath shapeOf(MarkKind kind)
{
    switch (kind) {
    case MarkKind::Best:
        return starPath();
    case MarkKind::Checkpoint:
        return polygonPath({{0, -1.1}, {0.8, 0}, {0, 1.1}, {-0.8, 0}});
    case MarkKind::LearningRateDrop:
        return polygonPath({{0, -0.9}, {1, 0.85}, {-1, 0.85}});
    case MarkKind::Edit: {
        // A pencil, its point down to the left.
        return polygonPath({{-1, 1}, {-0.75, 0.25}, {0.55, -1.05}, {1.05, -0.55}, {-0.25, 0.75}});
    }
    case MarkKind::Pause: {
        QPainterPath path;
        path.addRect(-0.75, -0.95, 0.5, 1.9);
        path.addRect(0.25, -0.95, 0.5, 1.9);
        return path;
    }
    case MarkKind::Resume:
        return resumePath();
    case MarkKind::EarlyStop: {
        QPainterPath path = polygonPath({{-0.45, -1.1}, {1.05, -0.55}, {-0.45, 0.05}});
        path.addRect(-0.75, -1.1, 0.3, 2.2);
        path.setFillRule(Qt::WindingFill);
        return path.simplified();
    }
    case MarkKind::NotANumber: {
        QPainterPath path = polygonPath({{0, -1.1}, {1.2, 0.95}, {-1.2, 0.95}});
        QPainterPath hole;
        hole.addRoundedRect(-0.13, -0.4, 0.26, 0.7, 0.1, 0.1);
        hole.addEllipse(QPointF(0, 0.62), 0.16, 0.16);
        return path.subtracted(hole);
    }
    }
    return {};
}

} // namespace

void drawMark(
    QPainter& painter,
    MarkKind kind,
    const QPointF& center,
    double radius,
    const QColor& ink,
    const QColor& background)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(center);
    painter.scale(radius, radius);
    const QPainterPath shape = shapeOf(kind);
    painter.setPen(QPen(background, 0.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(background);
    painter.drawPath(shape);
    painter.setPen(Qt::NoPen);
    painter.setBrush(ink);
    painter.drawPath(shape);
    painter.restore();
}

QColor markColor(MarkKind kind, const ThemeColors& colors, const QColor& lineColor)
{
    switch (kind) {
    case MarkKind::Best:
    case MarkKind::Checkpoint:
        return lineColor;
    case MarkKind::NotANumber:
        return colors.bad;
    case MarkKind::EarlyStop:
    case MarkKind::LearningRateDrop:
    case MarkKind::Edit:
        return colors.warn;
    case MarkKind::Pause:
    case MarkKind::Resume:
        return colors.mutedText;
    }
    return colors.text;
}

QString markName(MarkKind kind)
{
    switch (kind) {
    case MarkKind::Best:
        return MarkText::tr("best");
    case MarkKind::Checkpoint:
        return MarkText::tr("checkpoint");
    case MarkKind::LearningRateDrop:
        return MarkText::tr("learning rate lowered");
    case MarkKind::Edit:
        return MarkText::tr("setting changed");
    case MarkKind::Pause:
        return MarkText::tr("paused");
    case MarkKind::Resume:
        return MarkText::tr("resumed");
    case MarkKind::EarlyStop:
        return MarkText::tr("stopped early");
    case MarkKind::NotANumber:
        return MarkText::tr("not a number");
    }
    return {};
}

QString markGlyph(MarkKind kind)
{
    switch (kind) {
    case MarkKind::Best:
        return QStringLiteral("★");
    case MarkKind::Checkpoint:
        return QStringLiteral("◆");
    case MarkKind::LearningRateDrop:
        return QStringLiteral("▲");
    case MarkKind::Edit:
        return QStringLiteral("✎");
    case MarkKind::Pause:
        return QStringLiteral("‖");
    case MarkKind::Resume:
        return QStringLiteral("⟲");
    case MarkKind::EarlyStop:
        return QStringLiteral("⚑");
    case MarkKind::NotANumber:
        return QStringLiteral("⚠");
    }
    return {};
}

} // namespace ty::widgets
