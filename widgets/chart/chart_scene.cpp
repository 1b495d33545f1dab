#include "widgets/chart/chart_scene.h"

#include <algorithm>
#include <cmath>

#include <QCoreApplication>
#include <QSet>
#include <QStringList>

namespace ty::widgets {

namespace {

struct SceneText {
    Q_DECLARE_TR_FUNCTIONS(ty::widgets::Chart)
};

/// `range` with a margin, in the axis' own measure.
ChartRange padded(ChartRange range, bool isLog, double margin)
{
    if (isLog) {
        if (!(range.high > range.low)) {
            return {range.low / 2, range.low * 2};
        }
        const double factor = std::pow(range.high / range.low, margin);
        return {range.low / factor, range.high * factor};
    }
    if (!(range.high > range.low)) {
        const double half = range.low == 0 ? 1 : std::abs(range.low) * 0.1;
        return {range.low - half, range.low + half};
    }
    const double extra = (range.high - range.low) * margin;
    return {range.low - extra, range.high + extra};
}

constexpr std::size_t kSamplesForQuantiles = 2000;

/// Values at even places, enough to tell where the middle of the data is.
void sampleValues(
    const SeriesSegment& segment,
    std::size_t from,
    std::size_t to,
    bool isPositiveOnly,
    std::vector<double>& out)
{
    const std::size_t stride = std::max<std::size_t>(1, (to - from) / kSamplesForQuantiles);
    for (std::size_t i = from; i < to; i += stride) {
        const double value = segment.value(i);
        if (std::isfinite(value) && (!isPositiveOnly || value > 0)) {
            out.push_back(value);
        }
    }
}

} // namespace

SeriesData& SceneLine::edit()
{
    if (m_data.use_count() > 1) {
        m_data = std::make_shared<SeriesData>(*m_data);
    }
    return *m_data;
}

void SceneLine::setData(SeriesData data)
{
    m_data = std::make_shared<SeriesData>(std::move(data));
}

double placeOf(const ChartPoint& point, XKind kind)
{
    switch (kind) {
    case XKind::Step:
        return point.step;
    case XKind::Epoch:
        return point.epoch;
    case XKind::Elapsed:
        return point.elapsedSeconds;
    case XKind::WallClock:
        return point.wallSeconds;
    }
    return point.step;
}

double ChartScene::placeOf(const ChartPoint& point) const
{
    return widgets::placeOf(point, xKind);
}

SceneLine* ChartScene::find(const QString& id)
{
    return const_cast<SceneLine*>(std::as_const(*this).find(id));
}

const SceneLine* ChartScene::find(const QString& id) const
{
    for (const SceneLine& line : lines) {
        if (line.look.id == id) {
            return &line;
        }
    }
    return nullptr;
}

int ChartScene::freeStyle() const
{
    QSet<int> used;
    for (const auto& line : lines) {
        used.insert(line.look.styleIndex);
    }
    int index = 0;
    while (used.contains(index)) {
        ++index;
    }
    return index;
}

std::size_t ChartScene::visiblePointCount() const
{
    std::size_t count = 0;
    for (const auto& line : lines) {
        count += line.look.isVisible ? line.data().size() : 0;
    }
    return count;
}

bool ChartScene::isSmoothed(const SceneLine& line) const
{
    return smoothing > 0 && line.look.isSmoothable && line.data().isSmoothedBy(smoothing);
}

bool ChartScene::prepare()
{
    cutPauses();
    constexpr std::size_t kPointsAtOnce = 2'000'000; // some 25 ms
    std::size_t done = 0;
    for (SceneLine& line : lines) {
        if (smoothing <= 0 || !line.look.isVisible || !line.look.isSmoothable) {
            continue;
        }
        const std::size_t count = line.data().unsmoothedCount(smoothing);
        if (done > 0 && done + count > kPointsAtOnce) {
            return false;
        }
        if (count > 0) {
            line.edit().ensureSmoothed(smoothing);
            done += count;
        }
    }
    return true;
}

void ChartScene::cutPauses()
{
    x.cuts.clear();
    if (xKind != XKind::WallClock || isLogX) {
        return;
    }
    // When any of the visible lines was training.
    std::vector<ClockSpan> active;
    for (const SceneLine& line : lines) {
        double from = line.data().firstX(xKind);
        const double last = line.data().lastX(xKind);
        if (!line.look.isVisible || std::isnan(from)) {
            continue;
        }
        for (const ClockSpan& pause : line.pauses) {
            if (pause.begin >= from && pause.end <= last) {
                active.push_back({from, pause.begin});
                from = pause.end;
            }
        }
        active.push_back({from, last});
    }
    std::sort(active.begin(), active.end(), [](const ClockSpan& a, const ClockSpan& b) {
        return a.begin < b.begin;
    });
    double total = 0;
    double until = active.empty() ? 0 : active.front().begin;
    for (const ClockSpan& span : active) {
        total += std::max(0.0, span.end - std::max(span.begin, until));
        until = std::max(until, span.end);
    }
    constexpr double kKeptPart = 0.02;
    x.cutWidth = std::max(total * kKeptPart, 1e-3);
    until = active.empty() ? 0 : active.front().end;
    for (const ClockSpan& span : active) {
        if (span.begin - until > 2 * x.cutWidth) {
            x.cuts.push_back({until, span.begin});
        }
        until = std::max(until, span.end);
    }
}

ChartRange ChartScene::fittedX() const
{
    double low = std::numeric_limits<double>::quiet_NaN();
    double high = low;
    for (const auto& line : lines) {
        if (!line.look.isVisible) {
            continue;
        }
        double first = line.data().firstX(xKind);
        if (isLogX && !(first > 0)) {
            // The first place that a logarithmic axis can show.
            first = std::numeric_limits<double>::quiet_NaN();
            for (const SeriesSegment& segment : line.data().segments()) {
                const std::size_t index = segment.column(xKind).lowerBound(
                    std::numeric_limits<double>::min(), 0, segment.size());
                if (index < segment.size()) {
                    first = std::fmin(first, segment.column(xKind).at(index));
                }
            }
        }
        low = std::fmin(low, first);
        high = std::fmax(high, line.data().lastX(xKind));
    }
    if (std::isnan(low) || std::isnan(high)) {
        return isLogX ? ChartRange{1, 10} : ChartRange{0, 1};
    }
    if (high <= low) {
        // A first point alone: leave room to the right, where the next ones come.
        return isLogX ? ChartRange{low / 2, low * 2} : ChartRange{low - 0.5, low + 0.5};
    }
    if (isLogX) {
        return {low, high};
    }
    AxisScale whole = x;
    whole.range = {low, high};
    whole.isLog = false;
    return whole.part(-0.015, 1.015);
}

ChartRange ChartScene::fittedY(const ChartRange& within) const
{
    Extent all;
    std::vector<double> samples;
    for (const auto& line : lines) {
        if (!line.look.isVisible) {
            continue;
        }
        for (const SeriesSegment& segment : line.data().segments()) {
            if (!segment.hasPlaces(xKind)) {
                continue;
            }
            const CompactColumn& column = segment.column(xKind);
            const std::size_t from = column.lowerBound(within.low, 0, segment.size());
            const std::size_t to = column.lowerBound(
                std::nextafter(within.high, std::numeric_limits<double>::infinity()),
                from,
                segment.size());
            for (std::size_t i = from; i < std::min(to, line.band.size()); ++i) {
                all.include(line.band[i].low);
                all.include(line.band[i].high);
            }
            if (from < to) {
                all.include(segment.extent(from, to, false));
                if (areOutliersClipped) {
                    sampleValues(segment, from, to, isLogY, samples);
                }
            }
        }
    }
    if (all.isEmpty() || (isLogY && !std::isfinite(all.minPositive))) {
        return isLogY ? ChartRange{0.1, 1} : yIncluded.value_or(ChartRange{0, 1});
    }
    ChartRange range{isLogY ? all.minPositive : all.min, all.max};
    if (areOutliersClipped && samples.size() >= 20) {
        std::sort(samples.begin(), samples.end());
        const auto at = [&](double part) {
            return samples[static_cast<std::size_t>(
                part * static_cast<double>(samples.size() - 1))];
        };
        const double low = at(0.02);
        const double high = at(0.98);
        if (high > low) {
            range = {std::max(range.low, low), std::min(range.high, high)};
        }
    }
    ChartRange shown = padded(range, isLogY, 0.06);
    if (yIncluded && !isLogY) {
        // Beyond what is asked for there is room only where values are.
        shown.low = range.low < yIncluded->low ? shown.low : yIncluded->low;
        shown.high = range.high > yIncluded->high ? shown.high : yIncluded->high;
    }
    return shown;
}

void ChartScene::fit()
{
    x.isLog = isLogX;
    y.isLog = isLogY;
    cutPauses();
    x.range = fittedX();
    y.range = fittedY(x.range);
}

QList<PlacedMark> ChartScene::placedMarks() const
{
    QList<PlacedMark> result;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (!lines[i].look.isVisible) {
            continue;
        }
        for (const ChartMark& mark : lines[i].marks) {
            result.append({i, mark});
        }
        addFoundMarks(i, result);
    }
    return result;
}

