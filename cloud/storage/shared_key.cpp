#include "cloud/storage/shared_key.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <vector>

#include "cloud/auth/crypto.h"
#include "cloud/http/url.h"
#include "engine/base/base64.h"

namespace ty::cloud {

namespace {

std::string lowered(std::string text)
{
    std::transform(
        text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

std::string lengthText(const HttpRequest& request)
{
    const std::string length = request.headers.find("Content-Length").value_or(std::to_string(request.bodyBytes()));
    return length == "0" ? std::string() : length;
}

/// "name:value" lines of the x-ms headers, sorted. Plain order: the service's own differs only for names with "_" or
/// odd hyphens, which we do not make.
std::string serviceHeaders(const Headers& headers)
{
    std::map<std::string, std::string> sorted;
    for (const auto& [name, value] : headers.fields()) {
        if (const std::string key = lowered(name); key.starts_with("x-ms-")) {
            sorted[key] += (sorted[key].empty() ? "" : ",") + value;
        }
    }
    std::string text;
    for (const auto& [name, value] : sorted) {
        text += name + ":" + value + "\n";
    }
    return text;
}

std::string resource(const std::string& url, const std::string& account)
{
    const auto parts = parseUrl(url);
    if (!parts) {
        return "/" + account;
    }
    std::map<std::string, std::vector<std::string>> sorted;
    for (const auto& [name, value] : parseQuery(parts->query)) {
        sorted[lowered(name)].push_back(value);
    }
    std::string text = "/" + account + parts->path;
    for (auto& [name, values] : sorted) {
        std::sort(values.begin(), values.end());
        text += "\n" + name + ":";
        for (std::size_t i = 0; i < values.size(); ++i) {
            text += (i == 0 ? "" : ",") + values[i];
        }
    }
    return text;
}

} // namespace

std::string sharedKeyText(const HttpRequest& request, const std::string& account)
{
    const auto header = [&](const char* name) { return request.headers.find(name).value_or(""); };
    const bool hasOwnDate = request.headers.find("x-ms-date").has_value();
    const bool hasOwnRange = request.headers.find("x-ms-range").has_value();
    std::string text = request.method + "\n";
    for (const std::string& part :
         {header("Content-Encoding"),
          header("Content-Language"),
          lengthText(request),
          header("Content-MD5"),
          header("Content-Type"),
          hasOwnDate ? std::string() : header("Date"),
          header("If-Modified-Since"),
          header("If-Match"),
          header("If-None-Match"),
          header("If-Unmodified-Since"),
          hasOwnRange ? std::string() : header("Range")}) {
        text += part + "\n";
    }
    return text + serviceHeaders(request.headers) + resource(request.url, account);
}

Result<void> signSharedKey(HttpRequest& request, const StorageKey& key)
{
    const auto bytes = decodeBase64(key.key.reveal());
    if (!bytes || bytes->empty()) {
        return Error{ErrorKind::InvalidInput, "The key of storage account " + key.account + " is not base64", {}};
    }
    const std::string signature = encodeBase64(hmacSha256(*bytes, sharedKeyText(request, key.account)));
    request.headers.set("Authorization", "SharedKey " + key.account + ":" + signature);
    return {};
}

} // namespace ty::cloud
