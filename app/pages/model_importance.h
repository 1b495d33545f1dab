#pragma once

#include <QWidget>

#include "app/catalog/records.h"
#include "app/models/model_paper.h"
#include "engine/base/result.h"

class QComboBox;
class QLabel;
class QPushButton;
class QSpinBox;

namespace ty::widgets {
class BusyBar;
class ErrorPanel;
class ImportanceBars;
} // namespace ty::widgets

namespace ty::app {

struct AppContext;
class DatasetBox;
class RunnerCall;

/// What the columns are worth to a model: what the model itself says, and what is lost when their values are shuffled.
class ModelImportance : public QWidget {
    Q_OBJECT
public:
    explicit ModelImportance(AppContext& context, QWidget* parent = nullptr);
    ~ModelImportance() override;

    void setModel(const catalog::ModelRecord& model, const ModelPaper& paper);
    void clear();
    /// Whether there is anything to be told of such a model.
    static bool isFor(const ModelPaper& paper);
    /// Shuffles, with what is chosen.
    void measure();
    void ask(const QStringList& words, const std::vector<std::string>& places);
    widgets::ImportanceBars& bars() { return *m_bars; }

signals:
    /// The measurement is shown, or why there is none.
    void measured();

private:
    void showNative();
    void showMeasured();
    void showAnswer(Result<Json> told);
    void exportCsv();

    AppContext& m_context;
    catalog::ModelRecord m_model;
    Json m_native;
    Json m_report; ///< of the last measurement; null: none
    RunnerCall* m_call;
    QComboBox* m_kind;
    DatasetBox* m_data;
    QComboBox* m_score;
    QSpinBox* m_repeats;
    QPushButton* m_start;
    widgets::BusyBar* m_busy;
    widgets::ErrorPanel* m_error;
    widgets::ImportanceBars* m_bars;
    QLabel* m_words;
};

} // namespace ty::app
