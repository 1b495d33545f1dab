#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "widgets/chart/axis.h"
#include "widgets/chart/chart_types.h"
#include "widgets/chart/series_data.h"

namespace ty::widgets {

struct SceneLine {
    ChartLine look;
    SeriesData data;
    QList<ChartMark> marks;
};

/// A mark with the line it belongs to, given or found (★, ⟲, ⚠).
struct PlacedMark {
    std::size_t line = 0;
    ChartMark mark;
};

/// Everything a chart shows, apart from pixels and widgets.
class ChartScene {
  public:
    QString title;
    QString unit;
    QString emptyText;
    XKind xKind = XKind::Step;
    double smoothing = 0;
    bool isLogX = false;
    bool isLogY = false;
    bool areOutliersClipped = false;
    bool isGridVisible = true;
    AxisScale x; ///< what is seen now
    AxisScale y;
    std::vector<std::unique_ptr<SceneLine>> lines; ///< in order of adding

    SceneLine* find(const QString& id);
    const SceneLine* find(const QString& id) const;
    int freeStyle() const;
    std::size_t visiblePointCount() const;
    bool isEmpty() const { return visiblePointCount() == 0; }
    /// Smooths what is visible and may be smoothed; call before drawing or fitting.
    void prepare();
    bool isSmoothed(const SceneLine& line) const;

    /// Range of all visible data with a margin; usable even when there is none.
    ChartRange fittedX() const;
    /// Range of values within an X range; with outliers clipped, of the middle 96 %.
    ChartRange fittedY(const ChartRange& within) const;
    void fit();

    QList<PlacedMark> placedMarks() const;
    std::size_t notPositiveCount() const;
    /// The first `limit` values <= 0 of the visible lines: "training: −0.2 at step 7".
    QStringList notPositiveTexts(int limit) const;
    double placeOf(const ChartPoint& point) const;
    QString spokenSummary() const;
};

double placeOf(const ChartPoint& point, XKind kind);

} // namespace ty::widgets
