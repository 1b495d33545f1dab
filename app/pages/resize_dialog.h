#pragma once

#include "app/models/machine_row.h"
#include "app/pages/question_dialog.h"

class QLabel;
class QSortFilterProxyModel;
class QTableView;

namespace ty::app {

class MachineService;
class SizeTableModel;

/// Another size for a machine: all sizes of its region with price and quota; those it cannot have say why.
class ResizeDialog : public QuestionDialog {
    Q_OBJECT
public:
    ResizeDialog(MachineService& machines, MachineRow machine, QWidget* parent);

private:
    void askSizes();
    void askPrices();
    void onChosen();
    QString chosenSize() const;

    MachineService& m_machines;
    MachineRow m_machine;
    SizeTableModel* m_sizes;
    QSortFilterProxyModel* m_sorted;
    QTableView* m_table;
    QLabel* m_state;
};

} // namespace ty::app
