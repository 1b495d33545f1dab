#pragma once

#include <QWidget>

#include "cloud/provision/machine_request.h"

class QAction;
class QLabel;
class QSplitter;
class QStackedWidget;

namespace ty::widgets {
class EmptyState;
class ErrorPanel;
class FilterLine;
} // namespace ty::widgets

namespace ty::app {

struct AppContext;
class MachineActions;
class MachineDetail;
class MachineService;
class MachinesTable;
class SpendingReader;
class VitalsService;

/// The tab of the machines: what can be done to them, their table, and what is known about the one in front.
class MachinesView : public QWidget {
    Q_OBJECT
public:
    /// `machines` outlives this.
    MachinesView(AppContext& context, MachineService& machines, QWidget* parent = nullptr);
    ~MachinesView() override;

    MachinesTable& table() { return *m_table; }
    MachineActions& actions() { return *m_actions; }
    MachineDetail& detail() { return *m_detail; }
    QAction* showDetail() const { return m_showDetail; }
    void focusFilter();

    /// The form of a new machine that is like another one.
    void createMachine(const cloud::MachineRequest& like);

signals:
    /// The form of a new machine that is like another one, in that account.
    void creationRequested(const QString& account, const ty::cloud::MachineRequest& like);
    /// Accounts are to be added or signed in.
    void accountsRequested();

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    QWidget* makeHead();
    QWidget* makeBody();
    void onMachines();
    void showProblem();
    void onSelection();

    AppContext& m_context;
    MachineService& m_machines;
    MachineActions* m_actions;
    widgets::FilterLine* m_filter;
    widgets::ErrorPanel* m_error;
    QStackedWidget* m_stack;
    QLabel* m_waiting;
    widgets::EmptyState* m_empty;
    MachinesTable* m_table;
    MachineDetail* m_detail;
    VitalsService* m_vitals;
    SpendingReader* m_spending;
    QSplitter* m_split;
    QString m_shownProblem; ///< with its account; empty: none
    QAction* m_showDetail;
};

} // namespace ty::app
