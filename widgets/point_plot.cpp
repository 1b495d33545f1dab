#include "widgets/point_plot.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>

#include "widgets/theme/palette.h"

namespace ty::widgets {

namespace {

constexpr double kDot = 4;    ///< radius, pixels
constexpr double kReach = 14; ///< from the pointer to a point, pixels

/// Room at both ends, so that no dot is cut.
ChartRange widened(double low, double high, bool isLog)
{
    if (!(low <= high)) {
        return isLog ? ChartRange{1, 10} : ChartRange{0, 1};
    }
    if (isLog) {
        const double factor = low < high ? std::pow(high / low, 0.06) : 2;
        return {low / factor, high * factor};
    }
    const double extra = low < high ? (high - low) * 0.07 : std::max(std::abs(low) * 0.05, 0.01);
    return {low - extra, high + extra};
}

} // namespace

PointPlot::PointPlot(QWidget* parent)
    : QWidget(parent)
{
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    fitAxes();
}

void PointPlot::setAxes(const QString& xTitle, const QString& yTitle, Across across)
{
    m_xTitle = xTitle;
    m_yTitle = yTitle;
    m_x.isLog = across == Across::Logarithmic;
    fitAxes();
}

void PointPlot::setSeries(const QList<PlotSeries>& series)
{
    m_series = series;
    m_pointed = {};
    fitAxes();
    QStringList spoken;
    for (const PlotSeries& one : m_series) {
        if (!one.points.isEmpty()) {
            spoken << tr("%1: %2 points, the last %3 at %4")
                          .arg(one.name.isEmpty() ? m_yTitle : one.name)
                          .arg(one.points.size())
                          .arg(valueText(one.points.last().y()), valueText(one.points.last().x()));
        }
    }
    setAccessibleDescription(spoken.join(QStringLiteral("; ")));
}

void PointPlot::setChosenKey(std::optional<int> key)
{
    m_chosen = key;
    update();
}

QSize PointPlot::sizeHint() const
{
    return {420, 280};
}

QSize PointPlot::minimumSizeHint() const
{
    return {220, 150};
}

void PointPlot::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    update();
}

bool PointPlot::isDrawn(const QPointF& point) const
{
    return std::isfinite(point.x()) && std::isfinite(point.y()) && (!m_x.isLog || point.x() > 0);
}

void PointPlot::fitAxes()
{
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    double left = kInfinity;
    double right = -kInfinity;
    double bottom = kInfinity;
    double top = -kInfinity;
    for (const PlotSeries& one : m_series) {
        for (qsizetype i = 0; i < one.points.size(); ++i) {
            if (!isDrawn(one.points[i])) {
                continue;
            }
            left = std::min(left, one.points[i].x());
            right = std::max(right, one.points[i].x());
            for (const double y : {one.points[i].y(), one.low.value(i, one.points[i].y()), one.high.value(i, one.points[i].y())}) {
                if (std::isfinite(y)) {
                    bottom = std::min(bottom, y);
                    top = std::max(top, y);
                }
            }
        }
    }
    m_x.range = widened(left, right, m_x.isLog);
    m_y.range = widened(bottom, top, false);
    update();
}

QRectF PointPlot::plotArea() const
{
    const QFontMetrics metrics = fontMetrics();
    int widest = 0;
    for (const int wanted : {3, 6, 12, 20}) { // more labels have more digits
        for (const AxisTick& tick : numberTicks(m_y, wanted)) {
            widest = std::max(widest, metrics.horizontalAdvance(tick.label));
        }
    }
    const bool hasLegend = std::any_of(m_series.begin(), m_series.end(), [](const PlotSeries& one) { return !one.name.isEmpty(); });
    const double above = metrics.height() + 8.0; // title of the vertical axis, and the legend beside it
    return QRectF(rect()).adjusted(widest + 12, above + (hasLegend ? 2 : 0), -12, -2.0 * metrics.height() - 12);
}

QPointF PointPlot::toScreen(const QPointF& point) const
{
    const QRectF area = plotArea();
    return {area.left() + m_x.toUnit(point.x()) * area.width(), area.bottom() - m_y.toUnit(point.y()) * area.height()};
}

PointPlot::Place PointPlot::nearest(const QPointF& at) const
{
    Place best;
    double least = kReach * kReach;
    for (int s = 0; s < m_series.size(); ++s) {
        for (int p = 0; p < m_series[s].points.size(); ++p) {
            if (!isDrawn(m_series[s].points[p])) {
                continue;
            }
            const QPointF offset = toScreen(m_series[s].points[p]) - at;
            const double distance = QPointF::dotProduct(offset, offset);
            if (distance < least) {
                least = distance;
                best = {s, p};
            }
        }
    }
    return best;
}

