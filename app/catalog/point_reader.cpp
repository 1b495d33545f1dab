#include "app/catalog/point_reader.h"

#include <utility>

#include "app/catalog/database.h"
#include "app/catalog/paths.h"

namespace ty::catalog {

PointReader::PointReader(std::unique_ptr<Database> database)
    : m_database(std::move(database))
{
}

PointReader::~PointReader() = default;

Result<std::unique_ptr<PointReader>> PointReader::open(const Paths& paths)
{
    TY_TRY(auto database, Database::openForReading(paths.catalogFile()));
    return std::unique_ptr<PointReader>(new PointReader(std::move(database)));
}

Result<void> PointReader::read(
    std::int64_t runId, const std::string& metric, std::uint64_t untilSeq, const PointVisitor& visit)
{
    std::int64_t metricId = 0;
    {
        TY_TRY(
            Statement known, m_database->query("SELECT id FROM metrics WHERE run_id=?1 AND name=?2", runId, metric));
        TY_TRY(const bool isKnown, known.next());
        if (!isKnown) {
            return {};
        }
        metricId = known.integer(0);
    }
    return readPoints(*m_database, metricId, 0, untilSeq, visit);
}

} // namespace ty::catalog
