#pragma once

#include <map>

#include <QString>

#include "app/models/train_estimate.h"
#include "app/pages/page.h"
#include "engine/base/run_spec.h"

namespace ty::app {

struct AppContext;
class StudyService;
class TrainLive;
class TrainSetup;

/// Setup at the left, the live run at the right. The button Train is part of the setup, so the window shows no second.
class TrainPage : public Page {
    Q_OBJECT
public:
    explicit TrainPage(AppContext& context, QWidget* parent = nullptr);
    ~TrainPage() override;

    QAction* enterAction() override { return m_train; }
    QList<QAction*> pageActions() override;

    /// Puts the dataset into the Training well; an empty preset keeps the form's.
    void setTrainingDataset(qint64 datasetId, const QString& preset = {});
    /// The form as that run had it.
    void reproduceRun(qint64 runId);
    /// The next run begins with this model.
    void startFromModel(qint64 modelId);
    /// The form as the study had it, and its answers.
    void openStudy(const QString& name);
    /// Shows this run at the right.
    void showLiveRun(qint64 runId);

    TrainSetup& setup() { return *m_setup; }
    TrainLive& live() { return *m_live; }

private:
    void train(bool isShown);
    void start(RunSpec spec, bool isShown);
    void refreshActions();
    void learnFromRun(qint64 runId);

    AppContext& m_context;
    StudyService* m_studies;
    TrainSetup* m_setup;
    TrainLive* m_live;
    QAction* m_train;
    QAction* m_queue;
    std::map<qint64, TrainWork> m_works; ///< of runs that have been started here, to learn how long they take
    bool m_isCreating = false;
};

} // namespace ty::app
