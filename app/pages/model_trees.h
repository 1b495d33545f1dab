#pragma once

#include <QWidget>

#include "app/catalog/records.h"
#include "app/models/tree_paper.h"
#include "engine/base/result.h"

class QLabel;
class QSpinBox;
class QToolButton;

namespace ty::widgets {
class BusyBar;
class ErrorPanel;
class TreeView;
} // namespace ty::widgets

namespace ty::app {

struct AppContext;
class DatasetBox;
class RunnerCall;

/// The trees of a model, one at a time: questions, branches, answers, and the way of a chosen row through them.
class ModelTrees : public QWidget {
    Q_OBJECT
public:
    explicit ModelTrees(AppContext& context, QWidget* parent = nullptr);
    ~ModelTrees() override;

    /// Reads nothing before the page is shown.
    void setModel(const catalog::ModelRecord& model);
    void clear();
    /// Tree `tree`, from 1 on.
    void chooseTree(int tree);
    /// Follows a row of a dataset, from 1 on.
    void follow(const QString& path, int row);
    widgets::TreeView& view() { return *m_view; }

signals:
    /// The tree is drawn, or why there is none is told.
    void shown();

protected:
    void showEvent(QShowEvent* event) override;

private:
    void ask();
    void showAnswer(Result<Json> told);
    void tellNode(int node);
    void exportAs(const QString& suffix);

    AppContext& m_context;
    catalog::ModelRecord m_model;
    TreePaper m_paper;
    RunnerCall* m_call;
    QSpinBox* m_tree;
    QLabel* m_of;
    QSpinBox* m_levels;
    DatasetBox* m_data;
    QSpinBox* m_row;
    widgets::BusyBar* m_busy;
    widgets::ErrorPanel* m_error;
    widgets::TreeView* m_view;
    QLabel* m_words;
    QString m_followed; ///< data whose row is followed; empty: none
    bool m_isStale = false; ///< another model than the one drawn
};

} // namespace ty::app
