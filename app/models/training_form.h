#pragma once

#include <QList>
#include <QString>
#include <QVariant>

#include "app/models/dataset_summary.h"
#include "engine/base/json.h"
#include "engine/base/parameter.h"
#include "engine/base/run_spec.h"
#include "widgets/parameter_form.h"

namespace ty::app {

/// The rows of a learner's table as a form, with `values` (the preset's) as what "unchanged" means.
QList<widgets::FormField> formFieldsOf(const ParameterTable& table, const Json& values);
/// A field's value as run.json has it; an invalid QVariant is null, "automatic".
Json settingOf(const Parameter& row, const QVariant& value);
QVariant fieldValueOf(const Json& setting);

/// Where a dataset's choices of the import sheet ({"target", "task", "columns", "split", "repairs", "preparation",
/// "fixes"}) go in a run's description.
void applyChoices(const Json& choices, DataSpec& data);

/// What a run does where nobody chose: 20 % for validation and, of 100 samples and more that bring no test part, 15 % for test.
SplitSpec usualSplit(qint64 samples, bool isTestGiven);
/// The split of a dataset's choices, else the usual one.
SplitSpec splitOfChoices(const Json& choices, qint64 samples, bool isTestGiven);

} // namespace ty::app
