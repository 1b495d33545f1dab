#include "app/catalog/point_rows.h"

#include <vector>

#include "app/catalog/database.h"

namespace ty::catalog {

Result<void> readPoints(
    Database& database, std::int64_t metricId, std::uint64_t afterSeq, std::uint64_t untilSeq,
    const PointVisitor& visit)
{
    constexpr std::size_t kAtOnce = 4096;
    TY_TRY(
        Statement row,
        database.query(
            "SELECT step, epoch, elapsed, wall, value FROM points WHERE metric_id=?1 AND seq>?2 AND seq<=?3"
            " ORDER BY seq",
            metricId, afterSeq, untilSeq));
    std::vector<CurvePoint> points;
    points.reserve(kAtOnce);
    for (;;) {
        TY_TRY(const bool hasRow, row.next());
        if (hasRow) {
            points.push_back({row.real(0), row.real(1), row.real(2), row.real(3), row.real(4)});
        }
        if (!hasRow || points.size() == kAtOnce) {
            if ((!points.empty() && !visit(points)) || !hasRow) {
                return {};
            }
            points.clear();
        }
    }
}

} // namespace ty::catalog
