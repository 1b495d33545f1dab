#pragma once

#include <QAbstractTableModel>
#include <QList>
#include <QStringList>

#include "widgets/confusion_matrix.h"

namespace ty::widgets {

/// Cells of a confusion matrix in the order and unit shown.
class ConfusionModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    /// Share of the shown unit's whole, [0, 1], for the cell's tint.
    static constexpr int kShareRole = Qt::UserRole + 1;
    static constexpr int kIsRightRole = Qt::UserRole + 2;

    using QAbstractTableModel::QAbstractTableModel;

    void setCounts(const QStringList& classes, const QList<QList<qint64>>& counts);
    void setUnit(MatrixUnit unit);
    MatrixUnit unit() const { return m_unit; }
    void setSortedByError(bool isSorted);
    bool isSortedByError() const { return m_isSorted; }
    /// Class of a row or column: its index in the given list, -1 for "other".
    int classAt(int place) const;
    bool hasOther() const { return m_hasOther; }
    qsizetype classCount() const { return m_classes.size(); }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    void arrange();
    double shareAt(int row, int column) const;

    QStringList m_classes;
    QList<QList<qint64>> m_counts;
    QList<int> m_order;           ///< shown classes
    QList<QList<qint64>> m_cells; ///< as shown, "other" summed
    QList<qint64> m_rowSums;
    QList<qint64> m_columnSums;
    MatrixUnit m_unit = MatrixUnit::Counts;
    bool m_isSorted = false;
    bool m_hasOther = false;
};

} // namespace ty::widgets
