#pragma once

#include <QString>

class QAbstractSeries;
class QChart;
class QChartView;
class QValueAxis;
class QWidget;

namespace ty::widgets {

/// Qt Charts in our clothes, for pictures that do not change while one looks.

/// A view with an empty chart; `spoken` is its accessible name.
QChartView* makeChartView(QWidget* parent, const QString& spoken);
/// Removes series and axes, and gives background and texts the colours of now.
QChart& beginChart(QChartView& view);
/// An axis with grid and labels in the colours of now.
QValueAxis*
addAxis(QChart& chart, Qt::Alignment side, const QString& title, double low, double high);
void attach(QAbstractSeries& series, QValueAxis* x, QValueAxis* y);

} // namespace ty::widgets
