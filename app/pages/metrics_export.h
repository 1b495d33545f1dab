#pragma once

#include <vector>

#include "app/pages/save_file.h"

namespace ty::app {

/// Every point of every metric of these runs as CSV: run, metric, step, epoch, elapsed_seconds, wall_seconds, value,
/// session. Read from a connection to the catalog of its own, run by run, so that no other work waits.
/// @param runIds  empty: all runs
FileWriter metricsCsvWriter(const AppContext& context, std::vector<qint64> runIds);

} // namespace ty::app
