#include "engine/validation/scored_fit.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "engine/base/files.h"
#include "engine/data/prepare/balance.h"
#include "engine/learn/chosen_learner.h"
#include "engine/learn/evaluation.h"
#include "engine/learn/feature_rows.h"
#include "engine/validation/fold_plan.h"

namespace ty::engine {

namespace {

constexpr double kInnerShare = 0.2; ///< of a fold's training part, for learners that choose by validation

/// The folder goes with the fit, however it ends.
class ScratchFolder {
public:
    explicit ScratchFolder(std::string path) : m_path(std::move(path)) {}
    ~ScratchFolder() { (void)removeTree(m_path); } // what is left of it does no harm
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    const std::string& path() const { return m_path; }

private:
    std::string m_path;
};

bool isReadAlike(const DataNeeds& a, const DataNeeds& b)
{
    return a.pictureShape == b.pictureShape && a.areTextsRead == b.areTextsRead && a.form.words == b.form.words
        && a.form.isReconstruction == b.form.isReconstruction;
}

double secondsSince(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

} // namespace

std::vector<std::uint32_t> StudyLearner::samples() const
{
    std::vector<std::uint32_t> all = data->unbalanced;
    if (!data->validation) { // else it is of another file
        all.insert(all.end(), data->split.validation.begin(), data->split.validation.end());
        std::sort(all.begin(), all.end());
    }
    return labelledOf(*data->training, data->task, all);
}

Result<StudyLearner> openStudyLearner(const RunSpec& spec, const DataFiles* files, const StudyLearner* like)
{
    StudyLearner study;
    study.spec = spec;
    TY_TRY(study.learner, findLearner(spec.learner));
    TY_CHECK(study.learner->parameters().complete(spec.settings));
    TY_TRY(const DataNeeds needs, study.learner->dataNeeds(spec));
    study.form = needs.form;
    bool isShared = false;
    if (like != nullptr) {
        TY_TRY(const DataNeeds others, like->learner->dataNeeds(like->spec));
        isShared = isReadAlike(needs, others);
    }
    if (isShared) {
        study.data = like->data;
    } else {
        TY_TRY(RunData opened, RunData::open(spec.data, needs, files));
        study.data = std::make_shared<const RunData>(std::move(opened));
    }
    const DatasetInfo& info = study.dataset().info();
    if (study.data->task == Task::Reconstruction || study.data->task == Task::NextWord) {
        return Error{
            ErrorKind::Unsupported, fmt::format("{}: {} has no folds and no trials", info.path, taskName(study.data->task)),
            "Choose data with classes or values to predict, or a table to find groups in."};
    }
    if (!study.learner->canLearn(info.task, info.kind)) {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format("the learner \"{}\" cannot do {} of {} data", spec.learner, taskName(info.task), dataKindName(info.kind)),
            {}};
    }
    TY_TRY(study.settings, completeSettings(*study.learner, spec, info));
    return study;
}

Result<ScoredFit> fitAndScore(const StudyLearner& study, const FitTask& task, FitSink& sink, FitControl& control)
{
    const ScratchFolder scratch(task.scratch);
    TY_CHECK(makeFolders(scratch.path()));
    FitRequest request;
    request.spec = &study.spec;
    request.settings = task.settings;
    request.split.training = task.training;
    if (study.learner->choosesByValidation()) {
        const auto order = nestedOrder(study.dataset(), task.training, study.spec.seed);
        const auto kept = std::max<std::size_t>(1, static_cast<std::size_t>(static_cast<double>(order.size()) * (1 - kInnerShare)));
        request.split.training.assign(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(kept));
        request.split.validation.assign(order.begin() + static_cast<std::ptrdiff_t>(kept), order.end());
        std::sort(request.split.training.begin(), request.split.training.end());
        std::sort(request.split.validation.begin(), request.split.validation.end());
    }
    TY_TRY(const auto prepared, study.dataset().preparedAnew({request.split.training}));
    const Dataset& dataset = prepared ? *prepared : study.dataset();
    request.training = &dataset;
    if (const PrepareStep* balance = study.spec.data.preparation.last(StepKind::Balance)) {
        balanceClasses(dataset, *balance, request.split.training);
    }
    request.form = study.form;
    request.folder.root = scratch.path();
    request.device = study.spec.device;
    request.threads = task.threads;
    ScoredFit scored;
    const auto start = std::chrono::steady_clock::now();
    TY_TRY(FitOutcome fitted, study.learner->fit(request, sink, control));
    scored.seconds = secondsSince(start);
    scored.outcome = fitted.outcome;
    scored.epochs = fitted.epochs;
    if (!fitted.model || fitted.outcome == "stopped") {
        return scored;
    }
    const auto judging = std::chrono::steady_clock::now();
    TY_TRY(const Evaluation ofHeld, evaluateInDetail(*fitted.model, dataset, task.held));
    scored.answerSeconds = secondsSince(judging);
    scored.metrics = ofHeld.report.at("metrics");
    if (task.isTrainingScored) {
        TY_TRY(const Evaluation ofTraining, evaluateInDetail(*fitted.model, dataset, task.training));
        scored.trainingMetrics = ofTraining.report.at("metrics");
    }
    if (task.isSizeMeasured) {
        const std::string folder = scratch.path() + "/model";
        TY_CHECK(fitted.model->save(folder));
        scored.modelBytes = treeBytes(folder);
    }
    return scored;
}

std::vector<std::string> studyMetrics(Task task)
{
    switch (task) {
    case Task::Classification:
        return {"roc_auc", "accuracy", "macro_f1", "log_loss"};
    case Task::Grouping:
        return {"silhouette"};
    case Task::Regression:
    case Task::Reconstruction:
    case Task::NextWord:
        break;
    }
    return {"r2", "rmse", "mae"};
}

std::string mainMetric(Task task)
{
    return studyMetrics(task).front();
}

double metricIn(const Json& metrics, const std::string& metric)
{
    const auto found = metrics.is_object() ? metrics.find(metric) : metrics.end();
    const bool isThere = metrics.is_object() && found != metrics.end() && found->is_number();
    return isThere ? found->get<double>() : std::numeric_limits<double>::quiet_NaN();
}

} // namespace ty::engine
