#pragma once

#include <QDialog>

#include "app/models/validation_results.h"
#include "app/services/learner_list.h"
#include "engine/base/run_spec.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QPushButton;
class QSpinBox;
class QStandardItemModel;
class QTabWidget;
class QTableView;

namespace ty::app {

struct AppContext;
class RunnerCall;
class StudyProgress;

/// Cross-validation of the settings of a run, beside another learner and the baseline: scores of each fold, their spread, a learning
/// curve, and whether a difference is one. Closing it ends the work; the same question goes on where it ended.
class ValidationDialog : public QDialog {
    Q_OBJECT
public:
    /// @param others  learners that fit the data
    ValidationDialog(AppContext& context, RunSpec spec, const QString& dataName, const Learners& others, QWidget* parent = nullptr);
    ~ValidationDialog() override;

    /// As the button does.
    void start();
    const ValidationResults& results() const { return m_results; }

signals:
    /// It is over: done, stopped or failed.
    void ended();

private:
    QWidget* buildQuestion(const Learners& others);
    QWidget* buildAnswers();
    void ask(const QStringList& question, bool isSecondTry);
    void showFit(const Json& fit);
    void showEnd(const QString& words);
    void refresh();
    void refreshTables();
    void saveCsv();
    void copyMarkdown();

    AppContext& m_context;
    RunSpec m_spec;
    RunnerCall* m_call;
    QComboBox* m_other;
    QSpinBox* m_folds;
    QSpinBox* m_repeats;
    QCheckBox* m_curveWanted;
    QPushButton* m_start;
    StudyProgress* m_progress;
    QTabWidget* m_tabs;
    QStandardItemModel* m_learnerRows;
    QStandardItemModel* m_foldRows;
    QTableView* m_learnerTable;
    widgets::SpreadPlot* m_spread;
    widgets::PointPlot* m_curve;
    QLabel* m_words;
    QPushButton* m_csv;
    QPushButton* m_markdown;
    ValidationResults m_results;
};

} // namespace ty::app
