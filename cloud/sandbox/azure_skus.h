#pragma once

#include <string>

#include "cloud/sandbox/azure_sizes.h"
#include "engine/base/json.h"

namespace ty::sandbox {

/// Rows of GET .../Microsoft.Compute/skus: machine sizes and disk types, one a region.
/// @param filter  "location eq 'westeurope'", the one filter that the real service knows; empty: every region
Json azureSkus(const std::string& filter);

} // namespace ty::sandbox
