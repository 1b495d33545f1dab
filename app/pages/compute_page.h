#pragma once

#include "app/pages/page.h"

class QComboBox;
class QLabel;
class QSortFilterProxyModel;
class QStackedWidget;
class QTableView;

namespace ty::widgets {
class EmptyState;
class ErrorPanel;
class FilterLine;
} // namespace ty::widgets

namespace ty::app {

struct AppContext;
class MachineActions;
class MachineService;
class MachineTableModel;

/// The machines of one cloud account, and what can be done to them.
class ComputePage : public Page {
    Q_OBJECT
public:
    explicit ComputePage(AppContext& context, QWidget* parent = nullptr);
    ~ComputePage() override;

    QAction* primaryAction() override;
    QList<QAction*> pageActions() override;
    QAbstractItemView* inspectedView() override;
    void focusFilter() override;
    void refresh() override;

    QTableView* table() const { return m_table; }
    MachineActions& actions() { return *m_actions; }
    MachineService& machines() { return *m_machines; }

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    QWidget* makeHead();
    void setUpTable();
    void readAccounts();
    /// What an earlier program left open goes on, in whichever accounts it is.
    void takeUp();
    void onMachines();
    void onCurrent();
    void createMachine();

    AppContext& m_context;
    MachineService* m_machines; ///< of this page, which alone shows machines
    MachineTableModel* m_model;
    QSortFilterProxyModel* m_sorted;
    MachineActions* m_actions;
    QComboBox* m_account;
    widgets::FilterLine* m_filter;
    widgets::ErrorPanel* m_error;
    QStackedWidget* m_stack;
    QLabel* m_waiting;
    widgets::EmptyState* m_empty;
    QTableView* m_table;
};

} // namespace ty::app