QString PointPlot::hintOf(const Place& place) const
{
    const PlotSeries& one = m_series[place.series];
    const QPointF at = one.points[place.point];
    const QString numbers = tr("%1: %2\n%3: %4").arg(m_xTitle, valueText(at.x()), m_yTitle, valueText(at.y()));
    const QString hint = one.hints.value(place.point);
    return hint.isEmpty() ? (one.name.isEmpty() ? numbers : one.name + QLatin1Char('\n') + numbers) : hint;
}

void PointPlot::point(const Place& place)
{
    if (place == m_pointed) {
        return;
    }
    m_pointed = place;
    if (place.series >= 0) {
        const QPoint at = toScreen(m_series[place.series].points[place.point]).toPoint();
        QToolTip::showText(mapToGlobal(at + QPoint(10, 6)), hintOf(place), this);
        setAccessibleDescription(hintOf(place));
    } else {
        QToolTip::hideText();
    }
    update();
}

void PointPlot::choose(const Place& place)
{
    if (place.series >= 0 && place.point < m_series[place.series].keys.size()) {
        emit pointChosen(m_series[place.series].keys[place.point]);
    }
}

void PointPlot::mouseMoveEvent(QMouseEvent* event)
{
    point(nearest(event->position()));
}

void PointPlot::mousePressEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton) {
        choose(nearest(event->position()));
    }
}

void PointPlot::leaveEvent(QEvent*)
{
    point({});
}

void PointPlot::keyPressEvent(QKeyEvent* event)
{
    const int key = event->key();
    if (key == Qt::Key_Return || key == Qt::Key_Enter || key == Qt::Key_Space) {
        choose(m_pointed);
        return;
    }
    if (key != Qt::Key_Left && key != Qt::Key_Right) {
        QWidget::keyPressEvent(event);
        return;
    }
    QList<Place> places; // from left to right
    for (int s = 0; s < m_series.size(); ++s) {
        for (int p = 0; p < m_series[s].points.size(); ++p) {
            if (isDrawn(m_series[s].points[p])) {
                places << Place{s, p};
            }
        }
    }
    std::stable_sort(places.begin(), places.end(), [this](const Place& a, const Place& b) {
        return m_series[a.series].points[a.point].x() < m_series[b.series].points[b.point].x();
    });
    if (places.isEmpty()) {
        return;
    }
    const qsizetype now = places.indexOf(m_pointed);
    const qsizetype step = key == Qt::Key_Right ? 1 : -1;
    point(places[std::clamp<qsizetype>(now < 0 ? 0 : now + step, 0, places.size() - 1)]);
}

void PointPlot::drawAxes(QPainter& painter, const QRectF& area) const
{
    const ThemeColors& c = colorsFor(*this);
    QPen grid(c.chartGrid, 1);
    grid.setDashPattern({1, 3});
    const int height = fontMetrics().height();
    for (const AxisTick& tick : numberTicks(m_y, std::max(2, static_cast<int>(area.height() / (3 * height))))) {
        const double y = area.bottom() - m_y.toUnit(tick.value) * area.height();
        if (tick.label.isEmpty() || y < area.top() - 1 || y > area.bottom() + 1) {
            continue;
        }
        painter.setPen(grid);
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
        painter.setPen(c.mutedText);
        painter.drawText(QRectF(0, y - height / 2.0, area.left() - 6, height), Qt::AlignRight | Qt::AlignVCenter, tick.label);
    }
    double free = -1e9; // labels of a logarithmic axis come close
    for (const AxisTick& tick : numberTicks(m_x, std::max(2, static_cast<int>(area.width() / 90)))) {
        const double x = area.left() + m_x.toUnit(tick.value) * area.width();
        const double half = fontMetrics().horizontalAdvance(tick.label) / 2.0;
        if (tick.label.isEmpty() || x < area.left() - 1 || x > area.right() + 1 || x - half < free) {
            continue;
        }
        free = x + half + 8;
        painter.setPen(grid);
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
        painter.setPen(c.mutedText);
        painter.drawText(QRectF(x - half - 2, area.bottom() + 4, 2 * half + 4, height), Qt::AlignCenter, tick.label);
    }
    painter.setPen(QPen(c.line, 1));
    painter.drawLine(area.bottomLeft(), area.bottomRight());
    painter.drawLine(area.topLeft(), area.bottomLeft());
    painter.setPen(c.mutedText);
    painter.drawText(QRectF(area.left(), height + area.bottom() + 6, area.width(), height), Qt::AlignCenter, m_xTitle);
    painter.drawText(QRectF(4, 2, width() / 2.0, height), Qt::AlignLeft | Qt::AlignVCenter, m_yTitle);
}

