#pragma once

#include <set>
#include <string>
#include <vector>

#include <QAbstractTableModel>

#include "cloud/provision/leftover.h"

namespace ty::app {

/// What was left over, each with a tick box: ticked ones are to be deleted. What may hold somebody's data is not ticked
/// before the person does.
class LeftoverTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Name, Kind, Size, Region, LastUsed, PerMonth, Why, ColumnCount };
    static constexpr int kSortRole = Qt::UserRole;

    using QAbstractTableModel::QAbstractTableModel;

    /// Ticks of those that are still there stay.
    void setLeftovers(std::vector<cloud::Leftover> leftovers, const QString& currency);
    const std::vector<cloud::Leftover>& leftovers() const { return m_leftovers; }
    std::vector<cloud::Leftover> ticked() const;
    void tickAll(bool isTicked); ///< true: all but what may hold data

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role = Qt::EditRole) override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

signals:
    void ticksChanged();

private:
    std::vector<cloud::Leftover> m_leftovers;
    std::set<std::string> m_known;  ///< ids that were shown before
    std::set<std::string> m_ticked; ///< ids
    QString m_currency;
};

/// "12.40 USD", "12.40 USD + 2 unknown", "unknown".
QString leftoverSumText(const std::vector<cloud::Leftover>& leftovers, const QString& currency);

} // namespace ty::app
