#pragma once

#include <QStringList>

#include "engine/base/json.h"
#include "engine/base/run_spec.h"

namespace ty::app {

/// What a person chose of how data are read: {"target", "task", "columns", "repairs", "preparation"}, each only where it was chosen.
/// The split and corrections of samples are kept with the dataset on their own, and stay when it is read again.
Json readingChoices(const DataSpec& data);
/// The same, with the corrections, as options of trainyard-run inspect, convert and project.
QStringList readingArguments(const DataSpec& data);

} // namespace ty::app
