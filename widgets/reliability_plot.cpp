#include "widgets/reliability_plot.h"

#include <cmath>

#include <QEvent>
#include <QLabel>
#include <QLocale>
#include <QVBoxLayout>
#include <QtCharts/QAreaSeries>
#include <QtCharts/QChart>
#include <QtCharts/QChartView>
#include <QtCharts/QLineSeries>
#include <QtCharts/QValueAxis>

#include "widgets/static_chart.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/roles.h"

namespace ty::widgets {

ReliabilityPlot::ReliabilityPlot(QWidget* parent)
    : QWidget(parent)
    , m_view(makeChartView(this, tr("Reliability plot")))
    , m_caption(new QLabel(this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_view, 1);
    setTextRole(*m_caption, TextRole::Muted);
    m_caption->setWordWrap(true);
    layout->addWidget(m_caption);
    rebuild();
}

void ReliabilityPlot::setBins(const QList<ReliabilityBin>& bins, double calibrationError)
{
    m_bins = bins;
    m_error = calibrationError;
    rebuild();
}

void ReliabilityPlot::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        rebuild();
    }
}

void ReliabilityPlot::rebuild()
{
    const ThemeColors& c = colorsFor(*this);
    QChart& chart = beginChart(*m_view);
    QValueAxis* x = addAxis(chart, Qt::AlignBottom, tr("Confidence"), 0, 1);
    QValueAxis* y = addAxis(chart, Qt::AlignLeft, tr("Accuracy"), 0, 1);
    x->setLabelFormat(QStringLiteral("%.1f"));
    y->setLabelFormat(QStringLiteral("%.1f"));
    const auto add = [&](QAbstractSeries* series) {
        chart.addSeries(series);
        attach(*series, x, y);
    };
    QStringList spoken;
    qint64 samples = 0;
    for (const ReliabilityBin& bin : m_bins) {
        samples += bin.count;
        if (bin.count == 0 || std::isnan(bin.accuracy)) {
            continue;
        }
        // Bars as wide as their bin; bar series of Qt Charts have categories only.
        auto* upper = new QLineSeries;
        const double inset = (bin.high - bin.low) * 0.06;
        upper->append(bin.low + inset, bin.accuracy);
        upper->append(bin.high - inset, bin.accuracy);
        auto* lower = new QLineSeries;
        lower->append(bin.low + inset, 0);
        lower->append(bin.high - inset, 0);
        auto* bar = new QAreaSeries(upper, lower);
        upper->setParent(bar);
        lower->setParent(bar);
        bar->setPen(QPen(c.series[0], 1));
        QColor fill = c.series[0];
        fill.setAlphaF(0.75F);
        bar->setBrush(fill);
        add(bar);
        spoken.append(
            tr("confidence %1 to %2: %3 right of %4")
                .arg(bin.low, 0, 'f', 1)
                .arg(bin.high, 0, 'f', 1)
                .arg(QLocale().toString(100 * bin.accuracy, 'f', 0) + QStringLiteral(" %"))
                .arg(bin.count));
    }
    auto* ideal = new QLineSeries;
    ideal->append(0, 0);
    ideal->append(1, 1);
    QPen dashed(c.text, 1.5);
    dashed.setDashPattern({4, 4});
    ideal->setPen(dashed);
    add(ideal);
    m_caption->setText(
        m_bins.isEmpty() ? tr("No predictions yet")
                         : tr("Calibration error %1 over %Ln sample(s). On the dashed line, "
                              "confidence equals accuracy.",
                              nullptr,
                              static_cast<int>(samples))
                               .arg(QLocale().toString(m_error, 'f', 3)));
    m_view->setAccessibleDescription(
        m_caption->text() + QLatin1Char(' ') + spoken.join(QStringLiteral("; ")));
    m_view->setToolTip(spoken.join(QLatin1Char('\n')));
}

} // namespace ty::widgets
