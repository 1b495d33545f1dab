#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "cloud/azure/prices.h"
#include "cloud/http/transport.h"

namespace ty::cloud::azure {

/// All pages of the public price list's answer. `base` as in priceUrl(). Blocks.
/// Errors: Network when it answers with something else than a page.
Result<std::vector<PriceItem>> readPriceList(
    Transport& transport, const std::string& base, const PriceQuery& query, std::stop_token stop);

} // namespace ty::cloud::azure
