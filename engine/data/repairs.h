#pragma once

#include <memory>
#include <string>

#include "engine/base/result.h"
#include "engine/base/run_spec.h"
#include "engine/data/dataset.h"

namespace ty::engine {

/// The dataset as a person wants it repaired: samples left out, classes merged or left out, problems that are dealt
/// with moved to DatasetInfo::repaired. Samples are numbered anew; their ids stay those of the data. `dataset` has
/// been opened with values, and with hashes if repeated samples are to be left out.
/// Errors: InvalidInput when nothing would be left.
Result<std::unique_ptr<Dataset>> repairDataset(std::unique_ptr<Dataset> dataset, const DataRepairs& repairs);

/// The class that samples called `name` belong to in the data that `like` describes.
std::string classNameLike(const DatasetInfo& like, const std::string& name);

} // namespace ty::engine
