#include "widgets/point_cloud.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <QApplication>
#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QWheelEvent>

#include "widgets/theme/palette.h"

namespace ty::widgets {

namespace {

constexpr double kReach = 9;      // of the pointer, in pixels
constexpr double kPointRadius = 3.2;
constexpr int kLevelSteps = 32;
constexpr int kNamedGroups = 20;
constexpr double kMostCloudZoom = 1e6;

QColor groupColor(const ThemeColors& colors, std::size_t index)
{
    const QColor base = colors.series[index % colors.series.size()];
    return index < colors.series.size() ? base : mixed(base, colors.surface, 0.45);
}

} // namespace

PointCloud::PointCloud(QWidget* parent)
    : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setMinimumSize(240, 200);
    setAccessibleName(tr("Projection"));
    setCursor(Qt::OpenHandCursor);
}

void PointCloud::setGroups(std::vector<std::int32_t> groups, const QStringList& names)
{
    m_groups = std::move(groups);
    m_levels.clear();
    m_names = names;
    m_stamps = {};
    describe();
    update();
}

void PointCloud::setLevels(std::vector<float> levels)
{
    m_levels = std::move(levels);
    m_groups.clear();
    m_names.clear();
    m_stamps = {};
    describe();
    update();
}

void PointCloud::setPlaces(std::vector<float> places)
{
    const bool areOthers = places.size() != m_places.size();
    m_places = std::move(places);
    if (areOthers) {
        m_isFitted = true;
        m_hovered = -1;
        setChosen({});
    }
    if (m_isFitted) {
        fitAll();
    }
    describe();
    update();
}

void PointCloud::describe()
{
    setAccessibleDescription(
        m_chosen.empty() ? tr("%n point(s)", nullptr, static_cast<int>(pointCount()))
                         : tr("%1 of %2 points are chosen").arg(m_chosen.size()).arg(pointCount()));
}

void PointCloud::setChosen(std::vector<std::uint32_t> points)
{
    const bool isChange = points != m_chosen;
    m_chosen = std::move(points);
    m_isChosen.assign(pointCount(), false);
    for (const std::uint32_t point : m_chosen) {
        m_isChosen[point] = true;
    }
    describe();
    update();
    if (isChange) {
        emit chosenChanged();
    }
}

void PointCloud::fitAll()
{
    if (m_places.empty()) {
        return;
    }
    QPointF low(std::numeric_limits<double>::max(), std::numeric_limits<double>::max());
    QPointF high = -low;
    for (std::size_t i = 0; i + 1 < m_places.size(); i += 2) {
        const QPointF place(static_cast<double>(m_places[i]), static_cast<double>(m_places[i + 1]));
        low = {std::min(low.x(), place.x()), std::min(low.y(), place.y())};
        high = {std::max(high.x(), place.x()), std::max(high.y(), place.y())};
    }
    const QPointF extent = high - low;
    const double margin = 24;
    const double largest = std::max({extent.x() / std::max(1.0, width() - 2 * margin), extent.y() / std::max(1.0, height() - 2 * margin), 1e-12});
    m_zoom = 1 / largest;
    m_offset = QPointF(width(), height()) / 2 - (low + high) / 2 * m_zoom;
    m_isFitted = true;
    update();
}

QPointF PointCloud::placeOf(std::uint32_t point) const
{
    return QPointF(static_cast<double>(m_places[2 * point]), static_cast<double>(m_places[2 * point + 1])) * m_zoom + m_offset;
}

int PointCloud::pointAt(const QPointF& place) const
{
    const QPointF there = toPlane(place);
    double nearest = kReach / m_zoom * kReach / m_zoom;
    int found = -1;
    for (std::size_t i = 0; i < pointCount(); ++i) {
        const double dx = static_cast<double>(m_places[2 * i]) - there.x();
        const double dy = static_cast<double>(m_places[2 * i + 1]) - there.y();
        if (dx * dx + dy * dy <= nearest) {
            nearest = dx * dx + dy * dy;
            found = static_cast<int>(i);
        }
    }
    return found;
}

std::size_t PointCloud::stampOf(std::size_t point) const
{
    if (!m_levels.empty()) {
        return static_cast<std::size_t>(std::clamp(std::lround(m_levels[point] * (kLevelSteps - 1)), 0L, kLevelSteps - 1L));
    }
    const std::int32_t group = point < m_groups.size() ? m_groups[point] : -1;
    return group < 0 ? static_cast<std::size_t>(m_names.size()) : static_cast<std::size_t>(group);
}

