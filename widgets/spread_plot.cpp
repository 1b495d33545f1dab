#include "widgets/spread_plot.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <QHelpEvent>
#include <QPainter>
#include <QStringList>
#include <QToolTip>

#include "widgets/theme/palette.h"

namespace ty::widgets {

namespace {

QString wordsOfRow(const SpreadRow& row)
{
    QStringList words{row.name};
    if (std::isfinite(row.mean)) {
        words << SpreadPlot::tr("mean %1").arg(valueText(row.mean));
    }
    if (std::isfinite(row.low) && std::isfinite(row.high)) {
        words << SpreadPlot::tr("95 %: %1 to %2").arg(valueText(row.low), valueText(row.high));
    }
    for (qsizetype i = 0; i < row.scores.size() && i < 20; ++i) {
        words << SpreadPlot::tr("fold %1: %2").arg(i + 1).arg(valueText(row.scores[i]));
    }
    return words.join(QLatin1Char('\n'));
}

} // namespace

SpreadPlot::SpreadPlot(QWidget* parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    setAccessibleName(tr("Scores of the folds"));
}

void SpreadPlot::setRows(const QString& metric, const QList<SpreadRow>& rows)
{
    m_metric = metric;
    m_rows = rows;
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    QStringList spoken;
    for (const SpreadRow& row : m_rows) {
        QList<double> values = row.scores;
        values << row.low << row.high;
        for (const double value : std::as_const(values)) {
            if (std::isfinite(value)) {
                low = std::min(low, value);
                high = std::max(high, value);
            }
        }
        spoken << wordsOfRow(row).replace(QLatin1Char('\n'), QStringLiteral(", "));
    }
    const double extra = low < high ? 0.04 * (high - low) : 0.05;
    m_scale.range = low <= high ? ChartRange{low - extra, high + extra} : ChartRange{0, 1};
    setAccessibleDescription(spoken.join(QStringLiteral("; ")));
    updateGeometry();
    update();
}

int SpreadPlot::rowHeight() const
{
    return fontMetrics().height() + 10;
}

QSize SpreadPlot::sizeHint() const
{
    return {420, static_cast<int>(m_rows.size()) * rowHeight() + 2 * fontMetrics().height() + 14};
}

QSize SpreadPlot::minimumSizeHint() const
{
    return {220, std::min(sizeHint().height(), 6 * rowHeight())};
}

QRectF SpreadPlot::plotArea() const
{
    int names = 0;
    for (const SpreadRow& row : m_rows) {
        names = std::max(names, fontMetrics().horizontalAdvance(row.name));
    }
    const double left = std::min(names + 18, width() * 2 / 5); // a little more than they take: elision reckons in parts of pixels
    return QRectF(rect()).adjusted(left, 4, -14, -2.0 * fontMetrics().height() - 8);
}

bool SpreadPlot::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip && !m_rows.isEmpty()) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const QRectF area = plotArea();
        const auto row = static_cast<qsizetype>((help->pos().y() - area.top()) / std::max(1.0, area.height() / static_cast<double>(m_rows.size())));
        if (row >= 0 && row < m_rows.size()) {
            QToolTip::showText(help->globalPos(), wordsOfRow(m_rows[row]), this);
            return true;
        }
    }
    return QWidget::event(event);
}

void SpreadPlot::paintEvent(QPaintEvent*)
{
    const ThemeColors& c = colorsFor(*this);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), c.chartBackground);
    if (m_rows.isEmpty()) {
        return;
    }
    const QRectF area = plotArea();
    const int height = fontMetrics().height();
    QPen grid(c.chartGrid, 1);
    grid.setDashPattern({1, 3});
    for (const AxisTick& tick : numberTicks(m_scale, std::max(2, static_cast<int>(area.width() / 90)))) {
        const double x = area.left() + m_scale.toUnit(tick.value) * area.width();
        if (tick.label.isEmpty() || x < area.left() - 1 || x > area.right() + 1) {
            continue;
        }
        painter.setPen(grid);
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
        painter.setPen(c.mutedText);
        painter.drawText(QRectF(x - 45, area.bottom() + 2, 90, height), Qt::AlignCenter, tick.label);
    }
    painter.drawText(QRectF(area.left(), area.bottom() + height + 3, area.width(), height), Qt::AlignCenter, m_metric);
    const double step = area.height() / static_cast<double>(m_rows.size());
    const auto place = [&](double value) { return area.left() + m_scale.toUnit(value) * area.width(); };
    for (qsizetype i = 0; i < m_rows.size(); ++i) {
        const SpreadRow& row = m_rows[i];
        const double y = area.top() + (static_cast<double>(i) + 0.5) * step;
        const QColor colour = row.isQuiet ? c.mutedText : c.series[0];
        painter.setPen(row.isQuiet ? c.mutedText : c.text);
        const QRectF label(6, y - height / 2.0, area.left() - 14, height);
        painter.drawText(label, Qt::AlignRight | Qt::AlignVCenter, fontMetrics().elidedText(row.name, Qt::ElideRight, static_cast<int>(label.width())));
        if (std::isfinite(row.low) && std::isfinite(row.high)) {
            QColor faint = colour;
            faint.setAlphaF(0.22F);
            painter.setPen(Qt::NoPen);
            painter.setBrush(faint);
            painter.drawRoundedRect(QRectF(QPointF(place(row.low), y - 7), QPointF(place(row.high), y + 7)), 3, 3);
        }
        painter.setPen(QPen(c.chartBackground, 1));
        painter.setBrush(colour);
        for (const double score : row.scores) {
            if (std::isfinite(score)) {
                painter.drawEllipse(QPointF(place(score), y), 3.5, 3.5);
            }
        }
        if (std::isfinite(row.mean)) {
            painter.setPen(QPen(c.text, 2));
            painter.drawLine(QPointF(place(row.mean), y - 8), QPointF(place(row.mean), y + 8));
        }
    }
}

} // namespace ty::widgets
