#include "tests/app/run_fixture.h"

#include <algorithm>
#include <optional>

#include <QTest>

#include "app/catalog/catalog.h"
#include "app/models/live_run.h"
#include "app/services/all_services.h"

using namespace ty;
using namespace ty::app;

namespace {

/// What the catalog answers, waited for.
template<typename Value, typename Work>
Value ask(AppContext& context, Work work)
{
    std::optional<Value> answer;
    context.catalog.call(&context.notices, std::move(work), [&answer](Result<Value> result) {
        answer = result ? std::move(result).value() : Value{};
    });
    if (!QTest::qWaitFor([&answer] { return answer.has_value(); }, 20000)) {
        qFatal("the catalog does not answer");
    }
    return std::move(*answer);
}

} // namespace

RunSpec RunFixture::spec(int epochs, int rows)
{
    RunSpec spec;
    spec.data.training = writeCsv(QStringLiteral("flowers-%1.csv").arg(rows), rows).toStdString();
    spec.data.split.test = 0.15;
    spec.preset = "fast";
    spec.settings["epochs"] = epochs;
    spec.settings["earlyStop"] = false;
    spec.device = "cpu";
    return spec;
}

qint64 RunFixture::startRun(const RunSpec& spec)
{
    std::optional<qint64> id;
    context().runs.start(spec, 0, &context().notices, [&id](Result<catalog::RunRecord> run) {
        id = run ? run->id : 0;
    });
    return QTest::qWaitFor([&id] { return id.has_value(); }, 20000) ? *id : 0;
}

bool RunFixture::waitForEnd(qint64 runId, int milliseconds)
{
    bool isEnded = false;
    const auto watch = QObject::connect(
        &context().runs, &RunService::runEnded, &context().notices,
        [&isEnded, runId](qint64 ended) { isEnded = isEnded || ended == runId; });
    // It may have ended before; what is asked of the catalog comes behind what the end has written there.
    const auto isOver = [&] {
        const auto active = context().runs.activeRuns();
        const LiveRun* run = context().runs.live(runId);
        return isEnded || (run != nullptr && run->isOver() && std::find(active.begin(), active.end(), runId) == active.end());
    };
    const bool isInTime = QTest::qWaitFor(isOver, milliseconds);
    QObject::disconnect(watch);
    return isInTime;
}

qint64 RunFixture::train(const RunSpec& spec)
{
    const qint64 id = startRun(spec);
    return id != 0 && waitForEnd(id) ? id : 0;
}

bool RunFixture::waitForEpoch(qint64 runId, int epochs, int milliseconds)
{
    return QTest::qWaitFor(
        [&] {
            const LiveRun* run = context().runs.live(runId);
            return run != nullptr && run->record().epochsDone >= epochs;
        },
        milliseconds);
}

catalog::RunRecord RunFixture::record(qint64 runId)
{
    return ask<catalog::RunRecord>(context(), [runId](catalog::Catalog& catalog) { return catalog.run(runId); });
}

std::vector<catalog::RunRecord> RunFixture::records()
{
    return ask<std::vector<catalog::RunRecord>>(context(), [](catalog::Catalog& catalog) { return catalog.runs(); });
}

std::vector<catalog::ModelRecord> RunFixture::models()
{
    return ask<std::vector<catalog::ModelRecord>>(
        context(), [](catalog::Catalog& catalog) { return catalog.models(); });
}

catalog::MetricSeries RunFixture::series(qint64 runId, const std::string& metric)
{
    return ask<catalog::MetricSeries>(
        context(), [runId, metric](catalog::Catalog& catalog) { return catalog.series(runId, metric); });
}

Json RunFixture::setting(qint64 runId, const std::string& name)
{
    const auto settings
        = ask<Json>(context(), [runId](catalog::Catalog& catalog) { return catalog.runSettings(runId); });
    return settings.is_object() && settings.contains(name) ? settings[name] : Json();
}

qint64 RunFixture::points(qint64 runId, const std::string& metric)
{
    const auto series = ask<catalog::MetricSeries>(
        context(), [runId, metric](catalog::Catalog& catalog) { return catalog.series(runId, metric); });
    return static_cast<qint64>(series.value.size());
}
