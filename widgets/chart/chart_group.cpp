#include "widgets/chart/chart_group.h"

#include "widgets/chart/line_chart.h"

namespace ty::widgets {

ChartGroup::ChartGroup(QObject* parent)
    : QObject(parent)
{
}

void ChartGroup::add(LineChart* chart)
{
    if (!chart || m_charts.contains(chart)) {
        return;
    }
    m_charts.append(chart);
    connect(chart, &QObject::destroyed, this, [this, chart] { m_charts.removeAll(chart); });
    connect(chart, &LineChart::previousPanelRequested, this, [this, chart] { walk(chart, -1); });
    connect(chart, &LineChart::nextPanelRequested, this, [this, chart] { walk(chart, 1); });
    connect(
        chart,
        &LineChart::xRangeChanged,
        this,
        [this, chart](const ChartRange& range, bool isLinked) {
            if (m_isRelaying || !isLinked) {
                return;
            }
            m_isRelaying = true;
            for (LineChart* other : m_charts) {
                if (other == chart || other->xKind() != chart->xKind()) {
                    continue;
                }
                if (chart->isFollowing()) {
                    other->setFollowing(true);
                } else {
                    other->setXRange(range);
                }
            }
            m_isRelaying = false;
        });
}

void ChartGroup::remove(LineChart* chart)
{
    if (m_charts.removeAll(chart) > 0) {
        disconnect(chart, nullptr, this, nullptr);
    }
}

void ChartGroup::walk(LineChart* from, int by)
{
    const qsizetype count = m_charts.size();
    qsizetype index = m_charts.indexOf(from);
    for (qsizetype tried = 1; tried < count; ++tried) {
        index = (index + by + count) % count;
        if (m_charts[index]->isVisible()) {
            m_charts[index]->canvas()->setFocus(Qt::TabFocusReason);
            return;
        }
    }
}

} // namespace ty::widgets
