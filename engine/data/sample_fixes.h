#pragma once

#include <memory>

#include "engine/base/result.h"
#include "engine/base/sample_fixes.h"
#include "engine/data/dataset.h"

namespace ty::engine {

/// What to do when a sample that was corrected is not there. Refuse: an error, unless steps or repairs leave samples out, which may
/// be where it went. Either way what is missing is a problem of the dataset that comes back, "vanished-corrections".
enum class Vanished { Refuse, Tell };

/// The dataset with a person's corrections: samples with another class, samples left out. Samples are numbered anew,
/// their ids stay. `dataset` holds values.
/// Errors: Conflict when a sample that was corrected is not there any more; InvalidInput for a class that the data does
/// not have, for a new class of a number, and when nothing would be left.
Result<std::unique_ptr<Dataset>> fixSamples(
    std::unique_ptr<Dataset> dataset, const SampleFixes& fixes, Vanished vanished = Vanished::Refuse);

} // namespace ty::engine
