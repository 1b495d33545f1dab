#include <utility>

#include "app/catalog/catalog.h"
#include "app/catalog/database.h"

namespace ty::catalog {

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
