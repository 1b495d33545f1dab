#include "app/models/run_curves.h"

#include <algorithm>

#include "app/catalog/catalog.h"

namespace ty::app {

Result<RunCurves> RunCurves::load(catalog::Catalog& catalog, qint64 runId, const std::vector<std::string>& metrics)
{
    RunCurves curves;
    curves.runId = runId;
    TY_TRY(curves.run, catalog.run(runId));
    TY_TRY(curves.settings, catalog.runSettings(runId));
    for (const std::string& metric : metrics) {
        std::uint64_t lastSeq = 0;
        TY_TRY(const catalog::MetricSeries series, catalog.seriesAfter(runId, metric, 0, lastSeq));
        curves.lastSeq = std::max(curves.lastSeq, lastSeq);
        if (series.value.empty()) {
            continue;
        }
        auto& points = curves.lines[metric];
        points.reserve(series.value.size());
        for (std::size_t i = 0; i < series.value.size(); ++i) {
            points.push_back({series.step[i], series.epoch[i], series.elapsed[i], series.wall[i], series.value[i]});
        }
    }
    TY_TRY(curves.marks, catalog.marks(runId));
    if (!curves.marks.empty()) {
        curves.lastSeq = std::max(curves.lastSeq, curves.marks.back().seq);
    }
    return curves;
}

std::string RunCurves::groupKey() const
{
    Json rest = settings;
    if (rest.is_object()) {
        rest.erase("seed");
    }
    return run.dataset + '\n' + run.task + '\n' + run.learner + '\n' + run.preset + '\n' + rest.dump();
}

std::string RunCurves::groupName() const
{
    const std::size_t end = run.name.find_last_not_of("0123456789");
    const bool isNumbered = end != std::string::npos && end + 1 < run.name.size() && run.name[end] == '-' && end > 0;
    return isNumbered ? run.name.substr(0, end) : run.name;
}

widgets::ChartPoint chartPointOf(const catalog::MetricPoint& point)
{
    return {point.step, point.epoch, point.elapsed, point.wall, point.value};
}

} // namespace ty::app
