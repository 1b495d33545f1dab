#pragma once

#include <QList>
#include <QString>
#include <QWidget>

#include "widgets/chart/axis.h"

namespace ty::widgets {

/// Some scores of one thing and where their mean lies.
struct SpreadRow {
    QString name;
    QList<double> scores;
    double mean = 0; ///< NaN: not known
    double low = 0;  ///< ends of the interval of the mean; NaN: none
    double high = 0;
    bool isQuiet = false; ///< what the others are measured by
};

/// One line a learner: a dot a fold, the mean as a tick, its interval as a bar. Rows may have one long name; it is cut.
class SpreadPlot : public QWidget {
    Q_OBJECT

  public:
    explicit SpreadPlot(QWidget* parent = nullptr);

    void setRows(const QString& metric, const QList<SpreadRow>& rows);
    const QList<SpreadRow>& rows() const { return m_rows; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

  private:
    int rowHeight() const;
    QRectF plotArea() const;

    QString m_metric;
    QList<SpreadRow> m_rows;
    AxisScale m_scale;
};

} // namespace ty::widgets
