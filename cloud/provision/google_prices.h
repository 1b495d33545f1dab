#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cloud/gcp/billing_sku.h"
#include "cloud/gcp/compute_catalog.h"
#include "cloud/model/fields.h"

namespace ty::cloud {

/// What Google asks for one unit of something in some regions: a row of its price list, cut down to what is used here.
struct GoogleRate {
    std::string what;   ///< the description without its place: "N1 Predefined Instance Core"
    std::string unit;   ///< "h", "GiBy.h", "GiBy.mo"
    std::vector<std::string> regions; ///< "global" alone: everywhere
    std::optional<bool> isSpot;
    std::optional<double> price; ///< of one unit, once what is free each month has been used up

    void fields(auto& f)
    {
        f("what", what);
        f("unit", unit);
        f("regions", regions);
        f("spot", isSpot);
        f("price", price);
    }
};

/// Google's prices. Its list names cores, memory, cards and disks, never machine types; so a price here is a sum of parts, and
/// it is known only when each part is in the list exactly once for that region: a part that is missing, or listed with two
/// different prices, makes the whole unknown. Families whose machines bring along what is billed apart (local SSDs) are
/// unknown altogether. List prices: neither discounts for long use nor free allowances are taken off.
class GooglePrices {
public:
    /// Nothing for what is not used here: commitments, licences, reservations, sole tenancy, networks.
    static std::optional<GoogleRate> rateOf(const gcp::BillingSku& sku);

    GooglePrices() = default;
    explicit GooglePrices(std::vector<GoogleRate> rates) : m_rates(std::move(rates)) {}

    const std::vector<GoogleRate>& rates() const { return m_rates; }

    /// A machine type's cores, memory and the cards that it brings along, per hour.
    std::optional<double> machinePerHour(const gcp::MachineType& type, const std::string& region, bool isSpot) const;
    /// One attached card, "nvidia-tesla-t4", per hour.
    std::optional<double> gpuPerHour(const std::string& accelerator, const std::string& region, bool isSpot) const;
    /// A disk, per hour; `kind` is "pd-balanced".
    std::optional<double> diskPerHour(const std::string& kind, std::int64_t sizeGiB, const std::string& region) const;
    /// The public address of a running machine, per hour.
    std::optional<double> addressPerHour(bool isSpotMachine) const;

private:
    std::optional<double> rate(
        const std::vector<std::string>& names, const std::string& unit, const std::string& region, bool isSpot) const;

    std::vector<GoogleRate> m_rates;
};

} // namespace ty::cloud
