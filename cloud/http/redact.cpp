#include "cloud/http/redact.h"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

namespace ty::cloud {

namespace {

bool isSecret(std::string name)
{
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    constexpr std::array kParts{"sig", "token", "secret", "password", "key", "code", "assertion", "credential", "upload_id"};
    return std::any_of(kParts.begin(), kParts.end(), [&](const char* part) { return name.find(part) != std::string::npos; });
}

} // namespace

std::string redactedUrl(const std::string& url)
{
    std::string kept = url;
    // user:password@host
    if (const auto scheme = kept.find("://"); scheme != std::string::npos) {
        const auto at = kept.find('@', scheme);
        if (at != std::string::npos && at < kept.find_first_of("/?", scheme + 3)) {
            kept.replace(scheme + 3, at - scheme - 3, "REDACTED");
        }
    }
    const auto question = kept.find('?');
    if (question == std::string::npos) {
        return kept;
    }
    std::string query = kept.substr(question + 1);
    std::string result = kept.substr(0, question + 1);
    for (std::size_t start = 0; start <= query.size();) {
        const auto end = std::min(query.find('&', start), query.size());
        const std::string pair = query.substr(start, end - start);
        const auto equals = pair.find('=');
        if (start > 0) {
            result += '&';
        }
        result += equals != std::string::npos && isSecret(pair.substr(0, equals)) ? pair.substr(0, equals) + "=REDACTED" : pair;
        start = end + 1;
    }
    return result;
}

std::string logLine(const HttpRequest& request, const HttpResponse& response)
{
    return fmt::format(
        "{} {} -> {} {}",
        request.method,
        redactedUrl(request.url),
        response.status,
        response.headers.find("x-ms-request-id").value_or("-"));
}

} // namespace ty::cloud
