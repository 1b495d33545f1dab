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

Result<std::vector<azure::VmPrice>> readGoogleSizePrices(
    CloudSession& session, const std::string& region, const std::string& currency, std::stop_token stop)
{
    auto& client = session.google()->client();
    const std::string& project = session.account().scope;
    TY_TRY(const GooglePriceList list, session.googlePrices()->read(currency, stop));
    TY_TRY(const auto known, client.get<gcp::Region>(gcp::getRegion(project, region), stop));
    std::map<std::string, azure::VmPrice> byName; // zones of a region cost the same
    for (const std::string& address : known.zones) {
        TY_TRY(
            const auto types,
            client.list<gcp::MachineType>(gcp::listMachineTypes(project, gcp::lastPart(address)), stop));
        for (const gcp::MachineType& type : types) {
            const auto regular = list.prices->machinePerHour(type, region, false);
            const auto spot = list.prices->machinePerHour(type, region, true);
            if (regular || spot) {
                byName[type.name] = {region, type.name, currency, regular, spot};
            }
        }
    }
    std::vector<azure::VmPrice> prices;
    for (auto& [name, price] : byName) {
        prices.push_back(std::move(price));
    }
    return prices;
}

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

Result<std::optional<double>> readTrafficCost(
    AzureConnection& connection, const std::string& region, double gib, const std::string& currency, std::stop_token stop)
{
    std::vector<azure::PriceItem> items;
    TY_CHECK(readPrices(connection, azureTrafficQuery(region, currency), items, std::move(stop)));
    return azureTrafficPerMonth(gib, region, items);
}

Result<std::map<std::string, azure::VmPrice>> readSizePrices(
    CloudSession& session, const std::string& region, const std::string& currency, std::stop_token stop)
{
    std::vector<azure::VmPrice> read;
    if (session.google() != nullptr) {
        TY_TRY(read, readGoogleSizePrices(session, region, currency, std::move(stop)));
    } else {
        azure::PriceQuery query;
        query.currency = currency;
        query.region = region;
        TY_TRY(read, readPrices(session.connection(), query, std::move(stop)));
    }
    std::map<std::string, azure::VmPrice> prices;
    for (azure::VmPrice& price : read) {
        std::string name = price.vmSize;
        std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        prices.insert_or_assign(std::move(name), std::move(price));
    }
    return prices;
}

} // namespace ty::app
