#pragma once

#include <QWidget>

class QAction;
class QSortFilterProxyModel;
class QStackedWidget;
class QTableView;

namespace ty::widgets {
class EmptyState;
class FilterLine;
} // namespace ty::widgets

namespace ty::app {

struct AppContext;
class DatasetTableModel;

/// The table of datasets with rename, star, delete (undoable), drag out.
class DatasetsView : public QWidget {
    Q_OBJECT
public:
    explicit DatasetsView(AppContext& context, QWidget* parent = nullptr);

    QList<QAction*> rowActions() const { return m_actions; }
    void focusFilter();
    void reload();
    DatasetTableModel* model() const { return m_model; }
    QTableView* table() const { return m_table; }

signals:
    void openRequested(qint64 datasetId);
    void trainRequested(qint64 datasetId);
    void browseRequested();
    void sampleRequested();

private:
    qint64 currentId() const;
    void buildActions();
    void refreshActions();
    void rename(qint64 id, const QString& name);
    void star(qint64 id, bool isStarred);
    void deleteCurrent();

    AppContext& m_context;
    DatasetTableModel* m_model;
    QSortFilterProxyModel* m_proxy;
    QStackedWidget* m_stack;
    QTableView* m_table;
    widgets::FilterLine* m_filter;
    widgets::EmptyState* m_empty;
    QList<QAction*> m_actions;
    int m_runsSeen = 0;
    bool m_isLoading = false;
    bool m_isStale = false;
};

} // namespace ty::app
