#pragma once

#include <QStringList>

#include "engine/base/json.h"
#include "engine/base/run_spec.h"

namespace ty::app {

/// What a person chose of how data are read: {"target", "task", "columns", "repairs"}, each only where it was chosen.
Json readingChoices(const DataSpec& data);
/// The same as options of trainyard-run.
QStringList readingArguments(const DataSpec& data);

} // namespace ty::app
