#pragma once

#include <memory>

#include <QWidget>

#include "app/catalog/records.h"
#include "app/models/model_paper.h"

class QLabel;
class QPushButton;
class QStandardItemModel;
class QTabWidget;
class QTableView;

namespace ty::app {

struct AppContext;
class ModelEvaluation;
class ModelImportance;
class ExplainedTab;
class ModelTrees;
class TryIt;

/// One model: Try it, what it is, its layers, and what has been exported from it.
class ModelDetail : public QWidget {
    Q_OBJECT
public:
    explicit ModelDetail(AppContext& context, QWidget* parent = nullptr);

    void showModel(const catalog::ModelRecord& model);
    void clear();
    qint64 modelId() const { return m_model.id; }
    TryIt& tryIt() { return *m_tryIt; }
    ModelTrees& trees() { return *m_trees; }
    ModelImportance& importance() { return *m_importance; }
    QStandardItemModel* layers() const { return m_layers; }
    QStandardItemModel* facts() const { return m_facts; }
    void exportModel();
    /// The Train page with this model as what the next run begins with.
    void fineTune();

private:
    QTableView* addTable(QStandardItemModel* model, const QString& name);
    void loadPaper();
    void loadExports();
    void showPaper(const ModelPaper& paper);

    AppContext& m_context;
    catalog::ModelRecord m_model;
    QLabel* m_title;
    QLabel* m_subtitle;
    QTabWidget* m_tabs;
    TryIt* m_tryIt;
    ModelEvaluation* m_evaluation;
    ModelTrees* m_trees;
    ModelImportance* m_importance;
    ExplainedTab* m_treeTab;
    ExplainedTab* m_importanceTab;
    ExplainedTab* m_exportsTab;
    QPushButton* m_tune;
    QPushButton* m_run;
    QStandardItemModel* m_facts;
    QStandardItemModel* m_layers;
    QStandardItemModel* m_exports;
    QTableView* m_layersView = nullptr;
};

} // namespace ty::app
