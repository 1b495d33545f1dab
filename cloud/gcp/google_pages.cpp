#include "cloud/gcp/google_pages.h"

#include <chrono>
#include <utility>

#include "cloud/gcp/google_failures.h"
#include "cloud/http/paged.h"
#include "cloud/http/url.h"

namespace ty::cloud::gcp {

Result<void> readGooglePages(
    Transport& transport, const std::string& url, const char* member, const char* what,
    const std::function<Result<void>(const Json& items)>& take, std::stop_token stop)
{
    constexpr auto kPatience = std::chrono::seconds(60); // a page may have some megabytes
    const auto fetch = [&](const HttpRequest& page) -> Result<Page> {
        TY_TRY(const HttpResponse answer, transport.send(page, stop));
        if (answer.status != 200) {
            const CloudError error = parseCloudError(answer);
            return error.toError(classify(error)).withContext(what);
        }
        TY_TRY(Json body, parseJson(answer.body, what));
        TY_TRY(const std::string token, jsonFieldOr<std::string>(body, "nextPageToken", "", what));
        Page read{std::move(body), {}};
        if (!token.empty()) {
            read.next = page;
            read.next->url = url + "&" + queryText({{"pageToken", token}});
        }
        return read;
    };
    const auto onPage = [&](const Json& body) -> Result<bool> {
        TY_TRY(const Json items, jsonFieldOr<Json>(body, member, Json::array(), what));
        TY_CHECK(take(items));
        return true;
    };
    HttpRequest first;
    first.url = url;
    first.headers.add("Accept", "application/json");
    first.timeout = kPatience;
    return readPages(std::move(first), fetch, onPage);
}

} // namespace ty::cloud::gcp
