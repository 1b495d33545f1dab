#pragma once

#include "app/models/validation_results.h"
#include "app/pages/study_dialog.h"
#include "app/services/learner_list.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QPushButton;
class QSpinBox;
class QStandardItemModel;
class QTabWidget;
class QTableView;

namespace ty::app {

/// Cross-validation of the settings of a run, beside another learner and the baseline: scores of each fold, their spread, a learning
/// curve, and whether a difference is one.
class ValidationDialog : public StudyDialog {
    Q_OBJECT
public:
    /// @param learners  those that fit the data, the run's own among them
    ValidationDialog(AppContext& context, StudySubject subject, const Learners& learners, QWidget* parent = nullptr);
    ~ValidationDialog() override;

    void start() override;
    const ValidationResults& results() const { return m_results; }

private:
    QWidget* buildQuestion(const Learners& learners);
    QWidget* buildAnswers();
    void putQuestion(const Json& fields) override;
    void clearAnswers() override;
    void showTold(const Json& fit) override;
    void showAnswer(const Json& answer) override;
    void refresh() override;
    QString resultWords() const override;
    QString csv() const override;
    QString markdown() const override;
    void refreshTables();

    QString m_label; ///< of the run's learner
    QComboBox* m_other;
    QSpinBox* m_folds;
    QSpinBox* m_repeats;
    QCheckBox* m_curveWanted;
    QPushButton* m_start;
    QTabWidget* m_tabs;
    QStandardItemModel* m_learnerRows;
    QStandardItemModel* m_foldRows;
    QTableView* m_learnerTable;
    widgets::SpreadPlot* m_spread;
    widgets::PointPlot* m_curve;
    QLabel* m_words;
    QPushButton* m_csv = nullptr;
    QPushButton* m_markdown = nullptr;
    ValidationResults m_results;
};

} // namespace ty::app
