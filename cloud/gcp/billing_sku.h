#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cloud/model/fields.h"

namespace ty::cloud::gcp {

/// An amount of money: whole units and billionths.
struct Money {
    std::string currencyCode;
    std::optional<std::int64_t> units;
    std::optional<std::int64_t> nanos;

    double amount() const;

    void fields(auto& f)
    {
        f("currencyCode", currencyCode);
        f.asText("units", units);
        f("nanos", nanos);
    }
};

/// What one unit costs from an amount of use on.
struct PriceTier {
    std::optional<double> startUsageAmount;
    Money unitPrice;

    void fields(auto& f)
    {
        f("startUsageAmount", startUsageAmount);
        f("unitPrice", unitPrice);
    }
};

struct PricingInfo {
    std::string effectiveTime;
    std::string usageUnit; ///< "h", "GiBy.h", "GiBy.mo"
    std::vector<PriceTier> tiers;

    void fields(auto& f)
    {
        f("effectiveTime", effectiveTime);
        f("pricingExpression.usageUnit", usageUnit);
        f("pricingExpression.tieredRates", tiers);
    }
};

/// One thing that Google bills, as its Cloud Billing Catalog lists it: a core, a GiB, a card, never a machine type.
struct BillingSku {
    std::string skuId;
    std::string description; ///< "N1 Predefined Instance Core running in Americas"
    std::string resourceFamily; ///< "Compute", "Storage", "Network", "License"
    std::string resourceGroup;  ///< "CPU", "RAM", "GPU", "SSD"
    std::string usageType;      ///< "OnDemand", "Preemptible", "Commit1Yr"
    std::vector<std::string> regions; ///< or "global" alone
    std::vector<PricingInfo> pricing; ///< the newest last

    void fields(auto& f)
    {
        f("skuId", skuId);
        f("description", description);
        f("category.resourceFamily", resourceFamily);
        f("category.resourceGroup", resourceGroup);
        f("category.usageType", usageType);
        f("serviceRegions", regions);
        f("pricingInfo", pricing);
    }
};

} // namespace ty::cloud::gcp