void PointPlot::drawSeries(QPainter& painter, int index) const
{
    const ThemeColors& c = colorsFor(*this);
    const PlotSeries& one = m_series[index];
    const QColor colour = one.isQuiet ? c.mutedText : c.series[static_cast<std::size_t>(index) % c.series.size()];
    QPolygonF line;
    QPolygonF band;
    for (qsizetype i = 0; i < one.points.size(); ++i) {
        if (!isDrawn(one.points[i])) {
            continue;
        }
        const QPointF at = toScreen(one.points[i]);
        if (one.look == PlotSeries::Look::Steps && !line.isEmpty()) {
            line << QPointF(at.x(), line.last().y());
        }
        line << at;
        if (i < one.high.size() && std::isfinite(one.high[i])) {
            band << toScreen({one.points[i].x(), one.high[i]});
        }
    }
    for (qsizetype i = std::min(one.low.size(), one.points.size()) - 1; i >= 0; --i) {
        if (isDrawn(one.points[i]) && std::isfinite(one.low[i])) {
            band << toScreen({one.points[i].x(), one.low[i]});
        }
    }
    if (band.size() > 2) {
        QColor faint = colour;
        faint.setAlphaF(0.18F);
        painter.setPen(Qt::NoPen);
        painter.setBrush(faint);
        painter.drawPolygon(band);
    }
    if (one.look != PlotSeries::Look::Dots) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(colour, 2, one.isQuiet ? Qt::DashLine : Qt::SolidLine));
        painter.drawPolyline(line);
    }
    if (one.look == PlotSeries::Look::Steps) {
        return;
    }
    for (int i = 0; i < one.points.size(); ++i) {
        if (!isDrawn(one.points[i])) {
            continue;
        }
        const QPointF at = toScreen(one.points[i]);
        const bool isPointed = m_pointed == Place{index, i};
        painter.setPen(QPen(c.chartBackground, 1));
        painter.setBrush(colour);
        painter.drawEllipse(at, isPointed ? kDot + 2 : kDot, isPointed ? kDot + 2 : kDot);
        if (m_chosen && i < one.keys.size() && one.keys[i] == *m_chosen) {
            painter.setPen(QPen(c.text, 2));
            painter.setBrush(Qt::NoBrush);
            painter.drawEllipse(at, kDot + 4, kDot + 4);
        }
    }
}

void PointPlot::drawLegend(QPainter& painter, const QRectF& area) const
{
    const ThemeColors& c = colorsFor(*this);
    const int height = fontMetrics().height();
    double right = area.right();
    for (int i = static_cast<int>(m_series.size()) - 1; i >= 0; --i) {
        const PlotSeries& one = m_series[i];
        if (one.name.isEmpty()) {
            continue;
        }
        const double left = area.left() + fontMetrics().horizontalAdvance(m_yTitle);
        const QString name = fontMetrics().elidedText(one.name, Qt::ElideRight, static_cast<int>(std::max(40.0, (area.width() - left) / 2)));
        const double wide = fontMetrics().horizontalAdvance(name);
        if (right - wide < left) {
            return; // those that find no room are told when the pointer is on them
        }
        painter.setPen(c.text);
        painter.drawText(QRectF(right - wide, 2, wide + 2, height), Qt::AlignLeft | Qt::AlignVCenter, name);
        painter.setPen(Qt::NoPen);
        painter.setBrush(one.isQuiet ? c.mutedText : c.series[static_cast<std::size_t>(i) % c.series.size()]);
        painter.drawEllipse(QPointF(right - wide - 10, 2 + height / 2.0), kDot, kDot);
        right -= wide + 28;
    }
}

void PointPlot::paintEvent(QPaintEvent*)
{
    const ThemeColors& c = colorsFor(*this);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), c.chartBackground);
    const QRectF area = plotArea();
    drawAxes(painter, area);
    for (int i = 0; i < m_series.size(); ++i) {
        drawSeries(painter, i);
    }
    drawLegend(painter, area);
    if (hasFocus()) {
        painter.setPen(QPen(c.focus, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(rect().adjusted(0, 0, -1, -1));
    }
}

} // namespace ty::widgets
