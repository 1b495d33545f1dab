#pragma once

#include <QList>
#include <QWidget>

class QChartView;
class QLabel;

namespace ty::widgets {

/// One bin of predictions by confidence.
struct ReliabilityBin {
    double low = 0;            ///< [0, 1]
    double high = 0;           ///< (low, 1]
    double meanConfidence = 0; ///< NaN for an empty bin
    double accuracy = 0;       ///< NaN for an empty bin
    qint64 count = 0;
};

/// Accuracy against confidence beside the diagonal of a perfectly calibrated model.
class ReliabilityPlot : public QWidget {
    Q_OBJECT

  public:
    explicit ReliabilityPlot(QWidget* parent = nullptr);

    /// @param calibrationError  expected calibration error, [0, 1]
    void setBins(const QList<ReliabilityBin>& bins, double calibrationError);

  protected:
    void changeEvent(QEvent* event) override;

  private:
    void rebuild();

    QChartView* m_view;
    QLabel* m_caption;
    QList<ReliabilityBin> m_bins;
    double m_error = 0;
};

} // namespace ty::widgets
