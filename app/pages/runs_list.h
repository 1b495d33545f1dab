#pragma once

#include <functional>
#include <vector>

#include <QWidget>

#include "app/models/run_table_model.h"

class QAction;
class QLabel;
class QStackedWidget;
class QTabBar;
class QTabWidget;
class QTableView;
class QTimer;

namespace ty::widgets {
class FilterLine;
}

namespace ty::app {

struct AppContext;
class RunCharts;
class RunCompare;
class RunGroupsView;

/// The table of runs with saved views as tabs and a filter line; below, the selected runs overlaid and compared.
class RunsList : public QWidget {
    Q_OBJECT
public:
    explicit RunsList(AppContext& context, QWidget* parent = nullptr);
    ~RunsList() override;

    QList<QAction*> actionList() const { return m_actions; }
    void focusFilter();
    void reload();

    RunTableModel* model() const { return m_model; }
    QTableView* table() const { return m_table; }
    RunCharts& charts() { return *m_charts; }
    RunCompare& compare() { return *m_compare; }
    RunGroupsView& groups() { return *m_groups; }
    QTabWidget* tabs() const { return m_tabs; }
    widgets::FilterLine* filterLine() const { return m_filter; }

signals:
    void openRequested(qint64 runId);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void buildActions();
    QWidget* buildTop();
    QWidget* buildTable();
    void reloadSoon();
    void applyFilter(const QString& text);
    void loadFacts();
    void onSelection();
    std::vector<catalog::RunRecord> selectedRuns() const;
    const catalog::RunRecord* currentRun() const;
    void keepSelection(const std::function<void()>& change);
    void showContextMenu(const QPoint& at);
    void chooseColumns();
    void selectRuns(const std::vector<qint64>& runs);
    // Saved views.
    void loadViews();
    void saveView();
    void applyView(int tab);
    Json currentView() const;
    void applyViewJson(const Json& view);

    AppContext& m_context;
    RunTableModel* m_model;
    QTableView* m_table;
    QTabBar* m_views;
    widgets::FilterLine* m_filter;
    QLabel* m_count;
    QStackedWidget* m_stack;
    QStackedWidget* m_lower;
    RunCharts* m_charts;
    RunCompare* m_compare;
    RunGroupsView* m_groups;
    QTabWidget* m_tabs; ///< below the table: charts, differences, groups
    QList<QAction*> m_actions;
    QTimer* m_reloadTimer;
    QTimer* m_selectionTimer;
    std::vector<catalog::SavedView> m_savedViews;
    QStringList m_settingNames;
    bool m_isStale = false;
};

} // namespace ty::app
