#include "app/runner/reading_options.h"

#include "app/runner/data_location.h"

namespace ty::runner {

Result<engine::OpenOptions> openOptionsOf(const ReadingOptions& options)
{
    engine::OpenOptions open;
    open.target = options.target;
    open.task = options.task;
    if (!options.columns.empty()) {
        TY_TRY(open.columns, parseColumns(options.columns));
    }
    if (!options.repairs.empty()) {
        TY_TRY(open.repairs, parseRepairs(options.repairs));
    }
    if (!options.prepare.empty()) {
        TY_TRY(open.preparation, parsePreparation(options.prepare));
    }
    return open;
}

} // namespace ty::runner
