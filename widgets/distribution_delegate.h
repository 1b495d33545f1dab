#pragma once

#include <QStyledItemDelegate>

namespace ty::widgets {

/// Draws how values are spread as small bars in a cell of a table. The model says them as a list of heights; tool tip and spoken
/// text are the model's own.
class DistributionDelegate : public QStyledItemDelegate {
    Q_OBJECT

  public:
    /// QList<double>, none negative: the heights of the bars from left to right. Nothing: the cell's text is drawn.
    static constexpr int kBarsRole = Qt::UserRole + 911;
    /// bool: bars stand apart, because they are categories and not a range of numbers.
    static constexpr int kAreSeparateRole = Qt::UserRole + 912;

    explicit DistributionDelegate(QObject* parent = nullptr);

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

} // namespace ty::widgets