void ChartScene::addFoundMarks(std::size_t index, QList<PlacedMark>& marks) const
{
    const SceneLine& line = lines[index];
    const auto& segments = line.data().segments();
    const auto isTold = [&line](double from, double to) {
        return std::any_of(line.marks.begin(), line.marks.end(), [=](const ChartMark& mark) {
            return mark.kind == MarkKind::Resume && mark.at.step >= from && mark.at.step <= to;
        });
    };
    for (std::size_t s = 1; s < segments.size(); ++s) {
        const ChartPoint at = segments[s].point(0);
        const SeriesSegment& old = segments[s - 1];
        const std::size_t kept = old.liveEnd();
        if (isTold(kept > 0 ? old.point(kept - 1).step : 0, at.step)) {
            continue; // the caller knows better where that was
        }
        marks.append(
            {index,
             {MarkKind::Resume,
              at,
              SceneText::tr("resumed at step %1").arg(placeText(XKind::Step, at.step)),
              {}}});
    }
    // One ⚠ for each stretch of bad values, where it begins.
    PointPlace before{static_cast<std::size_t>(-1), 0};
    const std::vector<PointPlace> none;
    for (const PointPlace& place : line.look.hasGaps ? none : line.data().notFinite()) {
        const bool isSameStretch =
            place.segment == before.segment && place.index == before.index + 1;
        before = place;
        if (isSameStretch) {
            continue;
        }
        const ChartPoint at = line.data().at(place);
        QString action = line.look.badValueAction;
        if (action.contains(QLatin1String("%1"))) {
            action = action.arg(static_cast<qlonglong>(std::max(0.0, at.epoch)));
        }
        marks.append(
            {index,
             {MarkKind::NotANumber,
              at,
              SceneText::tr(
                  "%1 became %2 at step %3; usual causes: learning rate too high, bad input")
                  .arg(line.look.name, valueText(at.value), placeText(XKind::Step, at.step)),
              action}});
    }
    if (const auto best = line.data().best(line.look.better)) {
        const ChartPoint at = line.data().at(*best);
        marks.append(
            {index,
             {MarkKind::Best,
              at,
              SceneText::tr("best %1: %2 at epoch %3")
                  .arg(line.look.name, valueText(at.value), placeText(XKind::Epoch, at.epoch)),
              {}}});
    }
}