void PointCloud::makeStamps()
{
    const ThemeColors& colors = colorsFor(*this);
    const double ratio = devicePixelRatioF();
    std::vector<QColor> inks;
    if (!m_levels.empty()) {
        for (int step = 0; step < kLevelSteps; ++step) {
            inks.push_back(mixed(mixed(colors.surface, colors.series[0], 0.2), colors.series[1], step / (kLevelSteps - 1.0)));
        }
    } else {
        for (int group = 0; group < m_names.size(); ++group) {
            inks.push_back(groupColor(colors, static_cast<std::size_t>(group)));
        }
        inks.push_back(m_names.isEmpty() ? colors.series[0] : colors.mutedText);
    }
    m_stampSize = static_cast<int>(std::ceil(2 * kPointRadius * ratio)) + 2;
    // Two rows: as it is, and faint for what is not chosen.
    m_stamps = QPixmap(m_stampSize * static_cast<int>(inks.size()), 2 * m_stampSize);
    m_stamps.fill(Qt::transparent);
    QPainter painter(&m_stamps);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    for (int row = 0; row < 2; ++row) {
        for (std::size_t i = 0; i < inks.size(); ++i) {
            QColor ink = inks[i];
            ink.setAlphaF(row == 0 ? 0.85F : 0.18F);
            painter.setBrush(ink);
            const QPointF middle((static_cast<double>(i) + 0.5) * m_stampSize, (row + 0.5) * m_stampSize);
            painter.drawEllipse(middle, kPointRadius * ratio, kPointRadius * ratio);
        }
    }
}

void PointCloud::setHint(const QString& hint)
{
    m_hint = hint;
    update();
}

void PointCloud::paintEvent(QPaintEvent* /*event*/)
{
    const ThemeColors& colors = colorsFor(*this);
    QPainter painter(this);
    painter.fillRect(rect(), colors.chartBackground);
    if (m_stamps.isNull()) {
        makeStamps();
    }
    const double ratio = devicePixelRatioF();
    const QRectF seen = QRectF(rect()).adjusted(-6, -6, 6, 6);
    std::vector<QPainter::PixmapFragment> stamps;
    stamps.reserve(pointCount());
    for (const bool isFront : {false, true}) { // what is chosen lies above
        for (std::size_t i = 0; i < pointCount(); ++i) {
            const bool isStrong = m_chosen.empty() || m_isChosen[i];
            const QPointF place = placeOf(static_cast<std::uint32_t>(i));
            if (isStrong == isFront && seen.contains(place)) {
                const QRectF from(static_cast<double>(stampOf(i)) * m_stampSize, isStrong ? 0 : m_stampSize, m_stampSize, m_stampSize);
                stamps.push_back(QPainter::PixmapFragment::create(place, from, 1 / ratio, 1 / ratio));
            }
        }
    }
    if (pointCount() == 0) {
        painter.setPen(colors.mutedText);
        painter.drawText(rect().adjusted(24, 24, -24, -24), Qt::AlignCenter | Qt::TextWordWrap, m_hint);
    }
    painter.drawPixmapFragments(stamps.data(), static_cast<int>(stamps.size()), m_stamps);
    painter.setRenderHint(QPainter::Antialiasing);
    if (m_hovered >= 0 && m_hovered < static_cast<int>(pointCount())) {
        painter.setPen(QPen(colors.text, 1.6));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(placeOf(static_cast<std::uint32_t>(m_hovered)), kPointRadius + 2.5, kPointRadius + 2.5);
    }
    if (!m_outline.isEmpty()) {
        QColor fill = colors.accent;
        fill.setAlphaF(0.12F);
        painter.setPen(QPen(colors.accent, 1.4, Qt::DashLine));
        painter.setBrush(fill);
        painter.drawPolygon(m_outline);
    }
    paintLegend(painter);
    if (hasFocus()) {
        painter.setPen(QPen(colors.focus, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(rect()).adjusted(1, 1, -1, -1));
    }
}

void PointCloud::paintLegend(QPainter& painter) const
{
    const ThemeColors& colors = colorsFor(*this);
    const QFontMetricsF metrics(font());
    const int named = std::min(kNamedGroups, static_cast<int>(m_names.size()));
    if (named == 0) {
        return;
    }
    const bool isCut = m_names.size() > named;
    double wide = 0;
    for (int group = 0; group < named; ++group) {
        wide = std::max(wide, metrics.horizontalAdvance(m_names[group]));
    }
    wide = std::min(wide, width() / 3.0);
    const double line = metrics.height() + 2;
    const QRectF box(8, 8, wide + 30, line * (named + (isCut ? 1 : 0)) + 10);
    QColor ground = colors.surface;
    ground.setAlphaF(0.86F);
    painter.setPen(QPen(colors.divider, 1));
    painter.setBrush(ground);
    painter.drawRoundedRect(box, 5, 5);
    for (int group = 0; group < named; ++group) {
        const double y = box.top() + 5 + group * line;
        painter.setPen(Qt::NoPen);
        painter.setBrush(groupColor(colors, static_cast<std::size_t>(group)));
        painter.drawEllipse(QPointF(box.left() + 12, y + line / 2), 4, 4);
        painter.setPen(colors.text);
        painter.drawText(QPointF(box.left() + 22, y + metrics.ascent() + 1), metrics.elidedText(m_names[group], Qt::ElideRight, wide));
    }
    if (isCut) {
        painter.drawText(QPointF(box.left() + 22, box.top() + 5 + named * line + metrics.ascent()), QStringLiteral("…"));
    }
}

void PointCloud::zoomAt(const QPointF& place, double factor)
{
    const double zoom = std::clamp(m_zoom * factor, 1e-6, kMostCloudZoom);
    m_offset = place - (place - m_offset) * (zoom / m_zoom);
    m_zoom = zoom;
    m_isFitted = false;
    update();
}

void PointCloud::wheelEvent(QWheelEvent* event)
{
    zoomAt(event->position(), std::pow(1.0015, event->angleDelta().y()));
    event->accept();
}

void PointCloud::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton) {
        return;
    }
    m_pressedAt = event->position();
    m_offsetAtPress = m_offset;
    m_gesture = event->modifiers().testFlag(Qt::ShiftModifier) ? Gesture::Lasso
        : event->modifiers().testFlag(Qt::ControlModifier)     ? Gesture::Box
                                                               : Gesture::Move;
    m_outline.clear();
    setCursor(m_gesture == Gesture::Move ? Qt::ClosedHandCursor : Qt::CrossCursor);
}

