#include "widgets/chart/chart_canvas.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPushButton>
#include <QTimer>
#include <QWheelEvent>

#include "widgets/theme/palette.h"

namespace ty::widgets {

namespace {

constexpr int kVisibleInterval = 100;
constexpr int kHiddenInterval = 1000;
constexpr double kClickReach = 8;
constexpr int kSettled = 150; // after a gesture, until the exact picture
constexpr double kHeavy = 20; // milliseconds; slower pictures are coarse while moving
constexpr std::size_t kHistory = 50;

ChartRange within(const AxisScale& scale, double low, double high)
{
    return {scale.fromUnit(low), scale.fromUnit(high)};
}

/// Narrower than this, neighbouring doubles would share a pixel.
bool isUsable(const ChartRange& range, bool isLog)
{
    const double size = std::max(std::abs(range.low), std::abs(range.high));
    return std::isfinite(range.low) && std::isfinite(range.high) &&
           range.high - range.low > std::max(size * 1e-12, 1e-300) && (!isLog || range.low > 0);
}

} // namespace

ChartCanvas::ChartCanvas(QWidget* parent)
    : QWidget(parent)
    , m_timer(new QTimer(this))
    , m_settle(new QTimer(this))
    , m_pill(new QPushButton(tr("Follow ▸"), this))
{
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    m_timer->setSingleShot(true);
    connect(m_timer, &QTimer::timeout, this, &ChartCanvas::refresh);
    m_settle->setSingleShot(true);
    m_settle->setInterval(kSettled);
    connect(m_settle, &QTimer::timeout, this, [this] {
        m_isMoving = false;
        if (m_isCoarse) {
            repaintPicture();
        }
    });
    m_pill->setToolTip(tr("Fit the axes to the data as it arrives (Home)"));
    m_pill->hide();
    connect(m_pill, &QPushButton::clicked, this, [this] {
        setFollowing(true);
        setFocus();
    });
    m_scene.fit();
}

ChartGeometry ChartCanvas::geometryNow() const
{
    return chartGeometry(m_scene, size(), font());
}

void ChartCanvas::noteData()
{
    if (m_isPaused || m_timer->isActive() || window()->isMinimized()) {
        return;
    }
    const int interval = isVisible() ? kVisibleInterval : kHiddenInterval;
    const qint64 since = m_sinceRefresh.isValid() ? m_sinceRefresh.elapsed() : interval;
    m_timer->start(static_cast<int>(std::clamp<qint64>(interval - since, 0, interval)));
}

void ChartCanvas::refresh()
{
    m_sinceRefresh.restart();
    if (m_isFollowing) {
        m_scene.fit();
    }
    repaintPicture();
    emit refreshed();
}

void ChartCanvas::noteSettings()
{
    m_scene.x.isLog = m_scene.isLogX;
    m_scene.y.isLog = m_scene.isLogY;
    if (m_isFollowing || !isUsable(m_scene.x.range, m_scene.isLogX) ||
        !isUsable(m_scene.y.range, m_scene.isLogY)) {
        m_scene.fit();
    }
    repaintPicture();
    emit refreshed();
}

void ChartCanvas::repaintPicture()
{
    m_isPictureStale = true;
    update();
}

void ChartCanvas::setFollowing(bool isOn)
{
    if (isOn) {
        m_history.clear();
        m_scene.fit();
        repaintPicture();
        emit viewChanged(false);
    }
    if (m_isFollowing != isOn) {
        m_isFollowing = isOn;
        m_pill->setVisible(!isOn);
        placePill();
        emit followingChanged(isOn);
    }
}

void ChartCanvas::setPaused(bool isPaused)
{
    if (m_isPaused == isPaused) {
        return;
    }
    m_isPaused = isPaused;
    m_timer->stop();
    if (!isPaused) {
        refresh();
    }
    update();
}

void ChartCanvas::setView(const ChartRange& x, const ChartRange& y, Link link, Remember remember)
{
    if (!isUsable(x, m_scene.isLogX) || !isUsable(y, m_scene.isLogY)) {
        return;
    }
    if (x == m_scene.x.range && y == m_scene.y.range) {
        return;
    }
    if (remember == Remember::Yes) {
        m_history.push_back({m_scene.x.range, m_scene.y.range, m_isFollowing});
        if (m_history.size() > kHistory) {
            m_history.erase(m_history.begin());
        }
    }
    const bool isXNew = x != m_scene.x.range;
    m_scene.x.range = x;
    m_scene.y.range = y;
    setFollowing(false);
    m_readout = {};
    m_isMoving = true;
    m_settle->start();
    repaintPicture();
    if (isXNew) {
        emit viewChanged(link == Link::Linked);
    }
}

void ChartCanvas::setLogX(bool isOn)
{
    m_scene.isLogX = isOn;
    noteSettings();
}

void ChartCanvas::setLogY(bool isOn)
{
    m_scene.isLogY = isOn;
    noteSettings();
}

void ChartCanvas::zoomX(double factor, double at, Link link)
{
    setView(
        within(m_scene.x, at - at * factor, at + (1 - at) * factor),
        m_scene.y.range,
        link,
        Remember::Yes);
}

void ChartCanvas::zoomY(double factor, double at)
{
    setView(
        m_scene.x.range,
        within(m_scene.y, at - at * factor, at + (1 - at) * factor),
        Link::Alone,
        Remember::Yes);
}

void ChartCanvas::pan(double partX, double partY, Link link)
{
    setView(
        within(m_scene.x, partX, 1 + partX),
        within(m_scene.y, partY, 1 + partY),
        link,
        Remember::No);
}

void ChartCanvas::fit()
{
    setFollowing(true);
    emit viewChanged(true);
}

void ChartCanvas::zoomBack()
{
    if (m_history.empty()) {
        return;
    }
    const View view = m_history.back();
    m_history.pop_back();
    if (view.isFollowing) {
        fit();
    } else {
        setView(view.x, view.y, Link::Linked, Remember::No);
    }
}

ChartCanvas::Link ChartCanvas::linkOf(Qt::KeyboardModifiers modifiers)
{
    return modifiers & Qt::AltModifier ? Link::Alone : Link::Linked;
}

void ChartCanvas::paintEvent(QPaintEvent*)
{
    const double ratio = devicePixelRatioF();
    const QSize pixels = size() * ratio;
    if (m_isPictureStale || m_picture.size() != pixels) {
        m_scene.prepare();
        m_picture = QImage(pixels, QImage::Format_ARGB32_Premultiplied);
        m_picture.setDevicePixelRatio(ratio);
        // Wide columns still hold every minimum and maximum, so no spike is lost meanwhile.
        m_isCoarse = m_isMoving && m_fullMilliseconds > kHeavy;
        QElapsedTimer took;
        took.start();
        QPainter painter(&m_picture);
        painter.setFont(font());
        const double lineRatio = m_isCoarse ? ratio / 2 : ratio;
        paintChart(
            painter, m_scene, geometryNow(), colorsFor(*this), lineRatio, PaintTarget::Screen);
        if (!m_isCoarse) {
            m_fullMilliseconds = static_cast<double>(took.nsecsElapsed()) / 1e6;
        }
        m_isPictureStale = false;
    }
    QPainter painter(this);
    painter.drawImage(QPointF(), m_picture);
    paintOverlay(painter);
}

void ChartCanvas::paintOverlay(QPainter& painter)
{
    const ThemeColors& colors = colorsFor(*this);
    const ChartGeometry g = geometryNow();
    if (m_scene.isEmpty()) {
        painter.setPen(colors.mutedText);
        const QString text = m_scene.emptyText.isEmpty() ? tr("No points yet") : m_scene.emptyText;
        painter.drawText(g.plot.adjusted(12, 0, -12, 0), Qt::AlignCenter | Qt::TextWordWrap, text);
    } else if (m_drag == Drag::None) {
        paintReadout(painter, m_readout, m_scene, g, colors);
    }
    if (m_drag == Drag::Band) {
        const QRectF band = QRectF(m_pressedAt, m_draggedTo).normalized() & g.plot;
        QColor fill = colors.accent;
        fill.setAlphaF(0.18F);
        painter.setPen(QPen(colors.accent, 1));
        painter.setBrush(fill);
        painter.drawRect(band);
    }
    if (m_isPaused) {
        painter.setPen(colors.mutedText);
        painter.drawText(
            g.plot.adjusted(8, 4, -8, -4),
            Qt::AlignLeft | Qt::AlignTop,
            tr("‖ Drawing paused (Space)"));
    }
    if (hasFocus()) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(colors.focus, 2));
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 4, 4);
    }
}

