#pragma once

#include "app/pages/page.h"

class QStackedWidget;
class QTabBar;

namespace ty::app {

struct AppContext;
class RunDetail;
class RunsList;
class StudiesView;

/// The table of runs with their charts below, one run's detail, and, where there are some, the studies of many fits beside the runs.
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
    void showEvaluation(qint64 runId);
    /// Back to the table.
    void showList();

    /// The table of studies.
    void showStudies();

    RunsList& list() { return *m_list; }
    StudiesView& studies() { return *m_studies; }
    /// Made when it is first asked for: its charts would hold the window while the table opens.
    RunDetail& detail();

signals:
    /// The form of this study is wanted, and its answers.
    void studyRequested(const QString& name);

private:
    QStackedWidget* m_stack;
    RunsList* m_list;
    QTabBar* m_kinds;
    StudiesView* m_studies;
    AppContext& m_context;
    RunDetail* m_detail = nullptr;
    bool m_hasStudies = false;
};

} // namespace ty::app
