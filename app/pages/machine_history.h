#pragma once

#include "app/pages/machine_panel.h"

class QLabel;
class QStandardItemModel;
class QTableView;

namespace ty::app {

class CatalogService;

/// What was done to a machine from here, newest first: the journal's entries of its name in its account.
class MachineHistory : public MachinePanel {
    Q_OBJECT
public:
    MachineHistory(MachineService& machines, CatalogService& catalog, QWidget* parent = nullptr);

protected:
    void forget() override;
    void refreshFacts() override;
    void load() override;

private:
    CatalogService& m_catalog;
    QStandardItemModel* m_model;
    QTableView* m_table;
    QLabel* m_state;
    QString m_work; ///< under way when it was last read
};

} // namespace ty::app
