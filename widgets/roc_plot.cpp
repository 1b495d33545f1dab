#include "widgets/roc_plot.h"

#include <algorithm>
#include <cmath>

#include <QDoubleSpinBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QSlider>
#include <QVBoxLayout>
#include <QtCharts/QChart>
#include <QtCharts/QChartView>
#include <QtCharts/QLineSeries>
#include <QtCharts/QScatterSeries>
#include <QtCharts/QValueAxis>

#include "widgets/static_chart.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/roles.h"

namespace ty::widgets {

namespace {

constexpr int kSteps = 1000;
constexpr qsizetype kDrawnPoints = 2000;

} // namespace

RocPlot::RocPlot(QWidget* parent)
    : QWidget(parent)
    , m_view(makeChartView(this, tr("ROC curve")))
    , m_slider(new QSlider(Qt::Horizontal, this))
    , m_spin(new QDoubleSpinBox(this))
    , m_caption(new QLabel(this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_view, 1);
    auto* row = new QHBoxLayout;
    auto* label = new QLabel(tr("Threshold"), this);
    label->setBuddy(m_spin);
    m_slider->setRange(0, kSteps);
    setSpoken(*m_slider, tr("Decision threshold"));
    m_spin->setRange(0, 1);
    m_spin->setDecimals(3);
    m_spin->setSingleStep(0.01);
    setSpoken(*m_spin, tr("Decision threshold, 0 to 1"));
    row->addWidget(label);
    row->addWidget(m_slider, 1);
    row->addWidget(m_spin);
    layout->addLayout(row);
    setTextRole(*m_caption, TextRole::Muted);
    m_caption->setWordWrap(true);
    layout->addWidget(m_caption);
    m_slider->setValue(kSteps / 2);
    m_spin->setValue(0.5);
    connect(m_slider, &QSlider::valueChanged, this, [this](int value) {
        const QSignalBlocker blocker(m_spin);
        m_spin->setValue(static_cast<double>(value) / kSteps);
        placeMarker();
        emit thresholdChanged(threshold());
    });
    connect(m_spin, &QDoubleSpinBox::valueChanged, this, [this](double value) {
        const QSignalBlocker blocker(m_slider);
        m_slider->setValue(static_cast<int>(std::lround(value * kSteps)));
        placeMarker();
        emit thresholdChanged(value);
    });
    rebuild();
}

void RocPlot::setCurve(
    const QString& className, const QList<RocPoint>& points, double areaUnderCurve)
{
    m_className = className;
    m_points = points;
    m_area = areaUnderCurve;
    rebuild();
}

double RocPlot::threshold() const
{
    return m_spin->value();
}

void RocPlot::setThreshold(double threshold)
{
    m_spin->setValue(threshold);
}

void RocPlot::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        rebuild();
    }
}

void RocPlot::rebuild()
{
    const ThemeColors& c = colorsFor(*this);
    m_marker = nullptr;
    QChart& chart = beginChart(*m_view);
    QValueAxis* x = addAxis(chart, Qt::AlignBottom, tr("False positive rate"), 0, 1);
    QValueAxis* y = addAxis(chart, Qt::AlignLeft, tr("True positive rate"), 0, 1);
    x->setLabelFormat(QStringLiteral("%.1f"));
    y->setLabelFormat(QStringLiteral("%.1f"));
    auto* chance = new QLineSeries;
    chance->append(0, 0);
    chance->append(1, 1);
    QPen dashed(c.mutedText, 1);
    dashed.setDashPattern({4, 4});
    chance->setPen(dashed);
    auto* curve = new QLineSeries;
    curve->setPen(QPen(c.series[0], 2));
    QList<QPointF> drawn;
    // A curve that only rises loses nothing visible when every n-th of very many points is drawn.
    const qsizetype stride = std::max<qsizetype>(1, m_points.size() / kDrawnPoints);
    for (qsizetype i = 0; i < m_points.size(); i += stride) {
        drawn.append({m_points[i].falsePositiveRate, m_points[i].truePositiveRate});
    }
    if (!m_points.isEmpty()) {
        drawn.append({m_points.last().falsePositiveRate, m_points.last().truePositiveRate});
    }
    curve->replace(drawn);
    m_marker = new QScatterSeries;
    m_marker->setMarkerSize(12);
    m_marker->setColor(c.series[1]);
    m_marker->setBorderColor(c.chartBackground);
    for (QXYSeries* series :
         {static_cast<QXYSeries*>(chance),
          static_cast<QXYSeries*>(curve),
          static_cast<QXYSeries*>(m_marker)}) {
        chart.addSeries(series);
        attach(*series, x, y);
    }
    placeMarker();
}

void RocPlot::placeMarker()
{
    if (m_points.isEmpty()) {
        m_marker->clear();
        m_caption->setText(tr("No curve yet"));
        return;
    }
    // Thresholds fall along the curve: the last point whose threshold is not below ours.
    auto at = std::partition_point(m_points.begin(), m_points.end(), [this](const RocPoint& point) {
        return point.threshold >= threshold();
    });
    if (at != m_points.begin()) {
        --at;
    }
    m_marker->replace({QPointF(at->falsePositiveRate, at->truePositiveRate)});
    const QLocale locale;
    m_caption->setText(
        tr("%1 against the rest: area under the curve %2. At threshold %3, %4 % of it is found and "
           "%5 % of the rest is mistaken for it.")
            .arg(m_className)
            .arg(locale.toString(m_area, 'f', 3), locale.toString(threshold(), 'f', 3))
            .arg(
                locale.toString(100 * at->truePositiveRate, 'f', 1),
                locale.toString(100 * at->falsePositiveRate, 'f', 1)));
    m_view->setAccessibleDescription(m_caption->text());
}

} // namespace ty::widgets
