#pragma once

#include "cloud/sandbox/message.h"

namespace ty::sandbox {

/// Google's Cloud Billing Catalog for Compute Engine: GET /v1/services/6F81-5844-456A/skus. The words are the real list's;
/// the prices are invented, the same on every computer.
bool isGooglePrices(const Request& request);
Response answerGooglePrices(const Request& request);

} // namespace ty::sandbox