std::size_t ChartScene::notPositiveCount() const
{
    std::size_t count = 0;
    for (const auto& line : lines) {
        count += line.look.isVisible ? line.data().notPositiveCount() : 0;
    }
    return count;
}

QStringList ChartScene::notPositiveTexts(int limit) const
{
    QStringList texts;
    for (const SceneLine& line : lines) {
        if (!line.look.isVisible) {
            continue;
        }
        for (const PointPlace& place : line.data().notPositive()) {
            if (texts.size() >= limit) {
                return texts;
            }
            const ChartPoint point = line.data().at(place);
            texts.append(SceneText::tr("%1: %2 at step %3")
                             .arg(
                                 line.look.name,
                                 valueText(point.value),
                                 placeText(XKind::Step, point.step)));
        }
    }
    return texts;
}

std::size_t ChartScene::withoutPlaceCount() const
{
    std::size_t count = 0;
    for (const SceneLine& line : lines) {
        for (const SeriesSegment& segment : line.data().segments()) {
            if (line.look.isVisible && segment.hasPlaces(xKind)) {
                count += segment.column(xKind).lowerBound(
                    std::numeric_limits<double>::min(), 0, segment.size());
            }
        }
    }
    return count;
}

double ChartScene::nearestPlace(double at) const
{
    double nearest = std::numeric_limits<double>::quiet_NaN();
    for (const SceneLine& line : lines) {
        const auto place = line.look.isVisible ? line.data().nearest(xKind, at) : std::nullopt;
        if (!place) {
            continue;
        }
        const double here = placeOf(line.data().at(*place));
        if (!(std::abs(nearest - at) <= std::abs(here - at))) {
            nearest = here;
        }
    }
    return nearest;
}

