#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cloud/model/fields.h"

namespace ty::cloud::azure {

/// A row of the public price list.
struct PriceItem {
    std::string currencyCode;
    std::optional<double> tierMinimumUnits; ///< above 0: the price of units after so many
    std::optional<double> retailPrice;
    std::optional<double> unitPrice;
    std::string armRegionName;
    std::string location;
    std::string effectiveStartDate;
    std::string effectiveEndDate;
    std::string meterId;
    std::string meterName;
    std::string productId;
    std::string skuId;
    std::string availabilityId;
    std::string productName;
    std::string skuName;
    std::string serviceName;
    std::string serviceId;
    std::string serviceFamily;
    std::string unitOfMeasure; ///< "1 Hour", "1/Month"
    std::string type;          ///< Consumption, Reservation, DevTestConsumption
    std::string reservationTerm; ///< "1 Year"
    std::optional<bool> isPrimaryMeterRegion;
    std::string armSkuName; ///< VM size

    void fields(auto& f)
    {
        f("currencyCode", currencyCode);
        f("tierMinimumUnits", tierMinimumUnits);
        f("retailPrice", retailPrice);
        f("unitPrice", unitPrice);
        f("armRegionName", armRegionName);
        f("location", location);
        f("effectiveStartDate", effectiveStartDate);
        f("effectiveEndDate", effectiveEndDate);
        f("meterId", meterId);
        f("meterName", meterName);
        f("productId", productId);
        f("skuId", skuId);
        f("availabilityId", availabilityId);
        f("productName", productName);
        f("skuName", skuName);
        f("serviceName", serviceName);
        f("serviceId", serviceId);
        f("serviceFamily", serviceFamily);
        f("unitOfMeasure", unitOfMeasure);
        f("type", type);
        f("reservationTerm", reservationTerm);
        f("isPrimaryMeterRegion", isPrimaryMeterRegion);
        f("armSkuName", armSkuName);
    }
};

struct PricePage {
    std::string billingCurrency;
    std::vector<PriceItem> items;
    std::string nextPageLink;
    std::optional<std::int64_t> count;

    void fields(auto& f)
    {
        f("BillingCurrency", billingCurrency);
        f("Items", items);
        f("NextPageLink", nextPageLink);
        f("Count", count);
    }
};

/// What to ask the price list for. Values compare with case there.
struct PriceQuery {
    std::string currency = "USD";
    std::string region;      ///< "westeurope"; empty: all
    std::string vmSize;      ///< "Standard_D8_v4"; empty: all
    std::string serviceName = "Virtual Machines";
};

/// The address of the first page. `base` is "https://prices.azure.com" or a sandbox's.
std::string priceUrl(const std::string& base, const PriceQuery& query);
/// The address of the page after `page`, which came from `url`. A full page without a link is asked on with $skip: the
/// list did so for a day in 2023. Empty at the end.
std::string nextPriceUrl(const std::string& url, const PricePage& page);

/// The prices of one size in one region, per hour of Linux, pay as you go. Empty: the list does not tell, which is not 0.
struct VmPrice {
    std::string region;
    std::string vmSize;
    std::string currency;
    std::optional<double> perHour;
    std::optional<double> spotPerHour;
};

/// The rows that price a Linux machine, cleaned: Windows, cloud-service, low-priority and reserved rows dropped, prices of
/// 0 dropped, spot told by the name; where several rows remain the latest start wins.
std::vector<VmPrice> vmPrices(const std::vector<PriceItem>& items);

} // namespace ty::cloud::azure
