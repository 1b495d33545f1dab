#pragma once

#include <vector>

#include "app/pages/machine_panel.h"
#include "app/provisioning/machine_disks.h"

class QLabel;
class QStandardItemModel;
class QTableView;

namespace ty::app {

class CostView;

/// The disks of a machine as the provider tells them.
class MachineDisksPanel : public MachinePanel {
    Q_OBJECT
public:
    explicit MachineDisksPanel(MachineService& machines, QWidget* parent = nullptr);

protected:
    void forget() override;
    void load() override;

private:
    void fill(const std::vector<DiskFacts>& disks);

    QStandardItemModel* m_model;
    QTableView* m_table;
    QLabel* m_state;
};

/// What the machine costs as it is, while it is on and while it is off.
class MachineCostPanel : public MachinePanel {
    Q_OBJECT
public:
    explicit MachineCostPanel(MachineService& machines, QWidget* parent = nullptr);

protected:
    void forget() override;
    void load() override;

private:
    CostView* m_cost;
};

} // namespace ty::app
