#pragma once

#include "app/pages/page.h"

class QStackedWidget;

namespace ty::app {

struct AppContext;
class RunDetail;
class RunsList;

/// The table of runs with their charts below, and one run's detail.
class RunsPage : public Page {
    Q_OBJECT
public:
    explicit RunsPage(AppContext& context, QWidget* parent = nullptr);

    QList<QAction*> pageActions() override;
    QAbstractItemView* inspectedView() override;
    void focusFilter() override;
    void focusPath() override { focusFilter(); }
    void refresh() override;

    /// Opens the detail of a run.
    void showRun(qint64 runId);
    /// Opens the run at its wrong answers.
    void showMistakes(qint64 runId);
    /// Back to the table.
    void showList();

    RunsList& list() { return *m_list; }
    /// Made when it is first asked for: its charts would hold the window while the table opens.
    RunDetail& detail();

private:
    QStackedWidget* m_stack;
    RunsList* m_list;
    AppContext& m_context;
    RunDetail* m_detail = nullptr;
};

} // namespace ty::app
