#include "cloud/gcp/billing_catalog.h"

#include <utility>

#include "cloud/gcp/google_pages.h"
#include "cloud/http/url.h"

namespace ty::cloud::gcp {

namespace {

constexpr double kNanos = 1e9;

} // namespace

double Money::amount() const
{
    return static_cast<double>(units.value_or(0)) + static_cast<double>(nanos.value_or(0)) / kNanos;
}

std::string skuListUrl(const std::string& base, const std::string& service, const std::string& currency)
{
    return base + "/v1/" + service + "/skus?" + queryText({{"currencyCode", currency}, {"pageSize", "5000"}});
}

Result<void> readSkus(
    Transport& transport, const std::string& base, const std::string& service, const std::string& currency,
    const std::function<void(BillingSku&&)>& take, std::stop_token stop)
{
    constexpr const char* kWhat = "Google's price list";
    const auto takeAll = [&](const Json& items) -> Result<void> {
        TY_TRY(auto skus, listFromJson<BillingSku>(items, kWhat));
        for (BillingSku& sku : skus) {
            take(std::move(sku));
        }
        return {};
    };
    return readGooglePages(transport, skuListUrl(base, service, currency), "skus", kWhat, takeAll, std::move(stop));
}

} // namespace ty::cloud::gcp
