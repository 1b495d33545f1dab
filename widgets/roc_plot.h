#pragma once

#include <QList>
#include <QWidget>

class QChartView;
class QDoubleSpinBox;
class QLabel;
class QScatterSeries;
class QSlider;

namespace ty::widgets {

struct RocPoint {
    double threshold = 0;
    double falsePositiveRate = 0;
    double truePositiveRate = 0;
};

/// ROC curve of one class against the rest, with a threshold one can move.
class RocPlot : public QWidget {
    Q_OBJECT

  public:
    explicit RocPlot(QWidget* parent = nullptr);

    /// @param points  by falling threshold, from (0, 0) to (1, 1)
    void setCurve(const QString& className, const QList<RocPoint>& points, double areaUnderCurve);
    double threshold() const;
    void setThreshold(double threshold);

  signals:
    void thresholdChanged(double threshold);

  protected:
    void changeEvent(QEvent* event) override;

  private:
    void rebuild();
    void placeMarker();

    QChartView* m_view;
    QSlider* m_slider;
    QDoubleSpinBox* m_spin;
    QLabel* m_caption;
    QScatterSeries* m_marker = nullptr;
    QString m_className;
    QList<RocPoint> m_points;
    double m_area = 0;
};

} // namespace ty::widgets