void PointCloud::mouseMoveEvent(QMouseEvent* event)
{
    switch (m_gesture) {
    case Gesture::None: {
        const int point = pointAt(event->position());
        if (point != m_hovered) {
            m_hovered = point;
            emit hovered(point, event->globalPosition().toPoint());
            update();
        }
        return;
    }
    case Gesture::Move:
        if ((event->position() - m_pressedAt).manhattanLength() > 2) {
            m_offset = m_offsetAtPress + event->position() - m_pressedAt;
            m_isFitted = false;
        }
        break;
    case Gesture::Box:
        m_outline = QPolygonF(QRectF(m_pressedAt, event->position()).normalized());
        break;
    case Gesture::Lasso:
        m_outline << event->position();
        break;
    }
    update();
}

void PointCloud::mouseReleaseEvent(QMouseEvent* event)
{
    const Gesture gesture = std::exchange(m_gesture, Gesture::None);
    setCursor(Qt::OpenHandCursor);
    if (event->button() != Qt::LeftButton || gesture == Gesture::None) {
        return;
    }
    // A line drawn round points ends where it began, so its way counts, not its end.
    const QRectF way = m_outline.boundingRect();
    const double moved = gesture == Gesture::Lasso ? way.width() + way.height() : (event->position() - m_pressedAt).manhattanLength();
    const bool isClick = moved <= QApplication::startDragDistance();
    if (isClick) {
        const int point = pointAt(event->position());
        setChosen(point < 0 ? std::vector<std::uint32_t>() : std::vector<std::uint32_t>{static_cast<std::uint32_t>(point)});
    } else if (gesture != Gesture::Move) {
        choose(m_outline);
    }
    m_outline.clear();
    update();
}

void PointCloud::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (const int point = pointAt(event->position()); point >= 0) {
        emit pointActivated(point);
    }
}

void PointCloud::choose(const QPolygonF& outline)
{
    std::vector<std::uint32_t> points;
    const QRectF bounds = outline.boundingRect();
    for (std::size_t i = 0; i < pointCount(); ++i) {
        const QPointF place = placeOf(static_cast<std::uint32_t>(i));
        if (bounds.contains(place) && outline.containsPoint(place, Qt::OddEvenFill)) {
            points.push_back(static_cast<std::uint32_t>(i));
        }
    }
    setChosen(std::move(points));
}

void PointCloud::keyPressEvent(QKeyEvent* event)
{
    constexpr double kStep = 40;
    const auto move = [this](double x, double y) {
        m_offset += QPointF(x, y);
        m_isFitted = false;
        update();
    };
    switch (event->key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoomAt(rect().center(), 1.25);
        break;
    case Qt::Key_Minus:
        zoomAt(rect().center(), 0.8);
        break;
    case Qt::Key_0:
        fitAll();
        break;
    case Qt::Key_Left:
        move(kStep, 0);
        break;
    case Qt::Key_Right:
        move(-kStep, 0);
        break;
    case Qt::Key_Up:
        move(0, kStep);
        break;
    case Qt::Key_Down:
        move(0, -kStep);
        break;
    case Qt::Key_Escape:
        if (m_chosen.empty()) {
            QWidget::keyPressEvent(event);
            return;
        }
        setChosen({});
        break;
    default:
        QWidget::keyPressEvent(event);
    }
}

void PointCloud::leaveEvent(QEvent* event)
{
    QWidget::leaveEvent(event);
    if (m_hovered >= 0) {
        m_hovered = -1;
        emit hovered(-1, {});
        update();
    }
}

void PointCloud::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        m_stamps = {};
        update();
    }
}

void PointCloud::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    if (m_isFitted) {
        fitAll();
    }
}

} // namespace ty::widgets
