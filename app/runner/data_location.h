#pragma once

#include <map>
#include <string>

#include "engine/base/result.h"
#include "engine/base/run_spec.h"

namespace ty::runner {

/// What a person typed for data as an absolute path: a path, file://..., or "sample:digits" for data that comes with
/// Trainyard. Addresses of stores, "az://research/images", stay as they are. Errors: NotFound with the known samples.
Result<std::string> locateData(const std::string& typed);

/// {"age": {"type": "numeric", "role": "feature"}, ...} as given to --columns. Errors: Usage naming the place.
Result<std::map<std::string, ColumnChoice>> parseColumns(const std::string& json);

/// {"duplicates": "keep-one", ...} as given to --repairs. Errors: Usage naming the place.
Result<DataRepairs> parseRepairs(const std::string& json);
/// What was given to --prepare: steps as JSON, or a file with them. Errors: Usage naming the step.
Result<Preparation> parsePreparation(const std::string& given);
/// Corrections of samples as given to --fixes. Errors: Usage naming the place.
Result<SampleFixes> parseFixes(const std::string& json);

} // namespace ty::runner
