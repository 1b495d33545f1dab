// Runs that differ in nothing but their seed, drawn as one mean with a band.
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include <QComboBox>
#include <QCoreApplication>
#include <QPointer>
#include <QThreadPool>
#include <QTimer>

#include "app/pages/run_charts_parts.h"
#include "widgets/chart/chart_snapshot.h"
#include "widgets/chart/line_chart.h"

namespace ty::app {

using widgets::ChartLine;
using widgets::ChartPoint;

namespace {

/// One group in one panel, on its way to the pool and back.
struct GroupWork {
    ChartLine line;
    QStringList members; ///< lines of the panel
    widgets::SeriesData mean;
    std::vector<widgets::BandPoint> band;
};

} // namespace

void RunCharts::setLines(Lines lines)
{
    if (lines == m_lines) {
        return;
    }
    m_lines = lines;
    m_linesChoice->setCurrentIndex(m_linesChoice->findData(static_cast<int>(lines)));
    if (!isGrouped()) {
        removeGroupLines();
    }
    refreshLooks();
    regroup();
}

void RunCharts::regroupSoon()
{
    if (isGrouped() && !m_regroupTimer->isActive()) {
        m_regroupTimer->start();
    }
}

void RunCharts::removeGroupLines()
{
    for (const auto& panel : m_panels) {
        const QStringList ids = panel->chart->lineIds();
        for (const QString& id : ids) {
            if (isGroupLine(id)) {
                panel->chart->removeLine(id);
            }
        }
    }
}

void RunCharts::regroup()
{
    ++m_grouping;
    if (!isGrouped()) {
        return;
    }
    for (const auto& panel : m_panels) {
        if (panel->isUsed) {
            regroupPanel(*panel);
        }
    }
}

void RunCharts::regroupPanel(Panel& panel)
{
    // The first run of a group, in order of the selection, gives it its colour.
    auto works = std::make_shared<std::vector<GroupWork>>();
    std::map<std::string, std::size_t> placeOfKey;
    for (const Run& run : std::as_const(m_runs)) {
        const auto drawn = m_drawn.find(run.id);
        if (drawn == m_drawn.end() || !drawn->second->isLoaded) {
            continue;
        }
        for (const std::string& metric : panel.kind->metrics) {
            const QString id = chartLineId(run.id, metric);
            if (!panel.chart->lineIds().contains(id)) {
                continue;
            }
            const auto [place, isNew] = placeOfKey.try_emplace(drawn->second->groupKey + '\n' + metric, works->size());
            if (isNew) {
                GroupWork work;
                work.line = panel.chart->line(id);
                work.line.id = QStringLiteral("group/") + id;
                work.line.name = drawn->second->groupName;
                work.line.isBaseline = false;
                work.line.isVisible = work.line.isListed = true;
                work.line.canOpen = work.line.canBranch = work.line.canBeBaseline = false;
                works->push_back(std::move(work));
            }
            GroupWork& work = (*works)[place->second];
            work.line.isBaseline = work.line.isBaseline || run.id == m_baseline;
            work.members.append(id);
        }
    }
    const BandKind kind = m_lines == Lines::MeanDeviation ? BandKind::Deviation : BandKind::Confidence95;
    QThreadPool::globalInstance()->start(
        [works, kind, snapshot = std::make_shared<const widgets::ChartSnapshot>(panel.chart->snapshot()),
         self = QPointer<RunCharts>(this), chart = QPointer<widgets::LineChart>(panel.chart),
         grouping = m_grouping]() mutable {
            for (GroupWork& work : *works) {
                std::vector<std::vector<ChartPoint>> curves;
                for (const QString& id : std::as_const(work.members)) {
                    curves.push_back(snapshot->points(id));
                }
                GroupCurve group = meanCurve(curves, kind);
                work.mean.append(group.mean);
                work.band = std::move(group.band);
            }
            // The snapshot goes along: it must end on the GUI thread.
            auto show = [works, held = std::move(snapshot), self, chart, grouping] {
                if (!self || !chart || self->m_grouping != grouping) {
                    return; // the selection has changed meanwhile
                }
                QStringList stale = chart->lineIds().filter(QStringLiteral("group/"));
                for (GroupWork& work : *works) {
                    stale.removeAll(work.line.id);
                    work.line.name = tr("%1 (%n run(s))", nullptr, static_cast<int>(work.members.size()))
                                         .arg(work.line.name);
                    work.line.isVisible
                        = !chart->lineIds().contains(work.line.id) || chart->isLineVisible(work.line.id);
                    chart->addLine(work.line);
                    chart->setData(work.line.id, std::move(work.mean));
                    chart->setBand(work.line.id, std::move(work.band));
                }
                for (const QString& id : std::as_const(stale)) {
                    chart->removeLine(id);
                }
            };
            QMetaObject::invokeMethod(qApp, std::move(show), Qt::QueuedConnection);
        });
}

} // namespace ty::app
