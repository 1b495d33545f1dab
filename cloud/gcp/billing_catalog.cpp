#include "cloud/gcp/billing_catalog.h"

#include <chrono>
#include <utility>

#include "cloud/gcp/google_failures.h"
#include "cloud/http/paged.h"
#include "cloud/http/url.h"

namespace ty::cloud::gcp {

namespace {

constexpr double kNanos = 1e9;
constexpr auto kPatience = std::chrono::seconds(60); // a page has some megabytes

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
    const std::string url = skuListUrl(base, service, currency);
    constexpr const char* kWhat = "Google's price list";
    const auto fetch = [&](const HttpRequest& page) -> Result<Page> {
        TY_TRY(const HttpResponse answer, transport.send(page, stop));
        if (answer.status != 200) {
            const CloudError error = parseCloudError(answer);
            return error.toError(classify(error)).withContext(kWhat);
        }
        TY_TRY(Json body, parseJson(answer.body, kWhat));
        TY_TRY(const std::string token, jsonFieldOr<std::string>(body, "nextPageToken", "", kWhat));
        Page read{std::move(body), {}};
        if (!token.empty()) {
            read.next = page;
            read.next->url = url + "&" + queryText({{"pageToken", token}});
        }
        return read;
    };
    const auto onPage = [&](const Json& body) -> Result<bool> {
        TY_TRY(const Json items, jsonFieldOr<Json>(body, "skus", Json::array(), kWhat));
        TY_TRY(auto skus, listFromJson<BillingSku>(items, kWhat));
        for (BillingSku& sku : skus) {
            take(std::move(sku));
        }
        return true;
    };
    HttpRequest first;
    first.url = url;
    first.headers.add("Accept", "application/json");
    first.timeout = kPatience;
    return readPages(std::move(first), fetch, onPage);
}

} // namespace ty::cloud::gcp
