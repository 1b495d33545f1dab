#include "app/catalog/overview.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <span>

#include "app/catalog/database.h"

namespace ty::catalog {

namespace {

/// What stays of one block: its first, lowest, highest and last point, and the first one that is not a number.
class Block {
public:
    std::int64_t count() const { return m_count; }
    double lastStep() const { return m_picks[kLast].point.step; }

    void add(const CurvePoint& point)
    {
        const Pick pick{m_count, point};
        if (m_count == 0) {
            m_picks.fill(pick);
        }
        m_picks[kLast] = pick;
        if (!std::isfinite(point.value)) {
            if (std::isfinite(m_picks[kBad].point.value)) {
                m_picks[kBad] = pick;
            }
        } else {
            if (!(m_picks[kLowest].point.value <= point.value)) {
                m_picks[kLowest] = pick;
            }
            if (!(m_picks[kHighest].point.value >= point.value)) {
                m_picks[kHighest] = pick;
            }
        }
        ++m_count;
    }

    /// In order of arrival, none twice; the block is empty afterwards.
    std::vector<CurvePoint> take()
    {
        std::sort(m_picks.begin(), m_picks.end(), [](const Pick& a, const Pick& b) { return a.place < b.place; });
        std::vector<CurvePoint> points;
        std::int64_t before = -1;
        for (const Pick& pick : m_picks) {
            if (pick.place != before) {
                points.push_back(pick.point);
                before = pick.place;
            }
        }
        m_count = 0;
        return points;
    }

private:
    enum Role { kFirst, kLowest, kHighest, kBad, kLast, kRoles };
    struct Pick {
        std::int64_t place = 0;
        CurvePoint point;
    };

    std::array<Pick, kRoles> m_picks;
    std::int64_t m_count = 0;
};

} // namespace

Result<bool> growOverview(Database& database, std::int64_t metricId, std::int64_t mostPoints)
{
    std::int64_t seen = 0;
    auto grown = database.transaction([&]() -> Result<void> {
        TY_TRY(
            Statement begin,
            database.query("SELECT ifnull(max(seq), 0) FROM overviews WHERE metric_id=?1", metricId));
        TY_CHECK(begin.next());
        TY_TRY(
            Statement row,
            database.query(
                "SELECT seq, step, epoch, elapsed, wall, value FROM points WHERE metric_id=?1 AND seq>?2"
                " ORDER BY seq LIMIT ?3",
                metricId, begin.integer(0), mostPoints));
        TY_TRY(
            Statement insert, database.query("INSERT INTO overviews(metric_id, seq, points) VALUES(?1, ?2, ?3)"));
        Block block;
        std::int64_t covered = 0;
        std::int64_t lastSeq = 0;
        const auto close = [&]() -> Result<void> {
            covered += block.count();
            const std::vector<CurvePoint> points = block.take();
            insert.rewind();
            insert.bindValue(1, metricId);
            insert.bindValue(2, lastSeq);
            insert.bind(3, std::as_bytes(std::span(points)));
            TY_CHECK(insert.next());
            return {};
        };
        for (;;) {
            TY_TRY(const bool hasRow, row.next());
            if (!hasRow) {
                break;
            }
            ++seen;
            const CurvePoint point{row.real(1), row.real(2), row.real(3), row.real(4), row.real(5)};
            // A resumed run goes back: what it does again is no part of the block before.
            if (block.count() > 0 && (block.count() == kOverviewBlock || point.step < block.lastStep())) {
                TY_CHECK(close());
            }
            block.add(point);
            lastSeq = row.integer(0);
        }
        if (block.count() == kOverviewBlock) {
            TY_CHECK(close());
        }
        TY_CHECK(database.change("UPDATE metrics SET overviewed=overviewed+?2 WHERE id=?1", metricId, covered));
        return {};
    });
    TY_CHECK(std::move(grown));
    return seen == mostPoints;
}

Result<std::vector<CurvePoint>> readOverview(Database& database, std::int64_t metricId, std::uint64_t& lastSeq)
{
    std::vector<CurvePoint> points;
    lastSeq = 0;
    TY_TRY(
        Statement row, database.query("SELECT seq, points FROM overviews WHERE metric_id=?1 ORDER BY seq", metricId));
    for (;;) {
        TY_TRY(const bool hasRow, row.next());
        if (!hasRow) {
            return points;
        }
        lastSeq = static_cast<std::uint64_t>(row.integer(0));
        const std::span<const std::byte> bytes = row.blob(1);
        const std::size_t before = points.size();
        points.resize(before + bytes.size() / sizeof(CurvePoint));
        if (points.size() > before) {
            std::memcpy(&points[before], bytes.data(), (points.size() - before) * sizeof(CurvePoint));
        }
    }
}

} // namespace ty::catalog
