#pragma once

#include <map>
#include <optional>
#include <stop_token>
#include <string>

#include "app/provisioning/google_connection.h"
#include "cloud/provision/google_prices.h"

namespace ty::app {

/// A price list as it was read.
struct GooglePriceList {
    const cloud::GooglePrices* prices = nullptr; ///< never null; lives as long as the book
    std::string day;                             ///< on which it was read, UTC
    std::string problem; ///< why it is empty: this account may not read it; else empty
};

/// Google's price list, some ten thousand rows in megabytes of JSON: read once in half a day, cut down and kept in a file, so
/// that each program does not fetch it anew. One thread.
class GooglePriceBook {
public:
    /// `connection` outlives this. `folder`: where lists are kept between programs; empty: only in memory.
    GooglePriceBook(GoogleConnection& connection, std::string folder);

    /// Blocks, the first time for some seconds. An account that may not read the list (the Cloud Billing API is not enabled in
    /// its project) is no error: all prices are unknown then, and `problem` says why. Errors: Network, Busy, Cancelled.
    Result<GooglePriceList> read(const std::string& currency, std::stop_token stop);

private:
    struct Kept {
        std::int64_t seconds = 0; ///< since 1970, of reading
        std::string problem;
        cloud::GooglePrices prices;
    };
    std::string fileOf(const std::string& currency) const;
    std::optional<Kept> fromFile(const std::string& currency) const;
    Result<Kept> fromGoogle(const std::string& currency, std::stop_token stop);

    GoogleConnection& m_connection;
    std::string m_folder;
    std::map<std::string, Kept> m_kept; ///< by currency
};

/// A machine type as a zone offers it; nothing when it does not, or when no zone is named.
Result<std::optional<cloud::gcp::MachineType>> readMachineType(
    GoogleConnection& connection, const std::string& zone, const std::string& name, std::stop_token stop);

} // namespace ty::app
