#pragma once

#include "app/models/tuning_trials.h"
#include "app/pages/study_dialog.h"
#include "app/services/learner_list.h"

class QComboBox;
class QLabel;
class QPushButton;
class QSpinBox;
class QStandardItemModel;
class QTabWidget;
class QTableView;
class QTimer;

namespace ty::app {

class SearchRanges;

/// A search for better settings of a run's learner: what is searched at the left, trials as they come at the right.
class TuneDialog : public StudyDialog {
    Q_OBJECT
public:
    TuneDialog(AppContext& context, StudySubject subject, const LearnerInfo& learner, const QString& task, QWidget* parent = nullptr);
    ~TuneDialog() override;

    void start() override;
    const TuningTrials& trials() const { return m_trials; }

signals:
    /// The run with these settings is wanted in the form.
    void settingsChosen(const RunSpec& spec);
    /// It is to be trained now.
    void trainRequested(const RunSpec& spec);

private:
    QWidget* buildQuestion(const QString& task, const LearnerInfo& learner);
    QWidget* buildAnswers();
    static QString timeWords(double seconds);
    QWidget* buildFoot();
    void putQuestion(const Json& fields) override;
    void clearAnswers() override;
    void showTold(const Json& trial) override;
    void refresh() override;
    QString resultWords() const override;
    QString csv() const override;
    void refreshTable();
    void chooseTrial(int number);
    const Json* chosen() const; ///< the chosen trial, else the best
    RunSpec specOf(const Json& trial) const;

    QString m_learner;
    SearchRanges* m_ranges;
    QComboBox* m_search;
    QSpinBox* m_runs;
    QSpinBox* m_minutes;
    QComboBox* m_judge;
    QComboBox* m_objective;
    QPushButton* m_start;
    QTabWidget* m_tabs;
    QStandardItemModel* m_rows;
    QTableView* m_table;
    widgets::PointPlot* m_course;
    widgets::PointPlot* m_time;
    widgets::PointPlot* m_size;
    QLabel* m_words;
    QPushButton* m_use;
    QPushButton* m_train;
    QTimer* m_soon; ///< the table is made anew some times a second, not with each trial
    QPushButton* m_csv = nullptr;
    TuningTrials m_trials;
    QStringList m_searched;
    QStringList m_searchedLabels; ///< in the same order
};

} // namespace ty::app
