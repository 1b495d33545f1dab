#include "app/provisioning/price_reader.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <utility>
#include <vector>

#include "cloud/azure/price_list.h"
#include "cloud/provision/azure_cost.h"
#include "engine/base/run_events.h"

namespace ty::app {

namespace {

using namespace cloud;

constexpr std::size_t kDayLetters = 10;

} // namespace

Result<void> readPrices(
    AzureConnection& connection, const azure::PriceQuery& query, std::vector<azure::PriceItem>& items, std::stop_token stop)
{
    TY_TRY(auto some, azure::readPriceList(connection.plain(), connection.pricesUrl(), query, std::move(stop)));
    items.insert(items.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
    return {};
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
    TY_CHECK(readPrices(connection, query, items, std::move(stop)));
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
