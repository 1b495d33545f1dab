#pragma once

#include "app/catalog/records.h"
#include "app/pages/page.h"

class QSortFilterProxyModel;
class QStackedWidget;
class QTableView;

namespace ty::widgets {
class FilterLine;
}

namespace ty::app {

struct AppContext;
class ModelDetail;
class ModelTableModel;

/// Trained models: the table, and one model's detail with Try it and Export.
class ModelsPage : public Page {
    Q_OBJECT
public:
    explicit ModelsPage(AppContext& context, QWidget* parent = nullptr);
    ~ModelsPage() override;

    QAction* primaryAction() override { return m_import; }
    QList<QAction*> pageActions() override;
    QAbstractItemView* inspectedView() override;
    void focusFilter() override;
    void refresh() override;

    /// Selects the model and shows its detail.
    void showModel(qint64 modelId);
    /// A network file of another program: shows what it is, and makes a model of it when the person agrees.
    void importFile(const QString& file);
    ModelDetail& detail() { return *m_detail; }
    QTableView* table() const { return m_table; }

private:
    void buildActions();
    void chooseFile();
    void onCurrent();
    const catalog::ModelRecord* current() const;

    AppContext& m_context;
    ModelTableModel* m_model;
    QSortFilterProxyModel* m_sorted;
    QTableView* m_table;
    widgets::FilterLine* m_filter;
    QStackedWidget* m_stack;
    ModelDetail* m_detail;
    QAction* m_import;
    QList<QAction*> m_actions;
    qint64 m_wanted = 0; ///< to be selected once it is in the list
};

} // namespace ty::app
