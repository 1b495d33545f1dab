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

#include "widgets/chart/range_readout.h"
#include "widgets/theme/palette.h"

namespace ty::widgets {

namespace {

constexpr int kVisibleInterval = 200;
constexpr int kHiddenInterval = 1000;
constexpr int kSettled = 150; // after a gesture, until the exact picture
constexpr double kHeavy = 20; // milliseconds; slower pictures are coarse while moving
constexpr std::size_t kHistory = 50;

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
    , m_smooth(new QTimer(this))
    , m_click(new QTimer(this))
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
    m_smooth->setSingleShot(true);
    m_smooth->setInterval(0);
    connect(m_smooth, &QTimer::timeout, this, [this] {
        if (m_scene.prepare()) {
            repaintPicture();
        } else {
            m_smooth->start();
        }
    });
    m_click->setSingleShot(true);
    connect(m_click, &QTimer::timeout, this, [this] {
        emit lineMenuRequested(m_clickedLine, m_clickedPoint, m_clickedAt);
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

void ChartCanvas::endChanges()
{
    if (--m_changes == 0 && std::exchange(m_areSettingsChanged, false)) {
        noteSettings();
    }
}

void ChartCanvas::noteSettings()
{
    if (m_changes > 0) {
        m_areSettingsChanged = true;
        return;
    }
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

void ChartCanvas::setFobs(const std::optional<std::array<double, 2>>& fobs)
{
    if (m_scene.fobs != fobs) {
        m_scene.fobs = fobs;
        update();
        emit rangeChanged();
    }
}

void ChartCanvas::setRangeShown(bool isShown)
{
    if (!isShown) {
        setFobs(std::nullopt);
    } else if (!m_scene.fobs) {
        if (m_isFollowing) {
            m_scene.fit(); // points may have come since the last picture
        }
        setFobs({{m_scene.x.fromUnit(0.25), m_scene.x.fromUnit(0.75)}});
        moveFob(0, (*m_scene.fobs)[0]);
        moveFob(1, (*m_scene.fobs)[1]);
    }
}

void ChartCanvas::moveFob(int index, double place)
{
    auto fobs = m_scene.fobs;
    const double nearest = m_scene.nearestPlace(place);
    if (fobs && !std::isnan(nearest)) {
        (*fobs)[static_cast<std::size_t>(index)] = nearest;
        setFobs(fobs);
    }
}

void ChartCanvas::stepFob(int index, int by)
{
    if (m_scene.fobs) {
        moveFob(index, m_scene.neighbourPlace((*m_scene.fobs)[static_cast<std::size_t>(index)], by));
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
        m_scene.x.part(at - at * factor, at + (1 - at) * factor),
        m_scene.y.range,
        link,
        Remember::Yes);
}

void ChartCanvas::zoomY(double factor, double at)
{
    setView(
        m_scene.x.range,
        m_scene.y.part(at - at * factor, at + (1 - at) * factor),
        Link::Alone,
        Remember::Yes);
}

void ChartCanvas::pan(double partX, double partY, Link link)
{
    setView(
        m_scene.x.part(partX, 1 + partX),
        m_scene.y.part(partY, 1 + partY),
        link,
        Remember::No);
}

void ChartCanvas::fit(Link link)
{
    setFollowing(true);
    emit viewChanged(link == Link::Linked);
}

void ChartCanvas::zoomBack(Link link)
{
    if (m_history.empty()) {
        return;
    }
    const View view = m_history.back();
    m_history.pop_back();
    if (view.isFollowing) {
        fit(link);
    } else {
        setView(view.x, view.y, link, Remember::No);
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
        if (!m_scene.prepare()) {
            m_smooth->start();
        }
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
    } else if (m_drag == Drag::None || m_drag == Drag::Fob) {
        paintFobs(painter, m_scene, g, colors);
    }
    if (m_drag == Drag::None) {
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

} // namespace ty::widgets
