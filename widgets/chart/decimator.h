#pragma once

#include <cstddef>
#include <vector>

#include "widgets/chart/axis.h"
#include "widgets/chart/chart_types.h"

namespace ty::widgets {

class SeriesSegment;

/// What one pixel column of a line shows: its first, lowest, highest and last value.
struct ColumnSpan {
    int column = 0; ///< -1 and `columns` hold the neighbours just outside
    double firstX = 0;
    double lastX = 0;
    double first = 0;
    double min = 0;
    double max = 0;
    double last = 0;
    bool isAfterGap = false; ///< a NaN or a cut of the axis lies before this span
    bool operator==(const ColumnSpan&) const = default;
};

struct DecimateRequest {
    XKind kind = XKind::Step;
    AxisScale x;                 ///< what is seen; columns are even along it
    int columns = 1;             ///< pixel columns over it
    bool isPositiveOnly = false; ///< leave out values <= 0 (logarithmic Y)
    bool isSmoothed = false;
};

/// Left edge of a pixel column in axis units; a point at the edge belongs to that column.
double columnEdge(const DecimateRequest& request, int column);

/// Spans of points [begin, end) of a segment, left to right. O(columns log n) once the pyramid
/// stands; never skips a point: a lone spike stays in its column's min or max.
std::vector<ColumnSpan> decimate(
    const SeriesSegment& segment,
    std::size_t begin,
    std::size_t end,
    const DecimateRequest& request);

} // namespace ty::widgets
