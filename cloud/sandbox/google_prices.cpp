#include "cloud/sandbox/google_prices.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cloud/sandbox/gce_service.h"
#include "cloud/sandbox/gce_tables.h"
#include "cloud/sandbox/keys.h"

namespace ty::sandbox {

namespace {

constexpr char kService[] = "6F81-5844-456A";
constexpr std::size_t kMostInPage = 1000; // a page may be shorter than asked for
constexpr double kSpotShare = 0.3;

struct Parts {
    const char* name; ///< "NAME Core", "NAME Ram"
    double core;      ///< dollars an hour in the cheapest region
    double memoryGiB;
};
constexpr std::array<Parts, 8> kFamilies{{{"E2 Instance", 0.0218, 0.0029},
                                          {"N1 Predefined Instance", 0.0316, 0.0042},
                                          {"N2 Instance", 0.0316, 0.0042},
                                          {"N2D AMD Instance", 0.0275, 0.0037},
                                          {"Compute optimized", 0.034, 0.0046},
                                          {"G2 Instance", 0.025, 0.0029},
                                          {"A2 Instance", 0.0316, 0.0042},
                                          {"A3 Instance", 0.0293, 0.0025}}};

struct Card {
    const char* name;
    double dollars;
};
constexpr std::array<Card, 6> kCards{{{"Nvidia Tesla T4 GPU", 0.35},
                                      {"Nvidia Tesla V100 GPU", 2.48},
                                      {"Nvidia Tesla P4 GPU", 0.6},
                                      {"Nvidia L4 GPU", 0.56},
                                      {"Nvidia Tesla A100 GPU", 2.93},
                                      {"Nvidia H100 80GB GPU", 9.8}}};

constexpr std::array<Card, 3> kDisks{
    {{"Storage PD Capacity", 0.04}, {"Balanced PD Capacity", 0.1}, {"SSD backed PD Capacity", 0.17}}};

/// Between 1 and 1.5, the same for a region everywhere.
double dearness(const std::string& region)
{
    return 1 + static_cast<unsigned char>(sha256("google price " + region)[0]) % 51 / 100.0;
}

struct Row {
    std::string description;
    const char* family;
    const char* group;
    const char* usage;
    std::string region;
    const char* unit;
    double dollars;
    double freeUnits = 0; ///< of each month
};

std::vector<Row> rowsOf(const std::string& region)
{
    const double factor = dearness(region);
    std::vector<Row> rows;
    const auto add = [&](const std::string& description, const char* family, const char* group, const char* usage, const char* unit, double dollars) {
        rows.push_back({description, family, group, usage, region, unit, dollars * factor});
    };
    for (const auto& parts : kFamilies) {
        const std::string name = parts.name;
        const bool isN1 = name.starts_with("N1");
        const char* core = isN1 ? "N1Standard" : "CPU";
        const char* memory = isN1 ? "N1Standard" : "RAM";
        add(name + " Core running in " + region, "Compute", core, "OnDemand", "h", parts.core);
        add(name + " Ram running in " + region, "Compute", memory, "OnDemand", "GiBy.h", parts.memoryGiB);
        add("Spot Preemptible " + name + " Core running in " + region, "Compute", core, "Preemptible", "h", parts.core * kSpotShare);
        add("Spot Preemptible " + name + " Ram running in " + region, "Compute", memory, "Preemptible", "GiBy.h", parts.memoryGiB * kSpotShare);
        // Like the ones above, and nothing that a machine of ours is billed by.
        add("Commitment v1: " + name + " Core in " + region + " for 1 Year", "Compute", "CPU", "Commit1Yr", "h", parts.core * 0.63);
        add("Reserved " + name + " Core in " + region, "Compute", core, "OnDemand", "h", parts.core);
    }
    add("N1 Custom Instance Core running in " + region, "Compute", "CPU", "OnDemand", "h", 0.0332);
    for (const auto& card : kCards) {
        const std::string name = card.name;
        add(name + " running in " + region, "Compute", "GPU", "OnDemand", "h", card.dollars);
        add(name + " attached to Spot Preemptible VMs running in " + region, "Compute", "GPU", "Preemptible", "h", card.dollars * kSpotShare);
    }
    for (const auto& disk : kDisks) {
        add(std::string(disk.name) + " in " + region, "Storage", "SSD", "OnDemand", "GiBy.mo", disk.dollars);
        add("Regional " + std::string(disk.name) + " in " + region, "Storage", "SSD", "OnDemand", "GiBy.mo", disk.dollars * 2);
    }
    return rows;
}

const std::vector<Row>& allRows()
{
    static const std::vector<Row> rows = [] {
        std::vector<Row> all;
        for (const auto& region : gceRegions()) {
            auto some = rowsOf(region);
            all.insert(all.end(), some.begin(), some.end());
        }
        all.push_back({"External IP Charge on a Standard VM", "Network", "IpAddress", "OnDemand", "global", "h", 0.005, 720});
        all.push_back({"External IP Charge on a Spot Preemptible VM", "Network", "IpAddress", "OnDemand", "global", "h", 0.0025, 0});
        return all;
    }();
    return rows;
}

Json tierOf(double from, double price, const std::string& currency)
{
    constexpr double kNanos = 1e9;
    const auto whole = static_cast<std::int64_t>(price);
    const auto nanos = static_cast<std::int64_t>(std::llround((price - static_cast<double>(whole)) * kNanos));
    return {{"startUsageAmount", from}, {"unitPrice", {{"currencyCode", currency}, {"units", fmt::format("{}", whole)}, {"nanos", nanos}}}};
}

Json skuJson(const Row& row, const std::string& currency, double rate)
{
    const std::string digest = sha256(row.description + row.region);
    std::string id;
    for (std::size_t i = 0; i < 6; ++i) {
        id += fmt::format("{}{:02X}", i == 2 || i == 4 ? "-" : "", static_cast<unsigned char>(digest[i]));
    }
    Json tiers = Json::array();
    if (row.freeUnits > 0) {
        tiers.push_back(tierOf(0, 0, currency));
    }
    tiers.push_back(tierOf(row.freeUnits, row.dollars * rate, currency));
    const bool isGlobal = row.region == "global";
    return {
        {"name", fmt::format("services/{}/skus/{}", kService, id)},
        {"skuId", id},
        {"description", row.description},
        {"category", {{"serviceDisplayName", "Compute Engine"}, {"resourceFamily", row.family}, {"resourceGroup", row.group}, {"usageType", row.usage}}},
        {"serviceRegions", Json::array({row.region})},
        {"pricingInfo",
         Json::array(
             {{{"summary", ""},
               {"pricingExpression",
                {{"usageUnit", row.unit}, {"displayQuantity", 1}, {"tieredRates", std::move(tiers)}, {"usageUnitDescription", ""},
                 {"baseUnit", "s"}, {"baseUnitDescription", "second"}, {"baseUnitConversionFactor", 3600}}},
               {"currencyConversionRate", rate},
               {"effectiveTime", "2026-11-01T00:00:00Z"}}})},
        {"serviceProviderName", "Google"},
        {"geoTaxonomy", {{"type", isGlobal ? "GLOBAL" : "REGIONAL"}, {"regions", isGlobal ? Json::array() : Json::array({row.region})}}}};
}

} // namespace

bool isGooglePrices(const Request& request)
{
    return request.path.size() >= 2 && request.path[0] == "v1" && request.path[1] == "services";
}

Response answerGooglePrices(const Request& request)
{
    if (request.method != "GET" || request.path.size() != 4 || request.path[2] != kService || request.path[3] != "skus") {
        return googleError(404, "Service not found or permission denied: " + request.pathFrom(2), "notFound");
    }
    const std::string asked = request.parameter("currencyCode");
    const std::string currency = asked.empty() ? "USD" : asked;
    if (currency != "USD" && currency != "EUR") {
        return googleError(400, "Invalid currency code: " + currency, "invalid");
    }
    const long size = std::atol(request.parameter("pageSize").c_str());
    const auto limit = size <= 0 ? kMostInPage : std::min(kMostInPage, static_cast<std::size_t>(size));
    const auto first = static_cast<std::size_t>(std::max(0L, std::atol(decodeBase64Url(request.parameter("pageToken")).value_or("0").c_str())));
    const auto& rows = allRows();
    Json skus = Json::array();
    for (std::size_t i = first; i < rows.size() && skus.size() < limit; ++i) {
        skus.push_back(skuJson(rows[i], currency, currency == "EUR" ? 0.93 : 1.0));
    }
    const std::size_t next = first + skus.size();
    return jsonResponse(200, {{"skus", std::move(skus)}, {"nextPageToken", next < rows.size() ? base64Url(fmt::format("{}", next)) : ""}});
}

} // namespace ty::sandbox
