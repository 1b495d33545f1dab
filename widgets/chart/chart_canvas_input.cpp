// What mouse and keys do to the picture of a chart.
#include <algorithm>
#include <cmath>
#include <utility>

#include <QApplication>
#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QTimer>
#include <QWheelEvent>

#include "widgets/chart/chart_canvas.h"
#include "widgets/chart/mark_painter.h"
#include "widgets/chart/range_readout.h"

namespace ty::widgets {

namespace {

constexpr double kClickReach = 8;
constexpr int kLongestWait = 250; // milliseconds for a second click

} // namespace

void ChartCanvas::wheelEvent(QWheelEvent* event)
{
    const QPoint delta = event->angleDelta();
    // With Alt held some platforms turn the wheel sideways.
    const int turned = delta.y() != 0 ? delta.y() : delta.x();
    if (turned == 0) {
        event->ignore();
        return;
    }
    const double factor = std::pow(0.8, turned / 120.0);
    const QRectF plot = geometryNow().plot;
    const QPointF at = event->position();
    if (event->modifiers() & Qt::ControlModifier) {
        zoomY(factor, std::clamp((plot.bottom() - at.y()) / plot.height(), 0.0, 1.0));
    } else {
        zoomX(
            factor,
            std::clamp((at.x() - plot.left()) / plot.width(), 0.0, 1.0),
            linkOf(event->modifiers()));
    }
    event->accept();
}

void ChartCanvas::mousePressEvent(QMouseEvent* event)
{
    const bool isPan =
        event->button() == Qt::MiddleButton ||
        (event->button() == Qt::LeftButton && (event->modifiers() & Qt::ShiftModifier));
    if (!isPan && event->button() != Qt::LeftButton) {
        return;
    }
    m_click->stop();
    m_pressedAt = m_draggedTo = event->position();
    m_heldFob = isPan ? -1 : fobAt(m_scene, geometryNow(), m_pressedAt.x());
    if (m_heldFob >= 0) {
        m_drag = Drag::Fob;
        return;
    }
    m_dragLink = linkOf(event->modifiers());
    m_drag = isPan ? Drag::Pan : Drag::Band;
    m_panFrom = {m_scene.x.range, m_scene.y.range, m_isFollowing};
    if (isPan) {
        setCursor(Qt::ClosedHandCursor);
    }
}

void ChartCanvas::mouseMoveEvent(QMouseEvent* event)
{
    const ChartGeometry g = geometryNow();
    if (m_drag == Drag::Band) {
        m_draggedTo = event->position();
        update();
        return;
    }
    if (m_drag == Drag::Fob) {
        moveFob(m_heldFob, g.fromX(m_scene, event->position().x()));
        return;
    }
    if (m_drag == Drag::Pan) {
        const QPointF moved = event->position() - m_pressedAt;
        const double partX = -moved.x() / g.plot.width();
        const double partY = moved.y() / g.plot.height();
        AxisScale x = m_scene.x;
        AxisScale y = m_scene.y;
        x.range = m_panFrom.x;
        y.range = m_panFrom.y;
        setView(x.part(partX, 1 + partX), y.part(partY, 1 + partY), m_dragLink, Remember::No);
        return;
    }
    m_readout = g.plot.adjusted(-4, -4, 4, 4).contains(event->position())
                    ? readoutAt(m_scene, g, event->position())
                    : Readout();
    const bool isOnSign = markToOffer(event->position()).has_value();
    const bool isOnFob = fobAt(m_scene, g, event->position().x()) >= 0;
    setCursor(isOnFob ? Qt::SplitHCursor : isOnSign ? Qt::PointingHandCursor : Qt::ArrowCursor);
    update();
}

void ChartCanvas::mouseReleaseEvent(QMouseEvent* event)
{
    const Drag drag = std::exchange(m_drag, Drag::None);
    unsetCursor();
    if (drag == Drag::Pan && (m_scene.x.range != m_panFrom.x || m_scene.y.range != m_panFrom.y)) {
        m_history.push_back(m_panFrom);
    }
    if (drag == Drag::Band) {
        const QRectF band = QRectF(m_pressedAt, event->position()).normalized();
        if (band.width() < 5 && band.height() < 5) {
            click(event->position(), event->globalPosition().toPoint());
        } else {
            applyBand(band, m_dragLink);
        }
    }
    update();
}

std::optional<PlacedMark> ChartCanvas::markToOffer(const QPointF& at) const
{
    const std::vector<MarkSpot> spots = markSpots(m_scene, geometryNow());
    const int found = markAt(spots, at);
    if (found < 0 || spots[static_cast<std::size_t>(found)].placed.mark.actionText.isEmpty()) {
        return {};
    }
    return spots[static_cast<std::size_t>(found)].placed;
}

void ChartCanvas::click(const QPointF& at, const QPoint& globalAt)
{
    if (const auto placed = markToOffer(at)) {
        emit markClicked(m_scene.lines[placed->line].look.id, placed->mark, globalAt);
        return;
    }
    const Readout under = readoutAt(m_scene, geometryNow(), at);
    if (under.isEmpty() || under.rows.first().distance > kClickReach) {
        return;
    }
    const ReadoutRow& row = under.rows.first();
    m_clickedLine = m_scene.lines[row.line].look.id;
    m_clickedPoint = row.point;
    m_clickedAt = globalAt;
    emit lineClicked(m_clickedLine, m_clickedPoint);
    // A menu would swallow the second half of a double click.
    m_click->start(std::min(QApplication::doubleClickInterval(), kLongestWait));
}

void ChartCanvas::applyBand(const QRectF& band, Link link)
{
    const ChartGeometry g = geometryNow();
    const QRectF inside = band & g.plot;
    ChartRange x = m_scene.x.range;
    ChartRange y = m_scene.y.range;
    // A flat or narrow band means one axis only.
    constexpr double kIntended = 12;
    if (inside.width() >= kIntended) {
        x = {g.fromX(m_scene, inside.left()), g.fromX(m_scene, inside.right())};
    }
    if (inside.height() >= kIntended) {
        y = {g.fromY(m_scene, inside.bottom()), g.fromY(m_scene, inside.top())};
    }
    setView(x, y, link, Remember::Yes);
}

void ChartCanvas::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton) {
        m_click->stop();
        m_drag = Drag::None;
        fit(linkOf(event->modifiers()));
    }
}

