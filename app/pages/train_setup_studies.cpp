#include <algorithm>
#include <utility>

#include "app/pages/comparison_dialog.h"
#include "app/pages/train_setup.h"
#include "app/pages/train_wells.h"
#include "app/pages/tune_dialog.h"
#include "app/pages/validation_dialog.h"
#include "app/services/all_services.h"

// Studies of many fits, begun from the form or opened again.
namespace ty::app {

namespace {

constexpr QLatin1String kWithoutTarget("grouping");

} // namespace

StudySubject TrainSetup::subject() const
{
    return {spec(), datasetId(), m_wells->summary().name};
}

void TrainSetup::compareLearners()
{
    auto* dialog = new ComparisonDialog(m_context, subject(), this);
    dialog->show();
    dialog->start();
}

void TrainSetup::validate()
{
    Learners learners = fitting();
    if (task() == kWithoutTarget) {
        std::erase_if(learners, [](const LearnerInfo& one) { return !one.areGroupsFound(); });
    }
    auto* dialog = new ValidationDialog(m_context, subject(), learners, this);
    dialog->show();
}

void TrainSetup::tune()
{
    if (const LearnerInfo* chosen = learner()) {
        showTuning(*new TuneDialog(m_context, subject(), *chosen, task(), this));
    }
}

void TrainSetup::showTuning(TuneDialog& dialog)
{
    connect(&dialog, &TuneDialog::settingsChosen, this, [this](const RunSpec& wanted) { applySpec(wanted, datasetId()); });
    connect(&dialog, &TuneDialog::trainRequested, this, &TrainSetup::trainRequested);
    dialog.show();
}

void TrainSetup::openStudy(KeptStudy study)
{
    const StudyRecord& record = study.record;
    applySpec(record.spec, record.datasetId);
    const bool isOfClasses = std::any_of(study.told.begin(), study.told.end(), [](const Json& told) {
        const Json metrics = told.value("metrics", Json::object());
        return metrics.is_object() && metrics.contains("accuracy");
    });
    // Presets depend on the data, what a learner can be asked does not: any table's list will do.
    m_list.ask(QStringLiteral("table"), 1000, this, [this, study, isOfClasses](const Result<Learners>& learners) {
        const StudySubject about{study.record.spec, study.record.datasetId, study.record.dataName};
        if (!learners) {
            m_context.notices.error(tr("The study could not be opened."), learners.error());
            return;
        }
        const bool isOfGroups = about.spec.data.task == kWithoutTarget.data();
        const QString taskName = isOfGroups ? QString(kWithoutTarget) : isOfClasses ? QStringLiteral("classification") : QStringLiteral("regression");
        const QString wanted = QString::fromStdString(about.spec.learner);
        const auto known = std::find_if(learners->begin(), learners->end(), [&wanted](const LearnerInfo& one) { return one.name == wanted; });
        if (study.record.kind == QLatin1String("tune") && known != learners->end()) {
            auto* dialog = new TuneDialog(m_context, about, *known, taskName, this);
            showTuning(*dialog);
            dialog->showKept(study);
        } else {
            auto* dialog = new ValidationDialog(m_context, about, fittingLearners(learners.value(), taskName, QStringLiteral("table")), this);
            dialog->show();
            dialog->showKept(study);
        }
    });
}

} // namespace ty::app
