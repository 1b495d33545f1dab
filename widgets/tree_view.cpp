#include "widgets/tree_view.h"

#include <algorithm>
#include <cmath>

#include <QApplication>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <QWheelEvent>

namespace ty::widgets {

namespace {
constexpr double kMostTreeZoom = 4;
constexpr double kLeastTreeZoom = 0.02;
constexpr double kReadableZoom = 0.6; // below which words cannot be read
} // namespace

TreeView::TreeView(QWidget* parent)
    : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Decision tree"));
    setMinimumSize(200, 160);
    setMouseTracking(true);
}

void TreeView::setTree(std::vector<TreePictureNode> nodes, const QStringList& classes, int levels)
{
    m_picture.setTree(std::move(nodes), classes);
    m_picture.showLevels(levels);
    m_current = m_picture.nodes().empty() ? -1 : 0;
    m_isFitted = true;
    refresh();
    choose(m_current);
}

void TreeView::showLevels(int levels)
{
    m_picture.showLevels(levels);
    m_isFitted = true;
    refresh();
}

void TreeView::setWay(const std::vector<int>& way)
{
    m_picture.setWay(way);
    refresh();
    if (!way.empty()) {
        choose(way.back());
        showNode(way.back());
    }
}

void TreeView::refresh()
{
    m_picture.layOut(font());
    if (m_current >= 0 && !m_picture.isShown(m_current)) {
        m_current = 0;
    }
    if (m_isFitted) {
        fitAll();
    }
    update();
}

void TreeView::fitAll()
{
    const QRectF all = m_picture.bounds();
    if (all.isEmpty() || width() < 20) {
        return;
    }
    const double whole = std::min(width() / all.width(), height() / all.height());
    // A wide tree is not made unreadable: its root is shown instead, in the middle.
    m_zoom = std::clamp(whole, std::min(1.0, kReadableZoom), 1.0);
    const QPointF root = m_picture.nodes().empty() ? all.center() : m_picture.boxOf(0).center();
    const bool isWhole = m_zoom <= whole + 1e-9;
    const double centre = isWhole ? all.center().x() : root.x();
    m_offset = QPointF(width() / 2.0 - centre * m_zoom, isWhole ? (height() - all.height() * m_zoom) / 2 - all.top() * m_zoom : -all.top() * m_zoom);
    m_offset.ry() = std::min(m_offset.y(), 40.0 - all.top() * m_zoom); // a small tree hangs from the top
    m_isFitted = true;
    update();
}

QRectF TreeView::placeOf(int node) const
{
    const QRectF box = m_picture.boxOf(node);
    return {box.topLeft() * m_zoom + m_offset, box.size() * m_zoom};
}

void TreeView::paintEvent(QPaintEvent* /*event*/)
{
    const ThemeColors& colors = colorsFor(*this);
    QPainter painter(this);
    painter.fillRect(rect(), colors.surface);
    painter.translate(m_offset);
    painter.scale(m_zoom, m_zoom);
    m_picture.paint(painter, colors, QRectF(toPicture({0, 0}), toPicture({double(width()), double(height())})), hasFocus() ? m_current : -1);
}

void TreeView::zoomAt(const QPointF& place, double factor)
{
    const double zoom = std::clamp(m_zoom * factor, kLeastTreeZoom, kMostTreeZoom);
    m_offset = place - (place - m_offset) * (zoom / m_zoom);
    m_zoom = zoom;
    m_isFitted = false;
    update();
}

void TreeView::wheelEvent(QWheelEvent* event)
{
    if (event->modifiers().testFlag(Qt::ControlModifier)) {
        zoomAt(event->position(), std::pow(1.0015, event->angleDelta().y()));
    } else {
        const QPointF by = event->pixelDelta().isNull() ? QPointF(event->angleDelta()) / 2 : QPointF(event->pixelDelta());
        m_offset += event->modifiers().testFlag(Qt::ShiftModifier) ? QPointF(by.y(), by.x()) : by;
        m_isFitted = false;
        update();
    }
    event->accept();
}

void TreeView::mousePressEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton) {
        m_pressedAt = event->position();
        m_offsetAtPress = m_offset;
        m_isDragged = false;
    }
}

void TreeView::mouseMoveEvent(QMouseEvent* event)
{
    if (!event->buttons().testFlag(Qt::LeftButton)) {
        const int node = m_picture.nodes().empty() ? -1 : m_picture.nodeAt(toPicture(event->position()));
        const bool isQuestion = node >= 0 && m_picture.nodes()[static_cast<std::size_t>(node)].isQuestion();
        setCursor(isQuestion ? Qt::PointingHandCursor : Qt::OpenHandCursor);
        return;
    }
    const QPointF way = event->position() - m_pressedAt;
    if (m_isDragged || way.manhattanLength() > QApplication::startDragDistance()) {
        m_isDragged = true;
        m_isFitted = false;
        setCursor(Qt::ClosedHandCursor);
        m_offset = m_offsetAtPress + way;
        update();
    }
}

