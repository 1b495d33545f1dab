#pragma once

#include <memory>

#include <QWidget>

#include "app/catalog/records.h"
#include "app/models/run_paper.h"
#include "engine/base/result.h"

class QLabel;
class QPushButton;
class QTemporaryDir;

namespace ty::widgets {
class BusyBar;
class ErrorPanel;
} // namespace ty::widgets

namespace ty::app {

struct AppContext;
class DatasetBox;
class EvaluationView;
class RunnerCall;

/// How good a model is on any dataset of the catalog: chosen, asked, shown.
class ModelEvaluation : public QWidget {
    Q_OBJECT
public:
    explicit ModelEvaluation(AppContext& context, QWidget* parent = nullptr);
    ~ModelEvaluation() override;

    void setModel(const catalog::ModelRecord& model);
    void clear();
    DatasetBox* datasets() const { return m_data; }
    QPushButton* writeButton() const { return m_write; }
    EvaluationView& view() { return *m_view; }

signals:
    /// The answer is shown, or why there is none.
    void evaluated();
    /// A file with answers is there, or it is told why not.
    void answersWritten();

private:
    void start();
    void writeAnswers();
    void refreshButtons();
    QString targetWanted() const; ///< the column to predict, of a model that does not name one; empty: it does
    void show(const QString& name, Result<Json> report);

    AppContext& m_context;
    catalog::ModelRecord m_model;
    RunnerCall* m_call;
    std::unique_ptr<QTemporaryDir> m_folder; ///< for the samples' answers
    RunPaper m_paper;
    DatasetBox* m_data;
    QPushButton* m_start;
    QPushButton* m_write;
    widgets::BusyBar* m_busy;
    widgets::ErrorPanel* m_error;
    QLabel* m_assumed;
    QLabel* m_empty; ///< stands where the answer will
    EvaluationView* m_view;
};

} // namespace ty::app
