#include "widgets/chart/decimator.h"

#include <cmath>
#include <limits>

#include "widgets/chart/series_data.h"

namespace ty::widgets {

namespace {

class Columns {
  public:
    Columns(const SeriesSegment& segment, const DecimateRequest& request)
        : m_segment(segment)
        , m_request(request)
        , m_x(segment.column(request.kind))
    {
    }

    /// Adds the span of points [from, to) unless nothing in it can be drawn.
    void add(int column, std::size_t from, std::size_t to)
    {
        const std::size_t given = from;
        while (from < to && !isDrawn(from)) {
            ++from;
        }
        std::size_t end = to;
        while (end > from && !isDrawn(end - 1)) {
            --end;
        }
        if (from == end) {
            m_isGap = m_isGap || given < to;
            return;
        }
        ColumnSpan span;
        span.column = column;
        span.firstX = m_x.at(from);
        span.first = valueAt(from);
        span.isAfterGap = m_isGap || from > given ||
                          (!m_spans.empty() &&
                           m_request.x.cutBetween(m_spans.back().lastX, span.firstX) != nullptr);
        if (end - from == 1) {
            span.lastX = span.firstX;
            span.min = span.max = span.last = span.first;
        } else {
            const Extent extent = m_segment.extent(from, end, m_request.isSmoothed);
            span.min = m_request.isPositiveOnly ? extent.minPositive : extent.min;
            span.max = extent.max;
            span.lastX = m_x.at(end - 1);
            span.last = valueAt(end - 1);
        }
        m_isGap = end < to;
        m_spans.push_back(span);
    }

    std::vector<ColumnSpan> take() { return std::move(m_spans); }

  private:
    double valueAt(std::size_t index) const
    {
        // A NaN stays a gap in the smoothed line too.
        const double raw = m_segment.value(index);
        return m_request.isSmoothed && std::isfinite(raw) ? m_segment.smoothed(index) : raw;
    }

    bool isDrawn(std::size_t index) const
    {
        return std::isfinite(m_segment.value(index)) &&
               (!m_request.isPositiveOnly || valueAt(index) > 0);
    }

    const SeriesSegment& m_segment;
    const DecimateRequest& m_request;
    const CompactColumn& m_x;
    std::vector<ColumnSpan> m_spans;
    bool m_isGap = false;
};

} // namespace

double columnEdge(const DecimateRequest& request, int column)
{
    return request.x.fromUnit(static_cast<double>(column) / request.columns);
}

std::vector<ColumnSpan> decimate(
    const SeriesSegment& segment,
    std::size_t begin,
    std::size_t end,
    const DecimateRequest& request)
{
    Columns columns(segment, request);
    const CompactColumn& x = segment.column(request.kind);
    const std::size_t from = x.lowerBound(columnEdge(request, 0), begin, end);
    // The right end is inclusive, so that the last point of a fitted view is inside.
    const std::size_t to = x.lowerBound(
        std::nextafter(
            columnEdge(request, request.columns), std::numeric_limits<double>::infinity()),
        from,
        end);
    if (from > begin) {
        columns.add(-1, from - 1, from);
    }
    std::size_t index = from;
    if (to - from <= 2 * static_cast<std::size_t>(request.columns)) {
        int column = 0;
        while (index < to) {
            while (column + 1 < request.columns && x.at(index) >= columnEdge(request, column + 1)) {
                ++column;
            }
            std::size_t next = index + 1;
            while (next < to && (column + 1 == request.columns ||
                                 x.at(next) < columnEdge(request, column + 1))) {
                ++next;
            }
            columns.add(column, index, next);
            index = next;
        }
    } else {
        for (int column = 0; column < request.columns && index < to; ++column) {
            const std::size_t next = column + 1 == request.columns
                                         ? to
                                         : x.lowerBound(columnEdge(request, column + 1), index, to);
            if (next > index) {
                columns.add(column, index, next);
            }
            index = next;
        }
    }
    if (to < end) {
        columns.add(request.columns, to, to + 1);
    }
    return columns.take();
}

} // namespace ty::widgets
