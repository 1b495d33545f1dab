#pragma once

#include <optional>

#include <QList>
#include <QMetaType>
#include <QStyledItemDelegate>
#include <QWidget>

#include "widgets/chart/chart_types.h"

namespace ty::widgets {

/// Draws values left to right as a thin line with its last point; NaN leaves a gap.
/// @param range  what the height stands for; nothing: from the least value to the greatest
void paintSparkLine(
    QPainter& painter,
    const QRectF& area,
    const QList<double>& values,
    const QColor& color,
    const std::optional<ChartRange>& range = {});

/// A word-sized chart without axes.
class SparkLine : public QWidget {
    Q_OBJECT

  public:
    explicit SparkLine(QWidget* parent = nullptr);

    void setValues(const QList<double>& values);
    const QList<double>& values() const { return m_values; }
    /// What the values are, for screen readers and the tooltip, e.g. "Validation loss".
    void setLabel(const QString& label);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    void describe();

    QList<double> m_values;
    QString m_label;
};

/// Shows `QVariant::fromValue(QList<double>)` from a role of the model as a spark-line.
class SparkLineDelegate : public QStyledItemDelegate {
    Q_OBJECT

  public:
    explicit SparkLineDelegate(int valuesRole, QObject* parent = nullptr);
    /// What the height of each line stands for, so that rows can be compared: {0, 100} for shares.
    void setRange(const ChartRange& range) { m_range = range; }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index)
        const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

  private:
    int m_valuesRole;
    std::optional<ChartRange> m_range;
};

} // namespace ty::widgets
