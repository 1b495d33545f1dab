#include "cloud/http/paged.h"

#include <set>

#include "cloud/http/redact.h"

namespace ty::cloud {

Result<void> readPages(
    HttpRequest first,
    const std::function<Result<Page>(const HttpRequest&)>& fetch,
    const std::function<Result<bool>(const Json&)>& onPage)
{
    constexpr std::size_t kMaxPages = 10'000;
    std::set<std::string> seen;
    std::optional<HttpRequest> request(std::move(first));
    while (request) {
        if (!seen.insert(request->url).second || seen.size() > kMaxPages) {
            return Error{ErrorKind::Network, "the list " + redactedUrl(request->url) + " does not end", {}};
        }
        TY_TRY(Page page, fetch(*request));
        TY_TRY(const bool isMoreWanted, onPage(page.body));
        if (!isMoreWanted) {
            break;
        }
        request = std::move(page.next);
    }
    return {};
}

} // namespace ty::cloud
