#pragma once

#include <memory>
#include <string>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/base/run_spec.h"
#include "engine/data/dataset.h"
#include "engine/learn/learner.h"

namespace ty::engine {

/// Errors: InvalidInput with the known names.
Result<std::unique_ptr<Learner>> findLearner(const std::string& name);

/// What the run's settings are for this data: the preset's values and the person's over them, every parameter present.
Result<Json> completeSettings(const Learner& learner, const RunSpec& spec, const DatasetInfo& info);

} // namespace ty::engine
