#include "app/pages/restart_run.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <QCoreApplication>

#include "app/catalog/catalog.h"
#include "app/services/all_services.h"

namespace ty::app {

namespace {

constexpr double kTenth = 0.1;

struct RestartText {
    Q_DECLARE_TR_FUNCTIONS(ty::app::RestartRun)
};

void show(AppContext& context, const Result<catalog::RunRecord>& run)
{
    if (run) {
        emit context.navigation.liveRunRequested(run->id);
        context.notices.toast(RestartText::tr("%1 has started.").arg(QString::fromStdString(run->name)));
    } else {
        context.notices.error(RestartText::tr("The run could not be started."), run.error());
    }
}

/// The settings of a run with a tenth of the rate that it used at its highest.
Result<std::pair<RunSpec, qint64>> slowerSpec(catalog::Catalog& catalog, qint64 runId)
{
    TY_TRY(RunSpec spec, catalog.runSpec(runId));
    TY_TRY(const catalog::RunRecord run, catalog.run(runId));
    TY_TRY(const catalog::MetricSeries rates, catalog.series(runId, "step/learningRate"));
    TY_TRY(const Json settings, catalog.runSettings(runId));
    double rate = 0;
    for (const double value : rates.value) {
        rate = std::isfinite(value) ? std::max(rate, value) : rate;
    }
    if (const auto asked = settings.find("learningRate"); asked != settings.end() && asked->is_number()) {
        rate = asked->get<double>();
    }
    if (!(rate > 0)) {
        return Error{
            ErrorKind::NotFound, "the run has told no learning rate",
            RestartText::tr("Choose Change settings and set the learning rate there.").toStdString()};
    }
    spec.settings["learningRate"] = rate * kTenth;
    spec.name.clear();
    return std::pair<RunSpec, qint64>{spec, run.datasetId};
}

void startAgainSlower(AppContext& context, qint64 runId)
{
    context.catalog.call(
        &context.runs, [runId](catalog::Catalog& catalog) { return slowerSpec(catalog, runId); },
        [&context](Result<std::pair<RunSpec, qint64>> found) {
            if (!found) {
                show(context, found.error());
                return;
            }
            context.runs.start(
                found->first, found->second, &context.runs,
                [&context](Result<catalog::RunRecord> run) { show(context, run); });
        });
}

} // namespace

QString restartAtTenthText(int epoch)
{
    return epoch > 0 ? RestartText::tr("Restart from epoch %1 at lr/10").arg(epoch)
                     : RestartText::tr("Restart at lr/10");
}

void restartAtTenth(AppContext& context, qint64 runId, int epoch)
{
    if (epoch < 1) {
        startAgainSlower(context, runId);
        return;
    }
    context.runs.branchFrom(
        runId, BranchPoint{epoch, {}}, BranchChanges{kTenth, Json::object(), {}}, &context.runs,
        [&context, runId](const Result<catalog::RunRecord>& run) {
            if (!run && run.error().kind == ErrorKind::NotFound) {
                startAgainSlower(context, runId); // no checkpoint as early as that is kept
            } else {
                show(context, run);
            }
        });
}

void branchFromEpoch(AppContext& context, qint64 runId, int epoch)
{
    context.runs.branchFrom(
        runId, BranchPoint{epoch, {}}, BranchChanges{}, &context.runs,
        [&context](Result<catalog::RunRecord> run) { show(context, run); });
}

} // namespace ty::app
