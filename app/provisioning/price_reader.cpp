#include "app/provisioning/price_reader.h"

#include <algorithm>
#include <cctype>
#include <utility>
#include <vector>

#include "cloud/azure/prices.h"
#include "cloud/provision/azure_cost.h"
#include "engine/base/run_events.h"

namespace ty::app {

namespace {

using namespace cloud;

constexpr int kMostPages = 50;
constexpr std::size_t kDayLetters = 10;

Result<void> readAll(
    Transport& transport, const std::string& first, std::vector<azure::PriceItem>& items, std::stop_token stop)
{
    std::string url = first;
    for (int page = 0; !url.empty() && page < kMostPages; ++page) {
        HttpRequest request;
        request.url = url;
        TY_TRY(const HttpResponse answer, transport.send(request, stop));
        if (answer.status != 200) {
            return Error{
                ErrorKind::Network, "the price list answers with HTTP " + std::to_string(answer.status), "Try again later."};
        }
        TY_TRY(const Json json, parseJson(answer.body, "the price list"));
        TY_TRY(auto read, fromJson<azure::PricePage>(json, "the price list"));
        url = azure::nextPriceUrl(url, read);
        items.insert(
            items.end(), std::make_move_iterator(read.items.begin()), std::make_move_iterator(read.items.end()));
    }
    return {};
}

} // namespace

Result<void> readPrices(
    AzureConnection& connection, const azure::PriceQuery& query, std::vector<azure::PriceItem>& items, std::stop_token stop)
{
    return readAll(connection.plain(), azure::priceUrl(connection.pricesUrl(), query), items, std::move(stop));
}

Result<CostTable> readCost(
    AzureConnection& connection, const MachineRequest& request, const std::string& currency, std::stop_token stop)
{
    std::vector<azure::PriceItem> items;
    for (const auto& query : azurePriceQueries(request, currency)) {
        TY_CHECK(readPrices(connection, query, items, stop));
    }
    return azureCost(request, items, currency, utcNow().substr(0, kDayLetters));
}

Result<std::vector<azure::VmPrice>> readPrices(
    AzureConnection& connection, const azure::PriceQuery& query, std::stop_token stop)
{
    std::vector<azure::PriceItem> items;
    TY_CHECK(readAll(connection.plain(), azure::priceUrl(connection.pricesUrl(), query), items, std::move(stop)));
    return azure::vmPrices(items);
}

Result<std::map<std::string, azure::VmPrice>> readSizePrices(
    AzureConnection& connection, const std::string& region, const std::string& currency, std::stop_token stop)
{
    azure::PriceQuery query;
    query.currency = currency;
    query.region = region;
    TY_TRY(auto read, readPrices(connection, query, std::move(stop)));
    std::map<std::string, azure::VmPrice> prices;
    for (azure::VmPrice& price : read) {
        std::string name = price.vmSize;
        std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        prices.insert_or_assign(std::move(name), std::move(price));
    }
    return prices;
}

} // namespace ty::app
