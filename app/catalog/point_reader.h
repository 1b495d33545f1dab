#pragma once

#include <memory>
#include <string>

#include "app/catalog/point_rows.h"

namespace ty::catalog {

class Paths;

/// Reads the points of curves beside the Catalog: a connection of its own that cannot write, so that millions of
/// points keep nobody waiting. One thread; any number of readers. Sees what has been flushed before read() is called.
class PointReader {
public:
    /// The catalog must have been opened before. Errors: Permission, Io, Busy.
    static Result<std::unique_ptr<PointReader>> open(const Paths& paths);
    ~PointReader();
    PointReader(const PointReader&) = delete;
    PointReader& operator=(const PointReader&) = delete;

    /// Every point up to and with number `untilSeq`. A run or metric that is not known has none.
    Result<void> read(
        std::int64_t runId, const std::string& metric, std::uint64_t untilSeq, const PointVisitor& visit);

private:
    explicit PointReader(std::unique_ptr<Database> database);

    std::unique_ptr<Database> m_database;
};

} // namespace ty::catalog
