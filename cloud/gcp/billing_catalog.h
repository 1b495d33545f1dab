#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include "cloud/gcp/billing_sku.h"
#include "cloud/http/transport.h"

namespace ty::cloud::gcp {

inline constexpr const char* kBillingHost = "https://cloudbilling.googleapis.com";
/// Compute Engine among the services of the catalog: machines, cards, disks and addresses.
inline constexpr const char* kComputeService = "services/6F81-5844-456A";

/// "https://cloudbilling.googleapis.com/v1/services/6F81-5844-456A/skus?currencyCode=USD&pageSize=5000"
std::string skuListUrl(const std::string& base, const std::string& service, const std::string& currency);

/// Reads the whole list of a service, some ten thousand entries in pages of 5000, and hands each to `take`.
/// `transport` signs and retries. Errors: those of Google (Permission: the Cloud Billing API is not enabled in the project).
Result<void> readSkus(
    Transport& transport, const std::string& base, const std::string& service, const std::string& currency,
    const std::function<void(BillingSku&&)>& take, std::stop_token stop);

} // namespace ty::cloud::gcp
