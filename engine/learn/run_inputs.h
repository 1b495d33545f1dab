#pragma once

#include "engine/base/result.h"
#include "engine/base/run_events.h"
#include "engine/base/run_spec.h"
#include "engine/learn/run_data.h"

namespace ty::engine {

/// How data becomes inputs, as the "data" event of a run says ("inputs"). A run that is resumed goes on in the way in which it began.
///   1  categories of all rows have inputs; recordings had several forms, and always the same part
///   2  categories of training rows have inputs; recordings are cut to one length, and another part of longer ones is heard in each epoch
inline constexpr int kInputsVersion = 2;

/// That of the run in the folder; kInputsVersion where none has begun. A run that does not say so is of the first.
int inputsVersionOf(const RunFolder& folder);

/// What the run asks of its data, as its version did. @param spec  its settings are completed likewise
void asInVersion(int version, RunSpec& spec, DataNeeds& needs);

/// Errors: Conflict for data whose inputs cannot be made as that version did.
Result<void> checkInputsOf(int version, const RunSpec& spec, const DatasetInfo& info);

} // namespace ty::engine