void ChartCanvas::placePill()
{
    m_pill->adjustSize();
    const QRectF plot = geometryNow().plot;
    m_pill->move(
        static_cast<int>(plot.right()) - m_pill->width() - 4, static_cast<int>(plot.top()) + 4);
}

void ChartCanvas::resizeEvent(QResizeEvent*)
{
    m_isPictureStale = true;
    m_readout = {};
    placePill();
}

void ChartCanvas::showEvent(QShowEvent*)
{
    noteData();
}

void ChartCanvas::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    switch (event->type()) {
    case QEvent::PaletteChange:
    case QEvent::StyleChange:
    case QEvent::FontChange:
    case QEvent::LocaleChange:
        repaintPicture();
        placePill();
        break;
    default:
        break;
    }
}

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
    m_pressedAt = m_draggedTo = event->position();
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
    if (m_drag == Drag::Pan) {
        const QPointF moved = event->position() - m_pressedAt;
        const double partX = -moved.x() / g.plot.width();
        const double partY = moved.y() / g.plot.height();
        const AxisScale x{m_panFrom.x, m_scene.isLogX};
        const AxisScale y{m_panFrom.y, m_scene.isLogY};
        setView(within(x, partX, 1 + partX), within(y, partY, 1 + partY), m_dragLink, Remember::No);
        return;
    }
    m_readout = g.plot.adjusted(-4, -4, 4, 4).contains(event->position())
                    ? readoutAt(m_scene, g, event->position())
                    : Readout();
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
            const Readout under = readoutAt(m_scene, geometryNow(), event->position());
            if (!under.isEmpty() && under.rows.first().distance <= kClickReach) {
                const ReadoutRow& row = under.rows.first();
                emit lineClicked(m_scene.lines[row.line]->look.id, row.point);
            }
        } else {
            applyBand(band, m_dragLink);
        }
    }
    update();
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
        m_drag = Drag::None;
        fit();
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
        pan(-kPanPart, 0, link);
        return;
    case Qt::Key_Right:
        pan(kPanPart, 0, link);
        return;
    case Qt::Key_Up:
        pan(0, kPanPart, link);
        return;
    case Qt::Key_Down:
        pan(0, -kPanPart, link);
        return;
    case Qt::Key_Home:
        fit();
        return;
    case Qt::Key_Backspace:
        zoomBack();
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
