#include "cloud/sandbox/retail_prices.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "cloud/sandbox/azure_images.h"
#include "cloud/sandbox/azure_regions.h"
#include "cloud/sandbox/azure_sizes.h"
#include "cloud/sandbox/keys.h"
#include "cloud/sandbox/identifiers.h"

namespace ty::sandbox {

namespace {

constexpr std::size_t kPage = 1000;

double rounded(double price)
{
    return std::round(price * 1e6) / 1e6;
}

/// Dollars an hour in the cheapest region: invented, from what the parts are worth.
double basePrice(const AzureSize& size)
{
    static const std::map<std::string, double> gpus{{"T4", 0.35}, {"A10", 0.9}, {"V100", 2.4}, {"A100", 2.9},
                                                    {"H100", 5.8}, {"H200", 7.5}, {"MI300X", 5.0}};
    const auto found = gpus.find(size.gpu);
    const double share = size.gpu == "A10" && size.cores < 36 ? size.cores / 36.0 : 1.0;
    const double gpu = found == gpus.end() ? 0 : found->second * size.gpus * share;
    const double burst = size.family == "standardBSFamily" ? 0.45 : 1;
    return (0.028 * size.cores + 0.0042 * size.memoryGiB) * burst * (size.isArm ? 0.8 : 1) + gpu;
}

/// Between 1 and 1.6, the same for a region everywhere.
double dearness(const AzureRegion& region)
{
    return 1 + static_cast<unsigned char>(sha256("price " + region.name)[0]) % 61 / 100.0;
}

double euros(const std::string& currency, double dollars)
{
    static const std::map<std::string, double> rates{{"USD", 1}, {"EUR", 0.93}, {"GBP", 0.79}, {"JPY", 150}, {"CHF", 0.89}, {"INR", 84}};
    const auto found = rates.find(currency);
    return rounded(dollars * (found == rates.end() ? 1 : found->second));
}

/// One item before its price is written in a currency.
struct Meter {
    const AzureRegion* region;
    std::string product;
    std::string sku;
    std::string meter;
    std::string armSku;
    std::string service;
    std::string family;
    std::string unit;
    std::string type;
    std::string term;
    double dollars;
    double from = 0; ///< units that lower tiers have taken
};

Json itemOf(const Meter& meter, const std::string& currency)
{
    const std::string seed = meter.region->name + meter.product + meter.sku + meter.term;
    const std::string product = "DZH3" + lowerCase(guidOf(meter.product)).substr(0, 8);
    Json item{
        {"currencyCode", currency},
        {"tierMinimumUnits", meter.from}};
    if (!meter.term.empty()) {
        item["reservationTerm"] = meter.term;
    }
    const double price = euros(currency, meter.dollars);
    item["retailPrice"] = price;
    item["unitPrice"] = price;
    item["armRegionName"] = meter.region->name;
    item["location"] = meter.region->priceName;
    item["effectiveStartDate"] = "2026-01-01T00:00:00Z";
    item["meterId"] = guidOf("meter " + seed);
    item["meterName"] = meter.meter;
    item["productId"] = product;
    item["skuId"] = product + "/" + guidOf("sku " + seed).substr(0, 4);
    item["productName"] = meter.product;
    item["skuName"] = meter.sku;
    item["serviceName"] = meter.service;
    item["serviceId"] = meter.service == "Storage" ? "DZH317F1HKN0" : "DZH313Z7MMC8";
    item["serviceFamily"] = meter.family;
    item["unitOfMeasure"] = meter.unit;
    item["type"] = meter.type;
    item["isPrimaryMeterRegion"] = true;
    item["armSkuName"] = meter.armSku;
    return item;
}

void addMachines(const AzureRegion& region, std::vector<Meter>& meters)
{
    for (const auto& size : azureSizes()) {
        if (azureOffer(size, region.name, "") == AzureOffer::Absent) {
            continue;
        }
        std::string name = size.name.substr(std::string("Standard_").size());
        std::replace(name.begin(), name.end(), '_', ' ');
        const std::string series = "Virtual Machines " + name.substr(0, name.find_first_of("0123456789")) + " Series";
        const double hour = rounded(basePrice(size) * dearness(region));
        const auto add = [&](const std::string& product, const std::string& sku, const std::string& type, const std::string& term, double dollars) {
            meters.push_back({&region, product, sku, sku, size.name, "Virtual Machines", "Compute", "1 Hour", type, term, dollars});
        };
        add(series, name, "Consumption", "", hour);
        add(series, name + " Spot", "Consumption", "", rounded(hour * 0.3));
        add(series, name + " Low Priority", "Consumption", "", rounded(hour * 0.4));
        add(series, name, "Reservation", "1 Year", std::round(hour * 8760 * 0.62));
        if (!size.isArm && size.gpus == 0) {
            add(series + " Windows", name, "Consumption", "", rounded(hour + 0.046 * size.cores));
        }
    }
}

void addDisks(const AzureRegion& region, std::vector<Meter>& meters)
{
    struct Tier {
        const char* number;
        int gib;
    };
    constexpr std::array<Tier, 14> kTiers{{{"1", 4}, {"2", 8}, {"3", 16}, {"4", 32}, {"6", 64}, {"10", 128}, {"15", 256}, {"20", 512},
                                           {"30", 1024}, {"40", 2048}, {"50", 4096}, {"60", 8192}, {"70", 16384}, {"80", 32767}}};
    struct Kind {
        const char* letter;
        const char* product;
        const char* arm;
        double perGib;
    };
    constexpr std::array<Kind, 3> kKinds{{{"P", "Premium SSD Managed Disks", "Premium_SSD_Managed_Disk_", 0.12},
                                          {"E", "Standard SSD Managed Disks", "Standard_SSD_Managed_Disk_", 0.06},
                                          {"S", "Standard HDD Managed Disks", "Standard_HDD_Managed_Disk_", 0.035}}};
    for (const auto& kind : kKinds) {
        for (const auto& tier : kTiers) {
            const std::string name = std::string(kind.letter) + tier.number;
            const double month = std::round(tier.gib * kind.perGib * dearness(region) * 100) / 100 + 0.4;
            meters.push_back({&region, kind.product, name + " LRS", name + " LRS Disk", kind.arm + name, "Storage", "Storage", "1/Month",
                              "Consumption", "", month});
        }
    }
    struct Traffic {
        double from; ///< GB a month
        double perGigabyte;
    };
    constexpr std::array<Traffic, 3> kTraffic{{{0, 0}, {100, 0.087}, {10'335, 0.083}}};
    for (const auto& tier : kTraffic) {
        meters.push_back({&region, "Rtn Preference: MGN", "Standard", "Standard Data Transfer Out", "", "Bandwidth", "Networking", "1 GB",
                          "Consumption", "", rounded(tier.perGigabyte * dearness(region)), tier.from});
    }
    meters.push_back({&region, "IP Addresses", "Standard", "Standard IPv4 Static Public IP", "", "Virtual Network", "Networking", "1 Hour",
                      "Consumption", "", 0.005});
}

/// "name eq 'value'" and "contains(name, 'value')", joined by and. Nothing: a filter that is not understood.
struct Condition {
    std::string field;
    std::string value;
    bool isContains = false;
};

std::optional<std::vector<Condition>> parseFilter(const std::string& filter)
{
    std::vector<Condition> list;
    std::string rest = filter;
    const auto trim = [](std::string text) {
        const auto begin = text.find_first_not_of(' ');
        return begin == std::string::npos ? std::string() : text.substr(begin, text.find_last_not_of(' ') - begin + 1);
    };
    while (!trim(rest).empty()) {
        rest = trim(rest);
        Condition condition;
        const bool isContains = rest.starts_with("contains(");
        const auto open = rest.find('\'');
        const auto close = open == std::string::npos ? open : rest.find('\'', open + 1);
        if (close == std::string::npos) {
            return std::nullopt;
        }
        condition.isContains = isContains;
        condition.value = rest.substr(open + 1, close - open - 1);
        std::string head = trim(rest.substr(0, open));
        if (isContains) {
            head = trim(head.substr(9));
            if (!head.ends_with(',')) {
                return std::nullopt;
            }
            condition.field = trim(head.substr(0, head.size() - 1));
        } else {
            if (!head.ends_with(" eq")) {
                return std::nullopt;
            }
            condition.field = trim(head.substr(0, head.size() - 3));
        }
        list.push_back(std::move(condition));
        rest = trim(rest.substr(close + 1 + (isContains && close + 1 < rest.size() && rest[close + 1] == ')' ? 1 : 0)));
        if (rest.starts_with("and ")) {
            rest = rest.substr(4);
        } else if (!rest.empty()) {
            return std::nullopt;
        }
    }
    return list;
}

bool fits(const Meter& meter, const std::vector<Condition>& conditions)
{
    return std::all_of(conditions.begin(), conditions.end(), [&](const Condition& condition) {
        const std::string field = lowerCase(condition.field);
        const std::string& value = field == "armregionname" ? meter.region->name
            : field == "location"                           ? meter.region->priceName
            : field == "armskuname"                         ? meter.armSku
            : field == "skuname"                            ? meter.sku
            : field == "metername"                          ? meter.meter
            : field == "productname"                        ? meter.product
            : field == "servicename"                        ? meter.service
            : field == "servicefamily"                      ? meter.family
                                                            : meter.type; // priceType
        return condition.isContains ? value.find(condition.value) != std::string::npos : value == condition.value;
    });
}

} // namespace

bool isRetailPrices(const Request& request)
{
    return request.path.size() == 3 && equalFold(request.path[0], "api") && equalFold(request.path[1], "retail")
        && equalFold(request.path[2], "prices");
}

Response answerRetailPrices(const Request& request)
{
    const auto conditions = parseFilter(request.parameter("$filter"));
    if (request.method != "GET" || !conditions) {
        return jsonResponse(400, {{"Error", {{"Code", "BadRequest"}, {"Message", "Invalid OData parameters supplied"}}}});
    }
    std::string currency = request.parameter("currencyCode");
    currency.erase(std::remove(currency.begin(), currency.end(), '\''), currency.end());
    currency = currency.empty() ? "USD" : currency;
    std::vector<Meter> meters;
    for (const auto& region : azureRegions()) {
        const bool isAsked = std::all_of(conditions->begin(), conditions->end(), [&](const Condition& condition) {
            return !equalFold(condition.field, "armRegionName") || condition.isContains || condition.value == region.name;
        });
        if (isAsked) {
            addMachines(region, meters);
            addDisks(region, meters);
        }
    }
    const auto first = static_cast<std::size_t>(std::max(0L, std::atol(request.parameter("$skip").c_str())));
    Json items = Json::array();
    std::size_t seen = 0;
    bool isMore = false;
    for (const auto& meter : meters) {
        if (!fits(meter, *conditions) || seen++ < first) {
            continue;
        }
        if (items.size() == kPage) {
            isMore = true;
            break;
        }
        items.push_back(itemOf(meter, currency));
    }
    Json next = nullptr;
    if (isMore) {
        std::string link = request.origin + "/api/retail/prices?";
        for (const auto& [name, value] : request.query) {
            if (!equalFold(name, "$skip")) {
                link += encodePercent(name) + "=" + encodePercent(value) + "&";
            }
        }
        next = link + fmt::format("%24skip={}", first + kPage);
    }
    const std::size_t count = items.size();
    return jsonResponse(
        200,
        {{"BillingCurrency", currency},
         {"CustomerEntityId", "Default"},
         {"CustomerEntityType", "Retail"},
         {"Items", std::move(items)},
         {"NextPageLink", next},
         {"Count", count}});
}

Json imageAliases()
{
    Json linux = Json::object();
    for (const auto& image : azureImages()) {
        if (!image.alias.empty()) {
            linux[image.alias] = {
                {"publisher", image.publisher}, {"offer", image.offer}, {"sku", image.sku}, {"version", "latest"},
                {"architecture", image.architecture}};
        }
    }
    return {
        {"$schema", "http://schema.management.azure.com/schemas/2015-01-01/deploymentTemplate.json"},
        {"contentVersion", "1.0.0.0"},
        {"parameters", Json::object()},
        {"variables", Json::object()},
        {"resources", Json::array()},
        {"outputs", {{"aliases", {{"type", "object"}, {"value", {{"Linux", std::move(linux)}, {"Windows", Json::object()}}}}}}}};
}

} // namespace ty::sandbox
