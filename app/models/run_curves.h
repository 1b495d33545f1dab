#pragma once

#include <map>
#include <string>
#include <vector>

#include "app/catalog/records.h"
#include "app/catalog/run_progress.h"
#include "engine/base/json.h"
#include "engine/base/result.h"
#include "widgets/chart/chart_types.h"

namespace ty::catalog {
class Catalog;
}

namespace ty::app {

/// The curves of one run as charts take them. A value that crosses threads.
struct RunCurves {
    qint64 runId = 0;
    std::map<std::string, std::vector<widgets::ChartPoint>> lines; ///< by metric name
    std::vector<catalog::RunMark> marks;
    std::uint64_t lastSeq = 0; ///< news up to this one are in it
    catalog::RunRecord run;
    Json settings; ///< complete, from the plan; else those asked for

    /// Equal for runs that differ in nothing but their seed.
    std::string groupKey() const;
    /// A name for such runs: theirs without its number, "digits-fast".
    std::string groupName() const;

    /// On the catalog's thread.
    static Result<RunCurves> load(catalog::Catalog& catalog, qint64 runId, const std::vector<std::string>& metrics);
};

/// Where a chart draws a point of a metric.
widgets::ChartPoint chartPointOf(const catalog::MetricPoint& point);

} // namespace ty::app
