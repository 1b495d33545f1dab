#pragma once

#include "engine/base/result.h"
#include "engine/base/run_spec.h"
#include "engine/learn/learner.h"

namespace ty::engine {

/// Makes the run's folder and its run.json, or takes them over when resuming. Result: what is to be run, which when
/// resuming is the folder's own run.json with the epochs, the patience and the budget of `request`.
/// Errors: AlreadyExists when the folder holds another run; Permission, DiskFull, Io naming the file. Nothing is
/// changed then.
Result<RunSpec> claimRunFolder(const RunRequest& request);

/// Whether resuming the run in `folder` does what `asked` says. Only epochs, patience and budget can be raised, and the
/// name does not matter. Errors: Usage naming every other difference with both values. A folder without a run.json fits.
Result<void> checkResumable(const RunSpec& asked, const RunFolder& folder);

} // namespace ty::engine
