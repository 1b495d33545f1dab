#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "widgets/chart/axis.h"
#include "widgets/chart/chart_types.h"
#include "widgets/chart/series_data.h"

namespace ty::widgets {

/// A line with its points. Copies share the points until one of them changes: a picture of the
/// moment costs nothing, and another thread may read it.
class SceneLine {
  public:
    ChartLine look;
    QList<ChartMark> marks;
    QList<ClockSpan> pauses;     ///< rising and apart
    std::vector<BandPoint> band; ///< empty, or one for each point

    const SeriesData& data() const { return *m_data; }
    /// To change the points: O(points changed), also while copies share the others. Copies must be
    /// destroyed on this thread.
    SeriesData& edit();
    void setData(SeriesData data);

  private:
    std::shared_ptr<SeriesData> m_data = std::make_shared<SeriesData>();
};

/// A mark with the line it belongs to, given or found (★, ⟲, ⚠).
struct PlacedMark {
    std::size_t line = 0;
    ChartMark mark;
};

/// A value that stays written beside its point.
struct ChartPin {
    QString id;
    ChartPoint point;
};

/// Everything a chart shows, apart from pixels and widgets. A copy is a picture of the moment.
class ChartScene {
  public:
    QString title;
    QString unit;
    QString emptyText;
    XKind xKind = XKind::Step;
    QString epochName; ///< what is counted where others count epochs: "Tree"; empty: epochs
    double smoothing = 0;
    bool isLogX = false;
    bool isLogY = false;
    bool areOutliersClipped = false;
    bool isGridVisible = true;
    std::optional<ChartRange> yIncluded; ///< what a fitted Y axis shows at least
    AxisScale x; ///< what is seen now
    AxisScale y;
    std::vector<SceneLine> lines; ///< in order of adding
    QList<ChartPin> pins;
    /// Two places on the X axis, in any order; between them values are compared.
    std::optional<std::array<double, 2>> fobs;

    SceneLine* find(const QString& id);
    const SceneLine* find(const QString& id) const;
    int freeStyle() const;
    std::size_t visiblePointCount() const;
    bool isEmpty() const { return visiblePointCount() == 0; }
    /// Smooths what is visible and may be smoothed, and cuts pauses out of the wall clock; call
    /// before drawing or fitting. False: there is more to smooth than a picture may wait for (those lines are
    /// drawn raw until then); call again soon.
    bool prepare();
    /// Whether a line is drawn smoothed: it shall be, and it has been.
    bool isSmoothed(const SceneLine& line) const;

    /// Range of all visible data with a margin; usable even when there is none.
    ChartRange fittedX() const;
    /// Range of values within an X range; with outliers clipped, of the middle 96 %.
    ChartRange fittedY(const ChartRange& within) const;
    void fit();

    /// Given and found marks of the visible lines, those on the lower edge last.
    QList<PlacedMark> placedMarks() const;
    std::size_t notPositiveCount() const;
    /// The first `limit` values <= 0 of the visible lines: "training: −0.2 at step 7".
    QStringList notPositiveTexts(int limit) const;
    /// Points of the visible lines that a logarithmic X axis has no place for.
    std::size_t withoutPlaceCount() const;
    /// Real point nearest in X among the visible lines; NaN without points.
    double nearestPlace(double x) const;
    /// The next real place to the left (by < 0) or right; `x` itself at the end.
    double neighbourPlace(double x, int by) const;
    double placeOf(const ChartPoint& point) const;
    QString spokenSummary() const;

  private:
    void cutPauses();
    void addFoundMarks(std::size_t index, QList<PlacedMark>& marks) const;
};

double placeOf(const ChartPoint& point, XKind kind);

} // namespace ty::widgets