void ChartCanvas::leaveEvent(QEvent*)
{
    m_readout = {};
    update();
}

void ChartCanvas::keyPressEvent(QKeyEvent* event)
{
    constexpr double kPanPart = 0.15;
    const Link link = linkOf(event->modifiers());
    switch (event->key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoomX(0.8, 0.5, link);
        return;
    case Qt::Key_Minus:
        zoomX(1.25, 0.5, link);
        return;
    case Qt::Key_Left:
    case Qt::Key_Right:
        if (event->modifiers() & Qt::ControlModifier) {
            const int fob = event->modifiers() & Qt::ShiftModifier ? 1 : 0;
            stepFob(fob, event->key() == Qt::Key_Left ? -1 : 1);
            return;
        }
        pan(event->key() == Qt::Key_Left ? -kPanPart : kPanPart, 0, link);
        return;
    case Qt::Key_Up:
        pan(0, kPanPart, link);
        return;
    case Qt::Key_Down:
        pan(0, -kPanPart, link);
        return;
    case Qt::Key_Home:
        fit(link);
        return;
    case Qt::Key_Backspace:
        zoomBack(link);
        return;
    case Qt::Key_Space:
        setPaused(!m_isPaused);
        return;
    case Qt::Key_Escape:
        if (m_drag != Drag::None) {
            m_drag = Drag::None;
            unsetCursor();
            update();
            return;
        }
        break;
    case Qt::Key_L:
    case Qt::Key_S:
    case Qt::Key_O:
    case Qt::Key_G:
    case Qt::Key_T:
    case Qt::Key_F:
    case Qt::Key_R:
    case Qt::Key_BracketLeft:
    case Qt::Key_BracketRight:
        if (!(event->modifiers() & (Qt::ControlModifier | Qt::AltModifier))) {
            emit keyCommand(event->key(), event->modifiers());
            return;
        }
        break;
    default:
        break;
    }
    if (event->matches(QKeySequence::Copy)) {
        emit keyCommand(Qt::Key_Copy, event->modifiers());
        return;
    }
    QWidget::keyPressEvent(event);
}

void ChartCanvas::contextMenuEvent(QContextMenuEvent* event)
{
    emit menuRequested(event->globalPos());
}

} // namespace ty::widgets
