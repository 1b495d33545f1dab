#include "widgets/static_chart.h"

#include <QApplication>
#include <QGraphicsLayout>
#include <QtCharts/QAbstractSeries>
#include <QtCharts/QChart>
#include <QtCharts/QChartView>
#include <QtCharts/QLegend>
#include <QtCharts/QValueAxis>

#include "widgets/theme/palette.h"

namespace ty::widgets {

QChartView* makeChartView(QWidget* parent, const QString& spoken)
{
    auto* chart = new QChart;
    chart->setMargins({4, 4, 4, 4});
    chart->setBackgroundRoundness(0);
    chart->legend()->hide();
    chart->layout()->setContentsMargins(0, 0, 0, 0);
    auto* view = new QChartView(chart, parent); // owns the chart
    view->setRenderHint(QPainter::Antialiasing);
    view->setFrameShape(QFrame::StyledPanel);
    view->setMinimumSize(200, 180);
    view->setAccessibleName(spoken);
    return view;
}

QChart& beginChart(QChartView& view)
{
    QChart& chart = *view.chart();
    const ThemeColors& c = colorsOf(themeOf(QApplication::palette()));
    chart.removeAllSeries();
    const auto axes = chart.axes();
    for (QAbstractAxis* axis : axes) {
        chart.removeAxis(axis);
        delete axis;
    }
    chart.setBackgroundBrush(c.chartBackground);
    chart.setBackgroundPen(Qt::NoPen);
    chart.setPlotAreaBackgroundVisible(false);
    view.setBackgroundBrush(c.chartBackground);
    return chart;
}

QValueAxis*
addAxis(QChart& chart, Qt::Alignment side, const QString& title, double low, double high)
{
    const ThemeColors& c = colorsOf(themeOf(QApplication::palette()));
    auto* axis = new QValueAxis;
    axis->setRange(low, high);
    axis->setTitleText(title);
    axis->setTitleBrush(c.mutedText);
    axis->setTitleFont(QApplication::font());
    axis->setLabelsColor(c.mutedText);
    axis->setLabelsFont(QApplication::font());
    axis->setLinePen(QPen(c.chartGrid, 1));
    QPen grid(c.chartGrid, 1);
    grid.setDashPattern({1, 3});
    axis->setGridLinePen(grid);
    axis->setTickCount(6);
    chart.addAxis(axis, side);
    return axis;
}

void attach(QAbstractSeries& series, QValueAxis* x, QValueAxis* y)
{
    series.attachAxis(x);
    series.attachAxis(y);
}

} // namespace ty::widgets