void TreeView::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton || m_isDragged) {
        setCursor(Qt::OpenHandCursor);
        return;
    }
    const int node = m_picture.nodeAt(toPicture(event->position()));
    if (node >= 0) {
        choose(node);
        toggle(node);
    }
}

void TreeView::toggle(int node)
{
    if (!m_picture.nodes()[static_cast<std::size_t>(node)].isQuestion()) {
        return;
    }
    // The node stays under the pointer, wherever its neighbours go.
    const QPointF before = placeOf(node).center();
    m_picture.setCollapsed(node, !m_picture.isCollapsed(node));
    const bool wasFitted = std::exchange(m_isFitted, false);
    refresh();
    m_offset += before - placeOf(node).center();
    m_isFitted = wasFitted && m_picture.bounds().width() * m_zoom <= width();
    choose(node);
    update();
}

void TreeView::choose(int node)
{
    m_current = node;
    setAccessibleDescription(node < 0 ? tr("There is no tree.") : m_picture.wordsOf(node));
    update();
    emit currentChanged(node);
}

void TreeView::showNode(int node)
{
    const QRectF place = placeOf(node);
    const QRectF room = QRectF(rect()).adjusted(20, 20, -20, -40);
    QPointF by;
    by.setX(place.left() < room.left() ? room.left() - place.left() : place.right() > room.right() ? room.right() - place.right() : 0);
    by.setY(place.top() < room.top() ? room.top() - place.top() : place.bottom() > room.bottom() ? room.bottom() - place.bottom() : 0);
    if (!by.isNull()) {
        m_offset += by;
        m_isFitted = false;
        update();
    }
}

void TreeView::goSideways(int direction)
{
    // The next box of the same level in this direction.
    const QRectF here = m_picture.boxOf(m_current);
    int found = -1;
    double nearest = 0;
    for (int node = 0; node < static_cast<int>(m_picture.nodes().size()); ++node) {
        const QRectF box = m_picture.boxOf(node);
        const double way = (box.center().x() - here.center().x()) * direction;
        if (!box.isNull() && box.top() == here.top() && way > 0 && (found < 0 || way < nearest)) {
            found = node;
            nearest = way;
        }
    }
    if (found >= 0) {
        choose(found);
        showNode(found);
    }
}

void TreeView::keyPressEvent(QKeyEvent* event)
{
    const auto& nodes = m_picture.nodes();
    const auto goTo = [this](int node) {
        if (node >= 0) {
            choose(node);
            showNode(node);
        }
    };
    switch (event->key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoomAt(rect().center(), 1.25);
        return;
    case Qt::Key_Minus:
        zoomAt(rect().center(), 0.8);
        return;
    case Qt::Key_0:
        fitAll();
        return;
    default:
        break;
    }
    if (m_current < 0) {
        QWidget::keyPressEvent(event);
        return;
    }
    const auto& node = nodes[static_cast<std::size_t>(m_current)];
    switch (event->key()) {
    case Qt::Key_Up:
        goTo(m_picture.parentOf(m_current));
        break;
    case Qt::Key_Down:
        goTo(node.isQuestion() && !m_picture.isCollapsed(m_current) ? node.yes : -1);
        break;
    case Qt::Key_Left:
    case Qt::Key_Right:
        goSideways(event->key() == Qt::Key_Left ? -1 : 1);
        break;
    case Qt::Key_Home:
        goTo(0);
        break;
    case Qt::Key_Space:
    case Qt::Key_Return:
    case Qt::Key_Enter:
        toggle(m_current);
        break;
    default:
        QWidget::keyPressEvent(event);
    }
}

void TreeView::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange) {
        refresh();
    } else if (event->type() == QEvent::PaletteChange) {
        update();
    }
}

void TreeView::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    if (m_isFitted) {
        fitAll();
    }
}

bool TreeView::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip && !m_picture.nodes().empty()) {
        auto* help = static_cast<QHelpEvent*>(event);
        const int node = m_picture.nodeAt(toPicture(help->pos()));
        if (node >= 0) {
            QToolTip::showText(help->globalPos(), m_picture.wordsOf(node), this, placeOf(node).toRect());
        } else {
            QToolTip::hideText();
        }
        return true;
    }
    return QWidget::event(event);
}

} // namespace ty::widgets
