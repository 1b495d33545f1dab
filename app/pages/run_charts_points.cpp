// How the points of runs come into their charts: first an overview, then every point, then what happens live.
#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "app/models/stage_words.h"
#include "app/pages/run_charts_parts.h"
#include "app/services/app_context.h"
#include "app/services/catalog_service.h"
#include "app/services/curve_service.h"
#include "app/services/log_service.h"
#include "app/services/run_service.h"
#include "widgets/chart/line_chart.h"

namespace ty::app {

using widgets::ChartPoint;

namespace {
/// Runs that are read and drawn together: fewer show the first lines sooner, more cost fewer pictures.
constexpr qsizetype kRunsAtOnce = 10;
} // namespace

RunCharts::ManyChanges::ManyChanges(const RunCharts& charts)
    : m_charts(charts)
{
    for (const auto& panel : m_charts.m_panels) {
        panel->chart->beginChanges();
    }
}

RunCharts::ManyChanges::~ManyChanges()
{
    for (const auto& panel : m_charts.m_panels) {
        panel->chart->endChanges();
    }
}

void RunCharts::load(const QList<Run>& runs)
{
    for (const Run& run : runs) {
        auto drawn = std::make_unique<Drawn>();
        drawn->run = run;
        // The smallest style that no shown run has, so that a run keeps its colour while others come and go.
        std::vector<int> taken;
        for (const auto& [id, other] : m_drawn) {
            taken.push_back(other->style);
        }
        while (std::find(taken.begin(), taken.end(), drawn->style) != taken.end()) {
            ++drawn->style;
        }
        m_drawn[run.id] = std::move(drawn);
        m_context.runs.flush(run.id);
    }
    for (qsizetype begin = 0; begin < runs.size(); begin += kRunsAtOnce) {
        loadTogether(runs.mid(begin, kRunsAtOnce));
    }
}

void RunCharts::loadTogether(const QList<Run>& runs)
{
    using Together = std::vector<RunCurves>;
    m_context.catalog.call(
        this,
        [runs, wishes = curveWishes()](catalog::Catalog& catalog) -> Result<Together> {
            Together together;
            for (const Run& run : runs) {
                if (auto curves = RunCurves::load(catalog, run.id, wishes)) {
                    together.push_back(std::move(curves).value());
                }
            }
            return together;
        },
        [this](Result<Together> together) {
            if (together) {
                const ManyChanges changes(*this);
                for (RunCurves& curves : together.value()) {
                    place(curves);
                }
                regroupSoon();
                arrange();
            }
        });
}

std::vector<CurveWish> RunCharts::curveWishes() const
{
    std::vector<CurveWish> wishes;
    for (const auto& panel : m_panels) {
        for (const std::string& metric : panel->kind->metrics) {
            const bool isFallback = m_isOverlay && metric != panel->kind->metrics.back();
            wishes.push_back({metric, panel->kind->scale, smoothingOf(*panel, metric), isFallback});
        }
    }
    return wishes;
}

double RunCharts::smoothingOf(const Panel& panel, const std::string& metric)
{
    return metric == "step/learningRate" ? 0 : panel.chart->smoothing();
}

void RunCharts::place(RunCurves& curves)
{
    const auto found = m_drawn.find(curves.runId);
    if (found == m_drawn.end() || found->second->isLoaded) {
        return;
    }
    Drawn& run = *found->second;
    run.isLoaded = true;
    run.lastSeq = curves.lastSeq;
    run.groupKey = curves.groupKey();
    run.groupName = QString::fromStdString(curves.groupName());
    run.hasValidation = curves.lines.contains("validation/loss");
    run.unit = stageUnit(curves.run.learner);
    nameEpochs();
    run.story = std::move(curves.story);
    for (auto& [metric, line] : curves.lines) {
        if (Panel* panel = panelOf(metric, run)) {
            panel->chart->setData(ensureLine(*panel, run, metric), std::move(line.data));
            if (!line.isWhole) {
                readAll(*panel, run, metric, line.lastSeq);
            }
        }
    }
    for (const RunNews& news : std::exchange(run.waiting, {})) {
        add(run, news);
    }
    tell(run);
}

void RunCharts::nameEpochs()
{
    std::set<std::string> units;
    for (const auto& [id, drawn] : m_drawn) {
        if (drawn->isLoaded) {
            units.insert(drawn->unit);
        }
    }
    const bool isOne = units.size() == 1;
    const QString name = !isOne ? tr("Epoch, tree, round or pass") : units.begin()->empty() ? QString() : stageName(*units.begin());
    for (auto& panel : m_panels) {
        panel->chart->setEpochName(name);
    }
}

void RunCharts::readAll(Panel& panel, Drawn& run, const std::string& metric, std::uint64_t untilSeq)
{
    run.sinceOverview[metric] = {};
    m_context.curves.read(
        this, {run.run.id, metric, untilSeq, panel.kind->scale, smoothingOf(panel, metric)}, run.isGone.get_token(),
        [this, &panel, &run, metric](CurveService::Outcome outcome) {
            const auto since = run.sinceOverview.extract(metric);
            if (outcome) {
                widgets::SeriesData& points = *outcome.value();
                points.append(since.mapped());
                panel.chart->setData(chartLineId(run.run.id, metric), std::move(points));
            } else { // the overview stays
                m_context.log.append(
                    LogLevel::Error, run.run.name, QString::fromStdString(outcome.error().message));
            }
            exportWhatWaited();
            if (!isReading()) {
                regroupSoon();
            }
        });
}

bool RunCharts::isReading() const
{
    return std::any_of(m_drawn.begin(), m_drawn.end(), [](const auto& entry) {
        return !entry.second->sinceOverview.empty();
    });
}

bool RunCharts::isReading(const widgets::LineChart& chart) const
{
    const auto panel = std::find_if(m_panels.begin(), m_panels.end(), [&chart](const auto& candidate) {
        return candidate->chart == &chart;
    });
    return panel != m_panels.end() && std::any_of(m_drawn.begin(), m_drawn.end(), [&](const auto& entry) {
        const auto& since = entry.second->sinceOverview;
        return std::any_of(since.begin(), since.end(), [&](const auto& line) {
            return (*panel)->kind->has(line.first);
        });
    });
}

void RunCharts::exportWhatWaited()
{
    const auto ready = std::partition(m_waitingExports.begin(), m_waitingExports.end(), [this](const auto& waiting) {
        return isReading(*waiting.first);
    });
    const std::vector<std::pair<widgets::LineChart*, widgets::ExportFormat>> now(ready, m_waitingExports.end());
    m_waitingExports.erase(ready, m_waitingExports.end());
    for (const auto& [chart, format] : now) {
        exportChart(*chart, format);
    }
}

void RunCharts::addPoints(
    Panel& panel, Drawn& run, const std::string& metric, std::vector<ChartPoint> points)
{
    if (panel.kind->scale != 1) {
        for (ChartPoint& point : points) {
            point.value *= panel.kind->scale;
        }
    }
    panel.chart->append(ensureLine(panel, run, metric), points);
    if (const auto since = run.sinceOverview.find(metric); since != run.sinceOverview.end()) {
        since->second.insert(since->second.end(), points.begin(), points.end());
    }
}

void RunCharts::add(Drawn& run, const RunNews& news)
{
    if (!run.isLoaded) {
        run.waiting.push_back(news);
        return;
    }
    if (const LiveRun* live = m_context.runs.live(run.run.id)) {
        run.story.setSettings(live->settings());
    }
    const bool wasEmpty = pointCount() == 0;
    // Points of one metric go to its chart together.
    std::map<std::string, std::vector<ChartPoint>> fresh;
    std::uint64_t lastSeq = run.lastSeq;
    auto mark = news.marks.begin();
    const auto readMarksBefore = [&](std::uint64_t seq) {
        for (; mark != news.marks.end() && mark->seq < seq; ++mark) {
            if (mark->seq > run.lastSeq) {
                run.story.read(*mark);
                lastSeq = std::max(lastSeq, mark->seq);
            }
        }
    };
    for (const catalog::MetricPoint& point : news.points) {
        if (point.seq <= run.lastSeq) {
            continue;
        }
        readMarksBefore(point.seq);
        const ChartPoint at = chartPointOf(point);
        if (point.metric == "step/learningRate") {
            run.story.readRate(at);
        }
        fresh[point.metric].push_back(at);
        lastSeq = std::max(lastSeq, point.seq);
    }
    readMarksBefore(std::numeric_limits<std::uint64_t>::max());
    run.hasValidation = run.hasValidation || fresh.contains("validation/loss");
    bool isNewPanel = false;
    for (const auto& [metric, points] : fresh) {
        if (Panel* panel = panelOf(metric, run)) {
            isNewPanel = isNewPanel || !panel->isUsed;
            addPoints(*panel, run, metric, points);
        }
    }
    run.lastSeq = lastSeq;
    tell(run);
    regroupSoon();
    if (isNewPanel) {
        arrange();
    }
    if (wasEmpty && pointCount() > 0) {
        emit firstPointDrawn(run.run.id);
    }
}

} // namespace ty::app
