#pragma once

#include <string>
#include <vector>

#include "cloud/chase/chase_place.h"
#include "cloud/chase/chase_request.h"

namespace ty::cloud {

/// A bash script of `az` and `gcloud` commands that tries the places that are to be tried, in their order, takes away what each
/// try left and writes a line of CSV for each. Every name is quoted. It needs nothing of Trainyard.
std::string chaseScript(const std::vector<ChasePlace>& places, const ChaseRequest& request);

/// `text` as one word of a POSIX shell.
std::string shellQuoted(const std::string& text);

} // namespace ty::cloud
