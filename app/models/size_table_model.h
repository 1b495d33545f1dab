#pragma once

#include <vector>

#include <QAbstractTableModel>

#include "app/provisioning/cloud_offers.h"

namespace ty::app {

/// The sizes of a region; those that cannot be had are greyed and say why.
class SizeTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Name, Processors, Memory, Gpu, Available, QuotaLeft, ColumnCount };
    enum Role { SortRole = Qt::UserRole };

    using QAbstractTableModel::QAbstractTableModel;

    void setSizes(std::vector<OfferedSize> sizes);
    /// Null: no such row.
    const OfferedSize* sizeAt(int row) const;
    int rowOf(const QString& name) const; ///< -1: not there; without regard to case

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    std::vector<OfferedSize> m_sizes;
};

} // namespace ty::app
