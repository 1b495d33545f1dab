#include <span>
#include <utility>

#include "app/catalog/catalog.h"
#include "app/catalog/database.h"
#include "app/catalog/overview.h"
#include "app/catalog/point_rows.h"

namespace ty::catalog {

namespace {

/// Up to so many points are read as they are: no slower than an overview.
constexpr std::int64_t kDirectPoints = 4000;

} // namespace

Result<std::vector<MetricSummary>> Catalog::metrics(std::int64_t runId)
{
    TY_TRY(
        Statement row,
        m_database->query(
            "SELECT name, points, minimum, maximum, last FROM metrics WHERE run_id=?1 ORDER BY name", runId));
    std::vector<MetricSummary> list;
    for (;;) {
        TY_TRY(const bool hasRow, row.next());
        if (!hasRow) {
            return list;
        }
        list.push_back({row.text(0), row.integer(1), row.real(2), row.real(3), row.real(4)});
    }
}

Result<MetricSeries> Catalog::series(std::int64_t runId, const std::string& metric)
{
    std::uint64_t lastSeq = 0;
    return seriesAfter(runId, metric, 0, lastSeq);
}

Result<MetricSeries> Catalog::seriesAfter(
    std::int64_t runId, const std::string& metric, std::uint64_t afterSeq, std::uint64_t& lastSeq)
{
    MetricSeries series;
    series.name = metric;
    lastSeq = afterSeq;
    TY_TRY(
        Statement known,
        m_database->query("SELECT id, points FROM metrics WHERE run_id=?1 AND name=?2", runId, metric));
    TY_TRY(const bool isKnown, known.next());
    if (!isKnown) {
        return series;
    }
    if (afterSeq == 0) {
        const auto points = static_cast<std::size_t>(known.integer(1));
        for (auto* values : {&series.step, &series.epoch, &series.elapsed, &series.wall, &series.value}) {
            values->reserve(points);
        }
        series.session.reserve(points);
    }
    TY_TRY(
        Statement row,
        m_database->query(
            "SELECT seq, session, step, epoch, elapsed, wall, value FROM points WHERE metric_id=?1 AND seq>?2"
            " ORDER BY seq",
            known.integer(0), afterSeq));
    for (;;) {
        TY_TRY(const bool hasRow, row.next());
        if (!hasRow) {
            return series;
        }
        lastSeq = static_cast<std::uint64_t>(row.integer(0));
        series.session.push_back(static_cast<int>(row.integer(1)));
        series.step.push_back(row.real(2));
        series.epoch.push_back(row.real(3));
        series.elapsed.push_back(row.real(4));
        series.wall.push_back(row.real(5));
        series.value.push_back(row.real(6));
    }
}

Result<MetricOverview> Catalog::overview(std::int64_t runId, const std::string& metric)
{
    MetricOverview overview;
    TY_TRY(
        Statement known,
        m_database->query(
            "SELECT id, points, overviewed, (SELECT max(seq) FROM points WHERE metric_id=metrics.id) FROM metrics"
            " WHERE run_id=?1 AND name=?2",
            runId, metric));
    TY_TRY(const bool isKnown, known.next());
    if (!isKnown || known.isNull(3)) {
        overview.isWhole = true;
        return overview;
    }
    const std::int64_t metricId = known.integer(0);
    overview.count = known.integer(1);
    overview.lastSeq = static_cast<std::uint64_t>(known.integer(3));
    overview.isWhole = overview.count <= kDirectPoints;
    std::uint64_t blocksEnd = 0;
    if (!overview.isWhole) {
        TY_TRY(overview.points, readOverview(*m_database, metricId, blocksEnd));
        if (overview.count - known.integer(2) > kDirectPoints) {
            return overview; // it is being made; the end is missing still
        }
    }
    TY_CHECK(readPoints(
        *m_database, metricId, blocksEnd, overview.lastSeq, [&overview](std::span<const CurvePoint> points) {
            overview.points.insert(overview.points.end(), points.begin(), points.end());
            return true;
        }));
    return overview;
}

Result<std::vector<std::int64_t>> Catalog::metricsWithoutOverview()
{
    TY_TRY(
        Statement row,
        m_database->query("SELECT id FROM metrics WHERE points-overviewed>=?1 ORDER BY id DESC", kOverviewBlock));
    std::vector<std::int64_t> ids;
    for (;;) {
        TY_TRY(const bool hasRow, row.next());
        if (!hasRow) {
            return ids;
        }
        ids.push_back(row.integer(0));
    }
}

Result<bool> Catalog::growOverviewOf(std::int64_t metricId)
{
    constexpr std::int64_t kPointsAtOnce = 100000;
    return growOverview(*m_database, metricId, kPointsAtOnce);
}

Result<std::vector<RunMark>> Catalog::marks(std::int64_t runId)
{
    TY_TRY(
        Statement row,
        m_database->query(
            "SELECT seq, kind, step, epoch, elapsed, wall, fields FROM marks WHERE run_id=?1 ORDER BY seq", runId));
    std::vector<RunMark> list;
    for (;;) {
        TY_TRY(const bool hasRow, row.next());
        if (!hasRow) {
            return list;
        }
        TY_TRY(Json fields, parseJson(row.text(6), "mark"));
        list.push_back(
            {static_cast<std::uint64_t>(row.integer(0)), row.text(1), row.real(2), row.real(3), row.real(4),
             row.real(5), std::move(fields)});
    }
}

Result<std::map<std::int64_t, MetricSummary>> Catalog::metricOfRuns(const std::string& metric)
{
    TY_TRY(
        Statement row,
        m_database->query("SELECT run_id, points, minimum, maximum, last FROM metrics WHERE name=?1", metric));
    std::map<std::int64_t, MetricSummary> values;
    for (;;) {
        TY_TRY(const bool hasRow, row.next());
        if (!hasRow) {
            return values;
        }
        values[row.integer(0)] = {metric, row.integer(1), row.real(2), row.real(3), row.real(4)};
    }
}

} // namespace ty::catalog
