#include "widgets/scatter_plot.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <QEvent>
#include <QLabel>
#include <QMouseEvent>
#include <QRubberBand>
#include <QSet>
#include <QVBoxLayout>
#include <QtCharts/QChart>
#include <QtCharts/QChartView>
#include <QtCharts/QLineSeries>
#include <QtCharts/QScatterSeries>
#include <QtCharts/QValueAxis>

#include "widgets/chart/axis.h"
#include "widgets/static_chart.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/roles.h"

namespace ty::widgets {

namespace {

struct Span {
    double low = std::numeric_limits<double>::infinity();
    double high = -std::numeric_limits<double>::infinity();

    void include(double value)
    {
        if (std::isfinite(value)) {
            low = std::min(low, value);
            high = std::max(high, value);
        }
    }

    void widen()
    {
        if (low > high) {
            *this = {0, 1};
        }
        const double extra = high > low ? (high - low) * 0.05 : std::max(1.0, std::abs(low) * 0.1);
        low -= extra;
        high += extra;
    }
};

} // namespace

ScatterPlot::ScatterPlot(QWidget* parent)
    : QWidget(parent)
    , m_view(makeChartView(this, tr("Scatter plot")))
    , m_caption(new QLabel(this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_view, 1);
    setTextRole(*m_caption, TextRole::Muted);
    m_caption->setWordWrap(true);
    layout->addWidget(m_caption);
    m_band = new QRubberBand(QRubberBand::Rectangle, m_view->viewport());
    m_view->viewport()->installEventFilter(this);
    rebuild();
}

void ScatterPlot::setAxisTitles(const QString& xTitle, const QString& yTitle)
{
    m_xTitle = xTitle;
    m_yTitle = yTitle;
    rebuild();
}

void ScatterPlot::setDiagonalVisible(bool isVisible)
{
    m_hasDiagonal = isVisible;
    rebuild();
}

void ScatterPlot::setPoints(const QList<QPointF>& points)
{
    m_points = points;
    rebuild();
}

void ScatterPlot::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        rebuild();
    }
}

void ScatterPlot::rebuild()
{
    const ThemeColors& c = colorsFor(*this);
    QChart& chart = beginChart(*m_view);
    Span xSpan;
    Span ySpan;
    for (const QPointF& point : m_points) {
        xSpan.include(point.x());
        ySpan.include(point.y());
    }
    if (m_hasDiagonal) {
        xSpan.include(ySpan.low);
        xSpan.include(ySpan.high);
        ySpan = xSpan;
    }
    xSpan.widen();
    ySpan.widen();
    QValueAxis* x = addAxis(chart, Qt::AlignBottom, m_xTitle, xSpan.low, xSpan.high);
    QValueAxis* y = addAxis(chart, Qt::AlignLeft, m_yTitle, ySpan.low, ySpan.high);
    x->setLabelFormat(QStringLiteral("%.4g"));
    y->setLabelFormat(QStringLiteral("%.4g"));
    x->applyNiceNumbers();
    y->applyNiceNumbers();
    if (m_hasDiagonal) {
        auto* diagonal = new QLineSeries;
        diagonal->append(x->min(), x->min());
        diagonal->append(x->max(), x->max());
        QPen dashed(c.text, 1);
        dashed.setDashPattern({4, 4});
        diagonal->setPen(dashed);
        chart.addSeries(diagonal);
        attach(*diagonal, x, y);
    }
    auto* dots = new QScatterSeries;
    dots->setMarkerSize(m_points.size() > 500 ? 5 : 8);
    QColor fill = c.series[0];
    fill.setAlphaF(m_points.size() > 500 ? 0.5F : 0.8F);
    dots->setColor(fill);
    dots->setBorderColor(m_points.size() > 500 ? fill : c.series[0]);
    QList<QPointF> drawn;
    QSet<qint64> taken;
    const bool isThinned = m_points.size() > kDrawnPoints;
    // Dots in one pixel look like one: a grid finer than any view keeps the picture the same.
    constexpr double kCells = 600;
    for (const QPointF& point : m_points) {
        if (!std::isfinite(point.x()) || !std::isfinite(point.y())) {
            continue;
        }
        if (isThinned) {
            const auto column =
                static_cast<qint64>((point.x() - xSpan.low) / (xSpan.high - xSpan.low) * kCells);
            const auto row =
                static_cast<qint64>((point.y() - ySpan.low) / (ySpan.high - ySpan.low) * kCells);
            const qint64 cell = column * 10'000 + row;
            if (taken.contains(cell)) {
                continue;
            }
            taken.insert(cell);
        }
        drawn.append(point);
    }
    dots->replace(drawn);
    chart.addSeries(dots);
    attach(*dots, x, y);
    m_caption->setText(
        m_points.isEmpty() ? tr("No points yet")
                           : tr("%Ln point(s); drag a box to see their rows",
                                nullptr,
                                static_cast<int>(m_points.size())));
    m_view->setAccessibleName(tr("%1 against %2").arg(m_yTitle, m_xTitle));
    m_view->setAccessibleDescription(
        tr("%Ln point(s), %1 from %2 to %3", nullptr, static_cast<int>(m_points.size()))
            .arg(m_yTitle, valueText(ySpan.low), valueText(ySpan.high)));
}

bool ScatterPlot::eventFilter(QObject* watched, QEvent* event)
{
    if (watched != m_view->viewport()) {
        return QWidget::eventFilter(watched, event);
    }
    switch (event->type()) {
    case QEvent::MouseButtonPress: {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        if (mouse->button() == Qt::LeftButton) {
            m_pressedAt = mouse->position();
            m_band->setGeometry(QRect(m_pressedAt.toPoint(), QSize()));
            m_band->show();
            return true;
        }
        break;
    }
    case QEvent::MouseMove:
        if (m_band->isVisible()) {
            const auto* mouse = static_cast<QMouseEvent*>(event);
            m_band->setGeometry(QRectF(m_pressedAt, mouse->position()).normalized().toRect());
            return true;
        }
        break;
    case QEvent::MouseButtonRelease:
        if (m_band->isVisible()) {
            m_band->hide();
            brush(QRectF(m_pressedAt, static_cast<QMouseEvent*>(event)->position()).normalized());
            return true;
        }
        break;
    default:
        break;
    }
    return QWidget::eventFilter(watched, event);
}

void ScatterPlot::brush(const QRectF& viewportRect)
{
    QList<int> indices;
    constexpr double kIntended = 4;
    if (viewportRect.width() >= kIntended || viewportRect.height() >= kIntended) {
        const QChart& chart = *m_view->chart();
        const auto toValue = [&](const QPointF& at) {
            return m_view->chart()->mapToValue(
                chart.mapFromScene(m_view->mapToScene(at.toPoint())));
        };
        const QRectF box =
            QRectF(toValue(viewportRect.topLeft()), toValue(viewportRect.bottomRight()))
                .normalized();
        for (qsizetype i = 0; i < m_points.size(); ++i) {
            if (box.contains(m_points[i])) {
                indices.append(static_cast<int>(i));
            }
        }
    }
    emit pointsBrushed(indices);
}

} // namespace ty::widgets
