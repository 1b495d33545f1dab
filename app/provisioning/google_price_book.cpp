#include "app/provisioning/google_price_book.h"

#include <chrono>
#include <utility>

#include "cloud/gcp/billing_catalog.h"
#include "cloud/model/utc_time.h"
#include "engine/base/files.h"

namespace ty::app {

namespace {

using namespace cloud;

constexpr std::int64_t kKeepSeconds = 12 * 60 * 60; // as old as Google's own list may be
constexpr std::size_t kDayLetters = 10;

std::int64_t nowSeconds()
{
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// A rate as the file holds it.
struct KeptRates {
    std::optional<std::int64_t> seconds;
    std::vector<GoogleRate> rates;

    void fields(auto& f)
    {
        f("seconds", seconds);
        f("rates", rates);
    }
};

} // namespace

GooglePriceBook::GooglePriceBook(GoogleConnection& connection, std::string folder)
    : m_connection(connection), m_folder(std::move(folder))
{
}

std::string GooglePriceBook::fileOf(const std::string& currency) const
{
    return m_folder + "/google-" + currency + ".json";
}

std::optional<GooglePriceBook::Kept> GooglePriceBook::fromFile(const std::string& currency) const
{
    if (m_folder.empty()) {
        return {};
    }
    const auto json = readJsonFile(fileOf(currency));
    auto kept = json ? fromJson<KeptRates>(*json, "kept prices") : Result<KeptRates>(json.error());
    const std::int64_t age = nowSeconds() - (kept ? kept->seconds.value_or(0) : 0);
    if (!kept || age < 0 || age > kKeepSeconds) {
        return {};
    }
    return Kept{*kept->seconds, {}, GooglePrices(std::move(kept->rates))};
}

Result<GooglePriceBook::Kept> GooglePriceBook::fromGoogle(const std::string& currency, std::stop_token stop)
{
    std::vector<GoogleRate> rates;
    const auto take = [&rates](gcp::BillingSku&& sku) {
        if (auto rate = GooglePrices::rateOf(sku)) {
            rates.push_back(std::move(*rate));
        }
    };
    const auto read = gcp::readSkus(
        m_connection.billing(), m_connection.pricesUrl(), gcp::kComputeService, currency, take, std::move(stop));
    // Not allowed, or the service is not enabled in the project.
    if (!read && (read.error().kind == ErrorKind::Permission || read.error().kind == ErrorKind::InvalidInput)) {
        return Kept{
            nowSeconds(),
            "Prices are unknown: " + read.error().message + ". To see them, enable the Cloud Billing API in the project.", {}};
    }
    TY_CHECK(read);
    Kept kept{nowSeconds(), {}, GooglePrices(std::move(rates))};
    if (!m_folder.empty() && makeFolders(m_folder)) {
        // A list that cannot be kept is read again by the next program.
        (void)writeJsonFile(fileOf(currency), toJson(KeptRates{kept.seconds, kept.prices.rates()}));
    }
    return kept;
}

Result<GooglePriceList> GooglePriceBook::read(const std::string& currency, std::stop_token stop)
{
    auto found = m_kept.find(currency);
    if (found == m_kept.end() || nowSeconds() - found->second.seconds > kKeepSeconds) {
        auto kept = fromFile(currency);
        if (!kept) {
            TY_TRY(kept, fromGoogle(currency, std::move(stop)));
        }
        found = m_kept.insert_or_assign(currency, std::move(*kept)).first;
    }
    return GooglePriceList{
        &found->second.prices, utcText(found->second.seconds).substr(0, kDayLetters), found->second.problem};
}

Result<std::optional<gcp::MachineType>> readMachineType(
    GoogleConnection& connection, const std::string& zone, const std::string& name, std::stop_token stop)
{
    if (zone.empty() || name.empty()) {
        return std::optional<gcp::MachineType>();
    }
    auto type = connection.client().get<gcp::MachineType>(
        gcp::getMachineType(connection.account().scope, zone, name), std::move(stop));
    if (!type && (type.error().kind == ErrorKind::NotFound || type.error().kind == ErrorKind::InvalidInput)) {
        return std::optional<gcp::MachineType>();
    }
    TY_CHECK(type);
    return std::optional(std::move(type).value());
}

} // namespace ty::app
