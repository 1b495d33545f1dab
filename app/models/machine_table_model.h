#pragma once

#include <map>
#include <string>
#include <vector>

#include <QAbstractTableModel>

#include "app/models/machine_row.h"

namespace ty::app {

/// The machines of one account or several. Sorting and filtering are a proxy's.
class MachineTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column {
        Name, Cloud, State, Size, Place, Address, Cpu, Network, Gpu, AutoStop, Now, Today, Month, Price, Owner, Created, ColumnCount
    };
    enum Role { KeyRole = Qt::UserRole, SortRole, ValuesRole };

    using QAbstractTableModel::QAbstractTableModel;

    /// Rows that stay keep their indexes, so that a list read every few seconds leaves selection and scroll bar alone.
    void setRows(std::vector<MachineRow> rows);
    /// Forgotten when the machine no longer runs.
    void setVitals(const QString& key, MachineVitals vitals);
    /// By the mark of the creation. What is not among them is not counted.
    void setSpending(const std::map<std::string, MachineSpending>& spending);
    /// Null: no such row.
    const MachineRow* rowAt(int row) const;
    int rowOf(const QString& key) const; ///< -1: not there
    /// In characters.
    static int standardWidth(int column);
    static bool isShownAtFirst(int column);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    struct Kept {
        QString key;
        MachineRow row;
        std::optional<MachineVitals> vitals;
        MachineSpending spending;
    };
    static QVariant spendingData(const Kept& kept, int column, int role);
    QVariant vitalsData(const Kept& kept, int column, int role) const;
    void removeBetween(std::size_t begin, std::size_t end);

    std::vector<Kept> m_rows; ///< by key
    std::map<std::string, MachineSpending> m_spending;
};

} // namespace ty::app
