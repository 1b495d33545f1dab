#pragma once

#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/run_events.h"
#include "engine/base/run_spec.h"
#include "engine/tensor/tensor.h"

namespace ty::engine {

/// The file that `start.from` means for a run in `folder`. Errors: NotFound.
Result<std::string> findStartFile(const StartSpec& start, const RunFolder& folder);

/// The learned parameters in a checkpoint or a weights file; a checkpoint's optimizer state is left out.
/// Errors: those of readSafetensors, and InvalidInput when a checkpoint is torn.
Result<std::vector<NamedTensor>> readStartWeights(const std::string& file);

} // namespace ty::engine
