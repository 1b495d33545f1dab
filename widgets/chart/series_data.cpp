#include "widgets/chart/series_data.h"

#include <algorithm>
#include <cmath>

namespace ty::widgets {

namespace {

constexpr std::size_t kListed = 256;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

} // namespace

SeriesSegment::SeriesSegment()
    : m_columns{
          CompactColumn(0),    // steps are exact
          CompactColumn(1e-7), // epochs
          CompactColumn(1e-4), // seconds of running time
          CompactColumn(1e-3)} // wall clock, to the millisecond
{
}

void SeriesSegment::append(const ChartPoint& point)
{
    m_columns[0].append(point.step);
    m_columns[1].append(point.epoch);
    m_columns[2].append(point.elapsedSeconds);
    m_columns[3].append(point.wallSeconds);
    const std::size_t index = m_values.size();
    m_values.append(point.value);
    m_raw.append(point.value);
    if (std::isfinite(point.value)) {
        if (!m_hasFinite || point.value < m_values[m_lowest]) {
            m_lowest = index;
        }
        if (!m_hasFinite || point.value > m_values[m_highest]) {
            m_highest = index;
        }
        m_hasFinite = true;
    }
}

double SeriesSegment::smoothed(std::size_t index) const
{
    return averageBefore(index).add(m_weight, m_values[index]);
}

MovingAverage SeriesSegment::averageBefore(std::size_t index) const
{
    const std::size_t block = index / MinMaxPyramid::kBlock;
    MovingAverage average = block < m_averages.size() ? m_averages[block] : m_running;
    for (std::size_t i = block * MinMaxPyramid::kBlock; i < index; ++i) {
        average.add(m_weight, m_values[i]);
    }
    return average;
}

void SeriesSegment::smoothUpTo(std::size_t end)
{
    for (std::size_t i = m_smooth.size(); i < end; ++i) {
        if (i % MinMaxPyramid::kBlock == 0) {
            m_averages.append(m_running);
        }
        m_smooth.append(m_running.add(m_weight, m_values[i]));
    }
}

ChartPoint SeriesSegment::point(std::size_t index) const
{
    return {
        m_columns[0].at(index),
        m_columns[1].at(index),
        m_columns[2].at(index),
        m_columns[3].at(index),
        m_values[index]};
}

Extent SeriesSegment::extent(std::size_t begin, std::size_t end, bool isSmoothed) const
{
    if (!isSmoothed) {
        return m_raw.extent(begin, end, [this](std::size_t from, std::size_t to, Extent& extent) {
            Extent here;
            while (from < to) {
                const std::span<const double> values = m_values.stretch(from, to);
                for (const double value : values) {
                    here.include(value);
                }
                from += values.size();
            }
            extent.include(here);
        });
    }
    return m_smooth.extent(begin, end, [this](std::size_t from, std::size_t to, Extent& extent) {
        if (from >= to) {
            return;
        }
        MovingAverage average = averageBefore(from);
        for (std::size_t i = from; i < to; ++i) {
            extent.include(average.add(m_weight, m_values[i]));
        }
    });
}

std::size_t SeriesSegment::byteCount() const
{
    std::size_t bytes = m_values.byteCount() + m_raw.byteCount() + m_smooth.byteCount() +
                        m_averages.byteCount();
    for (const CompactColumn& column : m_columns) {
        bytes += column.byteCount();
    }
    return bytes;
}

bool SeriesSegment::hasPlaces(XKind kind) const
{
    return size() > 0 && !std::isnan(column(kind).at(0));
}

void SeriesData::beginSegment(double fromStep)
{
    for (SeriesSegment& old : m_segments) {
        const std::size_t end = old.column(XKind::Step).lowerBound(fromStep, 0, old.liveEnd());
        if (end >= old.liveEnd()) {
            continue;
        }
        old.m_liveEnd = end;
        old.m_hasFinite = false;
        for (std::size_t i = 0; i < end; ++i) {
            const double value = old.m_values[i];
            if (!std::isfinite(value)) {
                continue;
            }
            if (!old.m_hasFinite || value < old.m_values[old.m_lowest]) {
                old.m_lowest = i;
            }
            if (!old.m_hasFinite || value > old.m_values[old.m_highest]) {
                old.m_highest = i;
            }
            old.m_hasFinite = true;
        }
    }
    SeriesSegment next;
    next.m_weight = m_weight;
    for (auto old = m_segments.rbegin(); old != m_segments.rend(); ++old) {
        if (old->liveEnd() > 0) {
            old->smoothUpTo(old->liveEnd());
            next.m_running = old->averageBefore(old->liveEnd());
            break;
        }
    }
    m_segments.push_back(std::move(next));
}

void SeriesData::append(const ChartPoint& point)
{
    if (m_segments.empty() ||
        point.step < m_segments.back().column(XKind::Step).at(m_segments.back().size() - 1)) {
        beginSegment(point.step);
    }
    SeriesSegment& segment = m_segments.back();
    segment.append(point);
    ++m_size;
    if (!std::isfinite(point.value)) {
        ++m_notFiniteCount;
        if (m_notFinite.size() < kListed) {
            m_notFinite.push_back({m_segments.size() - 1, segment.size() - 1});
        }
    } else if (point.value <= 0) {
        ++m_notPositiveCount;
        if (m_notPositive.size() < kListed) {
            m_notPositive.push_back({m_segments.size() - 1, segment.size() - 1});
        }
    }
}

void SeriesData::append(std::span<const ChartPoint> points)
{
    for (const ChartPoint& point : points) {
        append(point);
    }
}

void SeriesData::clear()
{
    const double weight = m_weight;
    *this = {};
    m_weight = weight;
}

std::size_t SeriesData::byteCount() const
{
    std::size_t bytes = 0;
    for (const SeriesSegment& segment : m_segments) {
        bytes += segment.byteCount();
    }
    return bytes;
}

ChartPoint SeriesData::at(const PointPlace& place) const
{
    return m_segments[place.segment].point(place.index);
}

std::vector<ChartPoint> SeriesData::points() const
{
    std::vector<ChartPoint> all;
    all.reserve(m_size);
    for (const SeriesSegment& segment : m_segments) {
        for (std::size_t i = 0; i < segment.size(); ++i) {
            all.push_back(segment.point(i));
        }
    }
    return all;
}

PointPlace SeriesData::placeOf(std::size_t n) const
{
    std::size_t segment = 0;
    while (n >= m_segments[segment].size()) {
        n -= m_segments[segment].size();
        ++segment;
    }
    return {segment, n};
}

bool SeriesData::isSmoothedBy(double weight) const
{
    return weight == m_weight &&
           std::all_of(m_segments.begin(), m_segments.end(), [](const SeriesSegment& segment) {
               return segment.m_smooth.size() == segment.size();
           });
}

std::size_t SeriesData::unsmoothedCount(double weight) const
{
    if (weight != m_weight) {
        return m_size;
    }
    std::size_t count = 0;
    for (const SeriesSegment& segment : m_segments) {
        count += segment.size() - segment.m_smooth.size();
    }
    return count;
}

void SeriesData::ensureSmoothed(double weight)
{
    const bool isNew = weight != m_weight;
    m_weight = weight;
    MovingAverage before;
    for (SeriesSegment& segment : m_segments) {
        if (isNew) {
            segment.m_weight = weight;
            segment.m_averages = {};
            segment.m_smooth.clear();
            segment.m_running = before;
        }
        segment.smoothUpTo(segment.size());
        if (segment.liveEnd() > 0) {
            before = segment.liveEnd() == segment.size() ? segment.m_running
                                                         : segment.averageBefore(segment.liveEnd());
        }
    }
}

std::optional<PointPlace> SeriesData::nearest(XKind kind, double x) const
{
    std::optional<PointPlace> result;
    double bestDistance = std::numeric_limits<double>::infinity();
    for (std::size_t s = 0; s < m_segments.size(); ++s) {
        const SeriesSegment& segment = m_segments[s];
        const std::size_t end = segment.liveEnd();
        if (end == 0 || !segment.hasPlaces(kind)) {
            continue;
        }
        const CompactColumn& column = segment.column(kind);
        const std::size_t after = column.lowerBound(x, 0, end);
        for (const std::size_t index : {after == 0 ? 0 : after - 1, std::min(after, end - 1)}) {
            const double distance = std::abs(column.at(index) - x);
            if (distance < bestDistance) {
                bestDistance = distance;
                result = PointPlace{s, index};
            }
        }
    }
    return result;
}

std::optional<PointPlace> SeriesData::best(Better better) const
{
    std::optional<PointPlace> result;
    if (better == Better::None) {
        return result;
    }
    double value = 0;
    for (std::size_t s = 0; s < m_segments.size(); ++s) {
        const SeriesSegment& segment = m_segments[s];
        if (!segment.m_hasFinite) {
            continue;
        }
        const std::size_t index = better == Better::Lower ? segment.m_lowest : segment.m_highest;
        const double here = segment.value(index);
        if (!result || (better == Better::Lower ? here < value : here > value)) {
            result = PointPlace{s, index};
            value = here;
        }
    }
    return result;
}

std::optional<PointPlace> SeriesData::lastLive() const
{
    for (std::size_t s = m_segments.size(); s-- > 0;) {
        if (m_segments[s].liveEnd() > 0) {
            return PointPlace{s, m_segments[s].liveEnd() - 1};
        }
    }
    return {};
}

double SeriesData::firstX(XKind kind) const
{
    double first = kNaN;
    for (const SeriesSegment& segment : m_segments) {
        if (segment.hasPlaces(kind)) {
            first = std::fmin(first, segment.column(kind).at(0));
        }
    }
    return first;
}

double SeriesData::lastX(XKind kind) const
{
    double last = kNaN;
    for (const SeriesSegment& segment : m_segments) {
        if (segment.hasPlaces(kind)) {
            last = std::fmax(last, segment.column(kind).at(segment.size() - 1));
        }
    }
    return last;
}

} // namespace ty::widgets
