#pragma once

#include "app/pages/study_dialog.h"

class QLabel;
class QPushButton;
class QTableView;

namespace ty::app {

class ComparisonTableModel;

/// Several learners trained on the same data, one after the other, as a table that fills while they learn.
class ComparisonDialog : public StudyDialog {
    Q_OBJECT
public:
    /// Every learner that fits, each with its own settings, on the data, preset and seed of the subject's run. A subject without data:
    /// the table of the state-transition experiment, its five learners on examples of the machines that come with the program.
    explicit ComparisonDialog(AppContext& context, StudySubject subject = {}, QWidget* parent = nullptr);
    ~ComparisonDialog() override;

    void start() override;
    ComparisonTableModel* model() const { return m_model; }

private:
    bool isOfMachines() const { return m_subject.spec.data.training.empty(); }
    void putQuestion(const Json& /*fields*/) override {}
    void clearAnswers() override;
    void showTold(const Json& run) override;
    void refresh() override;
    QString resultWords() const override;
    QString csv() const override;
    QString markdown() const override;

    ComparisonTableModel* m_model;
    QTableView* m_table;
    QPushButton* m_markdown;
    QPushButton* m_csv;
    QPushButton* m_again;
};

} // namespace ty::app
