#pragma once

#include <vector>

#include <QWidget>

#include "cloud/provision/leftover.h"
#include "engine/base/result.h"

class QLabel;
class QPushButton;
class QSortFilterProxyModel;
class QStackedWidget;
class QTableView;

namespace ty::widgets {
class EmptyState;
class ErrorPanel;
} // namespace ty::widgets

namespace ty::app {

struct AppContext;
class LeftoverTableModel;
class MachineService;

/// What Trainyard left in the account: resources that nothing needs any more, what they cost a month, tick boxes, and the
/// way to be rid of them. Reads when it is shown, when the account changes and when an operation has ended.
class LeftoversView : public QWidget {
    Q_OBJECT
public:
    explicit LeftoversView(AppContext& context, QWidget* parent = nullptr);

    QTableView* table() const { return m_table; }
    void refresh();

signals:
    /// For the tab: how many there are; -1: not known.
    void counted(int count);

protected:
    void showEvent(QShowEvent* event) override;

private:
    void setUpTable();
    QWidget* makeFoot();
    void onRead(Result<std::vector<cloud::Leftover>> leftovers);
    void onTicks();
    void deleteTicked();

    AppContext& m_context;
    MachineService& m_machines;
    LeftoverTableModel* m_model;
    QSortFilterProxyModel* m_sorted;
    QTableView* m_table;
    QStackedWidget* m_stack;
    QLabel* m_waiting;
    widgets::EmptyState* m_empty;
    widgets::ErrorPanel* m_error;
    QLabel* m_sum;
    QPushButton* m_delete;
    QString m_account; ///< of what is shown
    int m_question = 0;
};

} // namespace ty::app
