#pragma once

#include <memory>

#include <QDialog>
#include <QStringList>

#include "engine/base/json.h"
#include "engine/base/run_spec.h"

class QLabel;
class QProgressBar;
class QPushButton;
class QTableView;
class QTemporaryDir;

namespace ty::widgets {
class ErrorPanel;
}

namespace ty::app {

struct AppContext;
class ComparisonTableModel;
class RunnerCall;

/// Several learners trained on the same data, one after the other, as a table that fills while they learn. Closing it ends them.
class ComparisonDialog : public QDialog {
    Q_OBJECT
public:
    explicit ComparisonDialog(AppContext& context, QWidget* parent = nullptr);
    ~ComparisonDialog() override;

    /// Every learner that fits, each with its own settings, on the data, preset and seed of `spec`.
    void compareLearners(const RunSpec& spec, const QString& dataName);
    /// The table of the state-transition experiment: its five learners on examples of the machines that come with the program.
    void compareMachines();

    ComparisonTableModel* model() const { return m_model; }

signals:
    /// It is over: done, stopped or failed.
    void ended();

private:
    void start(const QStringList& arguments, const QString& what);
    void showRun(const Json& run);
    void showEnd(const QString& words);
    void saveCsv();
    void copyMarkdown();

    AppContext& m_context;
    RunnerCall* m_call;
    ComparisonTableModel* m_model;
    QTableView* m_table;
    QLabel* m_what;
    QProgressBar* m_progress;
    QLabel* m_status;
    widgets::ErrorPanel* m_error;
    QPushButton* m_stop;
    QPushButton* m_csv;
    QPushButton* m_markdown;
    std::unique_ptr<QTemporaryDir> m_folder; ///< of the run's description
};

} // namespace ty::app
