#pragma once

#include <array>
#include <memory>
#include <optional>

#include <QWidget>

#include "app/models/train_estimate.h"
#include "app/pages/study_dialog.h"
#include "app/services/learner_list.h"
#include "engine/base/run_spec.h"

class QAction;
class QButtonGroup;
class QComboBox;
class QFormLayout;
class QLabel;
class QPushButton;
class QSpinBox;
class QToolButton;

namespace ty::widgets {
class ParameterForm;
}

namespace ty::app {

struct AppContext;
class TrainOrigin;
class TuneDialog;
class TrainWells;

/// Everything that decides a run: wells, task and target, preset, learner, its parameters, seed and device.
/// The form is made from the learner's table; spec() is exactly what it shows.
class TrainSetup : public QWidget {
    Q_OBJECT
public:
    /// The actions are shown as the button and its menu; the page owns them.
    TrainSetup(AppContext& context, QAction* train, QAction* queue, QWidget* parent = nullptr);
    ~TrainSetup() override;

    TrainWells& wells() { return *m_wells; }
    widgets::ParameterForm& form() { return *m_form; }

    void setTrainingDataset(qint64 datasetId, const QString& preset);
    /// The next run begins with this model.
    void startFromModel(qint64 modelId);
    TrainOrigin& origin() { return *m_origin; }
    /// The form as `spec` has it.
    void applySpec(const RunSpec& spec, qint64 datasetId);

    /// The form as the study had it, and the study in its dialog.
    void openStudy(KeptStudy study);

    /// Empty: a run can start; else why not, as a sentence.
    QString whyNot() const;
    RunSpec spec() const;
    qint64 datasetId() const;
    TrainWork work() const;
    QString preset() const;
    void setPreset(const QString& preset);
    void focusTrain();
    /// Corrects the estimates by a run that has ended.
    void learnFrom(const TrainWork& work, double seconds);

signals:
    void readinessChanged();
    /// The form shows it already.
    void trainRequested(const RunSpec& spec);

private:
    QWidget* buildPresets();
    QWidget* buildFoot(QAction* train, QAction* queue);
    void onTrainingChanged();
    void askLearners();
    void showLearners(const Learners& learners);
    void rebuildForm();
    void refreshTargets();
    void refreshEstimates();
    void refreshNetworkFields();
    bool canStart() const; ///< the learner can begin with weights
    bool isNetworkFixed(const QString& field) const;
    void showNetwork();
    void compareLearners();
    void validate();
    void tune();
    StudySubject subject() const;
    void showTuning(TuneDialog& dialog);
    void refresh();
    const LearnerInfo* learner() const;
    QString task() const;
    TrainWork workOf(const QString& preset) const;
    bool isTable() const;
    QString taskOfTarget() const;
    void showTarget();
    Learners fitting() const; ///< the learners that can learn this data

    AppContext& m_context;
    LearnerList m_list;
    TrainEstimate m_estimate;
    Learners m_learners;
    TrainWells* m_wells;
    TrainOrigin* m_origin;
    QComboBox* m_task;
    QComboBox* m_target;
    QLabel* m_targetLabel;
    QPushButton* m_columns;
    QButtonGroup* m_presets;
    std::array<QToolButton*, 3> m_presetButtons{};
    QLabel* m_learnerHelp;
    QFormLayout* m_how;
    QComboBox* m_learner;
    widgets::ParameterForm* m_form;
    QPushButton* m_network;
    QPushButton* m_compare;
    QPushButton* m_validate;
    QPushButton* m_tune;
    QSpinBox* m_seed;
    QComboBox* m_device;
    QPushButton* m_button = nullptr;
    bool m_isFocusWanted = false; ///< as soon as the button can be pressed
    QLabel* m_why = nullptr;
    QLabel* m_time = nullptr;
    std::optional<RunSpec> m_wanted; ///< to be applied once the form for its learner stands
    QString m_listProblem;           ///< why the learners could not be listed
};

} // namespace ty::app
