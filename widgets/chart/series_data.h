#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "widgets/chart/chart_types.h"
#include "widgets/chart/compact_column.h"
#include "widgets/chart/min_max_pyramid.h"
#include "widgets/chart/shared_array.h"
#include "widgets/chart/smoothing.h"

namespace ty::widgets {

/// Points between two resumes: places on the axes do not fall. Index 0 is the oldest.
class SeriesSegment {
  public:
    SeriesSegment();

    std::size_t size() const { return m_values.size(); }
    /// Points from here on were done again by a later segment.
    std::size_t liveEnd() const { return std::min(m_liveEnd, size()); }

    const CompactColumn& column(XKind kind) const { return m_columns[static_cast<int>(kind)]; }
    double value(std::size_t index) const { return m_values[index]; }
    /// Valid after SeriesData::ensureSmoothed().
    double smoothed(std::size_t index) const;
    ChartPoint point(std::size_t index) const;
    Extent extent(std::size_t begin, std::size_t end, bool isSmoothed) const;
    /// False where the first point has no place on that axis.
    bool hasPlaces(XKind kind) const;
    std::size_t byteCount() const;

  private:
    friend class SeriesData;

    void append(const ChartPoint& point);
    void smoothUpTo(std::size_t end);
    MovingAverage averageBefore(std::size_t index) const;

    CompactColumn m_columns[4];
    SharedArray<double, 1024> m_values;
    MinMaxPyramid m_raw;
    std::size_t m_liveEnd = static_cast<std::size_t>(-1);
    std::size_t m_lowest = 0; ///< of live finite values; size() if none
    std::size_t m_highest = 0;
    bool m_hasFinite = false;

    double m_weight = 0;
    SharedArray<MovingAverage, 256> m_averages; ///< before each block
    MovingAverage m_running;
    MinMaxPyramid m_smooth;
};

/// Where a point is: segment and index in it.
struct PointPlace {
    std::size_t segment = 0;
    std::size_t index = 0;
    bool operator==(const PointPlace&) const = default;
};

/// Every point of one line. Appending is amortised O(1); nothing is ever thinned. A copy shares the points, so
/// that it and what is appended after it cost little; it may be read by another thread, but must be destroyed
/// on the thread that appends. Built on any thread and then moved to the one that draws.
class SeriesData {
  public:
    /// A step below the last one starts a new segment (a resumed run) and ends the old tail's
    /// life from that step on.
    void append(const ChartPoint& point);
    void append(std::span<const ChartPoint> points);
    void clear();

    std::size_t size() const { return m_size; }
    std::size_t byteCount() const;
    bool isEmpty() const { return m_size == 0; }
    const std::vector<SeriesSegment>& segments() const { return m_segments; }
    ChartPoint at(const PointPlace& place) const;
    /// Every point, in order of arrival.
    std::vector<ChartPoint> points() const;
    /// The n-th point in order of arrival, n < size().
    PointPlace placeOf(std::size_t n) const;

    /// Brings the smoothed values up to date for this weight in [0, 1).
    void ensureSmoothed(double weight);
    bool isSmoothedBy(double weight) const;
    /// Points that ensureSmoothed() would have to go through.
    std::size_t unsmoothedCount(double weight) const;

    /// Live point nearest in X; none if the line is empty or has no such X.
    std::optional<PointPlace> nearest(XKind kind, double x) const;
    std::optional<PointPlace> best(Better better) const;
    std::optional<PointPlace> lastLive() const;
    /// Places of NaN and infinities, the first 256 of them, and how many there were.
    const std::vector<PointPlace>& notFinite() const { return m_notFinite; }
    std::size_t notFiniteCount() const { return m_notFiniteCount; }
    /// Places of finite values <= 0, the first 256 of them, and how many there were.
    const std::vector<PointPlace>& notPositive() const { return m_notPositive; }
    std::size_t notPositiveCount() const { return m_notPositiveCount; }
    double firstX(XKind kind) const;
    double lastX(XKind kind) const;

  private:
    void beginSegment(double fromStep);

    std::vector<SeriesSegment> m_segments;
    std::vector<PointPlace> m_notFinite;
    std::vector<PointPlace> m_notPositive;
    std::size_t m_size = 0;
    std::size_t m_notFiniteCount = 0;
    std::size_t m_notPositiveCount = 0;
    double m_weight = 0;
};

} // namespace ty::widgets
