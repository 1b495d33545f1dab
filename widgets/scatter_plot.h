#pragma once

#include <QList>
#include <QPointF>
#include <QWidget>

class QChartView;
class QLabel;
class QRubberBand;

namespace ty::widgets {

/// Points in a plane, e.g. predicted against true values; a rubber band picks rows.
class ScatterPlot : public QWidget {
    Q_OBJECT

  public:
    explicit ScatterPlot(QWidget* parent = nullptr);

    void setAxisTitles(const QString& xTitle, const QString& yTitle);
    /// Draws y = x and gives both axes one range (predicted against true).
    void setDiagonalVisible(bool isVisible);
    /// All points are kept; beyond `kDrawnPoints` those that share a pixel are drawn once.
    void setPoints(const QList<QPointF>& points);
    const QList<QPointF>& points() const { return m_points; }

    static constexpr int kDrawnPoints = 4000;

  signals:
    /// Indices into the points; empty clears the brush.
    void pointsBrushed(const QList<int>& indices);

  protected:
    void changeEvent(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void rebuild();
    void brush(const QRectF& viewportRect);

    QChartView* m_view;
    QLabel* m_caption;
    QList<QPointF> m_points;
    QString m_xTitle;
    QString m_yTitle;
    QPointF m_pressedAt;
    QRubberBand* m_band = nullptr;
    bool m_hasDiagonal = false;
};

} // namespace ty::widgets
