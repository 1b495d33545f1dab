#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <QAbstractTableModel>

#include "app/provisioning/cloud_offers.h"
#include "cloud/azure/prices.h"

namespace ty::app {

/// The sizes of a region; those that cannot be had are greyed and say why.
class SizeTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Name, Processors, Memory, Gpu, Price, SpotPrice, Available, QuotaLeft, ColumnCount };
    enum Role { SortRole = Qt::UserRole };

    using QAbstractTableModel::QAbstractTableModel;

    void setSizes(std::vector<OfferedSize> sizes);
    /// By the size's name in small letters; until they are here the columns say "…".
    void setPrices(std::map<std::string, cloud::azure::VmPrice> prices);
    /// Per hour, in the price list's currency; nothing: not known.
    std::optional<double> price(int row, bool isSpot) const;
    /// Null: no such row.
    const OfferedSize* sizeAt(int row) const;
    int rowOf(const QString& name) const; ///< -1: not there; without regard to case

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    QString priceText(int row, bool isSpot) const;

    std::vector<OfferedSize> m_sizes;
    std::map<std::string, cloud::azure::VmPrice> m_prices;
    bool m_arePricesRead = false;
};

} // namespace ty::app
