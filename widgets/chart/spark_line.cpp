#include "widgets/chart/spark_line.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <QApplication>
#include <QPainter>
#include <QPainterPath>

#include "widgets/chart/axis.h"
#include "widgets/theme/palette.h"

namespace ty::widgets {

void paintSparkLine(
    QPainter& painter,
    const QRectF& area,
    const QList<double>& values,
    const QColor& color,
    const std::optional<ChartRange>& range)
{
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (const double value : values) {
        if (std::isfinite(value)) {
            low = std::min(low, value);
            high = std::max(high, value);
        }
    }
    if (low > high) {
        return;
    }
    if (range) {
        low = range->low;
        high = range->high;
    }
    const double span = high > low ? high - low : 1;
    const double width = std::max<double>(1, static_cast<double>(values.size() - 1));
    const QRectF inside = area.adjusted(2, 3, -4, -3);
    QPainterPath path;
    QPointF last;
    bool isInGap = true;
    for (qsizetype i = 0; i < values.size(); ++i) {
        if (!std::isfinite(values[i])) {
            isInGap = true;
            continue;
        }
        const double height = high > low ? std::clamp((values[i] - low) / span, 0.0, 1.0) : 0.5;
        last = {
            inside.left() + inside.width() * static_cast<double>(i) / width,
            inside.bottom() - inside.height() * height};
        isInGap ? path.moveTo(last) : path.lineTo(last);
        isInGap = false;
    }
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(color, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(path);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawEllipse(last, 2.2, 2.2);
    painter.restore();
}

SparkLine::SparkLine(QWidget* parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void SparkLine::setValues(const QList<double>& values)
{
    m_values = values;
    describe();
    update();
}

void SparkLine::setLabel(const QString& label)
{
    m_label = label;
    setAccessibleName(label);
    describe();
}

void SparkLine::describe()
{
    QString text = m_label;
    const auto last =
        std::find_if(m_values.rbegin(), m_values.rend(), [](double v) { return std::isfinite(v); });
    if (last != m_values.rend()) {
        const auto first = std::find_if(
            m_values.begin(), m_values.end(), [](double v) { return std::isfinite(v); });
        text = tr("%1: from %2 to %3").arg(m_label, valueText(*first), valueText(*last));
    }
    setToolTip(text);
    setAccessibleDescription(text);
}

QSize SparkLine::sizeHint() const
{
    return {fontMetrics().averageCharWidth() * 14, fontMetrics().height() + 8};
}

QSize SparkLine::minimumSizeHint() const
{
    return {fontMetrics().averageCharWidth() * 5, fontMetrics().height()};
}

void SparkLine::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    paintSparkLine(painter, rect(), m_values, colorsFor(*this).accent);
}

SparkLineDelegate::SparkLineDelegate(int valuesRole, QObject* parent)
    : QStyledItemDelegate(parent)
    , m_valuesRole(valuesRole)
{
}

void SparkLineDelegate::paint(
    QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    QStyleOptionViewItem background = option;
    initStyleOption(&background, index);
    background.text.clear();
    const QWidget* widget = option.widget;
    const QStyle* style = widget ? widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &background, painter, widget);
    const ThemeColors& colors = colorsOf(themeOf(QApplication::palette()));
    const bool isSelected = option.state & QStyle::State_Selected;
    paintSparkLine(
        *painter,
        option.rect,
        index.data(m_valuesRole).value<QList<double>>(),
        isSelected ? colors.accentText : colors.accent,
        m_range);
}

QSize SparkLineDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const
{
    return {option.fontMetrics.averageCharWidth() * 14, option.fontMetrics.height() + 8};
}

} // namespace ty::widgets