double ChartScene::neighbourPlace(double at, int by) const
{
    double next = std::numeric_limits<double>::quiet_NaN();
    for (const SceneLine& line : lines) {
        if (!line.look.isVisible) {
            continue;
        }
        for (const SeriesSegment& segment : line.data().segments()) {
            const std::size_t end = segment.liveEnd();
            if (end == 0 || !segment.hasPlaces(xKind)) {
                continue;
            }
            const CompactColumn& column = segment.column(xKind);
            // Places are known to a tolerance; the next one lies beyond it.
            const double slack = std::max(1e-6, std::abs(at) * 1e-12);
            const std::size_t index = by > 0 ? column.lowerBound(at + slack, 0, end)
                                             : column.lowerBound(at - slack, 0, end) - 1;
            if (index < end) {
                const double here = column.at(index);
                next = by > 0 ? std::fmin(next, here) : std::fmax(next, here);
            }
        }
    }
    return std::isnan(next) ? at : next;
}

/// "processor 12.5 at 21 Nov 15:04:00": its last value, however long ago that was.
static QString lastMeasured(const SceneLine& line)
{
    for (std::size_t n = line.data().size(); n-- > 0;) {
        const ChartPoint point = line.data().at(line.data().placeOf(n));
        if (std::isfinite(point.value)) {
            return SceneText::tr("%1 %2 at %3")
                .arg(line.look.name, valueText(point.value), placeText(XKind::WallClock, point.wallSeconds));
        }
    }
    return SceneText::tr("%1: nothing measured").arg(line.look.name);
}

QString ChartScene::spokenSummary() const
{
    QStringList parts;
    for (const auto& line : lines) {
        const auto last = line.data().lastLive();
        if (!line.look.isVisible || !last) {
            continue;
        }
        const ChartPoint now = line.data().at(*last);
        if (line.look.hasGaps) {
            parts.append(lastMeasured(line));
            continue;
        }
        QString part =
            SceneText::tr("%1 %2 at epoch %3")
                .arg(line.look.name, valueText(now.value), placeText(XKind::Epoch, now.epoch));
        if (const auto best = line.data().best(line.look.better)) {
            const ChartPoint at = line.data().at(*best);
            part = SceneText::tr("%1 %2, best %3 at epoch %4")
                       .arg(
                           line.look.name,
                           valueText(now.value),
                           valueText(at.value),
                           placeText(XKind::Epoch, at.epoch));
        }
        parts.append(part);
        if (parts.size() == 8) {
            break; // more is not heard out; the table has them all
        }
    }
    if (parts.isEmpty()) {
        return emptyText.isEmpty() ? SceneText::tr("%1: no points yet").arg(title)
                                   : QStringLiteral("%1: %2").arg(title, emptyText);
    }
    return QStringLiteral("%1: %2").arg(title, parts.join(QStringLiteral("; ")));
}

} // namespace ty::widgets
