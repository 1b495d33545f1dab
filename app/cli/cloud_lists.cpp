#include "app/cli/cloud_lists.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "app/provisioning/google_offers.h"
#include "app/provisioning/price_reader.h"
#include "cloud/azure/disk_tiers.h"
#include "cloud/azure/market_image.h"
#include "cloud/azure/requests.h"
#include "cloud/provision/cost.h"
#include "cloud/provision/curated_images.h"
#include "cloud/provision/disk_kinds.h"

namespace ty::cli {

namespace {

using namespace cloud;
using app::CloudSession;
using Rows = std::vector<std::vector<std::string>>;

constexpr const char* kUsualRegion = "westeurope";

Json orNull(const std::optional<double>& value)
{
    return value ? Json(*value) : Json(nullptr);
}

std::string lower(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

std::string money(const std::optional<double>& value)
{
    return value ? fmt::format("{:.4f}", *value) : std::string("unknown");
}

Result<int> curated(const CloudSession& session, const CloudRequest& request)
{
    Json all = Json::array();
    Rows rows;
    for (const CuratedImage& image : curatedImages()) {
        if (image.provider != session.account().provider || (image.isOld() && !request.isOldToo)) {
            continue;
        }
        all.push_back(toJson(image));
        rows.push_back(
            {image.name, image.id, image.architecture, fmt::format("{}", image.generation.value_or(0)),
             fmt::format("{}", image.diskGiB.value_or(0)), image.gpuDriver.empty() ? "-" : image.gpuDriver});
    }
    if (request.form == OutputForm::Json) {
        printJson({{"images", all}});
    } else {
        printText(table({"NAME", "IMAGE", "PROCESSOR", "GENERATION", "DISK GIB", "GPU DRIVER"}, rows));
    }
    return 0;
}

Result<int> azureMarket(CloudSession& session, const CloudRequest& request)
{
    auto& client = session.connection().client();
    const std::string& scope = session.account().scope;
    const azure::MarketPath place{
        request.region.empty() ? kUsualRegion : request.region, request.publisher, request.offer, request.plan, {}};
    // Each list is a bare array.
    const azure::ArmRequest question = request.publisher.empty() ? azure::listPublishers(scope, place)
        : request.offer.empty()                                  ? azure::listOffers(scope, place)
        : request.plan.empty()                                   ? azure::listPlans(scope, place)
                                                                 : azure::listVersions(scope, place);
    TY_TRY(const Json answer, client.call(question, {}));
    TY_TRY(const auto names, listFromJson<azure::MarketName>(answer, "the image market"));
    const char* kind = request.publisher.empty() ? "PUBLISHER" : request.offer.empty() ? "OFFER" : request.plan.empty() ? "PLAN" : "VERSION";
    Json all = Json::array();
    Rows rows;
    for (const azure::MarketName& name : names) {
        all.push_back(name.name);
        rows.push_back({name.name});
    }
    if (request.form == OutputForm::Json) {
        printJson({{"region", place.region}, {lower(kind), all}});
    } else {
        printText(table({kind}, rows));
    }
    return 0;
}

Result<int> googleMarket(app::GoogleConnection& google, const CloudRequest& request)
{
    const std::string project = request.family.empty() ? google.account().scope : request.family;
    TY_TRY(const auto images, google.client().list<gcp::Image>(gcp::listImages(project), {}));
    Json all = Json::array();
    Rows rows;
    for (const gcp::Image& image : images) {
        all.push_back(
            {{"name", image.name}, {"family", image.family}, {"architecture", image.architecture}, {"status", image.status},
             {"diskGiB", image.diskGiB.value_or(0)}});
        rows.push_back({image.name, image.family.empty() ? "-" : image.family, fmt::format("{}", image.diskGiB.value_or(0))});
    }
    if (request.form == OutputForm::Json) {
        printJson({{"project", project}, {"images", all}});
    } else {
        printText(table({"IMAGE", "FAMILY", "DISK GIB"}, rows));
    }
    return 0;
}

void addTiers(Json& all, Rows& rows, const char* kind, const char* label, std::span<const azure::DiskTier> tiers)
{
    for (const azure::DiskTier& tier : tiers) {
        all.push_back(
            {{"kind", kind}, {"tier", tier.name}, {"upToGiB", tier.sizeGiB}, {"iops", tier.iops},
             {"megabytesPerSecond", tier.megabytesPerSecond}, {"burstIops", tier.burstIops},
             {"burstMegabytesPerSecond", tier.burstMegabytesPerSecond}, {"burstCostsExtra", tier.isBurstOnDemand}});
        const std::string burst = tier.burstIops == 0
            ? "-"
            : fmt::format("{} / {}{}", tier.burstIops, tier.burstMegabytesPerSecond, tier.isBurstOnDemand ? " (extra)" : "");
        rows.push_back(
            {kind, label, tier.name, std::to_string(tier.sizeGiB), std::to_string(tier.iops),
             std::to_string(tier.megabytesPerSecond), burst});
    }
}

Result<std::vector<azure::VmPrice>> azurePrices(CloudSession& session, const CloudRequest& request)
{
    if (request.region.empty() && request.size.empty()) {
        return Error{ErrorKind::Usage, "which prices?", "Give --region, --size or both."};
    }
    azure::PriceQuery query;
    query.currency = request.currency;
    query.region = request.region;
    query.vmSize = request.region.empty() ? request.size : std::string();
    TY_TRY(auto prices, app::readPrices(session.connection(), query, {}));
    std::erase_if(prices, [&](const azure::VmPrice& price) {
        return lower(price.vmSize).find(lower(request.size)) == std::string::npos;
    });
    return prices;
}

/// Machine types, which bring some cards along, and the cards that can be attached to others.
Result<std::vector<azure::VmPrice>> googlePrices(CloudSession& session, const CloudRequest& request, std::string& note)
{
    if (request.region.empty()) {
        return Error{
            ErrorKind::Usage, "which prices?",
            "Give --region: Google bills cores, memory and cards by region, so a machine type's price is a sum for one of them."};
    }
    TY_TRY(const auto list, session.googlePrices()->read(request.currency, {}));
    note = list.problem;
    TY_TRY(const auto bySize, app::readSizePrices(session, request.region, request.currency, {}));
    TY_TRY(const auto cards, app::readGoogleAccelerators(*session.google(), request.region, false, {}));
    std::vector<azure::VmPrice> prices;
    for (const auto& [name, price] : bySize) {
        prices.push_back(price);
    }
    for (const app::OfferedAccelerator& card : cards) {
        prices.push_back(
            {request.region, card.name, request.currency, list.prices->gpuPerHour(card.name, request.region, false),
             list.prices->gpuPerHour(card.name, request.region, true)});
    }
    std::erase_if(prices, [&](const azure::VmPrice& price) {
        return lower(price.vmSize).find(lower(request.size)) == std::string::npos;
    });
    return prices;
}

} // namespace

Result<int> cloudPrices(CloudSession& session, const CloudRequest& request)
{
    std::vector<azure::VmPrice> prices;
    std::string note;
    if (session.google() != nullptr) {
        TY_TRY(prices, googlePrices(session, request, note));
    } else {
        TY_TRY(prices, azurePrices(session, request));
    }
    // What is not known comes last.
    std::sort(prices.begin(), prices.end(), [](const azure::VmPrice& a, const azure::VmPrice& b) {
        return a.perHour.has_value() != b.perHour.has_value() ? a.perHour.has_value() : a.perHour < b.perHour;
    });
    Json all = Json::array();
    Rows rows;
    for (const azure::VmPrice& price : prices) {
        const auto perMonth = price.perHour ? std::optional(*price.perHour * kHoursPerMonth) : std::nullopt;
        all.push_back(
            {{"size", price.vmSize}, {"region", price.region}, {"perHour", orNull(price.perHour)},
             {"spotPerHour", orNull(price.spotPerHour)}, {"perMonth", orNull(perMonth)}});
        rows.push_back({price.vmSize, price.region, money(price.perHour), money(price.spotPerHour), money(perMonth)});
    }
    if (request.form == OutputForm::Json) {
        printJson({{"currency", request.currency}, {"prices", all}, {"note", note}});
    } else if (rows.empty()) {
        printText(note.empty() ? "The price list has nothing for that.\n" : note + "\n");
    } else {
        printText(table({"SIZE", "REGION", request.currency + " AN HOUR", "SPOT", "A MONTH"}, rows));
        printText("List prices before tax; a month is 730 hours.\n");
    }
    return 0;
}

Result<int> cloudImages(CloudSession& session, const CloudRequest& request)
{
    const bool isChosen = !request.publisher.empty() || !request.family.empty();
    if (!request.isMarket && !isChosen) {
        return curated(session, request);
    }
    return session.google() != nullptr ? googleMarket(*session.google(), request) : azureMarket(session, request);
}

Result<int> cloudDisks(const CloudRequest& request)
{
    const std::string& provider = request.account.provider;
    Json all = Json::array();
    Rows rows;
    for (const DiskKind& kind : diskKinds(provider)) {
        const std::string id = kind.id;
        if (id == "Premium_LRS") {
            addTiers(all, rows, kind.id, kind.label, azure::premiumTiers());
        } else if (id == "StandardSSD_LRS") {
            addTiers(all, rows, kind.id, kind.label, azure::standardSsdTiers());
        } else {
            const auto limits = azure::flexibleLimits(id, 1024);
            all.push_back(
                {{"kind", id}, {"tier", nullptr}, {"iops", limits ? Json(limits->baseIops) : Json(nullptr)},
                 {"megabytesPerSecond", limits ? Json(limits->baseMegabytesPerSecond) : Json(nullptr)},
                 {"dataOnly", kind.isDataOnly}});
            rows.push_back(
                {id, kind.label, "-", "-", limits ? std::to_string(limits->baseIops) + " or more" : "unknown",
                 limits ? std::to_string(limits->baseMegabytesPerSecond) + " or more" : "unknown", "-"});
        }
    }
    if (request.form == OutputForm::Json) {
        printJson({{"disks", all}});
    } else {
        printText(table({"KIND", "", "TIER", "UP TO GIB", "IOPS", "MB/S", "BURST IOPS / MB/S"}, rows));
    }
    return 0;
}

} // namespace ty::cli
