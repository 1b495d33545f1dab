#include "app/provisioning/leftover_reader.h"

#include <limits>
#include <map>
#include <utility>

#include "app/provisioning/price_reader.h"
#include "cloud/provision/azure_leftovers.h"
#include "cloud/provision/google_leftovers.h"
#include "cloud/provision/google_plan.h"

namespace ty::app {

using namespace cloud;

namespace {

std::string textOf(const Json& json, const char* key)
{
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Result<std::vector<Leftover>> readGoogleLeftovers(
    CloudSession& session, const KnownOperations& known, const std::string& currency, std::stop_token stop)
{
    GoogleConnection& connection = *session.google();
    TY_TRY(auto leftovers, googleLeftovers(connection.client(), connection.account().scope, known, stop));
    // Without the list prices are unknown, which is said; the leftovers themselves matter more.
    const auto list = session.googlePrices()->read(currency, stop);
    std::map<std::string, gcp::MachineType> types;
    for (const Leftover& leftover : leftovers) {
        if (leftover.kind == LeftoverKind::Machine && !types.contains(leftover.type)) {
            if (auto type = readMachineType(connection, zoneOfPath(leftover.id), leftover.type, stop); type && *type) {
                types.emplace(leftover.type, std::move(**type));
            }
        }
    }
    priceGoogleLeftovers(leftovers, list ? *list->prices : GooglePrices(), types);
    return leftovers;
}

} // namespace

Result<KnownOperations> readKnownOperations(catalog::Operations& operations, catalog::Machines& machines)
{
    KnownOperations known;
    TY_TRY(const auto records, operations.newest(std::numeric_limits<int>::max()));
    for (const catalog::OperationRecord& record : records) {
        const std::string mark = textOf(record.request, "mark");
        if (mark.empty()) {
            continue;
        }
        if (record.kind == "create") {
            known.machineByMark.emplace(mark, record.target);
        }
        if (record.state == "open") {
            known.open.insert(mark);
        }
    }
    TY_TRY(const auto all, machines.all());
    for (const catalog::MachineRecord& record : all) {
        if (const std::string mark = textOf(record.details, "mark"); !mark.empty()) {
            known.machines.insert(mark);
            known.machineByMark.emplace(mark, record.name);
        }
    }
    return known;
}

Result<std::vector<Leftover>> readLeftovers(CloudSession& session, const std::string& currency, std::stop_token stop)
{
    TY_TRY(const KnownOperations known, readKnownOperations(session.operations(), session.records()));
    if (session.google() != nullptr) {
        return readGoogleLeftovers(session, known, currency, stop);
    }
    AzureConnection& connection = session.connection();
    TY_TRY(auto leftovers, azureLeftovers(connection.client(), connection.account().scope, known, stop));
    std::vector<azure::PriceItem> items;
    for (const azure::PriceQuery& query : azureLeftoverQueries(leftovers, currency)) {
        // Without the list prices are unknown, which is said; the leftovers themselves matter more.
        (void)readPrices(connection, query, items, stop);
    }
    priceAzureLeftovers(leftovers, items);
    return leftovers;
}

std::vector<std::vector<Leftover>> byMark(const std::vector<Leftover>& leftovers)
{
    std::map<std::string, std::vector<Leftover>> groups;
    for (const Leftover& leftover : leftovers) {
        groups[leftover.mark].push_back(leftover);
    }
    std::vector<std::vector<Leftover>> all;
    for (auto& [mark, group] : groups) {
        all.push_back(std::move(group));
    }
    return all;
}

LeftoverCost costOf(const std::vector<Leftover>& leftovers)
{
    LeftoverCost cost;
    for (const Leftover& leftover : leftovers) {
        cost.perMonth += leftover.perMonth.value_or(0.0);
        cost.unknown += leftover.perMonth ? 0 : 1;
    }
    return cost;
}

} // namespace ty::app
