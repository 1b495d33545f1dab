#pragma once

#include <memory>
#include <QHash>
#include <QWidget>

#include "app/catalog/records.h"
#include "app/models/run_paper.h"

class QComboBox;
class QLabel;
class QPlainTextEdit;
class QPushButton;
class QStandardItemModel;
class QTabWidget;
class QTableView;

namespace ty::widgets {
class ErrorPanel;
class RunStrip;
} // namespace ty::widgets

namespace ty::app {

struct AppContext;
class EvaluationView;
class LearnerList;
class RunCharts;
class RunCheckpoints;
class SamplesView;

/// Everything about one run: charts, evaluation, samples, settings, checkpoints, files, log, environment.
class RunDetail : public QWidget {
    Q_OBJECT
public:
    explicit RunDetail(AppContext& context, QWidget* parent = nullptr);
    ~RunDetail() override;

    void showRun(qint64 runId);
    qint64 runId() const { return m_runId; }
    /// By key: "charts", "evaluation", "samples", "settings", "checkpoints", "files", "log", "environment".
    void showTab(const QString& key);

    EvaluationView& evaluation() { return *m_evaluation; }
    SamplesView& samples() { return *m_samples; }
    RunCharts& charts() { return *m_charts; }
    RunCheckpoints& checkpoints() { return *m_checkpoints; }
    QStandardItemModel* settingsModel() const { return m_settings; }

signals:
    void backRequested();

private:
    void keepThreshold(const QString& className, double value);
    QWidget* buildHeader();
    QTableView* addTable(QStandardItemModel* model, const QString& name);
    QWidget* buildSettings();
    QWidget* buildEnvironment();
    void loadRecord();
    void loadPaper();
    void showRecord();
    void nameSettings();
    void fillSettings();
    void fillFiles();
    void fillEnvironment();

    AppContext& m_context;
    qint64 m_runId = 0;
    catalog::RunRecord m_run;
    RunPaper m_paper;
    Json m_runSettings;
    LearnerList* m_learners;
    QHash<QString, QString> m_settingLabels; ///< by the settings' names: as the form calls them
    Json m_otherSettings; ///< of the run to compare with; null: none

    QLabel* m_title;
    QLabel* m_subtitle;
    QPushButton* m_resume;
    QPushButton* m_extend;
    QPushButton* m_reproduce;
    widgets::RunStrip* m_strip;
    widgets::ErrorPanel* m_error;
    QTabWidget* m_tabs;
    RunCharts* m_charts;
    EvaluationView* m_evaluation;
    SamplesView* m_samples;
    QStandardItemModel* m_settings;
    QComboBox* m_other;
    RunCheckpoints* m_checkpoints;
    QStandardItemModel* m_files;
    QPlainTextEdit* m_log;
    QStandardItemModel* m_environment;
    QStringList m_tabKeys;
};

} // namespace ty::app
