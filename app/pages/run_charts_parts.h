#pragma once

#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "app/models/mark_reader.h"
#include "app/pages/chart_panels.h"
#include "app/pages/run_charts.h"

namespace ty::app {

/// Private to the source files of RunCharts.
struct RunCharts::Panel {
    const ChartPanelKind* kind = nullptr;
    widgets::LineChart* chart = nullptr;
    bool isUsed = false;
};

struct RunCharts::Drawn {
    Run run;
    int style = 0;
    bool isLoaded = false;
    bool hasValidation = false;
    std::uint64_t lastSeq = 0;
    std::string groupKey;
    QString groupName;
    std::string unit; ///< stageUnit()
    MarkReader story;
    std::vector<RunNews> waiting; ///< came while the history was being read
    /// Of lines that show an overview while every point is being read: what came meanwhile.
    std::map<std::string, std::vector<widgets::ChartPoint>> sinceOverview;
    std::stop_source isGone; ///< ends what is being read for this run

    ~Drawn() { isGone.request_stop(); }
};

/// While it lives, all charts wait with their axes and legends for the lines that come and go.
class RunCharts::ManyChanges {
public:
    explicit ManyChanges(const RunCharts& charts);
    ~ManyChanges();
    ManyChanges(const ManyChanges&) = delete;
    ManyChanges& operator=(const ManyChanges&) = delete;

private:
    const RunCharts& m_charts; ///< whose panels neither come nor go
};

/// Line of a run in a panel, "12/validation/loss"; of a group of runs: "group/12/validation/loss".
QString chartLineId(qint64 runId, const std::string& metric);
bool isGroupLine(const QString& lineId);
qint64 runOfLine(const QString& lineId);

} // namespace ty::app
