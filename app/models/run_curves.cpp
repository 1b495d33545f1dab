#include "app/models/run_curves.h"

#include <algorithm>
#include <utility>

#include "app/catalog/catalog.h"

namespace ty::app {

namespace {

constexpr auto kRate = "step/learningRate";

/// Marks and the points of the learning rate, in order of time.
MarkReader tellStory(
    const Json& settings, const std::vector<catalog::RunMark>& marks, const std::vector<catalog::CurvePoint>& rates)
{
    MarkReader story;
    story.setSettings(settings);
    std::size_t next = 0;
    for (const catalog::RunMark& mark : marks) {
        for (; next < rates.size() && rates[next].wall < mark.wall; ++next) {
            story.readRate(chartPointOf(rates[next]));
        }
        story.read(mark);
    }
    for (; next < rates.size(); ++next) {
        story.readRate(chartPointOf(rates[next]));
    }
    return story;
}

} // namespace

Result<RunCurves> RunCurves::load(catalog::Catalog& catalog, qint64 runId, const std::vector<CurveWish>& wishes)
{
    RunCurves curves;
    curves.runId = runId;
    TY_TRY(curves.run, catalog.run(runId));
    TY_TRY(curves.settings, catalog.runSettings(runId));
    TY_TRY(const auto known, catalog.metrics(runId));
    const auto has = [&known](const std::string& metric) {
        return std::any_of(known.begin(), known.end(), [&metric](const catalog::MetricSummary& summary) {
            return summary.name == metric && summary.points > 0;
        });
    };
    const bool hasValidation = has("validation/loss");
    std::vector<catalog::CurvePoint> rates;
    for (const CurveWish& wish : wishes) {
        if (!has(wish.metric) || (wish.isFallback && hasValidation)) {
            continue;
        }
        TY_TRY(catalog::MetricOverview overview, catalog.overview(runId, wish.metric));
        if (overview.count == 0) {
            continue;
        }
        Line line;
        line.isWhole = overview.isWhole;
        line.lastSeq = overview.lastSeq;
        curves.lastSeq = std::max(curves.lastSeq, overview.lastSeq);
        for (const catalog::CurvePoint& point : overview.points) {
            line.data.append(chartPointOf(point, wish.scale));
        }
        if (wish.smoothing > 0) {
            line.data.ensureSmoothed(wish.smoothing);
        }
        curves.lines.emplace(wish.metric, std::move(line));
        if (wish.metric == kRate) {
            rates = std::move(overview.points);
        }
    }
    TY_TRY(const auto marks, catalog.marks(runId));
    if (!marks.empty()) {
        curves.lastSeq = std::max(curves.lastSeq, marks.back().seq);
    }
    curves.story = tellStory(curves.settings, marks, rates);
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

widgets::ChartPoint chartPointOf(const catalog::CurvePoint& point, double scale)
{
    return {point.step, point.epoch, point.elapsed, point.wall, point.value * scale};
}

} // namespace ty::app
