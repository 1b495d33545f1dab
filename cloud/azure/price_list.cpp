#include "cloud/azure/price_list.h"

#include <iterator>
#include <utility>

namespace ty::cloud::azure {

namespace {
constexpr int kMostPages = 50;
} // namespace

Result<std::vector<PriceItem>> readPriceList(
    Transport& transport, const std::string& base, const PriceQuery& query, std::stop_token stop)
{
    std::vector<PriceItem> items;
    std::string url = priceUrl(base, query);
    for (int page = 0; !url.empty() && page < kMostPages; ++page) {
        HttpRequest request;
        request.url = url;
        TY_TRY(const HttpResponse answer, transport.send(request, stop));
        if (answer.status != 200) {
            return Error{
                ErrorKind::Network, "the price list answers with HTTP " + std::to_string(answer.status), "Try again later."};
        }
        TY_TRY(const Json json, parseJson(answer.body, "the price list"));
        TY_TRY(auto read, fromJson<PricePage>(json, "the price list"));
        url = nextPriceUrl(url, read);
        items.insert(
            items.end(), std::make_move_iterator(read.items.begin()), std::make_move_iterator(read.items.end()));
    }
    return items;
}

} // namespace ty::cloud::azure
