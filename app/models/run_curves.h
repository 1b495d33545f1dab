#pragma once

#include <map>
#include <string>
#include <vector>

#include "app/catalog/records.h"
#include "app/catalog/run_progress.h"
#include "app/models/mark_reader.h"
#include "engine/base/json.h"
#include "engine/base/result.h"
#include "widgets/chart/chart_types.h"
#include "widgets/chart/series_data.h"

namespace ty::catalog {
class Catalog;
}

namespace ty::app {

/// A curve that a chart wants, and how it shall be put together for it.
struct CurveWish {
    std::string metric;
    double scale = 1;        ///< from the catalog's unit to the chart's
    double smoothing = 0;    ///< weight in [0, 1)
    bool isFallback = false; ///< only for a run without validation
};

/// The curves of one run as charts take them. A value that crosses threads by being moved.
struct RunCurves {
    struct Line {
        widgets::SeriesData data;
        bool isWhole = true;       ///< false: an overview for the first picture; the points are to follow
        std::uint64_t lastSeq = 0; ///< of the newest point in `data`, and of those that are to follow
    };

    qint64 runId = 0;
    std::map<std::string, Line> lines; ///< by metric name
    MarkReader story;                  ///< what happened, told so far
    std::uint64_t lastSeq = 0;         ///< news up to this one are in it
    catalog::RunRecord run;
    Json settings; ///< complete, from the plan; else those asked for

    /// Equal for runs that differ in nothing but their seed.
    std::string groupKey() const;
    /// A name for such runs: theirs without its number, "digits-fast".
    std::string groupName() const;

    /// On the catalog's thread. Takes milliseconds however long the curves are: of long ones it reads the overview.
    static Result<RunCurves> load(catalog::Catalog& catalog, qint64 runId, const std::vector<CurveWish>& wishes);
};

/// Where a chart draws a point of a metric.
widgets::ChartPoint chartPointOf(const catalog::MetricPoint& point);
widgets::ChartPoint chartPointOf(const catalog::CurvePoint& point, double scale = 1);

} // namespace ty::app
