#pragma once

#include <vector>

#include <QAbstractTableModel>

#include "cloud/chase/chase_place.h"

namespace ty::app {

/// The places of a chase, in the order in which they are tried.
class ChaseTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Place, Gpu, Offered, Outcome, Reason, Seconds, Price, QuotaLeft, Distance, Account, ColumnCount };
    enum Role { SortRole = Qt::UserRole };

    using QAbstractTableModel::QAbstractTableModel;

    /// Rows that stay keep their indexes; those that changed are told.
    void setPlaces(const std::vector<cloud::ChasePlace>& places);
    const std::vector<cloud::ChasePlace>& places() const { return m_places; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    QVariant text(const cloud::ChasePlace& place, int column) const;
    QVariant sortValue(const cloud::ChasePlace& place, int column) const;

    std::vector<cloud::ChasePlace> m_places;
};

} // namespace ty::app
