#pragma once

#include <optional>
#include <vector>

#include <QTableView>

#include "app/models/machine_row.h"

class QMenu;
class QSortFilterProxyModel;

namespace ty::app {

class MachineTableModel;
class SettingsService;

/// The machines of an account: sorted, filtered, with the columns that one wants. No widget a row: thousands of them scroll
/// like a dozen.
class MachinesTable : public QTableView {
    Q_OBJECT
public:
    explicit MachinesTable(SettingsService& settings, QWidget* parent = nullptr);

    /// Selection, current row and place stay with their machines.
    void setRows(std::vector<MachineRow> rows);
    MachineTableModel& machines() { return *m_model; }
    /// Rows with this text in any column.
    void setFilter(const QString& text);

    /// The row the keyboard is in; nothing: none.
    std::optional<MachineRow> currentMachine() const;
    /// In the order of the table.
    std::vector<MachineRow> selectedMachines() const;
    /// The machines that are on the screen, from the top.
    std::vector<MachineRow> shownMachines() const;
    /// Makes a machine the only one selected. False: it is not in the table.
    bool choose(const QString& key);
    /// One check for each column that can be hidden.
    void fillColumnMenu(QMenu& menu);

signals:
    /// The selection, or a selected machine, is another one.
    void selectionIsOther();
    void addressClicked();

protected:
    void selectionChanged(const QItemSelection& selected, const QItemSelection& deselected) override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;

private:
    void setUpHeader();

    SettingsService& m_settings;
    MachineTableModel* m_model;
    QSortFilterProxyModel* m_sorted;
};

} // namespace ty::app
