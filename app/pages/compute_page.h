#pragma once

#include "app/pages/page.h"

class QAction;
class QComboBox;
class QTabWidget;

namespace ty::cloud {
struct MachineRequest;
}

namespace ty::app {

class AccountService;
struct AppContext;
class ChaseView;
class ClustersView;
class MachineActions;
class MachineService;
class MachinesView;

/// The machines of one cloud account or of all, and in further tabs what else belongs to the one.
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

    QTabWidget& tabs() { return *m_tabs; }
    ChaseView& chase() { return *m_chase; }
    MachineActions& actions();
    MachineService& machines() { return m_machines; }
    /// The form of a new machine, with these fields, for that account; of a cluster of `nodes` of them.
    void createMachine(const QString& account, const cloud::MachineRequest& like, int nodes = 0);

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    QWidget* makeHead();
    void showAccounts();
    void choose(const QString& account, bool isAll);
    bool listsAll() const;
    void openAccounts();
    void addLeftovers();

    AppContext& m_context;
    MachineService& m_machines;
    AccountService& m_accounts;
    QComboBox* m_account;
    MachinesView* m_view;
    ClustersView* m_clusters;
    QTabWidget* m_tabs;
    ChaseView* m_chase;
    QAction* m_showAccounts;
    QAction* m_showChase;
};

} // namespace ty::app
