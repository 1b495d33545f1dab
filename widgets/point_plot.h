#pragma once

#include <optional>

#include <QList>
#include <QPointF>
#include <QString>
#include <QWidget>

#include "widgets/chart/axis.h"

namespace ty::widgets {

/// Points that belong together. Colour by the place in the list.
struct PlotSeries {
    enum class Look {
        Dots,
        Line, ///< through the points, with dots
        Steps ///< level from point to point: the best so far
    };
    QString name; ///< in the legend; empty: not there
    Look look = Look::Dots;
    QList<QPointF> points;
    QList<double> low;  ///< a band around a line, by point; empty: none
    QList<double> high;
    QStringList hints;  ///< by point, shown when the pointer is on it; empty: its numbers
    QList<int> keys;    ///< by point, for pointChosen(); empty: nothing can be chosen
    bool isQuiet = false; ///< beside what matters
};

/// Some points or lines in a plane, with legend, read-out and choosing, for results of a few hundred fits. Arrow keys go from point
/// to point, Enter chooses.
class PointPlot : public QWidget {
    Q_OBJECT

  public:
    explicit PointPlot(QWidget* parent = nullptr);

    enum class Across { Linear, Logarithmic }; ///< of a logarithmic axis places of 0 and less are left out
    void setAxes(const QString& xTitle, const QString& yTitle, Across across = Across::Linear);
    void setSeries(const QList<PlotSeries>& series);
    const QList<PlotSeries>& series() const { return m_series; }
    /// Rings every point with this key; nothing: none.
    void setChosenKey(std::optional<int> key);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  signals:
    void pointChosen(int key);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void changeEvent(QEvent* event) override;

  private:
    struct Place {
        int series = -1;
        int point = -1;
        bool operator==(const Place&) const = default;
    };

    QRectF plotArea() const;
    void fitAxes();
    QPointF toScreen(const QPointF& point) const;
    bool isDrawn(const QPointF& point) const;
    Place nearest(const QPointF& at) const;
    QString hintOf(const Place& place) const;
    void choose(const Place& place);
    void point(const Place& place);
    void drawAxes(QPainter& painter, const QRectF& area) const;
    void drawSeries(QPainter& painter, int index) const;
    void drawLegend(QPainter& painter, const QRectF& area) const;

    QList<PlotSeries> m_series;
    QString m_xTitle;
    QString m_yTitle;
    AxisScale m_x;
    AxisScale m_y;
    std::optional<int> m_chosen;
    Place m_pointed;
};

} // namespace ty::widgets
