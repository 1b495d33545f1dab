#pragma once

#include <QDialog>

#include "app/models/tuning_trials.h"
#include "app/services/learner_list.h"
#include "engine/base/run_spec.h"

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
class SearchRanges;
class StudyProgress;

/// A search for better settings of a run's learner: what is searched at the left, trials as they come at the right. Closing it ends
/// the work; the same question goes on where it ended.
class TuneDialog : public QDialog {
    Q_OBJECT
public:
    TuneDialog(AppContext& context, RunSpec spec, const LearnerInfo& learner, bool areClasses, const QString& dataName, QWidget* parent = nullptr);
    ~TuneDialog() override;

    /// As the button does.
    void start();
    const TuningTrials& trials() const { return m_trials; }

signals:
    /// The run with these settings is wanted in the form.
    void settingsChosen(const RunSpec& spec);
    /// It is to be trained now.
    void trainRequested(const RunSpec& spec);
    /// It is over: done, stopped or failed.
    void ended();

private:
    QWidget* buildQuestion(bool areClasses, const LearnerInfo& learner);
    QWidget* buildAnswers();
    QWidget* buildFoot();
    void ask(const QStringList& question, bool isSecondTry);
    void showTrial(const Json& trial);
    void showEnd(const QString& words);
    void refresh();
    void refreshTable();
    void chooseTrial(int number);
    const Json* chosen() const; ///< the chosen trial, else the best
    RunSpec specOf(const Json& trial) const;
    void saveCsv();

    AppContext& m_context;
    RunSpec m_spec;
    RunnerCall* m_call;
    SearchRanges* m_ranges;
    QComboBox* m_search;
    QSpinBox* m_runs;
    QSpinBox* m_minutes;
    QComboBox* m_judge;
    QComboBox* m_objective;
    QPushButton* m_start;
    StudyProgress* m_progress;
    QTabWidget* m_tabs;
    QStandardItemModel* m_rows;
    QTableView* m_table;
    widgets::PointPlot* m_course;
    widgets::PointPlot* m_time;
    widgets::PointPlot* m_size;
    QLabel* m_words;
    QPushButton* m_use;
    QPushButton* m_train;
    QPushButton* m_csv;
    TuningTrials m_trials;
    QStringList m_searched;
};

} // namespace ty::app
