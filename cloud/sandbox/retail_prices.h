#pragma once

#include "cloud/sandbox/message.h"

namespace ty::sandbox {

/// GET /api/retail/prices: filter, currency and paging as the Azure Retail Prices API has them. The prices are the sandbox's
/// own invention: right in form and order of size, wrong in amount.
bool isRetailPrices(const Request& request);
Response answerRetailPrices(const Request& request);

/// The document with which `az vm create --image` finds images by short names.
Json imageAliases();

} // namespace ty::sandbox
