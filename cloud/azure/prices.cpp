#include "cloud/azure/prices.h"

#include <cstdlib>
#include <map>
#include <utility>

#include "cloud/http/url.h"

namespace ty::cloud::azure {

namespace {

constexpr std::int64_t kFullPages[] = {100, 1000}; // then and now

std::string quoted(const std::string& text)
{
    std::string result = "'";
    for (const char c : text) {
        result += c;
        if (c == '\'') {
            result += c; // OData doubles it
        }
    }
    return result + "'";
}

bool contains(const std::string& text, const char* part)
{
    return text.find(part) != std::string::npos;
}

bool isLinuxByTheHour(const PriceItem& item)
{
    return item.type == "Consumption" && item.unitOfMeasure == "1 Hour" && !item.armSkuName.empty()
        && item.retailPrice.value_or(0) > 0 && item.tierMinimumUnits.value_or(0) == 0 && !contains(item.productName, " Win")
        && !contains(item.productName, "CloudServices") && !contains(item.productName, "Cloud Services")
        && !contains(item.meterName, "Low Priority") && !contains(item.skuName, "Low Priority");
}

} // namespace

std::string priceUrl(const std::string& base, const PriceQuery& query)
{
    std::string filter = "serviceName eq " + quoted(query.serviceName) + " and priceType eq 'Consumption'";
    if (!query.region.empty()) {
        filter += " and armRegionName eq " + quoted(query.region);
    }
    if (!query.vmSize.empty()) {
        filter += " and armSkuName eq " + quoted(query.vmSize);
    }
    return base + "/api/retail/prices?"
        + queryText({{"api-version", "2023-01-01-preview"}, {"currencyCode", quoted(query.currency)}, {"$filter", filter}});
}

std::string nextPriceUrl(const std::string& url, const PricePage& page)
{
    if (!page.nextPageLink.empty()) {
        return page.nextPageLink;
    }
    const auto count = static_cast<std::int64_t>(page.items.size());
    if (count != kFullPages[0] && count != kFullPages[1]) {
        return {};
    }
    std::int64_t skipped = 0;
    std::string rest = url;
    if (const auto at = url.find("&$skip="); at != std::string::npos) {
        skipped = std::atoll(url.c_str() + at + 7);
        const auto end = url.find('&', at + 1);
        rest.erase(at, end == std::string::npos ? end : end - at);
    }
    return rest + "&$skip=" + std::to_string(skipped + count);
}

std::vector<VmPrice> vmPrices(const std::vector<PriceItem>& items)
{
    struct Dated {
        std::string since;
        double price = 0;
    };
    struct Found {
        std::string currency;
        std::optional<Dated> regular;
        std::optional<Dated> spot;
    };
    std::map<std::pair<std::string, std::string>, Found> found;
    for (const PriceItem& item : items) {
        if (!isLinuxByTheHour(item)) {
            continue;
        }
        Found& row = found[{item.armRegionName, item.armSkuName}];
        row.currency = item.currencyCode;
        std::optional<Dated>& place = item.skuName.ends_with(" Spot") ? row.spot : row.regular;
        if (!place || place->since < item.effectiveStartDate) {
            place = Dated{item.effectiveStartDate, *item.retailPrice};
        }
    }
    std::vector<VmPrice> prices;
    for (const auto& [key, row] : found) {
        VmPrice price{key.first, key.second, row.currency, {}, {}};
        if (row.regular) {
            price.perHour = row.regular->price;
        }
        if (row.spot) {
            price.spotPerHour = row.spot->price;
        }
        prices.push_back(std::move(price));
    }
    return prices;
}

} // namespace ty::cloud::azure
